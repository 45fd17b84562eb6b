"""The server's end of one worker process: start it, talk to it, weigh it, end it."""

import os
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from app import paths
from app.runs import worker


class WorkerDied(Exception):
    """The process at the other end is gone; the message tells how, as a part of a sentence."""


class WorkerProcess:
    """A worker of our own, from start to end.

    A subprocess with a socket pair rather than ``multiprocessing``: spawn would execute
    ``streamlit_app.py`` again in the child, and fork would copy a server full of threads.
    """

    def __init__(self, lab: str, numba_cache: Path) -> None:
        """Start a worker for the tasks of the module ``lab``; it is not ready yet."""
        self._connection: Connection
        self._connection, theirs = Pipe()
        found = [str(paths.DOOR.parents[1]), os.environ.get("PYTHONPATH", "")]
        environment = {
            "NUMBA_CACHE_DIR": str(numba_cache),
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",  # its threads wait by spinning, which starves the other worker
            "PYTHONPATH": os.pathsep.join(filter(None, found)),
        }
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.runs.worker", str(theirs.fileno()), lab],
                cwd=paths.DOOR.parents[1],
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C in the terminal is for the server, which then closes us
            )

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, message: object) -> None:
        """Send a message (see :mod:`app.runs.worker`).

        Raises:
            WorkerDied: if nobody is there to receive it.
        """
        try:
            self._connection.send(message)
        except OSError:
            raise self._death() from None

    def receive(self, timeout: float | None) -> Any:
        """Return the next message, or None when none came within ``timeout`` seconds.

        Raises:
            WorkerDied: if none will come any more.
        """
        try:
            return self._connection.recv() if self._connection.poll(timeout) else None
        except (EOFError, OSError):
            raise self._death() from None

    def wait_until_ready(self, timeout: float) -> None:
        """Block until the worker has imported all it needs.

        Raises:
            WorkerDied: if it ends first, or needs longer than ``timeout`` seconds.
        """
        if self.receive(timeout) != worker.READY:
            self.kill()
            raise WorkerDied(f"was not ready after {timeout:g} seconds")

    def memory(self) -> int:
        """Return the resident memory in bytes, 0 if the process is gone.

        Measured from outside because an address-space limit (``RLIMIT_AS``) would count what torch
        and OpenBLAS merely reserve, and would strike as an abort somewhere in C++.
        """
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            return 0

    def kill(self) -> None:
        """End the process, whatever it is doing; whoever waits in :meth:`receive` sees it die."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process and hang up."""
        self.kill()
        self._connection.close()

    def _death(self) -> WorkerDied:
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:  # it hung up, so there is no more to expect of it
            self.kill()
        code = self._process.returncode
        return WorkerDied(f"died (signal {-code})" if code < 0 else f"ended (exit code {code})")

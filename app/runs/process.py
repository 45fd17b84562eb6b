"""The server's end of one worker process: exchange messages, measure its memory, end it; and start one by itself."""

import logging
import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, Protocol

import psutil

from app import paths
from app.runs import worker
from app.runs.contract import WorkerDied

EXIT_LIMIT = 5.0  # seconds from the closing of its pipe to the end of a process; a fraction of one on an idle machine

# What Windows calls them: subprocess and psutil have these names on Windows only.
_CREATE_NEW_PROCESS_GROUP = 0x00000200
_BELOW_NORMAL_PRIORITY_CLASS = 0x00004000

_ENDED = object()  # the last item of an inbox: the worker has closed its pipe

_logger = logging.getLogger(__name__)


class Process(Protocol):
    """A process with two pipes; of :class:`subprocess.Popen`, what a worker needs."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def returncode(self) -> int | Any:
        """Once it has ended: its exit code, or minus the number of the signal."""

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended; raises :class:`subprocess.TimeoutExpired`."""

    def kill(self) -> None:
        """End the process, whatever it is doing."""


class WorkerProcess:
    """A worker process of this machine (:class:`~app.runs.contract.Worker`).

    A subprocess with two pipes rather than ``multiprocessing``: spawn would execute ``streamlit_app.py`` again in the
    child, and fork would copy a server full of threads. Pipes work the same on every operating system, but only Unix
    can wait for one with a time limit: so a thread reads ahead.
    """

    def __init__(self, process: Process) -> None:
        """Take over a process that was just started, with pipes to it; it is not ready yet."""
        self._process = process
        assert process.stdin is not None and process.stdout is not None
        self._outgoing: IO[bytes] = process.stdin
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=_read, args=(process.stdout, self._inbox), daemon=True).start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def machine(self) -> str:
        """Nothing: it is this one."""
        return ""

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, message: object) -> None:
        """Send a message (see :mod:`app.runs.worker`).

        Raises:
            WorkerDied: if the worker has ended.
        """
        try:
            worker.write(self._outgoing, message)
        except (OSError, ValueError):  # a broken pipe, or one that is closed
            raise self._death() from None

    def receive(self, timeout: float | None) -> Any:
        """Return the next message, or None when none came within ``timeout`` seconds.

        Raises:
            WorkerDied: if the worker has ended and all its messages were received.
        """
        try:
            message = self._inbox.get(timeout=timeout)
        except Empty:
            return None
        if message is _ENDED:
            self._inbox.put(_ENDED)  # for the next call
            raise self._death()
        return message

    def wait_until_ready(self, timeout: float) -> None:
        """Block until the worker has imported what it needs.

        Raises:
            WorkerDied: if the worker ends first, or takes longer than ``timeout`` seconds.
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
        except psutil.Error:  # on Windows a process that is about to end denies access
            return 0

    def kill(self) -> None:
        """End the process, whatever it is doing; a waiting :meth:`receive` raises."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process and close the pipes."""
        self.kill()
        with suppress(OSError):  # what is still in the buffer has no reader
            self._outgoing.close()

    def _death(self) -> WorkerDied:
        try:
            self._process.wait(EXIT_LIMIT)
        except subprocess.TimeoutExpired:  # it closed its pipe, so no more messages will come
            self.kill()
        code = self._process.returncode
        return WorkerDied(f"died (signal {-code})" if code < 0 else f"ended (exit code {code})")


def start_worker(lab: str, numba_cache: Path) -> WorkerProcess:
    """Start a worker for the tasks of the module ``lab``, in an interpreter of its own."""
    return WorkerProcess(
        interpreter("app.runs.worker", lab, numba_cache, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    )


def interpreter(module: str, lab: str, numba_cache: Path, **streams: Any) -> "subprocess.Popen[bytes]":
    """Start ``python -m module lab`` with the environment of a worker; ``streams`` are its standard ones."""
    found = [str(paths.IMPORTED_FROM), os.environ.get("PYTHONPATH", "")]
    environment = {
        "NUMBA_CACHE_DIR": str(numba_cache),
        "MALLOC_ARENA_MAX": "1",  # of Linux: else what one thread frees, the next cannot use, 140 MB after a heist
        **os.environ,
        "OMP_NUM_THREADS": "1",  # torch reads it too
        "OPENBLAS_NUM_THREADS": "1",  # its threads wait by spinning, which starves the other worker
        "PYTHONPATH": os.pathsep.join(filter(None, found)),
    }
    command = [sys.executable, "-m", module, lab]
    return subprocess.Popen(command, cwd=paths.IMPORTED_FROM, env=environment, **streams, **apart())


def apart(platform: str = sys.platform) -> dict[str, Any]:
    """Return the arguments of :class:`subprocess.Popen` that keep Ctrl-C in a terminal away from a worker.

    It is for the server, which then closes its workers. On Windows the lower priority of a worker is set here too;
    elsewhere each worker lowers its own.
    """
    if platform == "win32":
        return {"creationflags": _CREATE_NEW_PROCESS_GROUP | _BELOW_NORMAL_PRIORITY_CLASS}
    return {"start_new_session": True}


def _read(incoming: IO[bytes], inbox: "SimpleQueue[Any]") -> None:
    """Move messages from the pipe to the inbox until the worker closes it, or sends what is not a message."""
    with incoming:
        try:
            while True:
                inbox.put(pickle.load(incoming))
        except (EOFError, OSError):
            pass
        except Exception:
            _logger.exception("A worker sent something else than a message")
        finally:
            inbox.put(_ENDED)

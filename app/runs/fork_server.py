"""Workers as forks of one process that has imported everything (Linux): they share its memory, and start at once.

So every run has a process of its own, which begins and ends with it: what it took is free again. An interpreter takes
ten seconds to start; a fork takes hundredths of one, and shares all that it does not write to. The server itself cannot
be forked, since it is full of threads; so it starts ``python -m app.runs.fork_server LAB``, which imports and then
waits, with a single thread, and prepares in spare time what runs would wait for. Elsewhere every worker has an
interpreter of its own (:mod:`app.runs.process`): the libraries of macOS do not outlive a fork, and Windows has none.

It says by one byte on a socket when it is ready. A request is one byte, with three descriptors: the worker's two pipes,
and one more with two lines: the worker writes its number, before it is ready, and this process, once the worker has
ended, its exit code; for only a parent is told.
"""

import gc
import os
import select
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import IO, NoReturn

import psutil

from app.runs import worker
from app.runs.contract import WorkerDied
from app.runs.process import WorkerProcess, interpreter

_REQUEST, _READY = b"f", b"r"
_DESCRIPTORS = 3


def can_fork(platform: str = sys.platform) -> bool:
    """Return whether workers can be forks on this platform (as :data:`sys.platform`)."""
    return platform == "linux"


class ForkServer:
    """The server's end of the process; it is started again where it has died."""

    def __init__(self, lab: str, numba_cache: Path) -> None:
        """Nothing starts yet; ``lab`` is the module whose functions are the tasks."""
        self._lab, self._numba_cache = lab, numba_cache
        self._lock = threading.Lock()
        self._started: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._ready = threading.Event()  # of the process that was started last

    def start(self) -> None:
        """Start the process in the background, unless it runs.

        Raises:
            OSError: if no process can be started.
        """
        with self._lock:
            self._running()

    @property
    def ready(self) -> bool:
        """Whether a worker would start at once."""
        return self._ready.is_set()

    def fork(self) -> WorkerProcess:
        """Ask for a worker; it is ready once the fork server has imported what workers need.

        Raises:
            WorkerDied: if the fork server ends at this moment.
        """
        incoming, to_worker = os.pipe()
        from_worker, answers = os.pipe()
        following, status = os.pipe()
        try:
            with self._lock:
                process, control = self._running()
                socket.send_fds(control, [_REQUEST], [incoming, answers, status])
        except OSError as fault:
            for descriptor in (to_worker, from_worker, following):
                os.close(descriptor)
            raise WorkerDied("could not be forked") from fault
        finally:
            for descriptor in (incoming, answers, status):
                os.close(descriptor)
        pipes = os.fdopen(to_worker, "wb"), os.fdopen(from_worker, "rb"), os.fdopen(following, "rb")
        return WorkerProcess(_Forked(process, *pipes))

    def close(self) -> None:
        """End the fork server; its workers end with their pipes."""
        with self._lock:
            if self._started is not None:
                process, control = self._started
                self._started = None
                control.close()
                process.kill()
                process.wait()

    def _running(self) -> tuple["subprocess.Popen[bytes]", socket.socket]:
        if self._started is None or self._started[0].poll() is not None:
            control, theirs = socket.socketpair()
            with theirs:
                process = interpreter("app.runs.fork_server", self._lab, self._numba_cache, stdin=theirs.fileno())
            if self._started is not None:
                self._started[1].close()
            self._started, self._ready = (process, control), threading.Event()
            threading.Thread(target=_await, args=(control.dup(), self._ready), daemon=True).start()
        return self._started


def _await(control: socket.socket, ready: threading.Event) -> None:
    """Follow whether the process is ready: from its byte on, until it ends."""
    with control, suppress(OSError):
        while control.recv(1):
            ready.set()
    ready.clear()


class _Forked:
    """A worker that is a fork (:class:`~app.runs.process.Process`); a thread follows what its parent says of it."""

    def __init__(
        self, parent: "subprocess.Popen[bytes]", stdin: IO[bytes], stdout: IO[bytes], status: IO[bytes]
    ) -> None:
        self.stdin: IO[bytes] | None = stdin
        self.stdout: IO[bytes] | None = stdout
        self.pid = 0  # it is not there yet
        self.returncode: int | None = None
        self._parent = parent
        self._ended = threading.Event()
        threading.Thread(target=self._follow, args=(status,), daemon=True).start()

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("a worker", timeout or 0.0)
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        if not self.pid:
            self._parent.kill()  # which is still importing, or hangs
        elif self.returncode is None:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(self.pid).kill()

    def _follow(self, status: IO[bytes]) -> None:
        with status:
            try:
                self.pid = int(status.readline())
                code = int(status.readline())
            except ValueError:  # no line: its parent has ended, or is about to
                if self.pid:
                    self.kill()
                code = self._parent.wait()
        self.returncode = code
        self._ended.set()


def main(lab: str) -> None:
    """Import, then fork a worker for every request, until the server closes the socket."""
    control = socket.socket(fileno=os.dup(0))
    worker.keep_from_prints()
    tasks = worker.prepare(lab)
    _freeze()
    control.sendall(_READY)
    worker.share_as(worker.SPARE)  # a fork has a session of its own, before this one
    preparing: Iterator[object] | None = tasks.in_spare_time()
    forks: dict[int, tuple[int, int]] = {}  # by a pipe that closes when it ends: its number, and who is told
    while True:
        asked = select.select([control.fileno(), *forks], [], [], None if preparing is None else 0)[0]
        if not asked and preparing is not None and not worker.prepare_more(preparing):
            preparing = None
            _freeze()
        for ready in asked:
            if ready in forks:
                pid, told = forks.pop(ready)
                _tell(told, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                os.close(ready)
                os.close(told)
                continue
            request, descriptors, _, _ = socket.recv_fds(control, len(_REQUEST), _DESCRIPTORS)
            if not request:
                return
            incoming, answers, told = descriptors
            ended, held = os.pipe()
            pid = os.fork()
            if not pid:
                _tell(told, os.getpid())
                own = [control.fileno(), ended, told, *forks, *(status for _, status in forks.values())]
                _become_worker(tasks, incoming, answers, own)
            for descriptor in (incoming, answers, held):
                os.close(descriptor)
            forks[ended] = pid, told


def _freeze() -> None:
    """Keep what there is from the garbage collector: in a fork, it would write to every object, and so copy it."""
    gc.collect()
    gc.freeze()


def _tell(status: int, number: int) -> None:
    with suppress(OSError):  # the server is gone, or no longer asks
        os.write(status, b"%d\n" % number)


def _become_worker(tasks: ModuleType, incoming: int, answers: int, others: list[int]) -> NoReturn:
    """In the fork: close what belongs to its parent, and serve."""
    try:
        for descriptor in others:
            os.close(descriptor)
        os.setsid()  # a session of its own, whose share of the processor it then lowers
        worker.serve(lambda: tasks, os.fdopen(incoming, "rb"), os.fdopen(answers, "wb"), rests=False)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])

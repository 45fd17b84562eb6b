"""The process that trains: ``python -m app.runs.worker LAB``, or a fork of one that has imported ``LAB`` already.

It is started by :mod:`app.runs.process` or :mod:`app.runs.fork_server` only, and exchanges messages with the server
through two pipes without an address, to which no other process can connect, and which close when the server ends. What
a run prints goes to standard error. ``LAB`` is the module whose functions are the tasks, ``app.lab.stories.tasks``; its
``warm_up`` is called first. Only that module imports torch, which takes the number of its threads from the environment
(see :mod:`app.runs.process`). While no request waits, its ``in_spare_time`` prepares what one would wait for.

The messages, as pickles between these two processes only:

- in: ``(task, settings, material)``, which calls ``LAB.task(Experiment, *material)``; :data:`STOP`
- out: ``(events, end)`` at most ten times a second; ``end`` is ``None`` until the last one, then
  ``("done" | "stopped" | "failed", sentence or None)``. :data:`READY` comes once, first of all.
"""

import ctypes
import os
import pickle
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from types import ModuleType
from typing import IO, Any, NoReturn

from app.lab.experiment import Experiment
from app.lab.stories.events import Event

STOP = "stop"
READY = "ready"
NICENESS = 10  # added to the server's, in two steps
SPARE = 19  # the niceness of what is prepared in spare time: behind all runs
SECONDS_BETWEEN_BATCHES = 0.1
# scikit-learn imports it where it is installed, and no task has a data frame: 34 MB, and half of the start.
UNUSED = "pandas"

Request = tuple[str, dict[str, Any], tuple[Any, ...]]
End = tuple[str, str | None]


def main(lab: str) -> None:
    """Serve the pool until it closes the pipe."""
    incoming, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    keep_from_prints()
    serve(lambda: prepare(lab), incoming, answers)


def prepare(lab: str) -> ModuleType:
    """Import the module ``lab`` and let it warm up: what every worker needs, and takes ten seconds of work."""
    _step_back(NICENESS // 2)
    with _absent(UNUSED):
        tasks = import_module(lab)
    tasks.warm_up()
    _give_back()
    return tasks


def serve(
    prepared: Callable[[], ModuleType], incoming: IO[bytes], answers: IO[bytes], *, rests: bool = True
) -> NoReturn:
    """Perform what comes in, one request after another, until the process ends with the other end of ``incoming``.

    Where it ``rests`` between them, it does in spare time what the next one would wait for.
    """
    requests: SimpleQueue[Request] = SimpleQueue()
    outgoing: SimpleQueue[Event | End] = SimpleQueue()
    stopped = threading.Event()
    threading.Thread(target=_listen, args=(incoming, requests, stopped), daemon=True).start()
    tasks = prepared()
    _step_back(NICENESS)
    write(answers, READY)
    threading.Thread(target=_dispatch, args=(answers, outgoing), daemon=True).start()
    preparing: Iterator[object] = tasks.in_spare_time() if rests else iter(())
    while True:
        _perform(tasks, _awaited(requests, preparing), outgoing, stopped)
        _give_back()


def write(pipe: IO[bytes], message: object) -> None:
    """Send a message at once.

    Raises:
        OSError: if the other end is closed.
    """
    pickle.dump(message, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def keep_from_prints() -> None:
    """Empty standard input, and send standard output to standard error: no ``print`` gets between messages."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)


def _step_back(group: int, platform: str = sys.platform) -> None:
    """Give way, by half of :data:`NICENESS`, to what a visitor waits for: the server, and the browser.

    Not all the way at first: at 10, a busy machine leaves a process a tenth of a processor, and the start of a worker,
    ten seconds of work, would take minutes. On Windows the server has already started this process at a lower priority.

    Args:
        group: the niceness of this session among all sessions, by which Linux shares a processor first.
        platform: as :data:`sys.platform`.
    """
    if platform == "win32":
        return
    os.nice(NICENESS // 2)
    share_as(group)


def share_as(group: int) -> None:
    """Set the niceness of this session among all sessions; where Linux does not share a processor so, nothing."""
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(group), encoding="ascii")


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """Within, to import the module ``name`` fails as where it is not installed; afterwards it can be imported."""
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]  # None: it cannot be imported
    if name in modules:
        yield
        return
    modules[name] = None
    try:
        yield
    finally:
        del modules[name]


def _give_back(platform: str = sys.platform) -> None:
    """Give memory that is free again back to the system: 90 MB after the start (Linux; others do so by themselves)."""
    if platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def _awaited(requests: "SimpleQueue[Request]", preparing: Iterator[object]) -> Request:
    """Return the next request; until it comes, go on ``preparing``, a piece at a time."""
    while requests.empty() and prepare_more(preparing):
        pass
    return requests.get()


def prepare_more(preparing: Iterator[object]) -> bool:
    """Take one more piece of what is prepared in spare time; return whether there was one."""
    try:
        return next(preparing, None) is not None
    except Exception:  # a run that needs it will say what is wrong
        traceback.print_exc()
        return False


def _perform(
    tasks: ModuleType, request: Request, outgoing: "SimpleQueue[Event | End]", stopped: threading.Event
) -> None:
    task, settings, material = request
    end: End = ("done", None)
    try:
        with closing(getattr(tasks, task)(Experiment.from_dict(settings), *material)) as events:
            for event in events:
                outgoing.put(event)
                if stopped.is_set():
                    end = ("stopped", None)
                    break
    except Exception as error:  # whatever a run does, the worker reports it and goes on
        traceback.print_exc()
        end = ("failed", f"The run failed: {_first_line(error)}")
    outgoing.put(end)


def _listen(incoming: IO[bytes], requests: "SimpleQueue[Request]", stopped: threading.Event) -> None:
    """Receive while a run computes; exit at once, even in the middle of a run, when the server has ended.

    A late stop for one run cannot stop the next one: the request that follows clears it.
    """
    try:
        while True:
            message = pickle.load(incoming)
            if message == STOP:
                stopped.set()
            else:
                stopped.clear()
                requests.put(message)
    except (EOFError, OSError, pickle.UnpicklingError):  # or in the middle of a message, where the server was killed
        os._exit(0)


def _dispatch(answers: IO[bytes], outgoing: "SimpleQueue[Event | End]") -> None:
    """Send the first event at once, then those that have gathered, at most ten times a second.

    This has a thread of its own, so that no event waits for the next one to be computed.
    """
    while True:
        gathered = [outgoing.get()]
        try:
            while True:
                gathered.append(outgoing.get_nowait())
        except Empty:
            pass
        events = [item for item in gathered if not isinstance(item, tuple)]
        ends = [item for item in gathered if isinstance(item, tuple)]
        try:
            write(answers, (events, ends[0] if ends else None))
        except OSError:
            os._exit(0)
        if not ends:
            time.sleep(SECONDS_BETWEEN_BATCHES)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{lines[0]} ({type(error).__name__})" if lines else type(error).__name__


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The process that trains: ``python -m app.runs.worker DESCRIPTOR LAB``, started by the pool only.

``DESCRIPTOR`` is this end of a socket pair inherited from the server: there is no address to which
anybody else could connect, and it reads end-of-file when the server is gone. ``LAB`` is the module
whose functions are the tasks, ``app.lab.stories.tasks``; its ``warm_up`` is called first.

The conversation, as pickles between these two processes only:

- in: ``(task, settings, material)``, which calls ``LAB.task(Experiment, *material)``; :data:`STOP`
- out: ``(events, end)`` at most ten times a second; ``end`` is ``None`` until the last one, then
  ``("done" | "stopped" | "failed", sentence or None)``. :data:`READY` comes once, first of all.
"""

import os
import sys
import threading
import time
import traceback
from contextlib import closing, suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from types import ModuleType
from typing import Any

import torch

from app.lab.experiment import Experiment
from app.lab.stories.events import Event

STOP = "stop"
READY = "ready"
NICENESS = 10
SECONDS_BETWEEN_BATCHES = 0.1

Request = tuple[str, dict[str, Any], tuple[Any, ...]]
End = tuple[str, str | None]


def main(descriptor: str, lab: str) -> None:
    """Serve the pool at the other end until it hangs up."""
    connection = Connection(int(descriptor))
    requests: SimpleQueue[Request] = SimpleQueue()
    outgoing: SimpleQueue[Event | End] = SimpleQueue()
    stopped = threading.Event()
    threading.Thread(target=_listen, args=(connection, requests, stopped), daemon=True).start()
    _step_back()
    torch.set_num_threads(1)
    tasks = import_module(lab)
    tasks.warm_up()
    connection.send(READY)
    threading.Thread(target=_dispatch, args=(connection, outgoing), daemon=True).start()
    while True:
        _perform(tasks, requests.get(), outgoing, stopped)


def _step_back() -> None:
    """Let everything that a person waits for go first: the server, and the browser."""
    os.nice(NICENESS)
    # Linux shares a processor among sessions first, and this process leads one of its own: that steps back as well.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS))


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
    except Exception as error:  # whatever a run does, the worker lives on and says so
        traceback.print_exc()
        end = ("failed", f"The run failed: {_first_line(error)}")
    outgoing.put(end)


def _listen(connection: Connection, requests: "SimpleQueue[Request]", stopped: threading.Event) -> None:
    """Receive while a run computes; leave at once, even in the middle of it, when the server is gone.

    A late stop for the run before cannot hit the next one: the order of messages clears it.
    """
    try:
        while True:
            message = connection.recv()
            if message == STOP:
                stopped.set()
            else:
                stopped.clear()
                requests.put(message)
    except (EOFError, OSError):
        os._exit(0)


def _dispatch(connection: Connection, outgoing: "SimpleQueue[Event | End]") -> None:
    """Send the first event at once, then what has gathered, ten times a second at most.

    On a thread of its own, so that no event waits for the next one to be computed.
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
            connection.send((events, ends[0] if ends else None))
        except OSError:
            os._exit(0)
        if not ends:
            time.sleep(SECONDS_BETWEEN_BATCHES)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{lines[0]} ({type(error).__name__})" if lines else type(error).__name__


if __name__ == "__main__":
    main(*sys.argv[1:])

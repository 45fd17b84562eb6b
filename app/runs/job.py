"""A run as its watchers see it."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.lab.experiment import Experiment
from app.lab.record import Task
from app.lab.stories.events import Event

Status = Literal["queued", "running", "done", "stopped", "failed"]
Origin = Literal["live", "stored", "pretrained"]


@dataclass(eq=False)
class Job:
    """One experiment that is queued, running or ended: watch it, wait for it, read it. Only the pool changes it.

    Attributes:
        status: read it *before* ``events``: once it is "done", the events are complete.
        events: what has happened so far; the list only grows at its end, so ``events[n:]`` are the new ones. A run
            that is repeated begins another list.
        repeated: whether the process that computed it died, so that it is computed a second time from the start.
        unkept: one sentence where it is done but could not be stored, else None.
        error: one sentence for the visitor where ``status`` is "failed", else None.
        origin: where the events come from: computed now, computed on this machine before, or shipped with the app.
        position: the place in the queue, 1 for the next job to run; 0 when it is not queued.
        watchers: the visitors who watch it.
        began: when a worker took it (``time.monotonic``), None while it is queued.
        stop_asked: when it was asked to stop (``time.monotonic``), None while it may go on.
    """

    experiment: Experiment
    task: Task = "run"
    origin: Origin = "live"
    status: Status = "queued"
    events: list[Event] = field(default_factory=list, repr=False)
    error: str | None = None
    repeated: bool = False
    unkept: str | None = None
    position: int = 0
    watchers: set[str] = field(default_factory=set)
    stop_asked: float | None = None
    began: float | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    @property
    def key(self) -> str:
        """The experiment's key."""
        return self.experiment.key

    @property
    def active(self) -> bool:
        """Whether more events may come."""
        return self.status in ("queued", "running")

    def wait(self, timeout: float | None = None, *, events: int | None = None) -> bool:
        """Block until the job has ended or, where ``events`` is given, has at least that many of them.

        Args:
            timeout: in seconds; None for no limit.
            events: the number of events that are enough.

        Returns:
            False if the timeout came first, or if the job ended with fewer events.
        """

        def enough() -> bool:
            return events is not None and len(self.events) >= events

        with self._changed:
            self._changed.wait_for(lambda: enough() or not self.active, timeout)
            return not self.active if events is None else enough()

    def begin(self) -> None:
        """Leave the queue for a worker (pool only)."""
        with self._changed:
            self.status, self.position, self.began = "running", 0, time.monotonic()
            self._changed.notify_all()

    def publish(self, events: Sequence[Event]) -> None:
        """Append new events (pool only)."""
        with self._changed:
            self.events.extend(events)
            self._changed.notify_all()

    def repeat(self) -> None:
        """Go back into the queue, and begin again without events (pool only)."""
        with self._changed:
            self.status, self.began, self.repeated, self.events = "queued", None, True, []
            self._changed.notify_all()

    def settle(self, status: Status, error: str | None = None) -> None:
        """End (pool only)."""
        with self._changed:
            self.status, self.error, self.position = status, error, 0
            self._changed.notify_all()

    def ask_to_stop(self) -> None:
        """Note that no visitor wants it any more (pool only)."""
        self.stop_asked = time.monotonic()

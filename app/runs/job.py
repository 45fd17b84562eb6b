"""A run as those who watch it see it."""

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
    """One experiment on its way: watch it, wait for it, read it. Only the pool changes it.

    Attributes:
        status: read it *before* ``events``: once it says "done", the events are complete.
        events: what has happened so far; it only ever grows at its end, so ``events[n:]`` is the news.
        error: one sentence for a person where ``status`` is "failed", else None.
        origin: where the events come from: computed now, by this server before, or shipped with it.
        position: the place in the queue, 1 for the next one; 0 when it does not wait in it.
        watchers: the visitors who would miss it.
        began: when a worker took it (``time.monotonic``), None while it waits.
        stop_asked: when it was told to stop (``time.monotonic``), None while it may go on.
    """

    experiment: Experiment
    task: Task = "run"
    origin: Origin = "live"
    status: Status = "queued"
    events: list[Event] = field(default_factory=list, repr=False)
    error: str | None = None
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
        """Whether there is more to come."""
        return self.status in ("queued", "running")

    def wait(self, timeout: float | None = None, *, events: int | None = None) -> bool:
        """Block until the job has ended or, where ``events`` is given, has at least so many of them.

        Args:
            timeout: seconds; None waits as long as it takes.
            events: how many events are enough.

        Returns:
            False if the time was up first, or if the job ended with fewer events.
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
        """Append what has happened (pool only)."""
        with self._changed:
            self.events.extend(events)
            self._changed.notify_all()

    def settle(self, status: Status, error: str | None = None) -> None:
        """End (pool only)."""
        with self._changed:
            self.status, self.error, self.position = status, error, 0
            self._changed.notify_all()

    def ask_to_stop(self) -> None:
        """Mark as given up by everybody (pool only)."""
        self.stop_asked = time.monotonic()

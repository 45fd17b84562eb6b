"""Counting and timing a run, so that each of its events leaves complete."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from app.lab.stories.events import Defence, Event, Phase, PhaseName, Progress, Role
from app.lab.task.training import Step


@dataclass(frozen=True)
class Taken:
    """A step of one model, not yet counted among those of the run: models may be trained side by side."""

    role: Role
    defence: Defence
    step: Step


class RunClock:
    """How much of a run is done, and how long it took."""

    def __init__(self) -> None:
        """Begin to count and to time."""
        torch.set_num_threads(1)  # UMAP may have left another number, and other roundings
        self.done = 0
        self._began = time.perf_counter()

    def phase(self, name: PhaseName) -> Phase:
        """Return the beginning of a phase, here and now."""
        return Phase(name, self.done)

    def progress(self, taken: Taken) -> Progress:
        """Return a step as the next one of the run."""
        self.done += 1
        step = taken.step
        return Progress(taken.role, taken.defence, self.done, step.batch, step.cross_entropy, step.snnl)

    def skipped(self, steps: int) -> None:
        """Count work that is not reported step by step."""
        self.done += steps

    def counted(self, happening: Iterator[Taken | Event]) -> Iterator[Event]:
        """Pass on what happens, each step that was taken as the next one of the run."""
        for event in happening:
            yield self.progress(event) if isinstance(event, Taken) else event

    def trained(self, role: Role, defence: Defence, steps: Iterator[Step]) -> Iterator[Event]:
        """Count the steps of a model that is trained alone."""
        return self.counted(Taken(role, defence, step) for step in steps)

    def lap(self) -> float:
        """Return the seconds since the beginning, or since the last call."""
        now = time.perf_counter()
        seconds, self._began = now - self._began, now
        return seconds

"""Counts and times the steps of a run, so that every event is complete when it is yielded."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from app.lab.stories.events import Defence, Event, Phase, PhaseName, Progress, Role
from app.lab.task.training import Step


@dataclass(frozen=True)
class ModelStep:
    """A step of one model, without its number in the run, since models may be trained in parallel."""

    role: Role
    defence: Defence
    step: Step


class RunClock:
    """The number of steps of a run so far, and the time they took."""

    def __init__(self) -> None:
        """Start at step 0, now."""
        torch.set_num_threads(1)  # UMAP may have changed it, and with it the rounding
        self.done = 0
        self._began = time.perf_counter()

    def phase(self, name: PhaseName) -> Phase:
        """Return the event that begins a phase at this step."""
        return Phase(name, self.done)

    def progress(self, taken: ModelStep) -> Progress:
        """Return the event of a step, with its number in the run."""
        self.done += 1
        step = taken.step
        return Progress(taken.role, taken.defence, self.done, step.batch, step.cross_entropy, step.snnl)

    def skipped(self, steps: int) -> None:
        """Count steps that are not reported one by one."""
        self.done += steps

    def counted(self, events: Iterator[ModelStep | Event]) -> Iterator[Event]:
        """Yield the events, with each step numbered in the run."""
        for event in events:
            yield self.progress(event) if isinstance(event, ModelStep) else event

    def trained(self, role: Role, defence: Defence, steps: Iterator[Step]) -> Iterator[Event]:
        """Yield the events of the training of one model."""
        return self.counted(ModelStep(role, defence, step) for step in steps)

    def lap(self) -> float:
        """Return the seconds since the start or the previous call."""
        now = time.perf_counter()
        seconds, self._began = now - self._began, now
        return seconds

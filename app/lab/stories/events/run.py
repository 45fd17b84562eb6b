"""What every story has: its start, its phases, its steps and its end."""

from dataclasses import dataclass

from app.lab.choices import Batch
from app.lab.stories.events.heist import HeistResult
from app.lab.stories.events.names import Defence, PhaseName, Role
from app.lab.stories.events.theft import TheftResult
from app.lab.stories.events.trial import TrialResult
from app.lab.stories.events.washing import WashingResult

Result = HeistResult | TheftResult | TrialResult | WashingResult


@dataclass(frozen=True)
class Started:
    """The run has begun: who it is and how much work lies ahead (optimiser steps of all models)."""

    key: str
    seed: int
    steps: int


@dataclass(frozen=True)
class Phase:
    """A new part of the story begins, after ``done`` steps."""

    name: PhaseName
    done: int


@dataclass(frozen=True)
class Progress:
    """One optimiser step: which batch it took and what it cost.

    ``batch`` is ``"task"`` (SNNL off) or ``"watermark"`` (SNNL on); ``done`` counts the steps of
    the whole run, so ``done / Started.steps`` is the progress bar.
    """

    role: Role
    defence: Defence
    done: int
    batch: Batch
    cross_entropy: float
    snnl: dict[str, float]


@dataclass(frozen=True)
class Finished:
    """The last event of a run: its result in the form of the command line's JSON, and its wall time."""

    seconds: float
    result: Result

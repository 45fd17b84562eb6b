"""Events of every story: its start, its phases, its steps and its end."""

from dataclasses import dataclass

from app.lab.choices import Batch
from app.lab.stories.events.backdoor import BackdoorResult
from app.lab.stories.events.hardness import HardnessResult
from app.lab.stories.events.heist import HeistResult
from app.lab.stories.events.innocents import InnocentsResult
from app.lab.stories.events.names import Defence, PhaseName, Role
from app.lab.stories.events.poisoning import PoisoningResult
from app.lab.stories.events.rehearsal import RehearsalResult, SurveyResult
from app.lab.stories.events.theft import TheftResult
from app.lab.stories.events.trapdoor import TrapdoorResult
from app.lab.stories.events.trial import TrialResult
from app.lab.stories.events.washing import WashingResult

Result = (
    HeistResult
    | TheftResult
    | TrialResult
    | WashingResult
    | SurveyResult
    | RehearsalResult
    | InnocentsResult
    | BackdoorResult
    | HardnessResult
    | PoisoningResult
    | TrapdoorResult
)


@dataclass(frozen=True)
class Started:
    """A run starts: the key and the seed of its experiment, and the number of optimiser steps of all models."""

    key: str
    seed: int
    steps: int


@dataclass(frozen=True)
class Phase:
    """A phase of the run starts, after ``done`` steps."""

    name: PhaseName
    done: int


@dataclass(frozen=True)
class Progress:
    """One optimiser step: the kind of its batch, and its losses.

    ``batch`` is ``"task"`` (SNNL off) or ``"watermark"`` (SNNL on); ``done`` counts the steps of
    the whole run, so ``done / Started.steps`` is the progress.
    """

    role: Role
    defence: Defence
    done: int
    batch: Batch
    cross_entropy: float
    snnl: dict[str, float]


@dataclass(frozen=True)
class Finished:
    """The last event of a run: its result, as the command line prints it in JSON, and its wall time."""

    seconds: float
    result: Result

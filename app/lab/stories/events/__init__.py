"""The events of a run: frozen dataclasses, one module for each story.

Pages, the command line, records, sweeps, tests and benchmarks all use the same events. An event is complete when it
is yielded. It contains numbers and small arrays; the last one, :class:`Finished`, contains the result.
"""

from app.lab.stories.events.backdoor import PLANTED, BackdoorResult, Learned, Planted, Pruned, Shown
from app.lab.stories.events.hardness import Compared, HardnessResult, Searched
from app.lab.stories.events.heist import (
    Claimed,
    Distances,
    HeistResult,
    Measured,
    Probe,
    Queried,
    Snapshot,
    Theft,
    Weights,
)
from app.lab.stories.events.innocents import Heard, InnocentsResult
from app.lab.stories.events.names import DEFENCES, WATERMARKED, Defence, PhaseName, Role
from app.lab.stories.events.poisoning import Fitted, Placed, PoisoningResult, Trimmed
from app.lab.stories.events.rehearsal import Chosen, RehearsalResult, Rehearsed, Surveyed, SurveyResult
from app.lab.stories.events.run import Finished, Phase, Progress, Result, Started
from app.lab.stories.events.theft import Copied, Honest, Territory, TheftResult
from app.lab.stories.events.trapdoor import Descended, Scribbled, TrapdoorResult, Verified
from app.lab.stories.events.trial import Exhibit, Framing, Panel, Testimony, TrialResult
from app.lab.stories.events.washing import Attempted, FromScratch, WashingResult

Event = (
    Started
    | Phase
    | Progress
    | Measured
    | Probe
    | Snapshot
    | Distances
    | Queried
    | Weights
    | Theft
    | Claimed
    | Exhibit
    | Panel
    | Testimony
    | Framing
    | FromScratch
    | Attempted
    | Copied
    | Territory
    | Honest
    | Surveyed
    | Rehearsed
    | Chosen
    | Heard
    | Shown
    | Learned
    | Pruned
    | Compared
    | Searched
    | Placed
    | Trimmed
    | Fitted
    | Verified
    | Scribbled
    | Descended
    | Finished
)

__all__ = [
    "DEFENCES",
    "PLANTED",
    "WATERMARKED",
    "Attempted",
    "BackdoorResult",
    "Chosen",
    "Claimed",
    "Compared",
    "Copied",
    "Defence",
    "Descended",
    "Distances",
    "Event",
    "Exhibit",
    "Finished",
    "Fitted",
    "Framing",
    "FromScratch",
    "HardnessResult",
    "Heard",
    "HeistResult",
    "Honest",
    "InnocentsResult",
    "Learned",
    "Measured",
    "Panel",
    "Phase",
    "PhaseName",
    "Placed",
    "Planted",
    "PoisoningResult",
    "Probe",
    "Progress",
    "Pruned",
    "Queried",
    "RehearsalResult",
    "Rehearsed",
    "Result",
    "Role",
    "Scribbled",
    "Searched",
    "Shown",
    "Snapshot",
    "Started",
    "SurveyResult",
    "Surveyed",
    "Territory",
    "Testimony",
    "Theft",
    "TheftResult",
    "TrapdoorResult",
    "TrialResult",
    "Trimmed",
    "Verified",
    "WashingResult",
    "Weights",
]

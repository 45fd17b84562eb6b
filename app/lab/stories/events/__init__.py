"""The events of a run: frozen dataclasses, one module for each story.

Pages, the command line, records, sweeps, tests and benchmarks all use the same events. An event is complete when it
is yielded. It contains numbers and small arrays; the last one, :class:`Finished`, contains the result.
"""

from app.lab.stories.events.heist import Claimed, HeistResult, Measured, Probe, Queried, Snapshot, Theft, Weights
from app.lab.stories.events.names import DEFENCES, WATERMARKED, Defence, PhaseName, Role
from app.lab.stories.events.run import Finished, Phase, Progress, Result, Started
from app.lab.stories.events.theft import Copied, Honest, Territory, TheftResult
from app.lab.stories.events.trial import Exhibit, Framing, Testimony, TrialResult
from app.lab.stories.events.washing import Attempted, FromScratch, WashingResult

Event = (
    Started
    | Phase
    | Progress
    | Measured
    | Probe
    | Snapshot
    | Queried
    | Weights
    | Theft
    | Claimed
    | Exhibit
    | Testimony
    | Framing
    | FromScratch
    | Attempted
    | Copied
    | Territory
    | Honest
    | Finished
)

__all__ = [
    "DEFENCES",
    "WATERMARKED",
    "Attempted",
    "Claimed",
    "Copied",
    "Defence",
    "Event",
    "Exhibit",
    "Finished",
    "Framing",
    "FromScratch",
    "HeistResult",
    "Honest",
    "Measured",
    "Phase",
    "PhaseName",
    "Probe",
    "Progress",
    "Queried",
    "Result",
    "Role",
    "Snapshot",
    "Started",
    "Territory",
    "Testimony",
    "Theft",
    "TheftResult",
    "TrialResult",
    "WashingResult",
    "Weights",
]

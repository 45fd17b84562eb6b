"""The outcomes of stories: which events a sweep keeps of each run, and which runs share their victims."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from app.lab.experiment import Experiment
from app.lab.record import Task
from app.lab.stories import heist, innocents, rehearsal, theft, washing
from app.lab.stories.events import Claimed, Event, PhaseName, Theft


@dataclass(frozen=True)
class Outcome:
    """A story that is run for its outcome.

    Attributes:
        play: runs the story for several experiments with the same victims, in order; each ends with its own
            :class:`~app.lab.stories.events.Finished`.
        total_steps: returns the number of steps of one of them; raises ValueError, one sentence, if it cannot be run.
        own: the phases with which the part of a single experiment begins, after the shared training of victims.
        kept: the types of events that are kept, in addition to the first and the last.
    """

    play: Callable[..., Generator[Event]]
    total_steps: Callable[[Experiment], int]
    own: tuple[PhaseName, ...]
    kept: tuple[type[Event], ...] = ()


def _heists(*experiments: Experiment) -> Generator[Event]:
    yield from heist.run(*experiments, looks=False)


def _washings(*experiments: Experiment) -> Generator[Event]:
    for experiment in experiments:
        yield from washing.remove(experiment)


def _rehearsals(*experiments: Experiment) -> Generator[Event]:
    for experiment in experiments:
        yield from rehearsal.rehearse(experiment)


def _hearings(*experiments: Experiment) -> Generator[Event]:
    for experiment in experiments:
        yield from innocents.hear(experiment)


OUTCOMES: dict[Task, Outcome] = {
    "result": Outcome(_heists, heist.total_steps, ("query",), (Theft, Claimed)),
    "theft_result": Outcome(theft.steal, theft.total_steps, ("pretraining", "attack")),
    "washing_result": Outcome(_washings, washing.total_steps, ("task", "removal")),
    "rehearsal_result": Outcome(_rehearsals, rehearsal.total_steps, ("affinity",)),
    "innocents_result": Outcome(_hearings, innocents.total_steps, ("task",)),
}

"""How stories end: what is kept of each where thousands are run, and which of them can be run together."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from app.lab.experiment import Experiment
from app.lab.record import Task
from app.lab.stories import heist, theft, washing
from app.lab.stories.events import Claimed, Event, PhaseName, Theft


@dataclass(frozen=True)
class Outcome:
    """One kind of story, to be run for its outcome.

    Attributes:
        play: the story of experiments with the same victims, one after the other: each ends with its own
            :class:`~app.lab.stories.events.Finished`.
        total_steps: the steps of one of them; raises ValueError, one sentence, where it cannot be run.
        own: the phases from which on what happens concerns one of the experiments alone.
        kept: the events that are kept besides the first and the last.
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


OUTCOMES: dict[Task, Outcome] = {
    "result": Outcome(_heists, heist.total_steps, ("query",), (Theft, Claimed)),
    "theft_result": Outcome(theft.steal, theft.total_steps, ("pretraining", "attack")),
    "washing_result": Outcome(_washings, washing.total_steps, ("task", "removal")),
}

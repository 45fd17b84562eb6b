"""The thefts that the film tells side by side: from the same victims, with other inputs, each with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.ui import live, over_seeds, settings
from app.ui.history import History

BEATS = ("victim", "unseen")  # whose inputs the thief has
_THIEVES = {"victim": "A thief with your data", "unseen": "A thief with data of their own"}


@dataclass(frozen=True)
class Beat:
    """One theft: its settings, what happened (None: nobody ran it), and its evidence over seeds, by defence."""

    experiment: Experiment
    known: History | None
    seeds: Mapping[str, Row]

    @property
    def thief(self) -> str:
        """What the thief asks, as a name for them."""
        return thief(self.experiment)


def thief(experiment: Experiment) -> str:
    """Return the name of the thief by what they ask."""
    return _THIEVES.get(experiment.inputs) or f"A thief with {settings.wording(experiment.inputs, 'inputs')}"


def around(experiment: Experiment, known: History) -> list[Beat]:
    """Return the two thefts, and this one if it is another; ``known`` is what happened in this one."""
    kinds = [*BEATS, *({experiment.inputs} - {*BEATS})]
    return [_beat(replace(experiment, inputs=kind), known if kind == experiment.inputs else None) for kind in kinds]


def _beat(experiment: Experiment, known: History | None) -> Beat:
    if known is None:
        found = live.on_record(experiment)
        known = None if found is None else live.finished(found)
    return Beat(experiment, known, over_seeds.of_setting(experiment))

"""The tasks of a worker, by name: functions that take an experiment and return an iterator of events."""

from collections.abc import Iterator
from importlib import import_module

from app.lab.experiment import PRESETS
from app.lab.ownership import innocents
from app.lab.stories import heist
from app.lab.stories.backdoor import backdoor
from app.lab.stories.finished_run import umap
from app.lab.stories.heist import run
from app.lab.stories.rehearsal import rehearse_pair as pair
from app.lab.stories.rehearsal import survey as affinity
from app.lab.stories.theft import steal
from app.lab.stories.trapdoor import trapdoor
from app.lab.stories.trial import trial
from app.lab.stories.washing import remove
from app.lab.task import datasets

__all__ = [
    "affinity",
    "backdoor",
    "in_spare_time",
    "pair",
    "remove",
    "run",
    "steal",
    "trapdoor",
    "trial",
    "umap",
    "warm_up",
]


def warm_up() -> None:
    """Do what the first task would wait for: import umap-learn (2 s), and begin every preset."""
    import_module("umap")
    heist.warm_up()


def in_spare_time() -> Iterator[str]:
    """Do, a piece at a time, what a run would stand still for before its verdict: fit the panels of all presets.

    That is some twenty seconds of work, so it is not for :func:`warm_up`.
    """
    for experiment in PRESETS.values():
        yield from innocents.fit_panel(datasets.load(experiment.dataset))

"""The tasks of a worker, by name: functions that take an experiment and return an iterator of events."""

from importlib import import_module

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

__all__ = ["affinity", "backdoor", "pair", "remove", "run", "steal", "trapdoor", "trial", "umap", "warm_up"]


def warm_up() -> None:
    """Do what the first task would wait for: import umap-learn (2 s), and begin every preset."""
    import_module("umap")
    heist.warm_up()

"""The tasks of a worker, by name: functions that take an experiment and return an iterator of events."""

from app.lab.stories.backdoor import backdoor
from app.lab.stories.finished_run import umap
from app.lab.stories.heist import run, warm_up
from app.lab.stories.rehearsal import rehearse_pair as pair
from app.lab.stories.rehearsal import survey as affinity
from app.lab.stories.theft import steal
from app.lab.stories.trapdoor import trapdoor
from app.lab.stories.trial import trial
from app.lab.stories.washing import remove

__all__ = ["affinity", "backdoor", "pair", "remove", "run", "steal", "trapdoor", "trial", "umap", "warm_up"]

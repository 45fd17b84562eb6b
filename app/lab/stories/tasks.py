"""What a worker can be told to do, by name: each task is a function from an experiment to a stream of events."""

from app.lab.stories.finished_run import umap
from app.lab.stories.heist import run, warm_up
from app.lab.stories.theft import steal
from app.lab.stories.trial import trial
from app.lab.stories.washing import remove

__all__ = ["remove", "run", "steal", "trial", "umap", "warm_up"]

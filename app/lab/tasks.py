"""What a worker can be told to do, by name: each task is a function from an experiment to a stream of events."""

from app.lab.aftermath import umap
from app.lab.heist import run, warm_up
from app.lab.removal.washing import remove
from app.lab.stealing import steal
from app.lab.trial import trial

__all__ = ["remove", "run", "steal", "trial", "umap", "warm_up"]

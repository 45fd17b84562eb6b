"""What a worker can be told to do, by name: each task is a function from an experiment to a stream of events."""

from app.lab.heist import run, umap, warm_up
from app.lab.stealing import steal

__all__ = ["run", "steal", "umap", "warm_up"]

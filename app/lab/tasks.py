"""What a worker process can be asked to do: each function takes an experiment and yields events."""

from app.lab.heist import run, umap, warm_up
from app.lab.trial import trial

__all__ = ["run", "trial", "umap", "warm_up"]

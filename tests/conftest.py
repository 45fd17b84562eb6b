"""One thread, no deadlines, and one small finished run for whoever only reads it: tests share the machine."""

import os
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported first
# What numba compiles for UMAP is compiled once, and not again by every server and every worker.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".cache" / "tests" / "numba"))

import pytest
import torch
from hypothesis import settings

from app.lab.experiment import Experiment
from app.lab.stories import heist
from app.lab.stories.events import Event, Probe, Weights
from app.lab.stories.trial import Hearing, trial

torch.set_num_threads(1)
settings.register_profile("entangled", deadline=None)
settings.load_profile("entangled")

SMALL = Experiment(
    dataset="blobs",
    network="tiny",
    trigger="cluster",
    target=2,
    task_epochs=1,
    watermark_epochs=2,
    adversary_epochs=1,
    trigger_count=64,
    batch_size=32,
    learning_rate=0.02,
    budget=250,
)


@pytest.fixture(scope="session")
def small() -> Experiment:
    """A run of about a second."""
    return SMALL


@pytest.fixture(scope="session")
def story(small: Experiment) -> list[Event]:
    """What the small run yields, from the start to the end."""
    return list(heist.run(small))


@pytest.fixture(scope="session")
def told(small: Experiment, story: list[Event]) -> list[Event]:
    """What the trial of the small run yields."""
    return list(trial(small, [event for event in story if isinstance(event, Probe | Weights)]))


@pytest.fixture(scope="session")
def heard(told: list[Event]) -> Hearing:
    """The trial of the small run, as its listeners know it."""
    return Hearing.of(told)

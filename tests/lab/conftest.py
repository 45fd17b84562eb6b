"""One small finished run, shared by whoever only reads it."""

import pytest

from app.lab.experiment import Experiment
from app.lab.stories import heist
from app.lab.stories.events import Event

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

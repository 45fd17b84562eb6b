"""One thread, no deadlines, and one small finished run for whoever only reads it: tests share the machine."""

import os
import sys
from collections.abc import Iterator
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
from app.lab.stories.hearing import Hearing
from app.lab.stories.trial import trial

torch.set_num_threads(1)
settings.register_profile("entangled", deadline=None)
settings.register_profile("hard", deadline=None, max_examples=1000)  # ten times as many: make test-hard
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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--hard", action="store_true", help="run the tests marked hard as well: long, or many times over")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "hard: only with --hard")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--hard"):
        for item in items:
            if item.get_closest_marker("hard"):
                item.add_marker(pytest.mark.skip(reason="only with --hard"))


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Keep ``__main__``: a page under ``AppTest`` takes its place, and what spawns a process would start that page."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


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

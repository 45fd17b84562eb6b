"""Worker processes find the fake lab that stands beside this file, and if a test likes, no torch to wait for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def fake_lab_importable() -> Iterator[None]:
    """Put this folder on the path of every worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
        yield


def _spared() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE / "without_torch"), prepend=os.pathsep)
        yield os.environ["PYTHONPATH"]


@pytest.fixture
def without_torch() -> Iterator[str]:
    """Spare the processes of one test, which know the fake lab only, the seconds of importing torch."""
    yield from _spared()


@pytest.fixture(scope="module")
def module_without_torch() -> Iterator[str]:
    """The same for all processes of a module."""
    yield from _spared()

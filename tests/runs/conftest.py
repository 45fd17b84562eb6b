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


@pytest.fixture(scope="module")
def without_torch(fake_lab_importable: None) -> Iterator[str]:
    """Spare the workers of the fake lab the seconds of importing torch; return their path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE / "without_torch"), prepend=os.pathsep)
        yield os.environ["PYTHONPATH"]

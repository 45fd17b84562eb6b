"""The lab that misbehaves, for this process and for its workers; and no process may be left over."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

RUNS = Path(__file__).parents[1] / "runs"
sys.path.insert(0, str(RUNS))


@pytest.fixture(scope="session", autouse=True)
def fake_lab_importable() -> Iterator[None]:
    """Put the folder of the fake lab on the path of every worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(RUNS), prepend=os.pathsep)
        yield


@pytest.fixture(autouse=True)
def no_orphans() -> Iterator[None]:
    """After each test, the workers that it started are gone, once what they do in spare time has a pause."""
    before, patience = workers(), 10
    yield
    deadline = time.monotonic() + patience
    while (left := workers() - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


def workers() -> set[int]:
    """Every worker, and what forks them, on this machine that this process started, or that has lost its server."""
    found = set()
    for process in psutil.process_iter(["cmdline", "status", "ppid"]):
        about = process.info
        ours = {"app.runs.worker", "app.runs.fork_server"} & {*(about["cmdline"] or ())}
        if about["status"] != psutil.STATUS_ZOMBIE and ours:
            with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                parents = [parent.pid for parent in process.parents()]
                if os.getpid() in parents or parents[:1] in ([], [1]):
                    found.add(process.pid)
    return found

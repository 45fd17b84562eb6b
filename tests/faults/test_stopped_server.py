"""A server stopped in the middle of a run, and started again: what was finished is there, and nobody is left."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from fake_lab import COUNT, HOLD, STEPS, story

from app import paths
from app.lab.experiment import Experiment
from app.runs.fork_server import can_fork
from app.runs.pool import Pool
from app.runs.store import Store

LONG = 60.0
FINISHED, UNFINISHED = Experiment(seed=700_000 + COUNT), Experiment(seed=700_000 + HOLD)

SERVER = """
import sys
from pathlib import Path
from app.lab.experiment import Experiment
import psutil
from app.runs.pool import Pool
from app.runs.store import Store
pool = Pool(2, Store(Path(sys.argv[1]), None), lab="fake_lab")
finished, unfinished = (pool.submit(Experiment(seed=int(seed)), seed) for seed in sys.argv[2:])
assert finished.wait(60) and unfinished.wait(60, events=5)
print(*(process.pid for process in psutil.Process().children(recursive=True)), flush=True)
sys.stdin.read()
"""
WRITER = """
import sys
from pathlib import Path
from fake_lab import story
from app.lab.experiment import Experiment
from app.runs.store import Store
store = Store(Path(sys.argv[1]), None)
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 10_000):
    done = Experiment(seed=10 * number)
    store.put(done, story(done))
    print(number, flush=True)
"""


@contextmanager
def started(code: str, *arguments: object) -> "Iterator[subprocess.Popen[str]]":
    """A process that runs this code, with pipes; it is ended in any case."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=paths.HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


@pytest.mark.parametrize("how", ["killed", "terminated", "ended"])
def test_after_a_stop_the_finished_runs_are_there_and_no_process_is_left(tmp_path: Path, how: str) -> None:
    with started(SERVER, tmp_path, FINISHED.seed, UNFINISHED.seed) as server:
        assert server.stdout is not None and server.stdin is not None
        left = [psutil.Process(int(pid)) for pid in server.stdout.readline().split() if psutil.pid_exists(int(pid))]
        assert len(left) >= 2, "two workers; or the fork of the one that runs, and what forks them"
        match how:
            case "killed":
                server.kill()
            case "terminated":
                server.send_signal(signal.SIGTERM)
            case "ended":
                server.stdin.close()
        server.wait(LONG)
        psutil.wait_procs(left, timeout=LONG)
        assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in left)
    pool = Pool(1, Store(tmp_path, None), lab="fake_lab")
    found = pool.find(FINISHED.key)
    assert found is not None and (found.status, found.origin, len(found.events)) == ("done", "stored", STEPS + 5)
    assert pool.find(UNFINISHED.key) is None
    again = pool.submit(UNFINISHED, "ada")
    assert again.wait(LONG, events=1), "it can be run again"
    pool.close()
    assert {path.name for path in tmp_path.iterdir()} <= {f"run-{FINISHED.key}", "numba"}


@pytest.mark.parametrize("rounds", [2, pytest.param(25, marks=pytest.mark.hard)])
def test_a_server_killed_while_it_writes_leaves_only_whole_runs(tmp_path: Path, rounds: int) -> None:
    chance = random.Random(rounds)
    kept: list[int] = []
    for attempt in range(rounds):
        with started(WRITER, tmp_path, 10_000 * attempt) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 12)):
                kept.append(int(writer.stdout.readline()))
            writer.kill()  # in the middle of the next one
    store = Store(tmp_path, None)
    for number in kept:
        done = Experiment(seed=10 * number)
        found = store.get(done.key)
        assert found is not None and len(found.events) == len(story(done))
    for folder in tmp_path.glob("run-*"):
        assert store.get(folder.name.removeprefix("run-")) is not None, "what is in sight is whole"
    store.prune()
    assert all(store.get(Experiment(seed=10 * number).key) for number in kept)


@pytest.mark.hard
def test_the_app_itself_takes_its_workers_along(tmp_path: Path) -> None:
    from tests.e2e.app_server import serve

    count = 1 if can_fork() else 2  # what forks them
    with serve(tmp_path, workers=2):
        (server,) = (child for child in psutil.Process().children() if "streamlit" in child.cmdline())
        for _ in range(200):
            if len(workers := server.children(recursive=True)) == count:
                break
            psutil.wait_procs([server], timeout=0.1)
    assert len(workers) == count
    psutil.wait_procs(workers, timeout=LONG)
    assert not any(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE for worker in workers)

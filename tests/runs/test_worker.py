"""The worker itself, spoken to directly, with an interpreter of its own and as a fork."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import psutil
import pytest
from fake_lab import COUNT, HOLD, RAISE, STEPS, experiment

from app import paths
from app.lab.stories.events import Event, Started
from app.runs import worker
from app.runs.fork_server import ForkServer, can_fork
from app.runs.process import WorkerDied, WorkerProcess, apart, start_worker
from app.runs.worker import NICENESS, SPARE, STOP

LONG = 60.0

ORPHAN = """
import sys
from pathlib import Path
from app.runs.fork_server import ForkServer
from app.runs.process import start_worker
from fake_lab import DEAF, experiment
lab = "fake_lab", Path(sys.argv[1])
server = ForkServer(*lab)
process = server.fork() if sys.argv[2] == "fork" else start_worker(*lab)
process.wait_until_ready(60)
process.send(("run", experiment(DEAF).to_dict(), ()))
events, end = process.receive(60)
assert len(events) == 1 and end is None  # it came at once: the next event takes an hour
print("computing", flush=True)
sys.stdin.read()
"""


forks = pytest.mark.skipif(not can_fork(), reason="workers are forks on Linux only")
WAYS = ("own", pytest.param("fork", marks=forks))


@contextmanager
def starting(way: str, folder: Path, lab: str = "fake_lab") -> Iterator[Callable[[], WorkerProcess]]:
    """Give what starts a worker, in an interpreter of its own or as a fork."""
    if way == "own":
        yield lambda: start_worker(lab, folder)
        return
    server = ForkServer(lab, folder)
    yield server.fork
    server.close()


@pytest.fixture(scope="module", params=WAYS)
def process(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    with starting(request.param, tmp_path_factory.mktemp("numba")) as start:
        made = start()
        made.wait_until_ready(LONG)
        yield made
        made.close()


def answers(process: WorkerProcess) -> Iterator[tuple[list[Event], Any]]:
    """Yield messages until the one with the end."""
    while message := process.receive(LONG):
        yield message
        if message[1]:
            return


def test_events_come_in_few_batches_the_first_at_once(process: WorkerProcess) -> None:
    process.send(("run", experiment(COUNT).to_dict(), ()))
    batches = list(answers(process))
    assert sum(len(events) for events, _ in batches) == STEPS + 5
    assert isinstance(batches[0][0][0], Started)
    assert len(batches) < STEPS / 4
    assert [end for _, end in batches[:-1]] == [None] * (len(batches) - 1)
    assert batches[-1][1] == ("done", None)


def test_a_late_stop_does_not_hit_the_next_run(process: WorkerProcess) -> None:
    process.send(("run", experiment(HOLD).to_dict(), ()))
    process.send(STOP)
    process.send(STOP)
    assert list(answers(process))[-1][1] == ("stopped", None)
    process.send(STOP)
    process.send(("run", experiment(COUNT).to_dict(), ()))
    assert list(answers(process))[-1][1] == ("done", None)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (("run", experiment(RAISE).to_dict(), ()), "the adversary divided by zero (ZeroDivisionError)"),
        (("run", {"seed": -1}, ()), "The setting seed must lie between"),
        (("no such task", experiment(COUNT).to_dict(), ()), "has no attribute 'no such task'"),
    ],
)
def test_what_goes_wrong_is_told_in_one_sentence(
    process: WorkerProcess, request_: tuple[Any, ...], sentence: str
) -> None:
    process.send(request_)
    status, error = list(answers(process))[-1][1]
    assert status == "failed"
    assert error.startswith("The run failed: ") and sentence in error
    assert "\n" not in error


@pytest.mark.parametrize("way", WAYS)
def test_spare_time_is_for_what_a_run_would_wait_for_and_ends_with_it(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    monkeypatch.setenv("FAKE_LAB_SPARE_TIME", str(prepared))
    with starting(way, tmp_path) as start:
        process = start()
        process.wait_until_ready(LONG)
        give_up = time.monotonic() + LONG
        while len(list(prepared.iterdir())) < 3 and time.monotonic() < give_up:
            time.sleep(0.01)
        by, pieces = zip(*(file.name.split("-") for file in prepared.iterdir()), strict=True)
        assert sorted(pieces) == ["0", "1", "2"], "once: a fork has what its parent has prepared"
        assert (set(by) == {str(process.pid)}) == (way == "own")
        process.send(("run", experiment(COUNT).to_dict(), ()))  # the fourth piece fails, which is nothing to a run
        assert list(answers(process))[-1][1] == ("done", None)
        process.close()


def test_a_request_does_not_wait_until_all_is_prepared() -> None:
    requests: SimpleQueue[worker.Request] = SimpleQueue()
    done = []

    def pieces() -> Iterator[int]:
        for number in range(9):
            done.append(number)
            if number == 1:
                requests.put(("run", {}, ()))
            yield number

    preparing = pieces()
    assert worker._awaited(requests, preparing) == ("run", {}, ())
    assert done == [0, 1]
    requests.put(("trial", {}, ()))
    assert worker._awaited(requests, preparing) == ("trial", {}, ())
    assert done == [0, 1], "nor is anything prepared while one waits"


def test_the_worker_steps_back_behind_the_server(process: WorkerProcess) -> None:
    other = psutil.Process(process.pid)
    assert psutil.Process() in other.parents()
    assert other.nice() == min(psutil.Process().nice() + NICENESS, 19), "19 is as far back as one can step"
    assert process.memory() == pytest.approx(other.memory_info().rss, rel=0.5)


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this system does not share by sessions")
def test_what_is_prepared_in_spare_time_stands_behind_the_runs(tmp_path: Path) -> None:
    with starting("fork", tmp_path) as start:
        made = start()
        made.wait_until_ready(LONG)
        parent = psutil.Process(made.pid).parent()
        assert parent is not None
        shares = [Path(f"/proc/{pid}/autogroup").read_text().split()[-1] for pid in (parent.pid, made.pid)]
        assert shares == [str(SPARE), str(NICENESS)]
        made.close()


def test_what_only_unix_has_is_not_asked_of_windows() -> None:
    assert apart("linux") == apart("darwin") == {"start_new_session": True}
    below_normal, new_group = 0x4000, 0x200
    assert apart("win32") == {"creationflags": below_normal | new_group}
    before = psutil.Process().nice()
    worker._step_back(NICENESS, "win32")
    assert psutil.Process().nice() == before


def test_the_server_does_without_torch() -> None:
    subprocess.run([sys.executable, "-c", "import sys, app.runs.pool; sys.exit('torch' in sys.modules)"], check=True)


def test_scikit_learn_does_without_data_frames_and_who_wants_one_has_it_all_the_same() -> None:
    code = (
        "import sys\n"
        "from app.runs import worker\n"
        "with worker._absent(worker.UNUSED):\n"
        "    from sklearn.linear_model import LogisticRegression\n"
        "assert 'pandas' not in sys.modules\n"
        "assert LogisticRegression().fit([[0], [1]], [0, 1]).predict([[2]]) == [1]\n"
        "import pandas\n"
        "with worker._absent('pandas'):\n"
        "    assert sys.modules['pandas'] is pandas, 'what is imported already stays'\n"
        "assert LogisticRegression().fit(pandas.DataFrame({'x': [0, 1]}), [0, 1]).feature_names_in_ == ['x']\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=paths.HOME, timeout=120)


@pytest.mark.parametrize("way", WAYS)
def test_a_worker_that_was_killed_says_so_each_time(tmp_path: Path, way: str) -> None:
    with starting(way, tmp_path) as start:
        process = start()
        process.wait_until_ready(LONG)
        process.kill()
        for _ in range(2):
            with pytest.raises(WorkerDied, match=r"died \(signal 9\)"):
                process.receive(LONG)
        assert (process.alive, process.memory()) == (False, 0)
        process.close()
        with pytest.raises(WorkerDied):
            process.send(STOP)


@pytest.mark.parametrize("way", WAYS)
def test_a_worker_that_cannot_start_says_how_it_ended(tmp_path: Path, way: str) -> None:
    with starting(way, tmp_path, "no_such_lab") as start:
        process = start()
        with pytest.raises(WorkerDied, match=r"ended \(exit code 1\)"):
            process.wait_until_ready(LONG)
        with pytest.raises(WorkerDied):
            process.send(STOP)
        process.close()


@pytest.mark.parametrize("way", WAYS)
def test_no_event_waits_for_the_next_one_and_a_worker_leaves_with_its_server_in_the_middle_of_a_run(
    tmp_path: Path, way: str
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(tmp_path), way],
        cwd=paths.HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None and server.stdin is not None
    assert server.stdout.readline() == b"computing\n"
    left = psutil.Process(server.pid).children(recursive=True)
    assert len(left) == (1 if way == "own" else 2), "the fork has a parent that leaves, too"
    server.kill()
    server.wait()
    psutil.wait_procs(left, timeout=LONG)
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in left)
    server.stdin.close()
    server.stdout.close()


@forks
def test_forks_do_not_hear_of_one_another(tmp_path: Path) -> None:
    with starting("fork", tmp_path) as start:
        first, second = start(), start()
        for process in (first, second):
            process.wait_until_ready(LONG)
        first.close()
        with pytest.raises(WorkerDied, match=r"died \(signal 9\)"):
            first.receive(LONG)
        second.send(("run", experiment(COUNT).to_dict(), ()))
        assert list(answers(second))[-1][1] == ("done", None)
        third = start()
        third.wait_until_ready(LONG)
        assert third.pid not in (first.pid, second.pid)
        for process in (second, third):
            process.close()


@forks
def test_a_fork_server_that_died_takes_its_workers_along_and_is_started_again(tmp_path: Path) -> None:
    with starting("fork", tmp_path) as start:
        process = start()
        process.wait_until_ready(LONG)
        parent = psutil.Process(process.pid).parent()
        assert parent is not None and parent.parent() == psutil.Process()
        parent.kill()
        with pytest.raises(WorkerDied, match=r"died \(signal 9\)"):
            process.receive(LONG)
        again = start()
        again.wait_until_ready(LONG)
        again.send(("run", experiment(COUNT).to_dict(), ()))
        assert list(answers(again))[-1][1] == ("done", None)
        for one in (process, again):
            one.close()


@forks
def test_a_fork_that_is_ended_before_it_was_born_never_is(tmp_path: Path) -> None:
    with starting("fork", tmp_path) as start:
        process = start()
        process.kill()
        assert not process.alive
        with pytest.raises(WorkerDied, match=r"died \(signal 9\)"):
            process.wait_until_ready(LONG)
        assert process.pid == 0
        process.close()

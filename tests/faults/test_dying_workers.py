"""A worker that dies, at whatever moment: its run is repeated once, and nobody sees an event twice."""

import os
import random
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fake_lab import COUNT, CRASH, DEAF, HOLD, ONCE, SLOW, STEPS, experiment

from app.lab.stories.events import Event, Finished, Probe, Progress, Started
from app.runs.job import Job
from app.runs.pool import Pool
from app.runs.store import Store

LONG = 60.0  # an upper bound for what must happen, never waited for in full


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.setenv("FAKE_LAB_TRACE", str(tmp_path / "trace"))
    made = Pool(1, Store(tmp_path / "store", None), lab="fake_lab")
    yield made
    made.close()


def kill_workers(pool: Pool) -> None:
    for worker in pool.state().workers:
        os.kill(worker["pid"], signal.SIGKILL)


def is_whole(events: Sequence[Event]) -> bool:
    """Whether each event of a counting run is there once, in order."""
    counted = [event.done for event in events if isinstance(event, Progress)]
    ends = isinstance(events[0], Started) and isinstance(events[-1], Finished)
    return ends and counted == list(range(1, STEPS + 1)) and sum(isinstance(event, Probe) for event in events) == 1


def assert_serves(pool: Pool) -> None:
    job = pool.submit(experiment(COUNT), "next")
    assert job.wait(LONG) and job.status == "done"


def test_a_run_whose_worker_died_is_repeated_from_the_start_and_ends_as_any_other(pool: Pool, tmp_path: Path) -> None:
    job = pool.submit(experiment(ONCE), "ada")
    assert job.wait(LONG)
    assert (job.status, job.error, job.repeated) == ("done", None, True)
    assert is_whole(job.events)
    stored = Store(tmp_path / "store", None).get(job.key)
    assert stored is not None and is_whole(stored.events)
    assert not pool.submit(experiment(COUNT), "ada").repeated


def killed_at_random(pool: Pool, rounds: int) -> None:
    chance = random.Random(rounds)
    for _ in range(rounds):
        job = pool.submit(experiment(SLOW), "ada")
        seen = chance.randrange(1, STEPS)
        assert job.wait(LONG, events=seen)
        kill_workers(pool)
        assert job.wait(LONG)
        assert (job.status, job.error) == ("done", None), f"killed after {seen} events"
        assert is_whole(job.events)
        if not job.repeated:  # it had just ended: whatever comes next finds a worker that is dying
            assert_serves(pool)


def test_a_worker_killed_at_a_random_moment_costs_nobody_the_run(pool: Pool) -> None:
    killed_at_random(pool, 2)


@pytest.mark.hard
def test_workers_killed_at_many_random_moments_cost_nobody_a_run(pool: Pool) -> None:
    killed_at_random(pool, 40)


@pytest.mark.hard
def test_two_workers_killed_at_random_cost_a_class_no_run_that_was_hit_once(tmp_path: Path) -> None:
    pool = Pool(2, Store(tmp_path / "store", None), lab="fake_lab")
    chance = random.Random(7)
    for _ in range(10):
        jobs = [pool.submit(experiment(SLOW), f"visitor {number}") for number in range(5)]
        assert jobs[0].wait(LONG, events=chance.randrange(1, STEPS))
        kill_workers(pool)
        assert all(job.wait(LONG) for job in jobs)
        assert [job.status for job in jobs] == ["done"] * 5
        assert all(is_whole(job.events) for job in jobs)
    pool.close()


def test_who_watches_a_run_that_is_repeated_stays_its_watcher_and_may_stop_it(pool: Pool) -> None:
    job = pool.submit(experiment(HOLD), "ada")
    assert job.wait(LONG, events=1)
    kill_workers(pool)
    assert_again_begun(job)
    assert (job.watchers, job.status) == ({"ada"}, "running")
    pool.stop(job, "ada")
    assert job.wait(LONG)
    assert (job.status, job.error) == ("stopped", None)
    assert_serves(pool)


def assert_again_begun(job: Job) -> None:
    """Wait until a run that never ends by itself has been repeated, and is running again."""
    with job._changed:
        assert job._changed.wait_for(lambda: job.repeated and job.status == "running", LONG)
    assert job.wait(LONG, events=1)


def test_a_run_whose_worker_dies_twice_has_failed_and_the_machine_is_free(pool: Pool) -> None:
    job, behind = pool.submit(experiment(CRASH), "ada"), pool.submit(experiment(COUNT), "bob")
    assert job.wait(LONG) and behind.wait(LONG)
    assert (job.status, job.repeated, behind.status) == ("failed", True, "done")
    assert job.error == (
        "The process that computed this run ended (exit code 3), and so had the one before; "
        "try again later, or choose a smaller setting."
    )
    assert pool.submit(job.experiment, "ada") is not job, "who asks again gets another try"
    assert_serves(pool)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [({"time_limit": 0.5}, "The run was ended after 0.5 seconds"), ({"memory_limit": 1}, "The run was ended because")],
)
def test_a_run_that_hangs_or_grows_is_ended_and_not_repeated(
    tmp_path: Path, limits: dict[str, float], sentence: str
) -> None:
    pool = Pool(1, Store(tmp_path, None), lab="fake_lab", **limits)  # type: ignore[arg-type]
    job = pool.submit(experiment(DEAF), "ada")
    assert job.wait(LONG)
    assert (job.status, job.repeated) == ("failed", False)
    assert job.error is not None and job.error.startswith(sentence)
    if "time_limit" in limits:
        assert_serves(pool)
    pool.close()


def test_a_run_that_was_stopped_while_its_worker_died_is_not_repeated(pool: Pool) -> None:
    job = pool.submit(experiment(DEAF), "ada")
    assert job.wait(LONG, events=1)
    pool.stop(job, "ada")
    kill_workers(pool)
    assert job.wait(LONG)
    assert (job.status, job.repeated) == ("stopped", False)
    assert_serves(pool)


def test_closing_ends_a_run_that_waits_for_its_repetition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_LAB_TRACE", str(tmp_path / "trace"))
    pool = Pool(1, Store(tmp_path / "store", None), lab="fake_lab")
    job = pool.submit(experiment(HOLD), "ada")
    assert job.wait(LONG, events=1)
    kill_workers(pool)
    pool.close()
    assert job.status == "stopped" and job.error is None


def test_a_run_is_a_run_whatever_happens_to_the_clock(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    job = pool.submit(experiment(SLOW), "ada")
    assert job.wait(LONG, events=5)
    monkeypatch.setattr("time.time", lambda: 4e9)  # a lifetime ahead
    pool.leave("ada")
    pool.watch(job, "ada")
    assert job.wait(LONG, events=50)
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert job.wait(LONG)
    assert (job.status, job.error, job.unkept) == ("done", None, None)
    assert is_whole(job.events)

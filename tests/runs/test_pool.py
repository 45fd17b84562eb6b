"""The pool with real worker processes and a lab of ours that misbehaves."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from fake_lab import COUNT, CRASH, DEAF, HOLD, RAISE, STEPS, experiment, story

from app.lab import record
from app.lab.stories.events import Distances, Finished, Progress, Snapshot, Started
from app.runs import pool as pool_module
from app.runs.fork_server import can_fork
from app.runs.job import Job
from app.runs.pool import Pool
from app.runs.store import Store

GRACE = 0.4
LONG = 60.0  # an upper bound for what must happen, never waited for in full


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def pool(folder: Path) -> Iterator[Pool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_LAB_TRACE", str(folder / "closed"))
        made = Pool(1, Store(folder, None), grace=GRACE, lab="fake_lab")
        assert made.submit(experiment(COUNT), "warm up").wait(LONG)
        yield made
        made.close()


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Pool]:
    """A pool without workers: what is queued stays queued."""
    made = Pool(0, Store(tmp_path / "store", None), grace=GRACE)
    yield made
    made.close()


def running(pool: Pool, behaviour: int, visitor: str = "ada") -> Job:
    job = pool.submit(experiment(behaviour), visitor)
    assert job.wait(LONG, events=1)
    assert job.status == "running"
    return job


def assert_serves(pool: Pool) -> None:
    job = pool.submit(experiment(COUNT), "next")
    assert job.wait(LONG)
    assert job.status == "done"


def test_a_run_is_computed_once_and_then_remembered(pool: Pool, folder: Path) -> None:
    counting = experiment(COUNT)
    job = pool.submit(counting, "ada")
    assert job.wait(LONG)
    assert (job.status, job.error, job.origin, job.position) == ("done", None, "live", 0)
    assert [type(event) for event in job.events] == [type(event) for event in story(counting)]
    assert [event.done for event in job.events if isinstance(event, Progress)] == list(range(1, STEPS + 1))
    assert pool.submit(counting, "bob") is job
    assert pool.find(counting.key) is job


def test_another_pool_finds_the_run_in_the_store(pool: Pool, folder: Path) -> None:
    counting = experiment(COUNT)
    assert pool.submit(counting, "ada").wait(LONG)
    other = Pool(0, Store(folder, None))
    found = other.find(counting.key)
    assert found is not None
    assert (found.status, found.origin, found.experiment) == ("done", "stored", counting)
    assert found.events[0] == Started(counting.key, counting.seed, STEPS)
    assert isinstance(found.events[-1], Finished)
    assert other.submit(counting, "bob") is found
    other.close()


def test_fresh_computes_a_finished_run_again(pool: Pool) -> None:
    counting = experiment(COUNT)
    first = pool.submit(counting, "ada")
    assert first.wait(LONG)
    again = pool.submit(counting, "ada", fresh=True)
    assert again is not first
    assert again.wait(LONG)
    assert (again.status, again.origin) == ("done", "live")
    assert pool.find(counting.key) is again


def test_fresh_joins_a_run_on_its_way(pool: Pool) -> None:
    job = running(pool, HOLD)
    assert pool.submit(job.experiment, "bob", fresh=True) is job
    pool.stop(job, "ada")
    pool.stop(job, "bob")
    assert job.wait(LONG)


def test_two_visitors_share_a_run_until_both_give_it_up(pool: Pool) -> None:
    job = running(pool, HOLD)
    assert pool.submit(job.experiment, "bob") is job
    assert job.watchers == {"ada", "bob"}
    pool.stop(job, "ada")
    assert job.wait(LONG, events=len(job.events) + 5), "it must go on for bob"
    pool.stop(job, "bob")
    assert job.wait(LONG)
    assert (job.status, job.error) == ("stopped", None)


def test_a_stopped_run_is_closed_cleanly_and_its_worker_is_not_killed(pool: Pool, folder: Path) -> None:
    before = workers_of_this_process()
    job = running(pool, HOLD)
    pool.stop(job, "ada")
    assert job.wait(LONG)
    assert job.status == "stopped"
    assert (folder / "closed").read_text() == job.key
    assert_rests(before)


def test_a_stopped_run_is_not_taken_for_a_result(pool: Pool, folder: Path) -> None:
    job = running(pool, HOLD)
    pool.stop(job, "ada")
    again = pool.submit(job.experiment, "bob")
    assert again is not job
    assert again.wait(LONG, events=1)
    pool.stop(again, "bob")
    assert job.wait(LONG)
    assert again.wait(LONG)
    assert Store(folder, None).get(job.key) is None


def test_a_run_that_ignores_the_stop_is_ended_with_its_worker(pool: Pool) -> None:
    job = running(pool, DEAF)
    before = workers_of_this_process()
    pool.stop(job, "ada")
    assert job.wait(LONG)
    assert (job.status, job.error) == ("stopped", None)
    assert_serves(pool)
    assert before - workers_of_this_process()


def test_a_run_that_nobody_watches_stops_after_the_grace_period(pool: Pool) -> None:
    job = running(pool, HOLD)
    pool.leave("ada")
    assert job.wait(LONG)
    assert job.status == "stopped"


def test_who_comes_back_within_the_grace_period_keeps_the_run(pool: Pool) -> None:
    job = running(pool, HOLD)
    pool.leave("ada")
    pool.watch(job, "ada")
    assert not job.wait(2 * GRACE)
    pool.stop(job, "ada")
    assert job.wait(LONG)


def test_who_leaves_does_not_take_the_run_from_others(pool: Pool) -> None:
    job = running(pool, HOLD)
    pool.watch(job, "bob")
    pool.leave("ada")
    assert not job.wait(2 * GRACE)
    assert job.watchers == {"bob"}
    pool.stop(job, "bob")
    assert job.wait(LONG)


def test_after_a_reload_stop_means_stop(pool: Pool) -> None:
    job = running(pool, HOLD, "ada before the reload")
    pool.leave("ada before the reload")
    pool.watch(job, "ada after it")
    pool.stop(job, "ada after it")
    assert job.stop_asked is not None
    assert job.wait(LONG)


def test_a_crash_fails_the_run_and_the_queue_goes_on(pool: Pool) -> None:
    job = pool.submit(experiment(CRASH), "ada")
    behind = pool.submit(experiment(COUNT), "bob")
    assert job.wait(LONG)
    assert job.status == "failed"
    assert job.repeated
    assert job.error == (
        "The process that computed this run ended (exit code 3), and so had the one before; "
        "try again later, or choose a smaller setting."
    )
    assert behind.wait(LONG)
    assert behind.status == "done"


def test_an_exception_fails_the_run_in_one_sentence_and_costs_no_worker(pool: Pool) -> None:
    assert_serves(pool)  # whatever a run before has ended is replaced
    before = workers_of_this_process()
    job = pool.submit(experiment(RAISE), "ada")
    assert job.wait(LONG)
    assert (job.status, len(job.events)) == ("failed", 1)
    assert job.error == "The run failed: the adversary divided by zero (ZeroDivisionError)"
    assert_rests(before)
    assert_serves(pool)


def test_a_worker_that_dies_while_idle_costs_nobody_a_run(pool: Pool) -> None:
    assert_serves(pool)
    for process in psutil.Process().children():  # where there are forks, what forks them
        if {"app.runs.worker", "app.runs.fork_server"} & {*process.cmdline()}:
            process.kill()
            process.wait(LONG)
    assert_serves(pool)


@pytest.mark.skipif(not can_fork(), reason="elsewhere, a worker has many runs")
def test_each_run_has_a_fork_of_its_own_that_ends_with_it(pool: Pool) -> None:
    assert_serves(pool)
    assert_rests(set())
    assert pool.serving, "the next one would begin at once"
    seen = []
    for _ in range(2):
        job = running(pool, HOLD)
        seen.append(workers_of_this_process())
        pool.stop(job, "ada")
        assert job.wait(LONG)
        assert_rests(set())
    first, second = seen
    assert len(first) == len(second) == 1 and not first & second


def test_the_map_is_drawn_from_the_distances_of_the_finished_run(pool: Pool, folder: Path) -> None:
    counting = experiment(COUNT)
    refused = pool.submit(counting, "ada", "umap")
    assert refused.wait(LONG)
    assert (refused.status, refused.events) == ("failed", [])
    assert refused.error is not None and refused.error.startswith("Finish this run first")

    assert pool.submit(counting, "ada").wait(LONG)
    job = pool.submit(counting, "ada", "umap")
    assert job.wait(LONG)
    (snapshot,) = job.events
    assert isinstance(snapshot, Snapshot)
    np.testing.assert_array_equal(snapshot.points, np.full((1, 2), counting.seed, np.float32))
    stored = Store(folder, None).get(counting.key, "umap")
    assert stored is not None and len(stored.events) == 1


def test_a_run_that_was_kept_without_distances_is_run_again_before_it_is_mapped(pool: Pool, folder: Path) -> None:
    counting = experiment(COUNT)
    Store(folder, None).put(counting, [event for event in story(counting) if not isinstance(event, Distances)])
    job = pool.submit(counting, "ada", "umap")
    assert job.wait(LONG)
    assert job.status == "failed" and job.error is not None and job.error.endswith("run it live again.")


def test_washing_takes_up_the_finished_run_and_does_without_where_there_is_none(pool: Pool, folder: Path) -> None:
    counting = experiment(COUNT)
    assert pool.submit(counting, "ada").wait(LONG)
    for washed, found in ((counting, 2), (experiment(COUNT), 0)):
        job = pool.submit(washed, "ada", "remove")
        assert job.wait(LONG)
        assert job.status == "done" and isinstance(job.events[0], Started)
        assert job.events[0].steps == found
        stored = Store(folder, None).get(washed.key, "remove")
        assert stored is not None and len(stored.events) == 2


def test_the_map_of_a_run_that_only_the_store_remembers(pool: Pool, folder: Path) -> None:
    counting = experiment(COUNT)
    Store(folder, None).put(counting, story(counting))
    job = pool.submit(counting, "ada", "umap")
    assert job.wait(LONG)
    assert job.status == "done"


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"time_limit": 0.2}, "The run was ended after 0.2 seconds, its limit"),
        ({"memory_limit": 1}, "The run was ended because it took more than 0.0 GiB of memory"),
    ],
)
def test_a_run_beyond_its_limits_is_ended(tmp_path: Path, limits: dict[str, Any], sentence: str) -> None:
    pool = Pool(1, Store(tmp_path, None), lab="fake_lab", **limits)
    job = pool.submit(experiment(DEAF), "ada")
    assert job.wait(LONG)
    pool.close()
    assert job.status == "failed"
    assert job.error is not None and job.error.startswith(sentence)


def test_a_full_disk_does_not_take_the_result(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    pool = Pool(1, Store(tmp_path / "file" / "store", None), lab="fake_lab")
    job = pool.submit(experiment(COUNT), "ada")
    assert job.wait(LONG)
    pool.close()
    assert (job.status, len(job.events)) == ("done", STEPS + 5)
    assert job.unkept is not None and job.unkept.startswith("This result was not kept, because the store of runs")


def test_workers_that_cannot_start_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "START_ATTEMPTS", 1)
    pool = Pool(1, Store(tmp_path, None), lab="no_such_lab")
    job = pool.submit(experiment(COUNT), "ada")
    assert job.wait(LONG)
    pool.close()
    assert job.status == "failed"
    assert job.error == "No process can be started for this run; the server's log says why."


def test_closing_stops_what_runs_and_what_waits(tmp_path: Path) -> None:
    before = workers_of_this_process()
    pool = Pool(1, Store(tmp_path, None), lab="fake_lab")
    job = running(pool, DEAF)
    behind = pool.submit(experiment(COUNT), "bob")
    pool.close()
    assert (job.status, behind.status) == ("stopped", "stopped")
    assert workers_of_this_process() == before
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(experiment(COUNT), "ada")


def test_the_queue_tells_positions_and_closes_ranks(idle: Pool) -> None:
    jobs = [idle.submit(experiment(COUNT), visitor) for visitor in ("ada", "bob", "eve")]
    assert [job.position for job in jobs] == [1, 2, 3]
    idle.stop(jobs[1], "bob")
    assert [job.position for job in jobs] == [1, 0, 2]
    assert [job.status for job in jobs] == ["queued", "stopped", "queued"]


def test_nobody_waits_for_all_that_another_visitor_has_asked_for(idle: Pool) -> None:
    of_ada = [idle.submit(experiment(COUNT), "ada", task) for task in ("run", "umap", "trial")]
    bob = idle.submit(experiment(COUNT), "bob")
    assert [job.position for job in (*of_ada, bob)] == [1, 3, 4, 2]
    instead = idle.submit(experiment(COUNT), "ada")
    assert (of_ada[0].status, instead.position) == ("stopped", 4), "what she gave up takes no turn, and no place"
    idle.watch(of_ada[2], "eve")
    assert [job.position for job in (bob, of_ada[2], of_ada[1], instead)] == [2, 1, 3, 4]


def test_where_too_many_wait_the_next_one_is_asked_to_come_later_and_gives_up_nothing(tmp_path: Path) -> None:
    pool = Pool(0, Store(tmp_path, None), queue=2)
    first, second = (pool.submit(experiment(COUNT), visitor) for visitor in ("ada", "bob"))
    refused = pool.submit(experiment(COUNT), "bob")
    assert (refused.status, refused.watchers) == ("failed", set())
    assert refused.error == "2 runs wait already, as many as may: try again in some minutes."
    assert pool.find(refused.key) is refused and second.active
    assert pool.submit(first.experiment, "eve") is first, "who joins needs no place"
    pool.stop(second, "bob")
    again = pool.submit(refused.experiment, "bob")
    assert again is not refused and again.status == "queued"
    pool.close()


def test_the_state_of_the_pool_has_its_workers_and_what_they_do(pool: Pool) -> None:
    job = running(pool, HOLD)
    state = pool.state()
    assert [(each["run"], each["task"], each["repeated"]) for each in state.running] == [(job.key[:12], "run", False)]
    assert {worker["pid"] for worker in state.workers} == workers_of_this_process()
    assert all(worker["memory"] > 10 * 2**20 for worker in state.workers)
    pool.stop(job, "ada")
    assert job.wait(LONG)
    assert (pool.state().running, pool.state().queued) == ([], 0)


def test_a_visitor_has_one_active_run_of_a_task(idle: Pool) -> None:
    shared = idle.submit(experiment(COUNT), "ada")
    assert idle.submit(shared.experiment, "bob") is shared
    alone = idle.submit(experiment(COUNT), "ada")
    drawn = idle.submit(experiment(COUNT), "ada", "umap")
    idle.submit(experiment(COUNT), "ada")
    assert (shared.status, shared.watchers) == ("queued", {"bob"})
    assert alone.status == "stopped"
    assert drawn.status == "queued"


def test_a_visitor_has_one_of_the_long_runs_at_a_time_of_whatever_kind(idle: Pool) -> None:
    counting = experiment(COUNT)
    first, shared = idle.submit(counting, "ada", "run"), idle.submit(experiment(COUNT), "ada", "trial")
    idle.submit(counting, "bob", "run")
    second = idle.submit(counting, "ada", "steal")
    assert first.watchers == {"bob"} and first.active and shared.active
    third = idle.submit(counting, "ada", "remove")
    assert second.status == "stopped" and third.active


def test_a_run_that_is_stopping_is_not_revived_by_a_late_look(idle: Pool) -> None:
    job = idle.submit(experiment(COUNT), "ada")
    idle.stop(job, "ada")
    idle.watch(job, "ada")
    assert (job.status, job.watchers) == ("stopped", set())


@pytest.mark.parametrize("key", ["", "0" * 64, "../../../../etc/passwd", "*"])
def test_an_unknown_key_finds_nothing(idle: Pool, key: str) -> None:
    assert idle.find(key) is None


def test_ended_jobs_are_forgotten_oldest_first(tmp_path: Path) -> None:
    store = Store(tmp_path, None)
    experiments = [experiment(COUNT) for _ in range(4)]
    for done in experiments:
        store.put(done, story(done))
    pool = Pool(0, store, remembered=2)
    jobs = [pool.submit(done, "ada") for done in experiments]
    assert pool.find(experiments[3].key) is jobs[3]
    assert pool.find(experiments[0].key) is not jobs[0]
    pool.close()


def test_a_damaged_record_fails_with_its_sentence_and_a_live_run_gets_past_it(tmp_path: Path) -> None:
    counting = experiment(COUNT)
    shipped = tmp_path / "pretrained" / "mnist"
    record.write(shipped, counting, {"run": story(counting)})
    os.truncate(shipped / "events.safetensors", 100)
    pool = Pool(1, Store(tmp_path / "store", tmp_path / "pretrained"), lab="fake_lab")
    assert pool.find(counting.key) is None
    job = pool.submit(counting, "ada")
    assert (job.status, job.origin, job.events) == ("failed", "pretrained", [])
    assert job.error is not None
    assert "events.safetensors has 100 bytes" in job.error
    assert "`python -m app pretrain`" in job.error
    live = pool.submit(counting, "ada", fresh=True)
    assert live.wait(LONG)
    pool.close()
    assert live.status == "done"
    assert Store(tmp_path / "store", tmp_path / "pretrained").get(counting.key)


def test_the_record_stays_in_sight_while_the_run_is_repeated(tmp_path: Path) -> None:
    counting = experiment(COUNT)
    record.write(tmp_path / "pretrained" / "mnist", counting, {"run": story(counting)})
    pool = Pool(0, Store(tmp_path / "store", tmp_path / "pretrained"))
    assert pool.recorded(experiment(COUNT)) is None
    recorded = pool.recorded(counting)
    assert recorded is not None and (recorded.status, recorded.origin) == ("done", "pretrained")
    assert pool.recorded(counting) is recorded, "the disk is read once"
    live = pool.submit(counting, "ada", fresh=True)
    beside = pool.recorded(counting)
    assert beside is not None and beside.status == "done"
    assert pool.find(counting.key) is live
    pool.close()


def test_a_pretrained_run_is_there_at_once(tmp_path: Path) -> None:
    counting = experiment(COUNT)
    record.write(tmp_path / "pretrained" / "mnist", counting, {"run": story(counting)})
    pool = Pool(0, Store(tmp_path / "store", tmp_path / "pretrained"))
    job = pool.submit(counting, "ada")
    pool.close()
    assert (job.status, job.origin, len(job.events)) == ("done", "pretrained", STEPS + 5)


def assert_rests(before: set[int]) -> None:
    """Wait until no process is there that was not ``before`` a run; of forks, none stays."""
    give_up = time.monotonic() + LONG
    while workers_of_this_process() != (after := set() if can_fork() else before):
        assert time.monotonic() < give_up, (workers_of_this_process(), after)
        time.sleep(0.01)


def workers_of_this_process() -> set[int]:
    """All that have an interpreter of their own, and the forks of what has none but them."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a fork ends with its run, at this moment perhaps
            module = "app.runs.worker" if child.ppid() == os.getpid() else "app.runs.fork_server"
            if child.status() != psutil.STATUS_ZOMBIE and module in child.cmdline():
                found.add(child.pid)
    return found

"""Live runs on a real Dask cluster: the same events, limits and ends as with processes of this machine."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import LocalCluster
from fake_lab import COUNT, DEAF, HOLD, ONCE, RAISE, SLOW, STEPS, experiment

from app.lab.experiment import LAB_VERSION
from app.lab.stories.events import Finished, Progress, Snapshot, Started
from app.runs import cluster as cluster_module
from app.runs import pool as pool_module
from app.runs.cluster import ClusterWorker
from app.runs.contract import ClusterUnreachable, WorkerDied
from app.runs.job import Job
from app.runs.pool import Pool
from app.runs.store import Store

LONG = 120.0  # an upper bound for what must happen, never waited for in full


def new_cluster(workers: int) -> LocalCluster:
    return LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0")


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which the fake lab leaves its traces; the machines of the cluster have it from this process."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("trace")
        patch.setenv("FAKE_LAB_TRACE", str(folder / "trace"))
        yield folder


@pytest.fixture(scope="module")
def cluster(trace: Path) -> Iterator[LocalCluster]:
    with new_cluster(2) as made:
        yield made


@pytest.fixture(scope="module")
def pool(cluster: LocalCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    folder = tmp_path_factory.mktemp("store")
    made = Pool(1, Store(folder, None), scheduler=cluster.scheduler_address, lab="fake_lab")
    yield made
    made.close()


def ended(pool: Pool, behaviour: int) -> Job:
    job = pool.submit(experiment(behaviour), "ada")
    assert job.wait(LONG)
    return job


def running(pool: Pool, behaviour: int, events: int = 1) -> Job:
    job = pool.submit(experiment(behaviour), "ada")
    assert job.wait(LONG, events=events)
    return job


def assert_whole(job: Job) -> None:
    assert (job.status, job.error) == ("done", None)
    assert isinstance(job.events[0], Started) and isinstance(job.events[-1], Finished)
    assert [event.done for event in job.events if isinstance(event, Progress)] == list(range(1, STEPS + 1))


def the_worker(pool: Pool) -> dict[str, Any]:
    (worker,) = pool.state().workers
    return worker


def test_events_arrive_while_the_run_computes_and_all_that_a_finished_run_allows(pool: Pool) -> None:
    job = running(pool, HOLD, events=20)
    assert job.status == "running", "it never ends by itself"
    worker = the_worker(pool)
    assert worker["machine"] == socket.gethostname() and worker["memory"] > 10 * 2**20
    assert psutil.Process(worker["pid"]).ppid() != os.getpid(), "another process has started it"
    pool.stop(job, "ada")
    assert job.wait(LONG)
    assert (job.status, job.error) == ("stopped", None)
    counted = ended(pool, COUNT)
    assert_whole(counted)
    assert the_worker(pool)["pid"] == worker["pid"], "one process serves run after run"
    drawn = pool.submit(counted.experiment, "ada", "umap")
    assert drawn.wait(LONG)
    assert [type(event) for event in drawn.events] == [Snapshot], "material went there, and arrays came back"
    failed = ended(pool, RAISE)
    assert failed.error == "The run failed: the adversary divided by zero (ZeroDivisionError)"


def test_a_run_that_ignores_the_stop_is_ended_with_its_process_and_the_next_one_is_served(pool: Pool) -> None:
    job = running(pool, DEAF)
    process = psutil.Process(the_worker(pool)["pid"])
    pool.stop(job, "ada")
    assert job.wait(LONG)
    assert (job.status, job.error) == ("stopped", None)
    assert process.wait(LONG) is None
    assert_whole(ended(pool, COUNT))


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"time_limit": 0.2}, "The run was ended after 0.2 seconds, its limit"),
        ({"memory_limit": 1}, "The run was ended because it took more than 0.0 GiB of memory"),
    ],
)
def test_the_limits_hold_there_too(
    cluster: LocalCluster, tmp_path: Path, limits: dict[str, Any], sentence: str
) -> None:
    pool = Pool(1, Store(tmp_path, None), scheduler=cluster.scheduler_address, lab="fake_lab", **limits)
    job = ended(pool, DEAF)
    pool.close()
    assert (job.status, job.repeated) == ("failed", False)
    assert job.error is not None and job.error.startswith(sentence)


def test_a_process_that_dies_there_costs_nobody_the_run(pool: Pool) -> None:
    job = ended(pool, ONCE)
    assert job.repeated
    assert_whole(job)


def test_a_machine_that_dies_costs_nobody_the_run_and_takes_its_process_along(pool: Pool) -> None:
    job = running(pool, SLOW, events=5)
    process = psutil.Process(the_worker(pool)["pid"])
    os.kill(process.ppid(), signal.SIGKILL)
    assert job.wait(LONG)
    assert job.repeated
    assert_whole(job)
    psutil.wait_procs([process], timeout=LONG)
    assert not process.is_running()
    assert the_worker(pool)["pid"] != process.pid


def test_a_scheduler_that_is_gone_is_told_in_one_sentence_and_what_was_finished_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "START_ATTEMPTS", 1)
    monkeypatch.setattr(cluster_module, "CONNECT_LIMIT", 0.5)
    with new_cluster(1) as cluster:
        pool = Pool(1, Store(tmp_path, None), scheduler=cluster.scheduler_address, lab="fake_lab")
        finished, job = ended(pool, COUNT), running(pool, HOLD)
        process = psutil.Process(the_worker(pool)["pid"])
    waiting = pool.submit(experiment(COUNT), "bob")
    for lost in (job, waiting):
        assert lost.wait(LONG)
        assert lost.status == "failed"
        assert lost.error is not None and lost.error.startswith("The machines that compute live runs cannot be reached")
    assert job.repeated, "it would have been computed again"
    assert pool.submit(finished.experiment, "eve") is finished
    assert Store(tmp_path, None).get(finished.key) is not None
    pool.close()
    psutil.wait_procs([process], timeout=LONG)
    assert not process.is_running()


def test_a_process_whose_server_is_gone_ends_by_itself(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = ClusterWorker(cluster.scheduler_address, "fake_lab")
    worker.wait_until_ready(LONG)
    process = psutil.Process(worker.pid)
    monkeypatch.setattr(worker._host, "kill", None)  # as where nothing reaches the cluster any more
    cluster.get_client().run(setattr, cluster_module, "ASKED_LIMIT", 0.1)
    worker.kill()
    try:
        psutil.wait_procs([process], timeout=LONG)
        assert not process.is_running()
        with pytest.raises(WorkerDied, match="was ended"):
            worker.receive(LONG)
    finally:
        cluster.get_client().run(setattr, cluster_module, "ASKED_LIMIT", cluster_module.ASKED_LIMIT)
        worker.close()


def test_what_cannot_start_there_says_why(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = ClusterWorker(cluster.scheduler_address, "no_such_lab")
    with pytest.raises(WorkerDied, match=r"ended \(exit code 1\)"):
        worker.wait_until_ready(LONG)
    worker.close()
    monkeypatch.setattr(cluster_module, "LAB_VERSION", LAB_VERSION + 1)
    worker = ClusterWorker(cluster.scheduler_address, "fake_lab")
    with pytest.raises(WorkerDied, match=f"has version {LAB_VERSION} of the lab, and the server has version"):
        worker.wait_until_ready(LONG)
    worker.close()
    monkeypatch.setattr(cluster_module, "CONNECT_LIMIT", 0.2)
    for nowhere in ("tcp://127.0.0.1:1", "nowhere"):
        with pytest.raises(ClusterUnreachable, match=f"needs the Dask scheduler at '{nowhere}'"):
            ClusterWorker(nowhere, "fake_lab")

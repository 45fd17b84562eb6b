"""What a Dask cluster brings: events and runs through one, two and four workers, and what it costs if a machine dies.

The cluster is a real one of separate processes, on this machine: its workers share the cores that there are. So more
workers than cores show that nothing breaks, not that it gets faster.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from statistics import median
from time import perf_counter

from distributed import LocalCluster

from app.lab.experiment import Experiment, preset
from app.runs.job import Job
from app.runs.pool import Pool
from app.runs.store import Store
from benchmarks.browsing import unseen_seed
from benchmarks.contract import Row, Stage, middle_and_worst

SIZES, QUICK_SIZES = (1, 2, 4), (1,)  # workers
RUNS, QUICK_RUNS = 8, 1  # of the blobs, all handed in at once
PATIENCE = 300.0  # seconds for whatever must happen


def measure(stage: Stage) -> Iterator[Row]:
    """Hand in several runs at once, here and to clusters; then end the process, the machine and the scheduler of one.

    Raises:
        RuntimeError: if a run does not come to its end.
    """
    runs = QUICK_RUNS if stage.quick else RUNS
    with closing(Pool(1, Store(stage.folder(), None))) as pool:
        yield from _throughput(pool, runs, "a process of this machine")
    for size in QUICK_SIZES if stage.quick else SIZES:
        with _cluster(size) as cluster:
            began = perf_counter()
            with closing(Pool(size, Store(stage.folder(), None), scheduler=cluster.scheduler_address)) as pool:
                _finished([_handed_in(pool, _short(), number) for number in range(size)])
                what = f"a cluster of {size} worker{'' if size == 1 else 's'}"
                yield Row(f"{what}: until each has finished its first run", perf_counter() - began, "s")
                yield from _throughput(pool, runs, what)
                if size == 1:
                    yield from _deaths(pool, 1 if stage.quick else stage.repetitions)
                    yield from _lost_scheduler(pool, cluster)


def _throughput(pool: Pool, runs: int, what: str) -> Iterator[Row]:
    """Tell how many runs a minute come back, and how long one waits for the first event of its own."""
    _finished([_handed_in(pool, _short(), 0)])
    began = perf_counter()
    _finished([_handed_in(pool, _short(), number) for number in range(runs)])
    yield Row(f"{what}: runs of the blobs", 60 * runs / (perf_counter() - began), "runs/min")
    waits = []
    for _ in range(runs):
        began = perf_counter()
        job = _handed_in(pool, _short(), 0)
        _seen(job, 1)
        waits.append(1000 * (perf_counter() - began))
        _finished([job])
    yield from middle_and_worst(f"{what}: from the click to the first event", waits, "ms")


def _deaths(pool: Pool, times: int) -> Iterator[Row]:
    """Kill the process that computes, again and again: its run is repeated once, on a new one."""
    waits = []
    for _ in range(times):
        job = _handed_in(pool, _short(), 0)
        _seen(job, 1)
        began = perf_counter()
        os.kill(pool.state().workers[0]["pid"], signal.SIGKILL)
        _finished([job])
        waits.append(perf_counter() - began)
    what = "a process of the cluster is killed: until its run, repeated, has finished"
    yield Row(f"{what}, median", median(waits), "s")


def _lost_scheduler(pool: Pool, cluster: LocalCluster) -> Iterator[Row]:
    """End the whole cluster under a run: it fails with one sentence."""
    job = _handed_in(pool, replace(_short(), task_epochs=60, watermark_epochs=60), 0)
    _seen(job, 1)
    began = perf_counter()
    cluster.close()
    if not job.wait(PATIENCE) or job.status != "failed" or not job.error:
        raise RuntimeError(f"a run outlived its cluster: it is {job.status}")
    yield Row("the cluster ends: until its run has failed, with a sentence", perf_counter() - began, "s")


def _cluster(size: int) -> LocalCluster:
    return LocalCluster(n_workers=size, threads_per_worker=1, processes=True, dashboard_address=":0")


def _short() -> Experiment:
    """Return a run of the blobs that nobody has computed."""
    return replace(preset("blobs"), seed=unseen_seed())


def _handed_in(pool: Pool, experiment: Experiment, visitor: int) -> Job:
    return pool.submit(experiment, f"visitor {visitor}")


def _seen(job: Job, events: int) -> None:
    if not job.wait(PATIENCE, events=events):
        raise RuntimeError("a run did not begin")


def _finished(jobs: list[Job]) -> None:
    for job in jobs:
        if not job.wait(PATIENCE) or job.status != "done":
            raise RuntimeError(f"a run ended as {job.status}: {job.error}")

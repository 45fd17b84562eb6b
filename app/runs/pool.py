"""Scheduling: workers of this machine or of a cluster, a queue, and the visitors who watch.

Equal experiments share one run, visitors take turns (:mod:`app.runs.waiting`), and a finished run is computed again
only when a visitor asks to see it live. A run ends early when no visitor watches it any more, or when it exceeds its
limit of time or memory; a worker that does not stop by itself is ended and replaced. A run whose worker died by itself
is repeated, once.
"""

import atexit
import logging
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from app.environment import Environment
from app.lab.experiment import Experiment
from app.lab.record import DamagedRecord, Task
from app.lab.stories.events import Claimed, Distances, Event, Probe, Weights
from app.runs import log
from app.runs.cluster import ClusterWorker
from app.runs.contract import ClusterUnreachable, Worker, WorkerDied
from app.runs.fork_server import ForkServer, can_fork
from app.runs.job import Job, Status
from app.runs.process import start_worker
from app.runs.store import Store, Stored
from app.runs.supervise import Limits, supervise
from app.runs.waiting import Waiting

START_LIMIT = 300.0  # seconds; on a busy machine a worker waits for its share, and a slow disk for torch
START_ATTEMPTS = 3  # failed starts in a row, after which waiting jobs fail
LONGEST_PAUSE = 15.0  # seconds between two attempts to start a worker

# Tasks that start from a finished run, and which of its events they need.
FROM_A_RUN: dict[Task, tuple[type[Event], ...]] = {
    "umap": (Distances,),
    "trial": (Probe, Weights),
    "remove": (Probe, Weights),
    "trapdoor": (Probe, Weights, Claimed),
}
FROM_A_RUN_ONLY: tuple[Task, ...] = (
    "umap",
    "trial",
    "trapdoor",
)  # the others compute the run themselves where there is none
ONE_A_VISITOR: tuple[Task, ...] = ("run", "steal", "remove")  # the long ones: of these, each visitor has one at a time

_NO_PROCESS = "No process can be started for this run; the server's log says why."
_UNREACHABLE = (
    "The machines that compute live runs cannot be reached; finished runs are there as ever. Try again in some minutes."
)

_logger = logging.getLogger(__name__)


class _Refused(Exception):
    """A job that cannot be run; the message is one sentence for the visitor."""


@dataclass(frozen=True)
class State:
    """What the pool does at one moment: for its owner, and without anything about visitors.

    Attributes:
        queued: how many jobs wait.
        running: of each job, the beginning of its ``run``'s key, its ``task``, its ``seconds`` so far, and whether it
            is ``repeated``, since its worker died.
        ready: whether a run would begin without waiting for a worker to start.
        workers: of each process that is there now (a fork only while its run lasts), its ``pid``, its ``memory`` in
            bytes and, of one on a cluster, its ``machine``.
        remembered: how many ended jobs are in memory.
    """

    queued: int
    running: list[dict[str, Any]]
    ready: bool
    workers: list[dict[str, Any]]
    remembered: int


class Pool:
    """Runs experiments in processes of their own and lets visitors watch. Every method is thread-safe.

    A visitor is any string that identifies a browser session.
    """

    def __init__(
        self,
        workers: int = Environment.workers,
        store: Store | None = None,
        *,
        time_limit: float = Environment.time_limit,
        grace: float = Environment.grace,
        memory_limit: int = Environment.memory_limit * 2**20,
        queue: int = Environment.queue,
        remembered: int = Environment.remembered,
        scheduler: str = "",
        lab: str = "app.lab.stories.tasks",
    ) -> None:
        """Start the workers in the background; jobs may be submitted at once.

        Args:
            workers: the number of processes, each using one core; so many runs at once.
            store: where finished runs are kept and looked up.
            time_limit: seconds that a run may take.
            grace: seconds that a visitor may be away (a reload, a lost connection) before they count as gone.
            memory_limit: bytes of resident memory that a worker may use.
            queue: how many jobs may wait.
            remembered: how many ended jobs are kept in memory, for visitors who return to them.
            scheduler: the address of the Dask scheduler whose cluster has the processes; empty for this machine.
            lab: the module whose functions do the work, each named after its task.
        """
        self._store = store or Store()
        self._limits = Limits(time_limit, memory_limit)
        self._grace, self._scheduler, self._lab = grace, scheduler, lab
        self._numba_cache = self._store.folder / "numba"
        self._fork_server = ForkServer(lab, self._numba_cache)
        self._forks = can_fork() and not scheduler
        self._longest, self._remembered = queue, remembered
        self._changed = threading.Condition()  # guards everything below
        self._queue = Waiting()
        self._jobs: dict[tuple[Task, str], Job] = {}  # the latest of each, active or ended, oldest first
        self._away: dict[str, float] = {}  # visitor -> when the grace period ends (monotonic)
        self._processes: set[Worker] = set()
        self._serving = 0
        self._closed = False
        self._threads = [threading.Thread(target=self._keep_serving, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()
        atexit.register(self.close)

    def submit(self, experiment: Experiment, visitor: str, task: Task = "run", *, fresh: bool = False) -> Job:
        """Return the job of this experiment: found finished, joined, or put into the queue.

        The visitor gives up any earlier job of the same task, and of the long ones any other. With ``fresh``, a
        finished run is computed again, live; one that is queued or running is joined all the same. A damaged record is
        returned as a failed job that says so; ``fresh`` gets past it. Where too many jobs wait already, it is a failed
        job that says so, and the visitor gives up nothing.

        Raises:
            RuntimeError: if the pool is closed.
        """
        found = None if fresh or self._joinable(task, experiment.key) else self._look_up(experiment, task)
        with self._changed:
            if self._closed:
                raise RuntimeError("The pool is closed.")
            job = self._joinable(task, experiment.key, fresh=fresh)
            if job is None:
                job = found or self._enqueued(experiment, task, visitor)
                self._remember(job)
                if job.status == "failed":
                    return job
            self._away.pop(visitor, None)
            for other in self._active():
                alike = other.task == task or {task, other.task} <= {*ONE_A_VISITOR}
                if alike and other is not job and visitor in other.watchers:
                    self._abandon(other, visitor)
            job.watchers.add(visitor)
            self._queue.claim(job, visitor)  # last, for what the visitor has given up takes no turn
            return job

    def find(self, key: str, task: Task = "run") -> Job | None:
        """Return the job with this key (as from a URL): active, ended, or stored; None if there is none."""
        with self._changed:
            if job := self._jobs.get((task, key)):
                return job
        try:
            stored = self._store.get(key, task)
        except DamagedRecord as fault:
            _logger.warning("%s", fault)
            return None
        if stored is None:
            return None
        with self._changed:
            return self._jobs.get((task, key)) or self._remember(_finished(stored, task))

    def recorded(self, experiment: Experiment, task: Task = "run") -> Job | None:
        """Return the finished run of this experiment, even while it is being computed again; None if there is none.

        A damaged record is returned as a failed job that says so.
        """
        with self._changed:
            if (job := self._jobs.get((task, experiment.key))) and job.status == "done":
                return job
        found = self._look_up(experiment, task)
        with self._changed:
            if found is None or (task, experiment.key) in self._jobs:
                return found
            return self._remember(found)

    def watch(self, job: Job, visitor: str) -> None:
        """Note that the visitor is present and watches this job; call it whenever a page draws the job."""
        with self._changed:
            self._away.pop(visitor, None)
            if job.active and job.stop_asked is None:
                job.watchers.add(visitor)
                self._queue.claim(job, visitor)

    def leave(self, visitor: str) -> None:
        """Note that the visitor may be gone; they count as gone unless they watch again within the grace period."""
        with self._changed:
            self._away[visitor] = time.monotonic() + self._grace
            self._remove_absent_visitors()

    def stop(self, job: Job, visitor: str) -> None:
        """Take back the visitor's interest in the job; it stops unless another visitor who is present watches it."""
        with self._changed:
            self._abandon(job, visitor)

    @property
    def serving(self) -> bool:
        """Whether a worker is ready, or would be at once; until then, every queued job waits for the first one."""
        with self._changed:
            return self._serving > 0 or self._fork_server.ready

    def state(self) -> State:
        """Return what the pool does now."""
        now = time.monotonic()
        with self._changed:
            active = self._active()
            running = [
                {"run": job.key[:12], "task": job.task, "seconds": round(now - job.began, 1), "repeated": job.repeated}
                for job in active
                if job.began is not None
            ]
            processes = [process for process in self._processes if process.alive]
            queued, remembered = len(self._queue), len(self._jobs) - len(active)
        workers = [
            {"pid": process.pid, "memory": process.memory(), "machine": process.machine} for process in processes
        ]
        return State(queued, running, self.serving, sorted(workers, key=lambda worker: worker["pid"]), remembered)

    def close(self) -> None:
        """Stop everything and end the workers; a second call does nothing."""
        with self._changed:
            self._closed = True
            for job in self._active():
                self._stop(job)
            for process in self._processes:
                process.kill()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._fork_server.close()
        atexit.unregister(self.close)

    # State: everything from here on is called with self._changed held, unless it says otherwise.

    def _look_up(self, experiment: Experiment, task: Task) -> Job | None:
        """Return the job as the store has it. Reads the disk, so without the lock."""
        try:
            stored = self._store.get(experiment.key, task)
        except DamagedRecord as fault:
            return Job(experiment, task, "pretrained", "failed", error=str(fault))
        return _finished(stored, task) if stored else None

    def _enqueued(self, experiment: Experiment, task: Task, visitor: str) -> Job:
        if len(self._queue) >= self._longest:
            full = f"{self._longest} runs wait already, as many as may: try again in some minutes."
            return Job(experiment, task, status="failed", error=full)
        job = Job(experiment, task)
        self._queue.add(job)
        self._changed.notify_all()
        _logger.info("run queued", extra={**_facts(job), "visitor": log.pseudonym(visitor)})
        return job

    def _joinable(self, task: Task, key: str, *, fresh: bool = False) -> Job | None:
        job = self._jobs.get((task, key))
        if job is None or job.stop_asked is not None:
            return None
        return job if job.active or (job.status == "done" and not fresh) else None

    def _remember(self, job: Job) -> Job:
        self._jobs.pop((job.task, job.key), None)
        self._jobs[job.task, job.key] = job
        ended = [name for name, other in self._jobs.items() if not other.active and other is not job]
        for name in ended[: max(0, len(ended) - self._remembered)]:
            del self._jobs[name]
        return job

    def _active(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.active]

    def _abandon(self, job: Job, visitor: str) -> None:
        """Remove a watcher. Absent ones do not count: after a reload, a visitor must not keep their own run alive."""
        job.watchers.discard(visitor)
        self._queue.disclaim(job, visitor)
        if job.active and job.watchers <= self._away.keys():
            self._stop(job)

    def _remove_absent_visitors(self) -> None:
        now = time.monotonic()
        gone = {visitor for visitor, end in self._away.items() if end <= now}
        if not gone:
            return
        for visitor in gone:
            del self._away[visitor]
        for job in self._active():
            if left := job.watchers & gone:
                job.watchers -= left
                for visitor in left:
                    self._queue.disclaim(job, visitor)
                if not job.watchers:
                    self._stop(job)

    def _stop(self, job: Job) -> None:
        job.ask_to_stop()
        if job.status == "queued":
            self._queue.remove(job)
            self._settle(job, "stopped")
            self._changed.notify_all()

    def _settle(self, job: Job, status: Status, error: str | None = None) -> None:
        seconds = 0.0 if job.began is None else round(time.monotonic() - job.began, 3)
        why = {} if error is None else {"reason": error}
        job.settle(status, error)
        _logger.info("run ended", extra={**_facts(job), "status": status, "seconds": seconds, **why})

    def _repeat(self, job: Job) -> None:
        """Put a job whose worker died before all others."""
        if self._closed or job.stop_asked is not None:
            self._settle(job, "stopped")
            return
        job.repeat()
        self._queue.add_again(job)
        self._changed.notify_all()
        _logger.info("run repeated", extra=_facts(job))

    # Threads, one for each worker: nothing from here on is called with the lock held.

    def _keep_serving(self) -> None:
        """Start a worker and serve the queue with it; when it is lost, or has had its run, start another."""
        failures = 0
        while not self._closed:
            try:
                if self._forks and not self._wanted():
                    continue
                with closing(self._started()) as process:
                    self._wait_until_ready(process)
                    failures = 0
                    self._serve(process)
            except (WorkerDied, OSError) as fault:
                if not self._closed:
                    failures += 1
                    self._start_failed(failures, fault)

    def _wanted(self) -> bool:
        """Wait until a job waits for a fork; return False where the pool closes instead."""
        self._fork_server.start()
        with self._changed:
            while not self._closed and not self._queue:
                self._remove_absent_visitors()
                self._changed.wait()
            return not self._closed

    def _started(self) -> Worker:
        if self._scheduler:
            return ClusterWorker(self._scheduler, self._lab)
        return self._fork_server.fork() if self._forks else start_worker(self._lab, self._numba_cache)

    def _wait_until_ready(self, process: Worker) -> None:
        """Wait until the worker is ready; :meth:`close` can interrupt this."""
        with self._changed:
            if self._closed:
                process.kill()
            self._processes = {process, *(other for other in self._processes if other.alive)}
        process.wait_until_ready(START_LIMIT)

    def _serve(self, process: Worker) -> None:
        with self._changed:
            self._serving += 1
        try:
            while job := self._next(process):
                end = self._perform(process, job)
                with self._changed:
                    if end is None:
                        self._repeat(job)
                    else:
                        self._settle(job, *end)
                if self._forks:  # each serves one run
                    return
        finally:
            with self._changed:
                self._serving -= 1

    def _next(self, process: Worker) -> Job | None:
        """Wait for a job and return it; None when the process is lost or the pool is closed."""
        with self._changed:
            while not self._closed and process.alive:
                self._remove_absent_visitors()
                if self._queue:
                    job = self._queue.take()
                    job.begin()
                    self._changed.notify_all()
                    _logger.info("run begun", extra=_facts(job))
                    return job
                self._changed.wait()
        return None

    def _perform(self, process: Worker, job: Job) -> tuple[Status, str | None] | None:
        """Run the job, store its result, and return how it ended; None if it is to be repeated."""
        try:
            status, error = supervise(process, job, self._material(job), self._limits, self._check_visitors)
            if status == "done":
                job.unkept = self._store.keep(job.experiment, job.events, job.task)
            return status, error
        except WorkerDied as death:
            _logger.error("A worker %s while it ran %s", death, job.key, extra=_facts(job))
            if not job.repeated:  # runs are deterministic: what its visitors saw of it, they see again
                return None
            return "failed", (
                f"The process that computed this run {death}, and so had the one before; "
                "try again later, or choose a smaller setting."
            )
        except (_Refused, DamagedRecord) as refusal:
            return "failed", str(refusal)
        except Exception:  # a mistake in the pool costs this job, not the thread
            _logger.exception("The run %s was lost", job.key)
            process.kill()
            return "failed", "The server made a mistake with this run; its log says more."

    def _check_visitors(self) -> None:
        with self._changed:
            self._remove_absent_visitors()

    def _material(self, job: Job) -> tuple[list[Event], ...]:
        """Return what the task needs besides its settings: some events of the finished run."""
        if job.task not in FROM_A_RUN:
            return ()
        with self._changed:
            run = self._jobs.get(("run", job.key))
        if run is not None and run.status == "done":
            events = run.events
        elif stored := self._store.get(job.key, "run"):
            events = stored.events
        elif job.task in FROM_A_RUN_ONLY:
            raise _Refused("Finish this run first: this needs the models that it trains.")
        else:
            events = []
        material: list[Event] = [event for event in events if isinstance(event, FROM_A_RUN[job.task])]
        if not material and job.task in FROM_A_RUN_ONLY:
            raise _Refused("An earlier version of the app kept this run, without what this needs: run it live again.")
        return (material,)

    def _start_failed(self, failures: int, fault: Exception) -> None:
        """Wait, longer after each failed start; after :data:`START_ATTEMPTS`, fail the jobs that are queued."""
        _logger.error("A worker could not be started (attempt %d): it %s", failures, fault)
        with self._changed:
            if failures >= START_ATTEMPTS and not self._serving:
                for job in self._queue:
                    self._queue.remove(job)
                    self._settle(job, "failed", _UNREACHABLE if isinstance(fault, ClusterUnreachable) else _NO_PROCESS)
            self._changed.wait_for(lambda: self._closed, min(0.5 * 2**failures, LONGEST_PAUSE))


def _facts(job: Job) -> dict[str, Any]:
    return {"run": job.key[:12], "task": job.task}


def _finished(stored: Stored, task: Task) -> Job:
    return Job(stored.experiment, task, stored.origin, "done", stored.events)

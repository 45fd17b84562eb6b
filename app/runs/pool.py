"""Scheduling: worker processes, a queue, and the visitors who watch.

Equal experiments share one run, and a finished run is computed again only when a visitor asks to see it live. A run
ends early when no visitor watches it any more, or when it exceeds its limit of time or memory; a worker that does not
stop by itself is ended and replaced.
"""

import atexit
import logging
import threading
import time
from collections import deque
from contextlib import closing

from app.lab.experiment import Experiment
from app.lab.record import DamagedRecord, Task
from app.lab.stories.events import Event, Probe, Weights
from app.runs.job import Job, Status
from app.runs.process import WorkerDied, WorkerProcess
from app.runs.store import Store, Stored
from app.runs.supervise import Limits, supervise

REMEMBERED = 24  # ended jobs, for visitors who return to them; a few megabytes each
START_LIMIT = 120.0  # seconds; the first import of torch on a slow disk takes most of one minute
START_ATTEMPTS = 3  # failed starts in a row, after which waiting jobs fail
LONGEST_PAUSE = 15.0  # seconds between two attempts to start a worker

FROM_A_RUN: tuple[Task, ...] = ("umap", "trial", "remove")  # tasks that start from the models of a finished run
FROM_A_RUN_ONLY: tuple[Task, ...] = ("umap", "trial")  # the others compute the run themselves where there is none

_logger = logging.getLogger(__name__)


class _Refused(Exception):
    """A job that cannot be run; the message is one sentence for the visitor."""


class Pool:
    """Runs experiments in processes of their own and lets visitors watch. Every method is thread-safe.

    A visitor is any string that identifies a browser session.
    """

    def __init__(
        self,
        workers: int = 2,
        store: Store | None = None,
        *,
        time_limit: float = 300.0,
        grace: float = 15.0,
        memory_limit: int = 3 * 2**30,
        lab: str = "app.lab.stories.tasks",
    ) -> None:
        """Start the workers in the background; jobs may be submitted at once.

        Args:
            workers: the number of processes, each using one core.
            store: where finished runs are kept and looked up.
            time_limit: seconds that a run may take.
            grace: seconds that a visitor may be away (a reload, a lost connection) before they count as gone.
            memory_limit: bytes of resident memory that a worker may use.
            lab: the module whose functions do the work, each named after its task.
        """
        self._store = store or Store()
        self._limits = Limits(time_limit, memory_limit)
        self._grace, self._lab = grace, lab
        self._changed = threading.Condition()  # guards everything below
        self._queue: deque[Job] = deque()
        self._jobs: dict[tuple[Task, str], Job] = {}  # the latest of each, active or ended, oldest first
        self._away: dict[str, float] = {}  # visitor -> when the grace period ends (monotonic)
        self._processes: set[WorkerProcess] = set()
        self._serving = 0
        self._closed = False
        self._threads = [threading.Thread(target=self._keep_serving, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()
        atexit.register(self.close)

    def submit(self, experiment: Experiment, visitor: str, task: Task = "run", *, fresh: bool = False) -> Job:
        """Return the job of this experiment: found finished, joined, or put into the queue.

        The visitor gives up any earlier job of the same task. With ``fresh``, a finished run is computed again, live;
        one that is queued or running is joined all the same. A damaged record is returned as a failed job that says
        so; ``fresh`` gets past it.

        Raises:
            RuntimeError: if the pool is closed.
        """
        found = None if fresh or self._joinable(task, experiment.key) else self._look_up(experiment, task)
        with self._changed:
            if self._closed:
                raise RuntimeError("The pool is closed.")
            job = self._joinable(task, experiment.key, fresh=fresh)
            if job is None:
                job = found or Job(experiment, task)
                self._remember(job)
                if job.active:
                    self._queue.append(job)
                    self._queue_changed()
            self._away.pop(visitor, None)
            for other in self._active():
                if other.task == task and other is not job and visitor in other.watchers:
                    self._abandon(other, visitor)
            job.watchers.add(visitor)
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
        """Whether any worker is ready; until then, every queued job waits for the first one."""
        with self._changed:
            return self._serving > 0

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
        atexit.unregister(self.close)

    # State: everything from here on is called with self._changed held, unless it says otherwise.

    def _look_up(self, experiment: Experiment, task: Task) -> Job | None:
        """Return the job as the store has it. Reads the disk, so without the lock."""
        try:
            stored = self._store.get(experiment.key, task)
        except DamagedRecord as fault:
            return Job(experiment, task, "pretrained", "failed", error=str(fault))
        return _finished(stored, task) if stored else None

    def _joinable(self, task: Task, key: str, *, fresh: bool = False) -> Job | None:
        job = self._jobs.get((task, key))
        if job is None or job.stop_asked is not None:
            return None
        return job if job.active or (job.status == "done" and not fresh) else None

    def _remember(self, job: Job) -> Job:
        self._jobs.pop((job.task, job.key), None)
        self._jobs[job.task, job.key] = job
        ended = [name for name, other in self._jobs.items() if not other.active and other is not job]
        for name in ended[: max(0, len(ended) - REMEMBERED)]:
            del self._jobs[name]
        return job

    def _active(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.active]

    def _queue_changed(self) -> None:
        for position, job in enumerate(self._queue, start=1):
            job.position = position
        self._changed.notify_all()

    def _abandon(self, job: Job, visitor: str) -> None:
        """Remove a watcher. Absent ones do not count: after a reload, a visitor must not keep their own run alive."""
        job.watchers.discard(visitor)
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
            if job.watchers & gone:
                job.watchers -= gone
                if not job.watchers:
                    self._stop(job)

    def _stop(self, job: Job) -> None:
        job.ask_to_stop()
        if job.status == "queued":
            self._queue.remove(job)
            job.settle("stopped")
            self._queue_changed()

    # Threads, one for each worker: nothing from here on is called with the lock held.

    def _keep_serving(self) -> None:
        """Start a worker and serve the queue with it; when the worker is lost, start another."""
        failures = 0
        while not self._closed:
            try:
                with closing(WorkerProcess(self._lab, self._store.folder / "numba")) as process:
                    self._wait_until_ready(process)
                    failures = 0
                    self._serve(process)
            except (WorkerDied, OSError) as fault:
                if not self._closed:
                    failures += 1
                    self._start_failed(failures, fault)

    def _wait_until_ready(self, process: WorkerProcess) -> None:
        """Wait until the worker is ready; :meth:`close` can interrupt this."""
        with self._changed:
            if self._closed:
                process.kill()
            self._processes = {process, *(other for other in self._processes if other.alive)}
        process.wait_until_ready(START_LIMIT)

    def _serve(self, process: WorkerProcess) -> None:
        with self._changed:
            self._serving += 1
        try:
            while job := self._next(process):
                status, error = self._perform(process, job)
                with self._changed:
                    job.settle(status, error)
        finally:
            with self._changed:
                self._serving -= 1

    def _next(self, process: WorkerProcess) -> Job | None:
        """Wait for a job and return it; None when the process is lost or the pool is closed."""
        with self._changed:
            while not self._closed and process.alive:
                self._remove_absent_visitors()
                if self._queue:
                    job = self._queue.popleft()
                    job.begin()
                    self._queue_changed()
                    return job
                self._changed.wait()
        return None

    def _perform(self, process: WorkerProcess, job: Job) -> tuple[Status, str | None]:
        """Run the job, store its result, and return how it ended."""
        try:
            status, error = supervise(process, job, self._material(job), self._limits, self._check_visitors)
            if status == "done":
                self._keep(job)
            return status, error
        except (_Refused, DamagedRecord) as refusal:
            return "failed", str(refusal)
        except Exception:  # a mistake in the pool costs this job, not the thread
            _logger.exception("The run %s was lost", job.key)
            process.kill()
            return "failed", "The server made a mistake with this run; its log says more."

    def _check_visitors(self) -> None:
        with self._changed:
            self._remove_absent_visitors()

    def _keep(self, job: Job) -> None:
        try:
            self._store.put(job.experiment, job.events, job.task)
        except OSError as fault:  # a full disk must not take the result from its watchers
            _logger.error("The run %s could not be kept: %s", job.key, fault)

    def _material(self, job: Job) -> tuple[list[Event], ...]:
        """Return what the task needs besides its settings: of the finished run, the probe and the models."""
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
        return ([event for event in events if isinstance(event, Probe | Weights)],)

    def _start_failed(self, failures: int, fault: Exception) -> None:
        """Wait, longer after each failed start; after :data:`START_ATTEMPTS`, fail the jobs that are queued."""
        _logger.error("A worker could not be started (attempt %d): it %s", failures, fault)
        with self._changed:
            if failures >= START_ATTEMPTS and not self._serving:
                for job in self._queue:
                    job.settle("failed", "No process can be started for this run; the server's log says why.")
                self._queue.clear()
            self._changed.wait_for(lambda: self._closed, min(0.5 * 2**failures, LONGEST_PAUSE))


def _finished(stored: Stored, task: Task) -> Job:
    return Job(stored.experiment, task, stored.origin, "done", stored.events)

"""One job on one worker, from the request until the run ends, is stopped or exceeds a limit."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.runs.contract import Worker, WorkerDied
from app.runs.job import Job, Status
from app.runs.worker import STOP

TICK = 0.1  # seconds between two checks of the limits
PATIENCE = 0.7  # seconds that a run may take to obey a stop


@dataclass(frozen=True)
class Limits:
    """What one run may use: wall time in seconds, resident memory in bytes."""

    seconds: float
    memory: int


def supervise(
    process: Worker,
    job: Job,
    material: tuple[object, ...],
    limits: Limits,
    meanwhile: Callable[[], None],
) -> tuple[Status, str | None]:
    """Run the job on the worker, publish its events, and return how it ended.

    A run that ignores a stop or exceeds a limit is ended together with its process, which is then not ``alive``.

    Args:
        process: a worker that is ready and idle.
        job: what to run; setting its ``stop_asked`` ends it.
        material: the arguments of the task after the experiment.
        limits: what the run may use.
        meanwhile: called at least every :data:`TICK` seconds.

    Returns:
        The status and, for "failed", the sentence that says why.

    Raises:
        WorkerDied: if the worker ends by itself in the middle of a run that nobody asked to stop.
    """
    try:
        process.send((job.task, job.experiment.to_dict(), material))
        return _follow(process, job, limits, meanwhile)
    except WorkerDied:
        if job.stop_asked is not None:
            return "stopped", None
        raise


def _follow(process: Worker, job: Job, limits: Limits, meanwhile: Callable[[], None]) -> tuple[Status, str | None]:
    began = time.monotonic()
    stop_sent = False
    while True:
        if message := process.receive(TICK):
            events, end = message
            job.publish(events)
            if end:
                status, error = end
                return status, error
        meanwhile()
        now = time.monotonic()
        if job.stop_asked is not None:
            if not stop_sent:
                process.send(STOP)
                stop_sent = True
            elif now - job.stop_asked > PATIENCE:
                process.kill()
                return "stopped", None
        elif now - began > limits.seconds:
            process.kill()
            return "failed", (
                f"The run was ended after {limits.seconds:g} seconds, its limit; "
                "choose fewer epochs or a smaller budget."
            )
        elif process.memory() > limits.memory:
            process.kill()
            return "failed", (
                f"The run was ended because it took more than {limits.memory / 2**30:.1f} GiB of memory; "
                "choose a smaller batch size or budget."
            )

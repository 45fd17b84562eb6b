"""How long the heist takes, phase by phase, and how much of the machine's arithmetic a training step uses.

Every preset runs in a worker process, as in the app, from the click: an idle pool, a fresh run, no record.
"""

import dataclasses
import time
from collections.abc import Iterator
from statistics import median

import torch

from app.lab.experiment import PRESETS, Experiment, preset
from app.lab.stories.events import Finished, Measured, Phase
from app.runs.pool import Pool
from app.runs.store import Store
from benchmarks.arithmetic import step
from benchmarks.contract import Row, Stage, at_most, middle_and_worst

LIMITS = {"animals": 8.0, "mnist": 8.0, "digits": 8.0, "blobs": 4.0}  # seconds that were asked for
FIRST_POINT = 0.3  # seconds, likewise


@dataclasses.dataclass
class Timing:
    """Seconds from the click: to the verdict, to the first point; and how long each phase lasted."""

    verdict: float
    first_point: float
    phases: dict[str, float]


def measure(stage: Stage) -> Iterator[Row]:
    """Run the presets, several times each; then time their training step on one thread."""
    presets = {"blobs": _short(preset("blobs"))} if stage.quick else PRESETS
    workers = Pool(workers=1, store=Store(stage.folder(), pretrained=None))
    try:
        workers.submit(dataclasses.replace(preset("blobs"), seed=1, task_epochs=1), "warm-up").wait()
        for name, experiment in presets.items():
            yield from _rows(name, [run(workers, experiment) for _ in range(stage.repetitions)])
    finally:
        workers.close()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name, experiment in presets.items():
            yield from step(name, experiment, quick=stage.quick)
    finally:
        torch.set_num_threads(threads)


def run(pool: Pool, experiment: Experiment) -> Timing:
    """Run one experiment, as seen from the other side of the pipe.

    Raises:
        RuntimeError: if it does not finish.
    """
    clicked = time.perf_counter()
    job = pool.submit(experiment, "benchmark", fresh=True)
    phases: list[tuple[str, float]] = []
    first_point = 0.0
    seen = 0
    while job.wait(events=seen + 1) or len(job.events) > seen:
        now = time.perf_counter() - clicked
        for event in job.events[seen:]:
            seen += 1
            if isinstance(event, Phase):
                phases.append((event.name, now))
            if isinstance(event, Measured) and not first_point:
                first_point = now
    verdict = time.perf_counter() - clicked
    if not job.events or not isinstance(job.events[-1], Finished):
        raise RuntimeError(f"the heist did not finish: {job.error}")
    ends = [began for _, began in phases[1:]] + [verdict]
    lasted = {phase: end - began for (phase, began), end in zip(phases, ends, strict=True)}
    return Timing(verdict, first_point, lasted)


def _rows(name: str, timings: list[Timing]) -> Iterator[Row]:
    limit = at_most(LIMITS[name]) if name in LIMITS else None
    verdicts, points = [each.verdict for each in timings], [each.first_point for each in timings]
    yield from middle_and_worst(f"{name}, from the click to the verdict", verdicts, "s", limit)
    yield from middle_and_worst(f"{name}, from the click to the first point", points, "s", at_most(FIRST_POINT))
    for phase in timings[0].phases:
        yield Row(f"{name}, the phase “{phase}”, median", median(each.phases[phase] for each in timings), "s")


def _short(experiment: Experiment) -> Experiment:
    return dataclasses.replace(experiment, task_epochs=1, watermark_epochs=1, adversary_epochs=1, budget=20)

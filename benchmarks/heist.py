"""How long the heist takes, phase by phase, and how much of the machine's arithmetic a training step uses.

``python -m benchmarks.heist [PRESET ...]``. Every preset runs in a worker process, as in the app,
from the click: an idle pool, a fresh run, no record.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from app.lab.experiment import PRESETS, Experiment, preset
from app.lab.stories.events import Finished, Measured, Phase
from app.lab.task import datasets, networks
from app.runs.pool import Pool
from app.runs.store import Store

LIMITS = {"mnist": 30.0, "digits": 8.0, "blobs": 4.0}  # seconds, from the issue that asked for them
FIRST_CURVE = 1.0


def heist(pool: Pool, name: str) -> None:
    """Print when each phase of one preset began, seen from the other side of the pipe."""
    clicked = time.perf_counter()
    job = pool.submit(preset(name), "benchmark", fresh=True)
    phases: list[tuple[str, float]] = []
    first_curve = 0.0
    seen = 0
    while job.wait(events=seen + 1) or len(job.events) > seen:
        now = time.perf_counter() - clicked
        for event in job.events[seen:]:
            seen += 1
            if isinstance(event, Phase):
                phases.append((event.name, now))
            if isinstance(event, Measured) and not first_curve:
                first_curve = now
    total = time.perf_counter() - clicked
    assert isinstance(job.events[-1], Finished), job.error
    ends = [began for _, began in phases[1:]] + [total]
    lasted = "  ".join(f"{phase} {end - began:.1f}" for (phase, began), end in zip(phases, ends, strict=True))
    print(
        f"{name:8} {total:6.1f} s (at most {LIMITS[name]:.0f})   first point {first_curve:.2f} s (at most 1)   {lasted}"
    )


def step(experiment: Experiment) -> None:
    """Print one training step's arithmetic per second against that of a large matrix product, on one thread."""
    data = datasets.load(experiment.dataset)
    model = networks.build(experiment.network, data.shape, data.classes, torch.Generator().manual_seed(0))
    inputs, labels = data.owner.inputs[: experiment.batch_size], data.owner.labels[: experiment.batch_size]
    optimiser = torch.optim.Adam(model.parameters(), fused=True)

    def once() -> None:
        optimiser.zero_grad()
        functional.cross_entropy(model(inputs), labels).backward()
        optimiser.step()

    once()
    with FlopCounterMode(display=False) as counter:
        once()
    seconds = _median_seconds(once, 60)
    large = torch.randn(1536, 1536)
    peak = 2 * len(large) ** 3 / _median_seconds(lambda: large @ large, 8)
    rate = counter.get_total_flops() / seconds
    print(
        f"{experiment.dataset:8} {seconds * 1e3:6.2f} ms a step of {len(inputs)}   {rate / 1e9:5.1f} Gflop/s, "
        f"{rate / peak:.0%} of a 1536 x 1536 matrix product ({peak / 1e9:.0f} Gflop/s)"
    )


def _median_seconds(action, times: int) -> float:  # type: ignore[no-untyped-def]
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return median(taken)


if __name__ == "__main__":
    torch.set_num_threads(1)
    chosen = sys.argv[1:] or list(PRESETS)
    print("The heist, in a worker process, from the click to the verdict (phases in seconds)")
    with tempfile.TemporaryDirectory() as folder:
        workers = Pool(workers=1, store=Store(Path(folder), pretrained=None))
        workers.submit(Experiment.from_dict({**preset("blobs").to_dict(), "seed": 1}), "warm-up").wait()
        for name in chosen:
            heist(workers, name)
        workers.close()
    print("The training step")
    for name in chosen:
        step(preset(name))

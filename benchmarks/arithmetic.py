"""How near the dearest arithmetic comes to a large matrix product: the SNNL, and a step of the paper's 2-conv.

On one thread, as a worker has it. A matrix product is the most that a processor can do; each ratio is the median of
pairs measured one right after the other, for a machine has slow and fast minutes.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median
from time import perf_counter
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from app.lab.experiment import Experiment, preset
from app.lab.task import datasets, networks
from app.lab.watermark.snnl import soft_nearest_neighbor_loss
from benchmarks.contract import Goal, Row, Stage, at_least, at_most

POINTS, FEATURES = 512, 25_088  # the largest batch of the paper, and its longest layer
ROUNDS, STEPS = 15, 60
LARGE = 1536  # rows and columns of the large product


def measure(stage: Stage) -> Iterator[Row]:
    """Time both on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield from snnl(64 if stage.quick else POINTS, 256 if stage.quick else FEATURES, 3 if stage.quick else ROUNDS)
        two_conv = replace(preset("mnist"), network="two_conv", batch_size=128)
        yield from step("2-conv", two_conv, quick=stage.quick, goal=at_least(75))
    finally:
        torch.set_num_threads(threads)


def snnl(points: int, features: int, rounds: int) -> Iterator[Row]:
    """Yield the SNNL beside the product that has its distances, and both with the way back."""
    drawn = torch.randn(points, features, generator=torch.Generator().manual_seed(0)).relu()
    groups = (torch.arange(points) < points // 2).long()
    back = torch.randn(points, points, generator=torch.Generator().manual_seed(1))
    learnt = drawn.clone().requires_grad_()

    def there_and_back(value: Callable[[Tensor], Tensor], gradient: Tensor | None = None) -> None:
        learnt.grad = None
        value(learnt).backward(gradient)

    def loss(of: Tensor) -> Tensor:
        return soft_nearest_neighbor_loss(of, groups, 0.5)

    def product(of: Tensor) -> Tensor:
        return of @ of.T

    name = f"SNNL of {points} × {features:,}"
    for what, ours, least in (
        (name, lambda: loss(drawn), lambda: product(drawn)),
        (f"{name}, with gradient", lambda: there_and_back(loss), lambda: there_and_back(product, back)),
    ):
        taken = list(_pairs(ours, least, rounds))
        yield Row(f"{what}, median", 1e3 * median(mine for mine, _ in taken), "ms")
        ratio = median(mine / its for mine, its in taken)
        yield Row(f"{what}, beside its own matrix product's time", ratio, "times", at_most(1.1))
    with _Large(drawn.numel()) as made:
        loss(learnt)
    yield Row(f"{name}: copies of the points on the way", made.count, "copies", at_most(0))


def step(name: str, experiment: Experiment, *, quick: bool, goal: Goal | None = None) -> Iterator[Row]:
    """Yield how long one training step takes, and its arithmetic per second beside that of a large matrix product."""
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
    large = torch.randn(*2 * (256 if quick else LARGE,))
    taken = list(_pairs(once, lambda: large @ large, 3 if quick else STEPS))
    seconds = median(mine for mine, _ in taken)
    share = counter.get_total_flops() / (2 * len(large) ** 3) * median(its / mine for mine, its in taken)
    yield Row(f"{name}, a training step of {len(inputs)} inputs, p50", seconds * 1e3, "ms")
    yield Row(f"{name}, its arithmetic", counter.get_total_flops() / seconds / 1e9, "Gflop/s")
    yield Row(f"{name}, its arithmetic beside a {len(large)} × {len(large)} matrix product's", 100 * share, "%", goal)


def _pairs(mine: Callable[[], object], its: Callable[[], object], rounds: int) -> Iterator[tuple[float, float]]:
    """Yield the seconds of both, one right after the other; a first round, in which memory is found, does not count."""
    for number in range(rounds + 1):
        taken = []
        for action in (mine, its):
            began = perf_counter()
            action()
            taken.append(perf_counter() - began)
        if number:
            yield taken[0], taken[1]


class _Large(TorchDispatchMode):
    """Counts the tensors of so many elements that operations make: not what is another view of one."""

    def __init__(self, elements: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._elements, self.count = elements, 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        known = {_place(each) for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)}
        for each in tree_leaves(made):
            if isinstance(each, Tensor) and each.numel() >= self._elements and _place(each) not in known:
                self.count += 1
        return made


def _place(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()

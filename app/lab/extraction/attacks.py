"""The extraction attacks: how an adversary selects queries.

Every attack has one signature: a generator that yields the queries of one round after another and is
resumed when they are answered; all answers so far are in the :class:`Adversary`. An attack does not
hold the API, so it cannot exceed the budget: :func:`app.lab.extraction.rounds.extract` cuts the last
round to what is left.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.lab import choices
from app.lab.extraction import equation_solving
from app.lab.extraction.queries import NO_TRUTH
from app.lab.task import datasets, networks
from app.lab.task.datasets import Dataset, Split
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark import triggers

SEEDS = 50  # inputs of the task that an attack with synthetic queries starts from
_SIGN_STEP = 0.1  # JBDA's lambda [paper]
_CANDIDATES = 2  # drawn for each query that is sent
_BOUNDARY_STEPS, _STEP_SIZE = 8, 0.05  # towards the decision boundary, in CloudLeak
_GREED = 5.0  # inverse temperature of the softmax over rewards in the adaptive Knockoff attack


@dataclass
class Adversary:
    """The state of an adversary: inputs of the task, a copy, and all queries and answers so far.

    Attributes:
        data: the data set; the adversary has its ``adversary`` part only.
        copy: the adversary's network, fitted to all answers so far.
        random: the adversary's random generator.
        wanted: how many queries to select next.
        inputs: ``(n, ...)``, the queries so far, in order.
        answers: ``(n, classes)``, the API's answers to them.
    """

    data: Dataset
    copy: FeatureNetwork
    random: np.random.Generator
    wanted: int = 0
    inputs: Tensor = field(init=False)
    answers: Tensor = field(init=False)

    def __post_init__(self) -> None:
        """Start without queries."""
        self.inputs = self.data.test.inputs[:0]
        self.answers = torch.zeros(0, self.data.classes, dtype=self.inputs.dtype)


Queries = Iterator[Split]  # inputs with their true labels, which no attack uses


@dataclass(frozen=True)
class ExtractionAttack:
    """An extraction attack.

    Attributes:
        choose: yields the queries, round by round.
        source: the publication.
        hard: whether the copy is trained on the top labels even if the API returns confidences.
        pretrained: whether the copy is pretrained on another task.
        solves: whether the copy is the solution of equations, not trained; the victim is a logistic regression.
    """

    choose: Callable[[Adversary], Queries]
    source: str
    hard: bool = False
    pretrained: bool = False
    solves: bool = False


def noise(adversary: Adversary) -> Queries:
    """Query uniform noise."""
    while True:
        yield _without_truth(datasets.noise(adversary.data, adversary.wanted, adversary.random))


def task_like(adversary: Adversary) -> Queries:
    """Query inputs of the task that the victim never saw, until all are used."""
    own = adversary.data.adversary
    while len(adversary.inputs) < len(own.labels):
        rows = slice(len(adversary.inputs), len(adversary.inputs) + adversary.wanted)
        yield Split(own.inputs[rows], own.labels[rows])


def other_kind(adversary: Adversary) -> Queries:
    """Query random out-of-distribution inputs: letters and icons, or points of another figure."""
    while True:
        yield _without_truth(_out_of_distribution(adversary.data, adversary.wanted, adversary.random)[0])


def adaptive(adversary: Adversary) -> Queries:
    """Query out-of-distribution inputs, more often of kinds with a high reward (Knockoff Nets; Orekondy et al. 2019).

    The bandit of sec. 4.2. A kind (an action) is a letter, an icon or a figure. The reward of an answer is the mean of
    its certainty (the margin between the two best classes) and of a disagreement with the copy (from their
    cross-entropy).
    """
    value: dict[int, float] = {}  # estimated reward of each kind
    while True:
        pool, kinds = _out_of_distribution(adversary.data, _CANDIDATES * adversary.wanted, adversary.random)
        unknown = max(value.values(), default=0.0)  # an untried kind is as good as the best
        expected = np.array([value.get(kind, unknown) for kind in kinds.tolist()])
        gumbel = adversary.random.gumbel(size=len(expected))  # the largest sums are draws from a softmax
        chosen = np.argsort(-(_GREED * expected + gumbel), kind="stable")[: adversary.wanted]
        before = len(adversary.inputs)
        yield _without_truth(pool[torch.from_numpy(chosen)])
        answers, queried = normalised(adversary.answers[before:]), kinds[chosen]
        best = answers.topk(2, dim=1).values
        guess = networks.predict(adversary.copy, adversary.inputs[before:]).log_softmax(dim=1)
        disagreement = 1 - (answers * guess).sum(dim=1).exp()  # cross-entropy, mapped to [0, 1]
        reward = ((best[:, 0] - best[:, 1] + disagreement) / 2).numpy()
        for kind in np.unique(queried):
            mean = float(reward[queried == kind].mean())
            value[int(kind)] = (value.get(int(kind), mean) + mean) / 2


def jacobian(adversary: Adversary) -> Queries:
    """Query a few inputs of the task, then perturbations of earlier queries (JBDA; Papernot et al. 2017, sec. 4.2).

    The perturbation is ``x + lambda * sign(d copy(x)[answer] / dx)``; lambda alternates in sign from round to round.
    """
    yield from _seed_queries(adversary)
    direction = 1.0
    while True:
        rows = _drawn_rows(adversary, adversary.wanted)
        inputs, labels = adversary.inputs[rows], adversary.answers[rows].argmax(dim=1)
        gradient = _gradient(adversary.copy, inputs, partial(_logit, classes=labels))
        yield _without_truth(datasets.clipped(inputs + direction * _SIGN_STEP * gradient.sign()))
        direction = -direction


def boundary(adversary: Adversary) -> Queries:
    """Query a few inputs of the task, then inputs near the copy's decision boundary (after CloudLeak; Yu et al. 2020).

    Earlier queries are moved towards the nearest decision boundary of the copy, and back if they have
    crossed it. Of these candidates, those with the lowest confidence of the copy are queried.
    """
    yield from _seed_queries(adversary)
    while True:
        start = adversary.inputs[_drawn_rows(adversary, _CANDIDATES * adversary.wanted)]
        jitter = torch.from_numpy(adversary.random.normal(scale=_STEP_SIZE, size=start.shape)).to(start.dtype)
        inputs = datasets.clipped(start + jitter)
        first = networks.predict(adversary.copy, inputs).argmax(dim=1)
        for _ in range(_BOUNDARY_STEPS):
            downhill = _gradient(adversary.copy, inputs, partial(_margin, first=first)).sign()
            inputs = datasets.clipped(inputs - _STEP_SIZE * downhill)
        confidence = networks.predict(adversary.copy, inputs).softmax(dim=1).max(dim=1).values
        yield _without_truth(inputs[confidence.argsort(stable=True)[: adversary.wanted]])


def unit_inputs(adversary: Adversary) -> Queries:
    """Query the d + 1 inputs that determine a logistic regression (Tramèr et al. 2016, sec. 4.1)."""
    needed = equation_solving.inputs(adversary.data.shape)
    while len(adversary.inputs) < len(needed):
        yield _without_truth(needed[len(adversary.inputs) :][: adversary.wanted])


EXTRACTION_ATTACKS = {
    "task": ExtractionAttack(task_like, "plain querying"),
    "noise": ExtractionAttack(noise, "plain querying"),
    "copycat": ExtractionAttack(other_kind, "Correia-Silva et al. 2018", hard=True),
    "knockoff": ExtractionAttack(other_kind, "Orekondy et al. 2019"),
    "knockoff_adaptive": ExtractionAttack(adaptive, "Orekondy et al. 2019"),
    "jbda": ExtractionAttack(jacobian, "Papernot et al. 2017", hard=True),
    "cloudleak": ExtractionAttack(boundary, "after Yu et al. 2020", pretrained=True),
    "equations": ExtractionAttack(unit_inputs, "Tramèr et al. 2016", solves=True),
}


def normalised(answers: Tensor) -> Tensor:
    """Return answers ``(n, classes)`` whose rows sum to 1 (those of a truncating API do not): the copy's targets."""
    return answers / answers.sum(dim=1, keepdim=True)


def _without_truth(inputs: Tensor) -> Split:
    """Return queries that belong to no class."""
    return Split(inputs, torch.full((len(inputs),), NO_TRUTH))


def _seed_queries(adversary: Adversary) -> Queries:
    """Query the first :data:`SEEDS` inputs of the adversary's part of the data."""
    own = adversary.data.adversary
    while len(adversary.inputs) < SEEDS:
        rows = slice(len(adversary.inputs), min(SEEDS, len(adversary.inputs) + adversary.wanted))
        yield Split(own.inputs[rows], own.labels[rows])


def _drawn_rows(adversary: Adversary, count: int) -> Tensor:
    """Draw ``count`` rows of the queries so far, without replacement while there are enough."""
    queried = len(adversary.inputs)
    orders = [adversary.random.permutation(queried) for _ in range(-(-count // queried))]
    return torch.from_numpy(np.concatenate(orders)[:count])


def _out_of_distribution(data: Dataset, count: int, generator: np.random.Generator) -> tuple[Tensor, NDArray[np.int64]]:
    """Return out-of-distribution inputs and the kind of each, ``(n,)``; a fifth of pictures are icons."""
    icons = count // 5 if data.form == "picture" else 0
    other = datasets.another_task(data, count - icons, generator)
    inputs, kinds = [other.inputs], [other.labels.numpy()]
    first = datasets.OTHER_CLASSES[data.form]
    which = generator.integers(len(choices.ICONS), size=icons)
    for number, icon in enumerate(choices.ICONS):
        drawn = int((which == number).sum())
        if drawn:
            inputs.append(triggers.draw(icon, drawn, data, 0, generator))
            kinds.append(np.full(drawn, first + number))
    order = generator.permutation(count)
    return torch.cat(inputs)[torch.from_numpy(order)], np.concatenate(kinds)[order]


def _gradient(model: FeatureNetwork, inputs: Tensor, objective: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the gradient of ``objective`` of the logits with respect to the inputs."""
    inputs = inputs.detach().requires_grad_()
    return torch.autograd.grad(objective(model(inputs)).sum(), inputs)[0]


def _logit(logits: Tensor, classes: Tensor) -> Tensor:
    """Return the logit of each row's class, ``(n,)``."""
    return logits.gather(1, classes[:, None])[:, 0]


def _margin(logits: Tensor, first: Tensor) -> Tensor:
    """Return the absolute difference between the logit of class ``first`` and the best other one, ``(n,)``."""
    others = logits.scatter(1, first[:, None], -torch.inf).max(dim=1).values
    return (_logit(logits, first) - others).abs()

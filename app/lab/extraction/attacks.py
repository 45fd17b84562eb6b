"""The attacks: how an adversary chooses what to ask next.

Every attack has one signature: a generator that yields the next queries, again and again, and is
resumed once they are answered; what it knows by then stands in the :class:`Adversary`. It never sees
the API, so no attack can exceed a budget: :func:`app.lab.extraction.rounds.extract` cuts the last
queries to what is left.
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

SEEDS = 50  # inputs of the task that a synthesising adversary starts from
_SIGN_STEP = 0.1  # JBDA's lambda [paper]
_CANDIDATES = 2  # to choose from, for each query that is sent
_WALK, _STRIDE = 8, 0.05  # CloudLeak's steps towards the boundary, and their length
_EAGERNESS = 5.0  # of the adaptive Knockoff adversary to prefer what has paid


@dataclass
class Adversary:
    """What the adversary has: a pile of inputs, a network of his own, and what he was told so far.

    Attributes:
        data: of which he owns the adversary's part.
        copy: his network, fitted to all that he was told so far.
        random: his dice.
        wanted: how many queries he should choose next.
        inputs: ``(n, ...)``, asked so far, in order.
        answers: ``(n, classes)``, as the API gave them.
    """

    data: Dataset
    copy: FeatureNetwork
    random: np.random.Generator
    wanted: int = 0
    inputs: Tensor = field(init=False)
    answers: Tensor = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing asked."""
        self.inputs = self.data.test.inputs[:0]
        self.answers = torch.zeros(0, self.data.classes, dtype=self.inputs.dtype)


Queries = Iterator[Split]  # inputs with their true labels, which the adversary never uses


@dataclass(frozen=True)
class ExtractionAttack:
    """How an adversary goes about it.

    Attributes:
        choose: what he asks.
        source: where the attack comes from.
        hard: whether he learns from the top labels only, whatever he is told.
        pretrained: whether his network has learnt another task before.
        solves: whether he solves equations instead of training; his victim is a logistic regression.
    """

    choose: Callable[[Adversary], Queries]
    source: str
    hard: bool = False
    pretrained: bool = False
    solves: bool = False


def noise(adversary: Adversary) -> Queries:
    """Ask nothing but noise."""
    while True:
        yield _untold(datasets.noise(adversary.data, adversary.wanted, adversary.random))


def task_like(adversary: Adversary) -> Queries:
    """Ask inputs of the task that the victim never saw, until the pile is used up."""
    pile = adversary.data.adversary
    while len(adversary.inputs) < len(pile.labels):
        rows = slice(len(adversary.inputs), len(adversary.inputs) + adversary.wanted)
        yield Split(pile.inputs[rows], pile.labels[rows])


def other_kind(adversary: Adversary) -> Queries:
    """Ask inputs of another kind, at random: letters and icons, or points of another figure."""
    while True:
        yield _untold(_strangers(adversary.data, adversary.wanted, adversary.random)[0])


def adaptive(adversary: Adversary) -> Queries:
    """Ask inputs of another kind, and more of the sorts that pay (Knockoff's bandit; Orekondy et al. 2019, sec. 4.2).

    A sort is a letter, an icon or a figure. An answer pays by its certainty (the margin of the two best classes) and by
    how much it surprises the copy (the cross-entropy between them).
    """
    value: dict[int, float] = {}
    while True:
        pool, sorts = _strangers(adversary.data, _CANDIDATES * adversary.wanted, adversary.random)
        unknown = max(value.values(), default=0.0)  # what was never tried is worth a try
        worth = np.array([value.get(sort, unknown) for sort in sorts.tolist()])
        dice = adversary.random.gumbel(size=len(worth))  # the largest of worth + dice: draws from a softmax
        chosen = np.argsort(-(_EAGERNESS * worth + dice), kind="stable")[: adversary.wanted]
        told = len(adversary.inputs)
        yield _untold(pool[torch.from_numpy(chosen)])
        answers, asked = read(adversary.answers[told:]), sorts[chosen]
        best = answers.topk(2, dim=1).values
        guess = networks.predict(adversary.copy, adversary.inputs[told:]).log_softmax(dim=1)
        surprise = 1 - (answers * guess).sum(dim=1).exp()  # cross-entropy, brought into [0, 1]
        pay = ((best[:, 0] - best[:, 1] + surprise) / 2).numpy()
        for sort in np.unique(asked):
            earned = float(pay[asked == sort].mean())
            value[int(sort)] = (value.get(int(sort), earned) + earned) / 2


def jacobian(adversary: Adversary) -> Queries:
    """Ask a few inputs of the task, then each again, moved (JBDA; Papernot et al. 2017, sec. 4.2).

    Moved is ``x + lambda * sign(d copy(x)[answer] / dx)``; lambda changes its sign from round to round.
    """
    yield from _few_of_the_task(adversary)
    direction = 1.0
    while True:
        rows = _rows(adversary, adversary.wanted)
        inputs, labels = adversary.inputs[rows], adversary.answers[rows].argmax(dim=1)
        slope = _slope(adversary.copy, inputs, partial(_answered, classes=labels))
        yield _untold(_within(adversary.data, inputs + direction * _SIGN_STEP * slope.sign()))
        direction = -direction


def boundary(adversary: Adversary) -> Queries:
    """Ask a few inputs of the task, then inputs near the substitute's boundary (after CloudLeak; Yu et al. 2020).

    Known inputs walk towards the nearest boundary of the substitute, and back where they have
    crossed it; of these candidates, those of which it is least confident are asked.
    """
    yield from _few_of_the_task(adversary)
    while True:
        start = adversary.inputs[_rows(adversary, _CANDIDATES * adversary.wanted)]
        jitter = torch.from_numpy(adversary.random.normal(scale=_STRIDE, size=start.shape)).to(start.dtype)
        inputs = _within(adversary.data, start + jitter)
        first = networks.predict(adversary.copy, inputs).argmax(dim=1)
        for _ in range(_WALK):
            downhill = _slope(adversary.copy, inputs, partial(_distance, first=first)).sign()
            inputs = _within(adversary.data, inputs - _STRIDE * downhill)
        confidence = networks.predict(adversary.copy, inputs).softmax(dim=1).max(dim=1).values
        yield _untold(inputs[confidence.argsort(stable=True)[: adversary.wanted]])


def unit_inputs(adversary: Adversary) -> Queries:
    """Ask the d + 1 inputs from which a logistic regression can be solved (Tramèr et al. 2016, sec. 4.1)."""
    every = equation_solving.inputs(adversary.data.shape)
    while len(adversary.inputs) < len(every):
        yield _untold(every[len(adversary.inputs) :][: adversary.wanted])


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


def read(answers: Tensor) -> Tensor:
    """Return what a copy is fitted to: answers that sum to 1, also where the API left something out."""
    return answers / answers.sum(dim=1, keepdim=True)


def _untold(inputs: Tensor) -> Split:
    """Queries that belong to no class."""
    return Split(inputs, torch.full((len(inputs),), NO_TRUTH))


def _few_of_the_task(adversary: Adversary) -> Queries:
    pile = adversary.data.adversary
    while len(adversary.inputs) < SEEDS:
        rows = slice(len(adversary.inputs), min(SEEDS, len(adversary.inputs) + adversary.wanted))
        yield Split(pile.inputs[rows], pile.labels[rows])


def _rows(adversary: Adversary, count: int) -> Tensor:
    """Draw from what was asked: each once, and again only where there are not enough."""
    asked = len(adversary.inputs)
    laps = [adversary.random.permutation(asked) for _ in range(-(-count // asked))]
    return torch.from_numpy(np.concatenate(laps)[:count])


def _strangers(data: Dataset, count: int, generator: np.random.Generator) -> tuple[Tensor, NDArray[np.int64]]:
    """Return inputs of another kind with their sort; of pictures, a fifth are icons."""
    icons = count // 5 if data.is_pictures else 0
    other = datasets.another_task(data, count - icons, generator)
    inputs, sorts = [other.inputs], [other.labels.numpy()]
    first = 26 if data.is_pictures else 2
    kinds = generator.integers(len(choices.ICONS), size=icons)
    for place, kind in enumerate(choices.ICONS):
        drawn = int((kinds == place).sum())
        if drawn:
            inputs.append(triggers.draw(kind, drawn, data, 0, generator))
            sorts.append(np.full(drawn, first + place))
    order = generator.permutation(count)
    return torch.cat(inputs)[torch.from_numpy(order)], np.concatenate(sorts)[order]


def _within(data: Dataset, inputs: Tensor) -> Tensor:
    return inputs.clamp(0, 1) if data.is_pictures else inputs


def _slope(model: FeatureNetwork, inputs: Tensor, objective: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the gradient of ``objective`` of the logits with respect to the inputs."""
    inputs = inputs.detach().requires_grad_()
    return torch.autograd.grad(objective(model(inputs)).sum(), inputs)[0]


def _answered(logits: Tensor, classes: Tensor) -> Tensor:
    """Return the logit of each row's class, ``(n,)``."""
    return logits.gather(1, classes[:, None])[:, 0]


def _distance(logits: Tensor, first: Tensor) -> Tensor:
    """Return how far class ``first`` is ahead of the best of the others, or behind it, ``(n,)``."""
    others = logits.scatter(1, first[:, None], -torch.inf).max(dim=1).values
    return (_answered(logits, first) - others).abs()

"""An attack in play: choose, query, fit the copy, and again, to the last query of the budget."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab.extraction import equation_solving
from app.lab.extraction.attacks import Adversary, ExtractionAttack, read, task_like
from app.lab.extraction.prediction_api import PredictionAPI
from app.lab.task import datasets, networks, training
from app.lab.task.datasets import Dataset
from app.lab.task.training import Optimisation, Step

FIRST_ROUND = 25  # queries; each further round doubles what was asked
BATCH = 100  # queries in one request
_LEAST_STEPS = 200  # of one fit: a few answers need as many steps as many do
_OTHERS = 1000  # inputs of another task that a substitute is pretrained on
_PRETRAINING_EPOCHS = 8


@dataclass(frozen=True)
class Answered:
    """One request and its answers: ``(n, ...)``, ``(n, classes)``, and the truth ``(n,)``, -1 where there is none."""

    inputs: Tensor
    answers: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Fitted:
    """The copy has been fitted to all ``queries`` answers so far."""

    queries: int


def extract(
    attack: ExtractionAttack,
    adversary: Adversary,
    api: PredictionAPI,
    budget: int,
    how: Optimisation,
    generator: Generator,
) -> Iterator[Answered | Step | Fitted]:
    """Play an attack: choose, query, fit, and again, until the budget or the adversary's inputs are spent.

    Args:
        attack: how.
        adversary: his network changes in place; it is fitted anew, from where it began, after each round.
        api: the victim; asked for exactly ``budget`` queries, or for all that the adversary has.
        budget: how many queries may be sent.
        how: how the copy is fitted; of few answers, there are more epochs.
        generator: of the order of his batches.
    """
    beginning = {name: value.clone() for name, value in adversary.copy.state_dict().items()}
    adversary.wanted = totals(budget)[0]
    for chosen in attack.choose(adversary):
        inputs, labels = chosen.inputs[: adversary.wanted], chosen.labels[: adversary.wanted]
        for part, truth in zip(inputs.split(BATCH), labels.split(BATCH), strict=True):
            answers = api.query(part)
            adversary.inputs, adversary.answers = (
                torch.cat([adversary.inputs, part]),
                torch.cat([adversary.answers, answers]),
            )
            yield Answered(part, answers, truth)
        if attack.solves:
            equation_solving.solve(adversary.copy, adversary.answers)
        else:
            adversary.copy.load_state_dict(beginning)
            targets = read(_top(adversary.answers) if attack.hard else adversary.answers)
            fit = fitting(len(targets), how)
            yield from training.train_task(adversary.copy, adversary.inputs, targets, fit, generator)
        asked = len(adversary.inputs)
        yield Fitted(asked)
        if asked == budget:
            return
        adversary.wanted = next(total for total in totals(budget) if total > asked) - asked


def totals(budget: int) -> list[int]:
    """Return after how many queries the adversary fits his copy: 25, 50, 100, ..., the whole budget."""
    asked = [FIRST_ROUND]
    while asked[-1] < budget:
        asked.append(2 * asked[-1])
    return [*asked[:-1], budget]


def fitting(answers: int, how: Optimisation) -> Optimisation:
    """Return how a copy is fitted to so many answers: as told, but with no fewer than 200 steps."""
    least = -(-_LEAST_STEPS // training.batches_per_epoch(answers, how.batch_size))
    return Optimisation(max(how.epochs, least), how.batch_size, how.learning_rate)


def fitting_steps(attack: ExtractionAttack, data: Dataset, budget: int, how: Optimisation) -> int:
    """Return how many steps :func:`extract` will yield."""
    if attack.solves:
        return 0
    most = min(budget, len(data.adversary.labels)) if attack.choose is task_like else budget
    asked = [*(total for total in totals(budget) if total < most), most]
    return sum(training.task_steps(total, fitting(total, how)) for total in asked)


def pretraining(how: Optimisation) -> Optimisation:
    """Return how a substitute is pretrained."""
    return Optimisation(_PRETRAINING_EPOCHS, how.batch_size, how.learning_rate)


def pretraining_steps(how: Optimisation) -> int:
    """Return how many steps :func:`pretrain` will yield."""
    return training.task_steps(_OTHERS, pretraining(how))


def pretrain(adversary: Adversary, network: str, how: Optimisation, generator: Generator) -> Iterator[Step]:
    """Teach the adversary's features another task, with its own labels; his read-out stays as it is."""
    other = datasets.another_task(adversary.data, _OTHERS, adversary.random)
    model = networks.build(network, adversary.data.shape, int(other.labels.max()) + 1, generator)
    yield from training.train_task(model, other.inputs, other.labels, pretraining(how), generator)
    learnt = {name: value for name, value in model.state_dict().items() if not name.startswith("readout")}
    adversary.copy.load_state_dict({**adversary.copy.state_dict(), **learnt})


def _top(answers: Tensor) -> Tensor:
    return functional.one_hot(answers.argmax(dim=1), answers.shape[1]).to(answers.dtype)

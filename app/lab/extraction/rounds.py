"""The rounds of an extraction attack: select queries, query the API, fit the copy, until the budget is spent."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab.extraction import equation_solving
from app.lab.extraction.attacks import Adversary, ExtractionAttack, normalised, task_like
from app.lab.extraction.prediction_api import PredictionAPI
from app.lab.task import datasets, networks, training
from app.lab.task.datasets import Dataset
from app.lab.task.training import Optimisation, Step

FIRST_ROUND = 25  # queries; each further round doubles their total
BATCH = 100  # queries in one request
_LEAST_STEPS = 200  # of one fit: few answers need as many steps as many
_OTHERS = 1000  # inputs of another task for pretraining
_PRETRAINING_EPOCHS = 8


@dataclass(frozen=True)
class Answered:
    """A request: inputs ``(n, ...)``, answers ``(n, classes)``, true labels ``(n,)``, -1 for an input of no class."""

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
    """Run an attack in rounds of select, query and fit, until the budget or the adversary's inputs are used up.

    Args:
        attack: selects the queries.
        adversary: changed in place; each round fits the copy from its initial weights to all answers so far.
        api: the victim; it gets exactly ``budget`` queries, or fewer if the attack runs out of inputs.
        budget: how many queries may be sent.
        how: how the copy is fitted; with more epochs while there are few answers (:func:`fitting`).
        generator: for the order of the training batches.

    Yields:
        In each round: :class:`Answered` for each request, each training step, and :class:`Fitted`.
    """
    initial = {name: value.clone() for name, value in adversary.copy.state_dict().items()}
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
            adversary.copy.load_state_dict(initial)
            targets = normalised(_one_hot_top(adversary.answers) if attack.hard else adversary.answers)
            fit = fitting(len(targets), how)
            yield from training.train_task(adversary.copy, adversary.inputs, targets, fit, generator)
        queried = len(adversary.inputs)
        yield Fitted(queried)
        if queried == budget:
            return
        adversary.wanted = next(total for total in totals(budget) if total > queried) - queried


def totals(budget: int) -> list[int]:
    """Return the total number of queries after each round: 25, 50, 100, ..., the budget."""
    found = [FIRST_ROUND]
    while found[-1] < budget:
        found.append(2 * found[-1])
    return [*found[:-1], budget]


def fitting(answers: int, how: Optimisation) -> Optimisation:
    """Return how a copy is fitted to this many answers: as ``how``, but for at least 200 steps."""
    least = -(-_LEAST_STEPS // training.batches_per_epoch(answers, how.batch_size))
    return Optimisation(max(how.epochs, least), how.batch_size, how.learning_rate)


def fitting_steps(attack: ExtractionAttack, data: Dataset, budget: int, how: Optimisation) -> int:
    """Return the number of training steps that :func:`extract` yields."""
    if attack.solves:
        return 0
    most = min(budget, len(data.adversary.labels)) if attack.choose is task_like else budget
    rounds = [*(total for total in totals(budget) if total < most), most]
    return sum(training.task_steps(total, fitting(total, how)) for total in rounds)


def pretraining(how: Optimisation) -> Optimisation:
    """Return how a copy is pretrained."""
    return Optimisation(_PRETRAINING_EPOCHS, how.batch_size, how.learning_rate)


def pretraining_steps(how: Optimisation) -> int:
    """Return the number of steps that :func:`pretrain` yields."""
    return training.task_steps(_OTHERS, pretraining(how))


def pretrain(adversary: Adversary, network: str, how: Optimisation, generator: Generator) -> Iterator[Step]:
    """Pretrain the feature layers of the adversary's copy on another task; its read-out is unchanged."""
    other = datasets.another_task(adversary.data, _OTHERS, adversary.random)
    model = networks.build(network, adversary.data.shape, int(other.labels.max()) + 1, generator)
    yield from training.train_task(model, other.inputs, other.labels, pretraining(how), generator)
    learnt = {name: value for name, value in model.state_dict().items() if not name.startswith("readout")}
    adversary.copy.load_state_dict({**adversary.copy.state_dict(), **learnt})


def _one_hot_top(answers: Tensor) -> Tensor:
    """Return the top label of each row as a one-hot row."""
    return functional.one_hot(answers.argmax(dim=1), answers.shape[1]).to(answers.dtype)

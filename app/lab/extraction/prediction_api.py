"""The victim as the adversary sees it: inputs in, answers out; queries counted, priced and logged.

How much an answer says is a :class:`Policy`, a chain of small functions. Each takes the model's
probabilities ``(n, classes)`` and gives back what is left of them.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from app.lab.choices import ALL_CLASSES, ALL_DECIMALS, ANSWERS, PRICE
from app.lab.task.agreement import share
from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork, predict

_SHARPNESS = 0.2  # gamma of the reverse sigmoid, as in the paper
_EDGE = 1e-6  # the inverse sigmoid is infinite at 0 and 1
_GRID = 100  # two inputs that agree to a hundredth are told the same lie
_BINS = 15  # of the calibration error


class BudgetSpent(ValueError):
    """A query beyond the budget; the message is a sentence for a person."""


@dataclass(frozen=True)
class Policy:
    """How much the API says. The parts act in this order, each on what the one before left over.

    Attributes:
        answers: ``"labels"``, the top label only, as a one-hot row; or ``"confidences"``.
        lies: the share of inputs, fixed once and for all by a keyed hash, whose answer is
            false (:func:`lie`).
        reverse_sigmoid: strength of the deception (:func:`reverse_sigmoid`); 0 for none.
        top: of how many classes the confidence is told; the others are 0.
        decimals: to which confidences are rounded.
        secret: the key of the hash.
    """

    answers: str = "confidences"
    lies: float = 0.0
    reverse_sigmoid: float = 0.0
    top: int = ALL_CLASSES
    decimals: int = ALL_DECIMALS
    secret: int = 0

    def __post_init__(self) -> None:
        """Check the parts.

        Raises:
            ValueError: one sentence, for an unknown way to answer or a part out of its bounds.
        """
        if self.answers not in ANSWERS:
            raise ValueError(f"An API answers with {' or '.join(ANSWERS)}, not {self.answers!r}.")
        if self.top < 1 or self.decimals < 1 or self.reverse_sigmoid < 0 or not 0 <= self.lies <= 1:
            raise ValueError("A policy tells 1 class or more to 1 decimal or more, and lies to a share of inputs.")

    def answer(self, inputs: Tensor, logits: Tensor) -> Tensor:
        """Return what is said to ``(n, ...)`` inputs with ``(n, classes)`` logits: ``(n, classes)``."""
        probabilities = logits.softmax(dim=1)
        deceived = self.lies > 0 or self.reverse_sigmoid > 0
        if self.lies:
            probabilities = lie(inputs, probabilities, self.lies, self.secret)
        if self.reverse_sigmoid:
            probabilities = reverse_sigmoid(probabilities, self.reverse_sigmoid)
        if self.answers == "labels":
            # Of the logits, where nothing deceives: a softmax can round two of them to a tie.
            best = (probabilities if deceived else logits).argmax(dim=1)
            return functional.one_hot(best, logits.shape[1]).to(logits.dtype)
        if self.top < logits.shape[1]:
            probabilities = keep_top(probabilities, self.top)
        if self.decimals < ALL_DECIMALS:
            probabilities = probabilities.round(decimals=self.decimals)
        return probabilities


def keep_top(probabilities: Tensor, count: int) -> Tensor:
    """Return the ``count`` largest of each row, zeros elsewhere."""
    values, classes = probabilities.topk(count, dim=1)
    return torch.zeros_like(probabilities).scatter(1, classes, values)


def reverse_sigmoid(probabilities: Tensor, strength: float) -> Tensor:
    """Return deceptive probabilities that keep the top class (Lee et al. 2018, arXiv 1806.00054).

    ``y - strength * (sigmoid(gamma * logit(y)) - 1/2)``, normalised: many different ``y`` come out
    alike, so whoever trains on them has to guess.
    """
    y = probabilities.clamp(_EDGE, 1 - _EDGE)
    deceptive = (y - strength * (torch.sigmoid(_SHARPNESS * y.logit()) - 0.5)).clamp_min(_EDGE)
    return deceptive / deceptive.sum(dim=1, keepdim=True)


def lie(inputs: Tensor, probabilities: Tensor, rate: float, secret: int) -> Tensor:
    """Return probabilities in which a share ``rate`` of inputs has its top class swapped with another (DAWN).

    Which inputs, and with which class, is decided by a keyed hash of the input: whoever asks
    again is told the same, and whoever trains on the lies carries them (Szyller et al. 2021).
    """
    told = probabilities.clone()
    key = secret.to_bytes(8, "big")
    grid = (inputs.flatten(1) * _GRID).round().to(torch.int16).numpy()
    for row, values in enumerate(grid):
        digest = hashlib.blake2b(values.tobytes(), key=key, digest_size=16).digest()
        if int.from_bytes(digest[:8], "big") < rate * 2**64:
            top = int(probabilities[row].argmax())
            step = 1 + int.from_bytes(digest[8:], "big") % (probabilities.shape[1] - 1)
            other = (top + step) % probabilities.shape[1]
            told[row, [top, other]] = probabilities[row, [other, top]]
    return told


@dataclass(frozen=True)
class Logged:
    """One request in the API's log: its inputs ``(n, ...)`` and the classes ``(n,)`` that the model saw in them."""

    inputs: Tensor
    classes: Tensor


class PredictionAPI:
    """A model behind an interface that answers queries, counts, prices and logs them."""

    def __init__(
        self, model: FeatureNetwork, policy: Policy | str, *, price: float = PRICE, budget: int | None = None
    ) -> None:
        """Serve ``model``.

        Args:
            model: the victim.
            policy: how much is said; ``"labels"`` or ``"confidences"`` for the plain ones.
            price: dollars for 1,000 queries.
            budget: so many queries are answered and not one more; None for any number.

        Raises:
            ValueError: if there is no such way to answer.
        """
        self._model = model
        self._policy = Policy(policy) if isinstance(policy, str) else policy
        self._price = price
        self._budget = budget
        self.queries = 0
        self.log: list[Logged] = []

    @property
    def dollars(self) -> float:
        """What the queries so far have cost."""
        return self.queries * self._price / 1000

    def query(self, inputs: Tensor) -> Tensor:
        """Answer ``(n, ...)`` inputs with ``(n, classes)``, as the policy has it.

        Raises:
            BudgetSpent: if they are more than the budget has left; then none is answered or counted.
        """
        if self._budget is not None and self.queries + len(inputs) > self._budget:
            left = self._budget - self.queries
            raise BudgetSpent(f"The budget is {self._budget:,} queries: {left:,} are left, {len(inputs):,} were asked.")
        self.queries += len(inputs)
        logits = predict(self._model, inputs)
        self.log.append(Logged(inputs, logits.argmax(dim=1)))
        return self._policy.answer(inputs, logits)


@dataclass(frozen=True)
class Tax:
    """What a policy costs the honest users, who want the truth.

    ``accuracy`` is lost as a share of answers; ``calibration`` is how much the expected
    calibration error grows (a confidence of 80 % should be right 80 times in 100);
    ``second_best`` is the share of answers that no longer tell the model's second choice.
    """

    accuracy: float
    calibration: float
    second_best: float


def tax(model: FeatureNetwork, policy: Policy, honest: Split) -> Tax:
    """Measure what ``policy`` takes from users who ask the ``honest`` inputs and know their truth later."""
    logits = predict(model, honest.inputs)
    plain, told = logits.softmax(dim=1), policy.answer(honest.inputs, logits)
    right = [share(answers.argmax(dim=1) == honest.labels) for answers in (plain, told)]
    errors = [calibration_error(answers, honest.labels) for answers in (plain, told)]
    second = plain.topk(2, dim=1).indices[:, 1]
    best, next_best = told.topk(2, dim=1).values.T
    rest = told.scatter(1, told.argmax(dim=1, keepdim=True), -1.0)
    clear = (rest == next_best[:, None]).sum(dim=1) == 1  # a tie tells no second choice
    kept = clear & (next_best < best) & (next_best > 0) & (rest.argmax(dim=1) == second)
    return Tax(right[0] - right[1], errors[1] - errors[0], share(~kept))


def calibration_error(answers: Tensor, labels: Tensor) -> float:
    """Return the expected calibration error of ``(n, classes)`` answers (Guo et al. 2017; 15 bins).

    The mean gap between the confidence of the top answer and how often it is right, bin by bin.
    """
    confidence, top = (values.numpy() for values in answers.max(dim=1))
    right = top == labels.numpy()
    places = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(places, weights=confidence.astype(np.float64) - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(labels))

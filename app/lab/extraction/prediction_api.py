"""The prediction API, the adversary's only access to the victim: it answers queries, counts, prices and logs them.

How much an answer reveals is a :class:`Policy`, a sequence of small functions. Each takes
probabilities ``(n, classes)`` and returns ``(n, classes)`` with less information.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from app.lab.choices import ALL_CLASSES, ALL_DECIMALS, ANSWERS, PRICE
from app.lab.task.agreement import share
from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork, predict

_SHARPNESS = 0.2  # gamma of the reverse sigmoid, as in the paper
_EDGE = 1e-6  # the inverse sigmoid is infinite at 0 and 1
_SECOND_AT_MOST = 1 - 1e-6  # of the top class's deceptive probability: what other classes are capped at
_GRID = 100  # inputs that agree to a hundredth get the same answer
_BINS = 15  # of the calibration error


class BudgetSpent(ValueError):
    """A query beyond the budget; the message is one sentence."""


@dataclass(frozen=True)
class Policy:
    """How much the API reveals. The parts are applied in this order: lies, reverse sigmoid, then top and decimals.

    Attributes:
        answers: ``"labels"``, the top label only, as a one-hot row; or ``"confidences"``.
        lies: the share of inputs with a wrong answer, always the same inputs (:func:`lie`).
        reverse_sigmoid: strength of the perturbation (:func:`reverse_sigmoid`); 0 for none.
        top: for how many top classes the confidence is returned; the others are 0.
        decimals: the number of decimal places of a confidence.
        secret: the key of the hash in :func:`lie`.
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
            ValueError: one sentence, for unknown answers or a part out of its bounds.
        """
        if self.answers not in ANSWERS:
            raise ValueError(f"An API answers with {' or '.join(ANSWERS)}, not {self.answers!r}.")
        if self.top < 1 or self.decimals < 1 or self.reverse_sigmoid < 0 or not 0 <= self.lies <= 1:
            raise ValueError("A policy needs top >= 1, decimals >= 1, reverse_sigmoid >= 0 and 0 <= lies <= 1.")

    def answer(self, inputs: Tensor, logits: Tensor) -> Tensor:
        """Return the answers ``(n, classes)`` to inputs ``(n, ...)``, given the model's logits ``(n, classes)``."""
        probabilities = logits.softmax(dim=1)
        if self.lies:
            probabilities = lie(inputs, probabilities, self.lies, self.secret)
        if self.reverse_sigmoid:
            probabilities = reverse_sigmoid(probabilities, self.reverse_sigmoid)
        if self.answers == "labels":
            # Of the logits, unless lies change it: a softmax can round two of them to a tie.
            best = (probabilities if self.lies else logits).argmax(dim=1)
            return functional.one_hot(best, logits.shape[1]).to(logits.dtype)
        if self.top < logits.shape[1]:
            probabilities = keep_top(probabilities, self.top)
        if self.decimals < ALL_DECIMALS:
            probabilities = probabilities.round(decimals=self.decimals)
        return probabilities


def under(policies: Mapping[str, Policy], probabilities: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Return one answer of the model, ``(classes,)``, as each policy gives it to an input on which it does not lie."""
    logits = torch.from_numpy(probabilities).clamp_min(torch.finfo(torch.float32).tiny).log()[None]
    anything = torch.zeros(1, 1)
    return {name: replace(policy, lies=0.0).answer(anything, logits)[0].numpy() for name, policy in policies.items()}


def keep_top(probabilities: Tensor, count: int) -> Tensor:
    """Return the ``count`` largest of each row, zeros elsewhere."""
    values, classes = probabilities.topk(count, dim=1)
    return torch.zeros_like(probabilities).scatter(1, classes, values)


def reverse_sigmoid(probabilities: Tensor, strength: float) -> Tensor:
    """Return deceptive probabilities that keep the top class (Lee et al. 2018, arXiv 1806.00054).

    ``y - strength * (sigmoid(gamma * logit(y)) - 1/2)``, normalised. The map is not injective: very
    different ``y`` give similar answers, which are poor targets for a copy. By itself, it would also raise a
    class near 0 above a top class near 0.4; such classes are capped just below the top one.
    """
    y = probabilities.clamp(_EDGE, 1 - _EDGE)
    deceptive = (y - strength * (torch.sigmoid(_SHARPNESS * y.logit()) - 0.5)).clamp_min(_EDGE)
    top = probabilities.argmax(dim=1, keepdim=True)
    highest = deceptive.gather(1, top)
    deceptive = deceptive.minimum(_SECOND_AT_MOST * highest).scatter(1, top, highest)
    return deceptive / deceptive.sum(dim=1, keepdim=True)


def lie(inputs: Tensor, probabilities: Tensor, rate: float, secret: int) -> Tensor:
    """Return probabilities in which, for a share ``rate`` of inputs, the top class is swapped with another (DAWN).

    A keyed hash of the input determines which inputs, and which other class, so that repeated queries get
    the same answer. A copy that is trained on the wrong answers is marked by them (Szyller et al. 2021).
    """
    answers = probabilities.clone()
    key = secret.to_bytes(8, "big")
    grid = (inputs.flatten(1) * _GRID).round().to(torch.int16).numpy()
    for row, values in enumerate(grid):
        digest = hashlib.blake2b(values.tobytes(), key=key, digest_size=16).digest()
        if int.from_bytes(digest[:8], "big") < rate * 2**64:
            top = int(probabilities[row].argmax())
            step = 1 + int.from_bytes(digest[8:], "big") % (probabilities.shape[1] - 1)
            other = (top + step) % probabilities.shape[1]
            answers[row, [top, other]] = probabilities[row, [other, top]]
    return answers


@dataclass(frozen=True)
class Logged:
    """One request in the API's log: inputs ``(n, ...)`` and the classes ``(n,)`` that the model predicts for them."""

    inputs: Tensor
    classes: Tensor


class PredictionAPI:
    """A model behind an API that answers, counts, prices and logs queries."""

    def __init__(
        self, model: FeatureNetwork, policy: Policy | str, *, price: float = PRICE, budget: int | None = None
    ) -> None:
        """Serve ``model``.

        Args:
            model: the victim.
            policy: how much the answers reveal; ``"labels"`` or ``"confidences"`` stand for the plain policies.
            price: dollars for 1,000 queries.
            budget: the largest number of queries; None for no limit.

        Raises:
            ValueError: if there is no such policy.
        """
        self._model = model
        self._policy = Policy(policy) if isinstance(policy, str) else policy
        self._price = price
        self._budget = budget
        self.queries = 0
        self.log: list[Logged] = []

    @property
    def dollars(self) -> float:
        """The price of the queries so far."""
        return self.queries * self._price / 1000

    def query(self, inputs: Tensor) -> Tensor:
        """Return the answers ``(n, classes)`` to ``(n, ...)`` inputs under the policy.

        Raises:
            BudgetSpent: if they exceed what is left of the budget; then none is answered or counted.
        """
        if self._budget is not None and self.queries + len(inputs) > self._budget:
            left = self._budget - self.queries
            raise BudgetSpent(f"The budget is {self._budget:,} queries: {left:,} are left, {len(inputs):,} were sent.")
        self.queries += len(inputs)
        logits = predict(self._model, inputs)
        self.log.append(Logged(inputs, logits.argmax(dim=1)))
        return self._policy.answer(inputs, logits)


@dataclass(frozen=True)
class Tax:
    """What a policy costs honest users, as differences between its answers and the plain confidences.

    ``accuracy`` is the loss of accuracy; ``calibration`` is the increase of the expected calibration error
    (answers with a confidence of 80 % should be right 80 times in 100); ``second_best`` is the share of
    answers that no longer reveal the model's second choice.
    """

    accuracy: float
    calibration: float
    second_best: float


def tax(model: FeatureNetwork, policy: Policy, honest: Split) -> Tax:
    """Measure what ``policy`` costs users whose queries are the ``honest`` inputs."""
    logits = predict(model, honest.inputs)
    plain, answered = logits.softmax(dim=1), policy.answer(honest.inputs, logits)
    right = [share(answers.argmax(dim=1) == honest.labels) for answers in (plain, answered)]
    errors = [calibration_error(answers, honest.labels) for answers in (plain, answered)]
    second = plain.topk(2, dim=1).indices[:, 1]
    best, next_best = answered.topk(2, dim=1).values.T
    rest = answered.scatter(1, answered.argmax(dim=1, keepdim=True), -1.0)
    clear = (rest == next_best[:, None]).sum(dim=1) == 1  # a tie reveals no second choice
    kept = clear & (next_best < best) & (next_best > 0) & (rest.argmax(dim=1) == second)
    return Tax(right[0] - right[1], errors[1] - errors[0], share(~kept))


def calibration_error(answers: Tensor, labels: Tensor) -> float:
    """Return the expected calibration error of ``(n, classes)`` answers (Guo et al. 2017; 15 bins).

    The mean over bins, weighted by size, of the absolute difference between confidence and accuracy.
    """
    confidence, top = (values.numpy() for values in answers.max(dim=1))
    right = top == labels.numpy()
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=confidence.astype(np.float64) - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(labels))

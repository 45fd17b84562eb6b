"""A panel of innocents: honest models of several families, trained on true labels, that never saw a victim.

What an innocent takes a trigger for depends on the kind of model: where every network answers "bear", the nearest
neighbour may answer "elephant". So the innocent rate of a claim comes from the *worst* of several families, each
fitted to the owner's own inputs with their true labels (:func:`panel`), and asked the very triggers of the claim
(:mod:`~app.lab.ownership.grant`).
"""

import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC, LinearSVC
from torch import Tensor

from app.lab.choices import Form
from app.lab.ownership.grant import model_name
from app.lab.randomness import numpy_stream, stream_seed, torch_stream
from app.lab.task import networks, training
from app.lab.task.datasets import Dataset

MOST_INPUTS = 2000  # of the owner, to a half of which each model of the panel is fitted
HALVES = 5
_OPTIMISATION = training.Optimisation(epochs=4, batch_size=64, learning_rate=0.005)


class Innocent(Protocol):
    """A fitted model that can be asked for its labels."""

    def predict(self, inputs: Tensor) -> NDArray[np.int64]:
        """Return the top label ``(n,)`` of each of the ``inputs`` ``(n, ...)``, as the lab's networks take them."""
        ...


class _Estimator(Protocol):
    """A classifier of scikit-learn."""

    def fit(self, inputs: NDArray[np.float32], labels: NDArray[np.int64]) -> object: ...

    def predict(self, inputs: NDArray[np.float32]) -> NDArray[np.int64]: ...


@dataclass(frozen=True)
class _Flat:
    """A classifier of scikit-learn, which takes each input as one row of numbers."""

    estimator: _Estimator

    def predict(self, inputs: Tensor) -> NDArray[np.int64]:
        return np.asarray(self.estimator.predict(_rows(inputs)), dtype=np.int64)


@dataclass(frozen=True)
class _Network:
    """A network of the lab."""

    network: networks.FeatureNetwork

    def predict(self, inputs: Tensor) -> NDArray[np.int64]:
        return np.asarray(networks.predict(self.network, inputs).argmax(dim=1).numpy(), dtype=np.int64)


Fit = Callable[[Tensor, Tensor, int], Innocent]


def _classifier(untrained: Callable[[int], _Estimator]) -> Fit:
    """Return how a family of scikit-learn is fitted; ``untrained`` gets the seed of its randomness."""

    def fitted(inputs: Tensor, labels: Tensor, seed: int) -> Innocent:
        estimator = untrained(seed)
        estimator.fit(_rows(inputs), labels.numpy())
        return _Flat(estimator)

    return fitted


def _neighbours(count: int) -> Fit:
    """Return how the nearest neighbours are fitted: ``count`` of them, or all where there are fewer."""

    def fitted(inputs: Tensor, labels: Tensor, seed: int) -> Innocent:
        return _classifier(lambda _: KNeighborsClassifier(min(count, len(labels))))(inputs, labels, seed)

    return fitted


def _network(network: str) -> Fit:
    """Return how a network of the lab is fitted."""

    def fitted(inputs: Tensor, labels: Tensor, seed: int) -> Innocent:
        shape, classes = tuple(inputs.shape[1:]), int(labels.max()) + 1
        model = networks.build(network, shape, classes, torch_stream(seed, "innocent network"))
        order = torch_stream(seed, "innocent network learns")
        for _ in training.train_task(model, inputs, labels, _OPTIMISATION, order):
            pass
        return _Network(model)

    return fitted


_NETWORKS: dict[Form, tuple[str, str]] = {  # families that take one form of input only: a network of the lab
    "picture": ("convolutional network", "small"),
    "sequence": ("recurrent network", "lstm"),
}
_FEWER = {family: 2 for family, _ in _NETWORKS.values()}  # they take longest

# In the field's words. Small enough that all of a panel is fitted to pictures within seconds, on one core.
FAMILIES: dict[str, Fit] = {
    "nearest neighbour": _neighbours(1),
    "5 nearest neighbours": _neighbours(5),
    "random forest": _classifier(lambda seed: RandomForestClassifier(40, random_state=seed)),
    "extra trees": _classifier(lambda seed: ExtraTreesClassifier(40, random_state=seed)),
    "logistic regression": _classifier(lambda _: LogisticRegression(max_iter=50)),
    "linear SVM": _classifier(lambda seed: LinearSVC(C=0.05, tol=1e-2, max_iter=200, random_state=seed)),
    "RBF SVM": _classifier(lambda _: SVC(C=10)),
    "multilayer perceptron": _classifier(
        lambda seed: MLPClassifier((64,), max_iter=20, learning_rate_init=0.003, random_state=seed)
    ),
    **{family: _network(network) for family, network in _NETWORKS.values()},
}


def fit(family: str, inputs: Tensor, labels: Tensor, seed: int) -> Innocent:
    """Fit an honest model; equal arguments give equal models.

    Args:
        family: one of :data:`FAMILIES`.
        inputs: ``(n, ...)``, as the lab's networks take them: pixels in [0, 1], or points in the plane.
        labels: ``(n,)``, the true ones; every class occurs.
        seed: of the randomness of its fitting.

    Raises:
        ValueError: if there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"There is no family of innocent models {family!r}; choose one of {', '.join(FAMILIES)}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose: a good model, not the best
        return FAMILIES[family](inputs, labels, stream_seed(seed, family) % 2**32)


def families(form: Form) -> tuple[str, ...]:
    """Return the families that take inputs of this form, in the order of :data:`FAMILIES`."""
    strange = {family for other, (family, _) in _NETWORKS.items() if other != form}
    return tuple(family for family in FAMILIES if family not in strange)


def panel(dataset: Dataset) -> dict[str, Innocent]:
    """Return a panel of innocents: of each family, several models (:mod:`~app.lab.ownership.grant` names them).

    Each is fitted to another random half of at most :data:`MOST_INPUTS` of the owner's inputs, since what a model
    takes a trigger for may hang on a few of the inputs that it happens to have seen. They are fitted once for each
    data set, and kept for as long as the data set is.
    """
    for _ in fit_panel(dataset):
        pass
    return _panels[dataset]


def fit_panel(dataset: Dataset) -> Iterator[str]:
    """Fit what the panel lacks, a model at a time, each in tenths of a second; yield the name of each.

    Who leaves off has lost nothing: the next call goes on from there. Two at once share the work, in the same order.
    """
    inputs, labels = dataset.owner.inputs[:MOST_INPUTS], dataset.owner.labels[:MOST_INPUTS]

    @cache  # once: the nearest neighbours keep what they are fitted to
    def half(number: int) -> tuple[Tensor, Tensor]:
        rows = _half(labels, numpy_stream(number, "half of the inputs"))
        return inputs[rows], labels[rows]

    for family in families(dataset.form):
        for number in range(_FEWER.get(family, HALVES)):
            name = model_name(family, number + 1)
            with _fitting:
                fitted = _panels.setdefault(dataset, {})
                if name in fitted:
                    continue
                fitted[name] = fit(family, *half(number), seed=number + 1)
            yield name


_fitting = threading.Lock()
_panels: weakref.WeakKeyDictionary[Dataset, dict[str, Innocent]] = weakref.WeakKeyDictionary()


def _half(labels: Tensor, generator: np.random.Generator) -> Tensor:
    """Return the rows of a random half, of each class alike and no class left out."""
    of_class = (np.flatnonzero(labels.numpy() == label) for label in labels.unique())
    return torch.from_numpy(np.concatenate([generator.permutation(rows)[: -(-len(rows) // 2)] for rows in of_class]))


def answers(dataset: Dataset, inputs: Tensor) -> dict[str, NDArray[np.int64]]:
    """Return, by model, what the panel takes ``inputs`` ``(n, ...)`` for: the top labels, ``(n,)``."""
    return {name: model.predict(inputs) for name, model in panel(dataset).items()}


def _rows(inputs: Tensor) -> NDArray[np.float32]:
    return np.asarray(torch.flatten(inputs, start_dim=1).numpy(), dtype=np.float32)

"""Attacks that do not change the copy, but refuse to answer inputs that look out-of-distribution.

A refused trigger gives no secret answer, but every filter also refuses honest inputs. The strength is the
share of honest inputs that the adversary accepts to refuse.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor
from torch import Generator, Tensor

from app.lab.removal.resources import REFUSED, Attempt, Resources, answers_of
from app.lab.task import representation
from app.lab.task.networks import FeatureNetwork


def isolation_forest(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Refuse inputs that an isolation forest isolates quickly (Liu, Ting and Zhou 2008)."""
    seed = int(torch.randint(2**31, (), generator=generator))
    yield from _filtered(copy, resources, strengths, IsolationForest(random_state=seed))


def local_outlier_factor(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Refuse inputs with a lower local density than their neighbours (Breunig et al. 2000)."""
    yield from _filtered(copy, resources, strengths, LocalOutlierFactor(novelty=True))


def _filtered(
    copy: FeatureNetwork,
    resources: Resources,
    strengths: Sequence[float],
    detector: IsolationForest | LocalOutlierFactor,
) -> Iterator[Attempt]:
    """Fit ``detector`` to the last layer's features of half the spare inputs; set thresholds on the other half."""

    def features(inputs: Tensor) -> NDArray[np.float32]:
        return np.asarray(representation.features(copy, inputs)[copy.layers[-1]].numpy())

    half = len(resources.spare) // 2
    detector.fit(features(resources.spare[:half]))
    plain = answers_of(copy)

    @lru_cache(maxsize=2)  # the same inputs are scored at every strength
    def score(inputs: Tensor) -> NDArray[np.float64]:
        return np.asarray(detector.score_samples(features(inputs)))  # higher for inputs more like the task

    honest = score(resources.spare[half:])

    def refusing(share: float) -> Attempt:
        threshold = np.quantile(honest, share)

        def answer(inputs: Tensor) -> Tensor:
            return plain(inputs).masked_fill(torch.from_numpy(score(inputs) < threshold), REFUSED)

        return Attempt(share, answer if share > 0 else plain)

    yield from map(refusing, strengths)

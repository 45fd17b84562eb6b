"""PRADA: detects extraction attacks by the distances between a client's queries.

Juuti et al. 2019, arXiv 1805.02628, algorithm 3. Honest queries are natural inputs, so the distance from a
new query to the nearest kept one of its class is approximately normally distributed. Synthetic queries
lie at prescribed distances, which are distributed otherwise. The Shapiro-Wilk statistic W measures
normality: it is 1 for a perfect normal distribution.
"""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

ALARM = 0.95  # delta: a client with a smaller W is accused; the paper's value for MNIST
LEAST = 100  # a decision needs more distances than this [paper]
_OUTLIER = 3.0  # standard deviations from the mean beyond which a distance is left out [paper]


class Detector:
    """The detector for one client; it is given the client's queries in order."""

    def __init__(self) -> None:
        """Start without queries."""
        self._kept: dict[int, list[NDArray[np.float64]]] = {}  # class -> kept queries
        self._growth: dict[int, list[float]] = {}  # class -> their distances to the nearest one kept before
        self._thresholds: dict[int, float] = {}  # class -> the threshold: a query farther away is kept
        self.distances: list[float] = []

    def see(self, inputs: Tensor, classes: Tensor) -> None:
        """Add ``(n, ...)`` queries and the classes ``(n,)`` that the model predicts for them."""
        points = inputs.flatten(1).double().numpy()
        for point, label in zip(points, classes.tolist(), strict=True):
            kept = self._kept.setdefault(label, [])
            if not kept:
                kept.append(point)
                self._growth[label], self._thresholds[label] = [], 0.0
                continue
            gaps = np.asarray(kept) - point
            nearest = float(np.sqrt(np.einsum("ij,ij->i", gaps, gaps).min()))
            self.distances.append(nearest)
            if nearest > self._thresholds[label]:
                kept.append(point)
                growth = self._growth[label]
                growth.append(nearest)
                self._thresholds[label] = max(self._thresholds[label], float(np.mean(growth) - np.std(growth)))

    def normality(self) -> float | None:
        """Return W of the distances so far; None while there are too few for a decision."""
        if len(self.distances) <= LEAST:
            return None
        found = np.asarray(self.distances)
        typical = found[np.abs(found - found.mean()) <= _OUTLIER * found.std()]
        if np.ptp(typical) == 0:
            return 0.0  # all equal: as far from normal as possible
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # beyond 5,000 samples only the p-value is inaccurate
            return float(stats.shapiro(typical).statistic)


def accuses(normality: float | None) -> bool:
    """Return whether the detector accuses a client with this :meth:`Detector.normality`."""
    return normality is not None and normality < ALARM


def false_alarms(
    inputs: Tensor, classes: Tensor, *, clients: int, queries: int, generator: np.random.Generator
) -> float:
    """Return the share of honest clients that are accused; each sends random inputs of the task.

    Args:
        inputs: ``(n, ...)``, of the task.
        classes: ``(n,)``, those that the model predicts.
        clients: how many honest clients.
        queries: how many queries each client sends, at most n.
        generator: for the choice of inputs.
    """
    accused = 0
    for _ in range(clients):
        asked = generator.permutation(len(inputs))[:queries]
        client = Detector()
        client.see(inputs[asked], classes[asked])
        accused += accuses(client.normality())
    return accused / clients

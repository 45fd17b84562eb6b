"""Who asks like an adversary? A detector of the owner's that looks at the distances between a client's queries.

PRADA (Juuti et al. 2019, arXiv 1805.02628, algorithm 3): honest inputs are drawn at random, so the
distance from a new query to the nearest kept one of its class is distributed about normally.
Synthesised queries lie at prescribed distances, and their distribution has other shapes. The
Shapiro-Wilk statistic W says how normal it is: 1 is a perfect bell.
"""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

ALARM = 0.95  # delta: below this W, the client is accused; the paper's value for MNIST
LEAST = 100  # distances that are needed for a verdict [paper]
_OUTLIER = 3.0  # standard deviations from the mean beyond which a distance is left out [paper]


class Detector:
    """Watches one client; queries go in as they come, in their order."""

    def __init__(self) -> None:
        """Begin with a client who has asked nothing."""
        self._kept: dict[int, list[NDArray[np.float64]]] = {}  # class -> kept queries
        self._growth: dict[int, list[float]] = {}  # class -> the distances with which they were kept
        self._bars: dict[int, float] = {}  # class -> the distance from which a query is kept
        self.distances: list[float] = []

    def see(self, inputs: Tensor, classes: Tensor) -> None:
        """Take in ``(n, ...)`` queries and the classes ``(n,)`` that the model gave them."""
        points = inputs.flatten(1).double().numpy()
        for point, label in zip(points, classes.tolist(), strict=True):
            kept = self._kept.setdefault(label, [])
            if not kept:
                kept.append(point)
                self._growth[label], self._bars[label] = [], 0.0
                continue
            gaps = np.asarray(kept) - point
            nearest = float(np.sqrt(np.einsum("ij,ij->i", gaps, gaps).min()))
            self.distances.append(nearest)
            if nearest > self._bars[label]:
                kept.append(point)
                growth = self._growth[label]
                growth.append(nearest)
                self._bars[label] = max(self._bars[label], float(np.mean(growth) - np.std(growth)))

    def normality(self) -> float | None:
        """Return W of the distances so far; None while they are too few for a verdict."""
        if len(self.distances) <= LEAST:
            return None
        found = np.asarray(self.distances)
        typical = found[np.abs(found - found.mean()) <= _OUTLIER * found.std()]
        if np.ptp(typical) == 0:
            return 0.0  # all equal: as far from a bell as can be
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of its p-value beyond 5,000; W itself is exact
            return float(stats.shapiro(typical).statistic)


def accuses(normality: float | None) -> bool:
    """Return whether the detector accuses a client whose queries are so normal."""
    return normality is not None and normality < ALARM


def false_alarms(
    inputs: Tensor, classes: Tensor, *, clients: int, queries: int, generator: np.random.Generator
) -> float:
    """Return the share of honest clients who are accused: each asks for inputs of the task, drawn at random.

    Args:
        inputs: ``(n, ...)``, of the task.
        classes: ``(n,)``, what the model sees in them.
        clients: how many honest clients.
        queries: how many queries each of them sends; at most as many as there are inputs.
        generator: who asks what.
    """
    accused = 0
    for _ in range(clients):
        asked = generator.permutation(len(inputs))[:queries]
        client = Detector()
        client.see(inputs[asked], classes[asked])
        accused += accuses(client.normality())
    return accused / clients

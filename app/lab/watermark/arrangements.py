"""Arrangements of two groups in the plane, on which one can see what the SNNL sees and what it does not.

Each has a shape that the loss judges differently at different temperatures; :func:`nearness` says how.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from app.lab.randomness import numpy_stream
from app.lab.watermark.snnl import neutral_value, soft_nearest_neighbor_loss

ARRANGEMENTS = ("ring", "blobs", "mixed", "pairs", "moons")
GENUINE, TRIGGER = 0, 1
EDGE = 5.0  # the plane ends here, on every side
MOST = 200  # points
COLDEST, HOTTEST = 0.01, 100.0  # temperatures between which distances in this plane make a difference
_EACH = 40  # points of a group


@dataclass(frozen=True)
class Arrangement:
    """Two groups of points: ``points`` ``(b, 2)``, float64, in the plane; ``groups`` ``(b,)``, int64.

    Raises:
        ValueError: for shapes that do not match, more than :data:`MOST` points, points outside the
            plane, unknown groups, or a group with fewer than two members.
    """

    points: NDArray[np.float64]
    groups: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Check that the loss is defined here."""
        if self.points.ndim != 2 or self.points.shape[1:] != (2,) or self.groups.shape != self.points.shape[:1]:
            raise ValueError("Points must be (b, 2) and groups (b,), with the same b.")
        if len(self.points) > MOST:
            raise ValueError(f"There is room for {MOST} points; there are {len(self.points)}.")
        if not (np.abs(self.points) <= EDGE).all():  # false for NaN too
            raise ValueError(f"Points must lie between {-EDGE:g} and {EDGE:g}.")
        if not np.isin(self.groups, (GENUINE, TRIGGER)).all():
            raise ValueError(f"Groups must be {GENUINE} or {TRIGGER}.")
        if min(int((self.groups == group).sum()) for group in (GENUINE, TRIGGER)) < 2:
            raise ValueError("Each group needs at least two members.")


@dataclass(frozen=True)
class Nearness:
    """What the loss sees of an arrangement at one temperature.

    ``within`` and ``across`` are mean squared distances (:func:`mean_distances`). ``reach`` says how
    many neighbours a point listens to: the weights exp(-d / T) of the others, counted so that the
    nearest one is 1, summed, and averaged over the points.
    """

    temperature: float
    snnl: float
    neutral: float
    within: float
    across: float
    reach: float


def arrange(name: str) -> Arrangement:
    """Return the arrangement ``name`` (one of :data:`ARRANGEMENTS`), always the same.

    - ``ring``: triggers on a ring around the genuine inputs, both about the same centre
    - ``blobs``: two separate clouds
    - ``mixed``: one cloud
    - ``pairs``: each trigger glued to a genuine input, the pairs scattered
    - ``moons``: two half-moons that reach into each other

    Raises:
        ValueError: if there is no such arrangement.
    """
    if name not in ARRANGEMENTS:
        raise ValueError(f"There is no arrangement {name!r}; choose one of {', '.join(ARRANGEMENTS)}.")
    rng = numpy_stream(0, f"arrangement {name}")
    genuine, triggers = {"ring": _ring, "blobs": _blobs, "mixed": _mixed, "pairs": _pairs, "moons": _moons}[name](rng)
    return Arrangement(np.concatenate([genuine, triggers]), np.repeat([GENUINE, TRIGGER], _EACH))


def nearness(arrangement: Arrangement, temperature: float) -> Nearness:
    """Measure what the loss sees of ``arrangement``, with squared Euclidean distances.

    Raises:
        ValueError: for a temperature that is not positive and finite.
    """
    groups = torch.from_numpy(arrangement.groups)
    snnl = soft_nearest_neighbor_loss(torch.from_numpy(arrangement.points), groups, temperature, "euclidean")
    distances = _squared_distances(arrangement)
    np.fill_diagonal(distances, np.inf)
    beyond_nearest = distances - distances.min(axis=1, keepdims=True)
    within, across = mean_distances(arrangement)
    return Nearness(
        temperature=temperature,
        snnl=float(snnl),
        neutral=neutral_value(groups),
        within=within,
        across=across,
        reach=float(np.exp(-beyond_nearest / temperature).sum(axis=1).mean()),
    )


def mean_distances(arrangement: Arrangement) -> tuple[float, float]:
    """Return the mean squared distance within groups and across them.

    Within: the mean over both groups of the mean over all pairs of members, each also with itself.
    So counted, across exceeds within by exactly the squared distance of the two groups' means; it is
    never the smaller one.
    """
    distances = _squared_distances(arrangement)
    genuine = arrangement.groups == GENUINE
    within = np.mean([distances[np.ix_(members, members)].mean() for members in (genuine, ~genuine)])
    return float(within), float(distances[np.ix_(genuine, ~genuine)].mean())


def nearest_stranger(arrangement: Arrangement) -> float:
    """Return how far the nearest member of the other group is, on average over the points."""
    distances = _squared_distances(arrangement)
    distances[arrangement.groups[:, None] == arrangement.groups] = np.inf
    return float(np.sqrt(distances.min(axis=1)).mean())


def _squared_distances(arrangement: Arrangement) -> NDArray[np.float64]:
    between = arrangement.points[:, None] - arrangement.points  # (b, b, 2)
    return np.asarray((between**2).sum(axis=2))


Two = tuple[NDArray[np.float64], NDArray[np.float64]]  # genuine, triggers


def _ring(rng: np.random.Generator) -> Two:
    blob = rng.normal(scale=0.5, size=(_EACH, 2))
    ring = rng.normal(4, 0.12, size=(_EACH, 1)) * _circle(_EACH)
    return blob - blob.mean(axis=0), ring - ring.mean(axis=0)


def _blobs(rng: np.random.Generator) -> Two:
    return rng.normal([-2.5, 0], 0.7, size=(_EACH, 2)), rng.normal([2.5, 0], 0.7, size=(_EACH, 2))


def _mixed(rng: np.random.Generator) -> Two:
    return rng.normal(scale=1.4, size=(_EACH, 2)), rng.normal(scale=1.4, size=(_EACH, 2))


def _pairs(rng: np.random.Generator) -> Two:
    genuine = rng.uniform(-4.5, 4.5, size=(_EACH, 2))
    return genuine, genuine + 0.3 * rng.permutation(_circle(_EACH))


def _moons(rng: np.random.Generator) -> Two:
    upper = _circle(2 * _EACH)[:_EACH]
    lower = [1.0, 0.5] - upper
    both = 2.6 * (np.concatenate([upper, lower]) - [0.5, 0.25]) + rng.normal(scale=0.18, size=(2 * _EACH, 2))
    return both[:_EACH], both[_EACH:]


def _circle(count: int) -> NDArray[np.float64]:
    """Return ``(count, 2)`` points at equal steps on the unit circle."""
    angles = 2 * np.pi * np.arange(count) / count
    return np.column_stack([np.cos(angles), np.sin(angles)])

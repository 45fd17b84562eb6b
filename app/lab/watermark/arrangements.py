"""Arrangements of two groups of points in the plane that show what the SNNL measures, and what it does not.

The SNNL of each depends on the temperature in its own way; :func:`nearness` computes it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from app.lab.randomness import numpy_stream
from app.lab.watermark.snnl import neutral_value, soft_nearest_neighbor_loss

ARRANGEMENTS = ("ring", "blobs", "mixed", "pairs", "moons")
GENUINE, TRIGGER = 0, 1
EDGE = 5.0  # coordinates lie between -EDGE and EDGE
MOST = 200  # points in an arrangement
COLDEST, HOTTEST = 0.01, 100.0  # the range of temperatures over which the SNNL changes in this plane
_EACH = 40  # points per group


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
        """Check that the SNNL is defined for these points."""
        if self.points.ndim != 2 or self.points.shape[1:] != (2,) or self.groups.shape != self.points.shape[:1]:
            raise ValueError("Points must be (b, 2) and groups (b,), with the same b.")
        if len(self.points) > MOST:
            raise ValueError(f"There may be at most {MOST} points; there are {len(self.points)}.")
        if not (np.abs(self.points) <= EDGE).all():  # false for NaN too
            raise ValueError(f"Points must lie between {-EDGE:g} and {EDGE:g}.")
        if not np.isin(self.groups, (GENUINE, TRIGGER)).all():
            raise ValueError(f"Groups must be {GENUINE} or {TRIGGER}.")
        if min(int((self.groups == group).sum()) for group in (GENUINE, TRIGGER)) < 2:
            raise ValueError("Each group needs at least two members.")


@dataclass(frozen=True)
class Nearness:
    """The SNNL of an arrangement at one temperature, with the quantities that explain it.

    ``within`` and ``across`` are mean squared distances (:func:`mean_distances`). ``reach`` is the effective
    number of neighbours of a point: the sum of exp(-(d - d_min) / T) over the other points, in which the
    nearest one (at d_min) counts as 1, averaged over all points.
    """

    temperature: float
    snnl: float
    neutral: float
    within: float
    across: float
    reach: float


def arrange(name: str) -> Arrangement:
    """Return the arrangement ``name`` (one of :data:`ARRANGEMENTS`); it is deterministic.

    - ``ring``: triggers on a ring around the genuine inputs, with the same centre
    - ``blobs``: two separate clusters
    - ``mixed``: one cluster
    - ``pairs``: each trigger next to a genuine input, the pairs scattered
    - ``moons``: two interleaving half-moons

    Raises:
        ValueError: if there is no such arrangement.
    """
    if name not in ARRANGEMENTS:
        raise ValueError(f"There is no arrangement {name!r}; choose one of {', '.join(ARRANGEMENTS)}.")
    rng = numpy_stream(0, f"arrangement {name}")
    genuine, triggers = {"ring": _ring, "blobs": _blobs, "mixed": _mixed, "pairs": _pairs, "moons": _moons}[name](rng)
    return Arrangement(np.concatenate([genuine, triggers]), np.repeat([GENUINE, TRIGGER], _EACH))


def nearness(arrangement: Arrangement, temperature: float) -> Nearness:
    """Compute the SNNL of ``arrangement`` with squared Euclidean distances, and what explains it.

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

    Within: the mean over both groups of the mean over all pairs of members, including each member with
    itself. With this definition, across - within is the squared distance between the two group means,
    so across is never smaller than within (the energy distance inequality).
    """
    distances = _squared_distances(arrangement)
    genuine = arrangement.groups == GENUINE
    within = np.mean([distances[np.ix_(members, members)].mean() for members in (genuine, ~genuine)])
    return float(within), float(distances[np.ix_(genuine, ~genuine)].mean())


def nearest_stranger(arrangement: Arrangement) -> float:
    """Return the distance from a point to the nearest one of the other group, averaged over all points."""
    distances = _squared_distances(arrangement)
    distances[arrangement.groups[:, None] == arrangement.groups] = np.inf
    return float(np.sqrt(distances.min(axis=1)).mean())


def _squared_distances(arrangement: Arrangement) -> NDArray[np.float64]:
    differences = arrangement.points[:, None] - arrangement.points  # (b, b, 2)
    return np.asarray((differences**2).sum(axis=2))


_Groups = tuple[NDArray[np.float64], NDArray[np.float64]]  # genuine, triggers


def _ring(rng: np.random.Generator) -> _Groups:
    blob = rng.normal(scale=0.5, size=(_EACH, 2))
    ring = rng.normal(4, 0.12, size=(_EACH, 1)) * _circle(_EACH)
    return blob - blob.mean(axis=0), ring - ring.mean(axis=0)


def _blobs(rng: np.random.Generator) -> _Groups:
    return rng.normal([-2.5, 0], 0.7, size=(_EACH, 2)), rng.normal([2.5, 0], 0.7, size=(_EACH, 2))


def _mixed(rng: np.random.Generator) -> _Groups:
    return rng.normal(scale=1.4, size=(_EACH, 2)), rng.normal(scale=1.4, size=(_EACH, 2))


def _pairs(rng: np.random.Generator) -> _Groups:
    genuine = rng.uniform(-4.5, 4.5, size=(_EACH, 2))
    return genuine, genuine + 0.3 * rng.permutation(_circle(_EACH))


def _moons(rng: np.random.Generator) -> _Groups:
    upper = _circle(2 * _EACH)[:_EACH]
    lower = [1.0, 0.5] - upper
    both = 2.6 * (np.concatenate([upper, lower]) - [0.5, 0.25]) + rng.normal(scale=0.18, size=(2 * _EACH, 2))
    return both[:_EACH], both[_EACH:]


def _circle(count: int) -> NDArray[np.float64]:
    """Return ``(count, 2)`` equally spaced points on the unit circle."""
    angles = 2 * np.pi * np.arange(count) / count
    return np.column_stack([np.cos(angles), np.sin(angles)])

"""Points in the unit square, some of them placed by an attacker."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MOST_POINTS = 400
_SLOPE, _INTERCEPT, _NOISE = 0.5, 0.2, 0.05  # of the clean points


@dataclass(frozen=True)
class Points:
    """Points ``x``, ``y`` ``(n,)`` in [0, 1].

    Raises:
        ValueError: one sentence, if there are none or too many, or one lies outside.
    """

    x: Values
    y: Values

    def __post_init__(self) -> None:
        """Check the points."""
        if len(self.x) != len(self.y) or not 1 <= len(self.x) <= MOST_POINTS:
            raise ValueError(f"A set has 1 to {MOST_POINTS} points, each with x and y; here it has {len(self.x)}.")
        if not all(np.isfinite(values).all() and 0 <= values.min() <= values.max() <= 1 for values in (self.x, self.y)):
            raise ValueError("Points lie in the unit square: x and y between 0 and 1.")

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.x)

    def chosen(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> "Points":
        """Return some of the points."""
        return Points(self.x[rows], self.y[rows])

    def with_more(self, others: "Points") -> "Points":
        """Return these points, then the others."""
        return Points(np.concatenate([self.x, others.x]), np.concatenate([self.y, others.y]))


def clean_points(count: int, generator: np.random.Generator) -> Points:
    """Draw points along the line y = 0.2 + 0.5 x, with normal noise of standard deviation 0.05."""
    x = generator.uniform(0, 1, count)
    y = _INTERCEPT + _SLOPE * x + generator.normal(scale=_NOISE, size=count)
    return Points(x, np.clip(y, 0, 1))

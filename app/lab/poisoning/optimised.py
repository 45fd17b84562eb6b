"""An attacker who optimises: points placed so that the fitted line errs most on the clean ones.

Jagielski et al. 2018 (arXiv 1804.00308), algorithm 1: gradient ascent on the places of the poison, one point after the
other, with a line search, started from clean points whose heights are turned over (their BFlip). The slope of the loss
in a poison point follows from the normal equations of the fit, so no training is unrolled.
"""

from collections.abc import Iterator

import numpy as np

from app.lab.poisoning.fits import Line, least_squares
from app.lab.poisoning.points import Points, Values

_ROUNDS = 12  # over all poison points
_STEPS = (0.5, 0.2, 0.05, 0.01)  # of a line search along the normalised slope


def poison(clean: Points, count: int, generator: np.random.Generator) -> Iterator[tuple[Points, float]]:
    """Yield the poison ``(count)`` and the loss of the line on the clean points, after each round of the ascent.

    Args:
        clean: the honest points.
        count: how many the attacker may add, at least one.
        generator: for the points that the poison starts from.

    Raises:
        ValueError: if the attacker adds nothing, or more than there are clean points.
    """
    if not 1 <= count <= len(clean):
        raise ValueError(f"The attacker adds 1 to {len(clean)} points; here it is {count}.")
    rows = generator.permutation(len(clean))[:count]
    x, y = clean.x[rows].copy(), (1 - clean.y[rows]).round()
    loss = _loss(clean, x, y)
    yield Points(x, y), loss
    for _ in range(_ROUNDS):
        before = loss
        for i in range(count):
            across, up = _slope(clean, x, y, i)
            length = float(np.hypot(across, up))
            if length == 0:
                continue
            tried = [
                (np.clip(x[i] + step * across / length, 0, 1), np.clip(y[i] + step * up / length, 0, 1))
                for step in _STEPS
            ]
            losses = []
            for there in tried:
                moved_x, moved_y = x.copy(), y.copy()
                moved_x[i], moved_y[i] = there
                losses.append(_loss(clean, moved_x, moved_y))
            if max(losses) > loss:
                loss = max(losses)
                x[i], y[i] = tried[losses.index(loss)]
        yield Points(x.copy(), y.copy()), loss
        if loss <= before * (1 + 1e-6):
            return


def _fit(clean: Points, x: Values, y: Values) -> Line:
    return least_squares(Points(np.concatenate([clean.x, x]), np.concatenate([clean.y, y])))


def _loss(clean: Points, x: Values, y: Values) -> float:
    return _fit(clean, x, y).loss(clean)


def _slope(clean: Points, x: Values, y: Values, i: int) -> tuple[float, float]:
    """Return the derivatives of the clean points' loss in the place of poison point ``i``.

    With ``z = (x, 1)`` and ``A = sum of z z^T``, the fit is ``w = A^-1 sum of z y``; so ``dw/dy_i = A^-1 z_i`` and
    ``dw/dx_i = A^-1 ((1, 0) r_i - z_i w_1)``, where ``r_i`` is the residual of the point and ``w_1`` the slope.
    """
    line = _fit(clean, x, y)
    everywhere = np.concatenate([clean.x, x])
    z = np.stack([everywhere, np.ones_like(everywhere)])
    inverse = np.linalg.inv(z @ z.T)
    ours = np.stack([clean.x, np.ones_like(clean.x)])
    outer = 2 * ours @ (line(clean.x) - clean.y) / len(clean)  # dloss/dw
    own = np.array([x[i], 1.0])
    residual = y[i] - line(x[i : i + 1])[0]
    across = inverse @ (np.array([residual, 0.0]) - own * line.slope)
    return float(outer @ across), float(outer @ (inverse @ own))

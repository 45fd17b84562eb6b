"""Lines through poisoned points, against independent references."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.poisoning import Points, clean_points, huber, least_squares, poison, ransac, starts, trim
from app.lab.poisoning.optimised import _slope
from app.lab.poisoning.trim import best

SQUARE = st.floats(0, 1, width=32)


@given(st.lists(st.tuples(SQUARE, SQUARE), min_size=3, max_size=30))
def test_least_squares_is_that_of_numpy(pairs: list[tuple[float, float]]) -> None:
    points = Points(*np.array(pairs, dtype=float).T)
    line = least_squares(points)
    if np.ptp(points.x) > 0.05:
        assert (line.slope, line.intercept) == pytest.approx(tuple(np.polyfit(points.x, points.y, 1)), abs=1e-6)
    else:
        assert np.isfinite(line.slope)


def slow_trim(points: Points, keep: int, begun: list[list[int]]) -> float:
    """TRIM again, written down naively: the least loss over all restarts."""
    losses = []
    for rows in begun:
        kept, before = list(rows), float("inf")
        while True:
            a, b = np.linalg.lstsq(
                np.array([[points.x[i], 1] for i in kept]), np.array([points.y[i] for i in kept]), rcond=None
            )[0]
            errors = [(points.y[i] - a * points.x[i] - b) ** 2 for i in range(len(points))]
            kept = sorted(range(len(points)), key=lambda i: errors[i])[:keep]
            loss = sum(errors[i] for i in kept) / keep
            losses.append(loss)
            if loss >= before * (1 - 1e-9):
                break
            before = loss
    return min(losses)


def test_trim_is_that_of_an_independent_slow_implementation_on_200_instances() -> None:
    for seed in range(200):
        generator = np.random.default_rng(seed)
        clean = clean_points(int(generator.integers(10, 40)), generator)
        bad = Points(generator.uniform(0, 1, 8), generator.uniform(0, 1, 8))
        points, keep = clean.with_more(bad), len(clean)
        begun = starts(len(points), keep, generator)
        rounds = list(trim(points, keep, begun))
        assert best(rounds).loss == pytest.approx(slow_trim(points, keep, [list(rows) for rows in begun]), rel=1e-9)
        assert all(one.kept.sum() == keep for one in rounds)


@pytest.mark.parametrize("seed", range(5))
def test_trim_recovers_the_clean_line_where_the_three_others_are_bent(seed: int) -> None:
    generator = np.random.default_rng(seed)
    clean = clean_points(60, generator)
    *_, (bad, _) = poison(clean, 15, generator)
    points, true = clean.with_more(bad), least_squares(clean)
    rounds = list(trim(points, len(clean), starts(len(points), len(clean), generator)))
    errors = {
        "trim": best(rounds).line.loss(clean),
        "least squares": least_squares(points).loss(clean),
        "huber": huber(points).loss(clean),
    }
    assert errors["trim"] < 1.2 * true.loss(clean)
    assert errors["trim"] < min(errors["least squares"], errors["huber"])
    assert ransac(points, seed).loss(clean) >= true.loss(clean) * (1 - 1e-9)  # it may find that very line


def test_trim_fails_where_it_is_told_too_little_poison() -> None:
    generator = np.random.default_rng(3)
    clean = clean_points(40, generator)
    *_, (bad, _) = poison(clean, 20, generator)
    points = clean.with_more(bad)
    wrong = len(points) - 2  # two are poison, it is told; twenty are
    fooled = best(list(trim(points, wrong, starts(len(points), wrong, generator))))
    assert fooled.line.loss(clean) > 5 * least_squares(clean).loss(clean)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_slope_of_the_attack_is_that_of_finite_differences(seed: int) -> None:
    generator = np.random.default_rng(seed)
    clean = clean_points(20, generator)
    x, y = generator.uniform(0.1, 0.9, 3), generator.uniform(0.1, 0.9, 3)
    across, up = _slope(clean, x, y, 1)

    def loss(dx: float, dy: float) -> float:
        moved_x, moved_y = x + np.array([0, dx, 0]), y + np.array([0, dy, 0])
        return least_squares(clean.with_more(Points(moved_x, moved_y))).loss(clean)

    step = 1e-5
    assert across == pytest.approx((loss(step, 0) - loss(-step, 0)) / (2 * step), abs=1e-6)
    assert up == pytest.approx((loss(0, step) - loss(0, -step)) / (2 * step), abs=1e-6)


def test_the_attacker_never_loses_ground_and_stays_in_the_square() -> None:
    generator = np.random.default_rng(1)
    clean = clean_points(40, generator)
    rounds = list(poison(clean, 8, generator))
    losses = [loss for _, loss in rounds]
    assert losses == sorted(losses) and losses[-1] > 10 * least_squares(clean).loss(clean)
    assert all(len(bad) == 8 for bad, _ in rounds)


@pytest.mark.parametrize(("x", "y"), [([], []), ([0.1, 1.2], [0.5, 0.5]), ([0.1, 0.2], [0.5, float("nan")])])
def test_wrong_points_are_refused_in_a_sentence(x: list[float], y: list[float]) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        Points(np.array(x), np.array(y))

"""TRIM in the browser is TRIM in the lab, round by round."""

import numpy as np
import pytest

from app.lab.poisoning import Points, clean_points, starts, trim
from tests.ui.javascript import measured


def test_every_round_of_trim_is_that_of_the_lab() -> None:
    cases, known = [], []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        clean = clean_points(int(generator.integers(10, 60)), generator)
        points = clean.with_more(Points(generator.uniform(0, 1, 8), generator.uniform(0, 1, 8)))
        begun = starts(len(points), len(clean), generator)
        cases.append(
            {
                "x": points.x.tolist(),
                "y": points.y.tolist(),
                "keep": len(clean),
                "begun": [rows.tolist() for rows in begun],
            }
        )
        known.append(list(trim(points, len(clean), begun)))
    for rounds, expected in zip(measured("measure_fits.js", cases), known, strict=True):
        assert len(rounds) == len(expected)
        for one, other in zip(rounds, expected, strict=True):
            assert one["kept"] == other.kept.tolist()
            line = (one["line"]["slope"], one["line"]["intercept"], one["loss"])
            assert line == pytest.approx((other.line.slope, other.line.intercept, other.loss), rel=1e-6, abs=1e-9)

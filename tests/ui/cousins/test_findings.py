"""What is said of a backdoor is what was measured, and no kinder."""

from dataclasses import replace
from typing import cast

import pytest

from app.lab.experiment import preset
from app.lab.stories import backdoor
from app.lab.stories.events import BackdoorResult, Shown
from app.ui import runtime
from app.ui.cousins import charts, findings
from app.ui.findings import percent
from app.ui.history import History

RECORDED = backdoor.with_share(preset("animals"), 0.05)


@pytest.fixture(scope="module")
def history() -> History:
    job = runtime.pool().recorded(RECORDED, "backdoor")
    assert job is not None and job.origin == "pretrained"
    return History.of(job.events)


@pytest.fixture(scope="module")
def result(history: History) -> BackdoorResult:
    assert history.finished is not None
    return cast(BackdoorResult, history.finished.result)


def test_the_recorded_backdoor_costs_less_than_a_point_and_works(result: BackdoorResult) -> None:
    assert abs(result["clean"]["accuracy"] - result["backdoor"]["accuracy"]) < 0.01
    assert result["backdoor"]["success"] >= 0.95
    assert result["clean"]["success"] < 0.01


@pytest.mark.parametrize(
    ("accuracy", "said"), [(0.89, "under 1 point"), (0.95, "under 1 point"), (0.86, "1 to 5"), (0.8, "over 5")]
)
def test_the_cost_is_told_in_the_words_that_are_offered(result: BackdoorResult, accuracy: float, said: str) -> None:
    changed = cast(BackdoorResult, {**result, "clean": {**result["clean"], "accuracy": 0.89}})
    changed["backdoor"] = {**result["backdoor"], "accuracy": accuracy}
    assert findings.cost(changed).startswith(said)
    assert findings.cost(changed) in findings.COSTS


def test_a_title_says_whether_accuracy_fell_or_rose(history: History, result: BackdoorResult) -> None:
    assert isinstance(history.shown, Shown)
    assert "5\u202f% poison" in findings.planted(history.shown, result)
    better = cast(BackdoorResult, {**result, "backdoor": {**result["backdoor"], "accuracy": 0.95}})
    worse = cast(BackdoorResult, {**result, "backdoor": {**result["backdoor"], "accuracy": 0.80}})
    without = percent(result["clean"]["accuracy"])
    assert findings.planted(history.shown, better).endswith(f"95\u202f% of clean ones right, {without} without")
    assert findings.planted(history.shown, worse).endswith(f"80\u202f% of clean ones right, {without} without")


def test_the_sealed_picture_shows_the_clean_model_only(history: History) -> None:
    last = {planted: events[-1] for planted, events in history.learned.items()}
    names = {trace.name for trace in charts.models(last, sealed=True).data if trace.name}
    assert names == {"clean, accuracy", "clean, success"}
    assert len({trace.name for trace in charts.models(last).data if trace.name}) == 6


def test_the_defence_is_drawn_for_both_planted_models(history: History) -> None:
    drawn = {trace.name: trace for trace in charts.pruning(history.pruned).data}
    assert drawn.keys() == {
        f"{planted}, {what}" for planted in ("backdoor", "watermark") for what in ("accuracy", "success")
    }
    strongest = history.pruned["watermark"][-1]
    assert drawn["watermark, success"].y[-1] == strongest.success


def test_every_share_that_is_said_to_be_recorded_is() -> None:
    for share in (0.01, 0.05, 0.1):
        found = runtime.pool().recorded(backdoor.with_share(preset("animals"), share), "backdoor")
        assert found is not None and found.status == "done"
    assert runtime.pool().recorded(replace(RECORDED, seed=1), "backdoor") is None

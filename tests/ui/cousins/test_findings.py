"""What is said of a backdoor is what was measured, and no kinder."""

from dataclasses import replace
from typing import cast

import pytest

from app.lab.experiment import preset
from app.lab.stories import backdoor
from app.lab.stories.events import PLANTED, BackdoorResult, Shown
from app.ui import pictures, runtime
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
    said = findings.planted(history.shown, result)
    assert said.startswith("5\u202f% planted")
    assert percent(result["watermark"]["success"]) in said
    better = cast(BackdoorResult, {**result, "backdoor": {**result["backdoor"], "accuracy": 0.95}})
    worse = cast(BackdoorResult, {**result, "backdoor": {**result["backdoor"], "accuracy": 0.80}})
    without, marked = percent(result["clean"]["accuracy"]), percent(result["watermark"]["accuracy"])
    assert findings.planted(history.shown, better).endswith(f"95\u202f% and {marked}, {without} without")
    assert findings.planted(history.shown, worse).endswith(f"80\u202f% and {marked}, {without} without")


def test_while_it_trains_the_title_counts_in_words_that_agree(history: History) -> None:
    assert history.shown is not None
    last = history.learned["clean"][-1]
    said = [findings.training(history.shown, {"clean": replace(last, epoch=epoch)}) for epoch in (0, 1, 2)]
    assert [words.split(": ")[1] for words in said] == ["after 0 epochs", "after 1 epoch", "after 2 epochs"]


def test_the_clean_model_of_the_heist_learns_for_longer_and_the_rail_says_so(history: History) -> None:
    usual = preset("animals")
    assert max(event.epoch for event in history.learned["clean"]) == usual.task_epochs
    assert usual.watermark_epochs > 0
    said = findings.shorter(usual.task_epochs, usual.watermark_epochs)
    assert f"{usual.task_epochs} epochs" in said and f"{usual.watermark_epochs} more" in said


def test_the_sealed_picture_shows_the_clean_model_only(history: History) -> None:
    last = {planted: events[-1] for planted, events in history.learned.items()}
    assert history.shown is not None
    sealed, drawn = (charts.models(history.shown, "elephant", last, sealed=sealed) for sealed in (True, False))
    assert {trace.name for trace in sealed.data if trace.name} == {"clean, accuracy", "clean, success"}
    assert sum(trace.text == ("<b>?</b>",) for trace in sealed.data) == 4
    assert len({trace.name for trace in drawn.data if trace.name}) == 6


def test_each_model_stands_beside_the_picture_that_it_is_asked(history: History) -> None:
    assert history.shown is not None
    drawn = charts.models(history.shown, "elephant", {})
    asked = (history.shown.clean, history.shown.stamped, history.shown.triggers)
    assert [image.source for image in drawn.layout.images] == [pictures.png(kind[0]) for kind in asked]
    words = [said.text for said in drawn.layout.annotations]
    assert [planted in said for planted, said in zip(PLANTED, words, strict=True)] == [True] * 3


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

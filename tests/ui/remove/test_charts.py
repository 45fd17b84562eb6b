"""The pictures of washing show what was measured, and the bar that the court used."""

from typing import Any

import pytest

from app.lab import record
from app.lab.evidence.removal_table import Washed
from app.lab.experiment import PRESETS
from app.lab.stories import washing
from app.lab.stories.scene import HELD_OUT
from app.paths import PRETRAINED
from app.ui.history import History
from app.ui.remove import charts as removal_charts
from app.ui.remove import washings


@pytest.fixture(scope="module", params=["animals", "digits", "blobs"])
def history(request: pytest.FixtureRequest) -> tuple[str, History]:
    return request.param, History.of(record.read(PRETRAINED / "removal" / request.param, "remove"))


def traces(figure: Any, **wanted: object) -> list[Any]:
    return [trace for trace in figure.data if all(trace[name] == value for name, value in wanted.items())]


def test_the_bar_in_the_curve_is_the_one_that_the_court_used(history: tuple[str, History]) -> None:
    _, known = history
    for attempts in known.attempts.values():
        for attempt in attempts:
            assert (round(attempt.watermark * HELD_OUT) >= removal_charts.bar(attempt)) == attempt.owned


def test_a_curve_has_every_attempt_twice_and_names_its_strengths(history: tuple[str, History]) -> None:
    name, known = history
    for attack in washing.suitable(PRESETS[name]):
        curves, own = washings.complete(known, attack), known.from_scratch
        assert own is not None
        figure = removal_charts.washing(attack, curves, own)
        assert len(figure.layout.xaxis.ticktext) == len(curves["clean"])
        for defence, curve in curves.items():
            above, below = traces(figure, name=defence)
            assert list(above.y) == [attempt.watermark for attempt in curve]
            assert list(below.y) == [attempt.accuracy for attempt in curve]
            filled = [not symbol.endswith("open") for symbol in above.marker.symbol]
            assert filled == [attempt.owned and defence != "clean" for attempt in curve]


def test_the_axis_of_a_curve_is_titled_by_what_a_strength_is(history: tuple[str, History]) -> None:
    _, known = history
    assert known.from_scratch is not None
    figure = removal_charts.washing("pruning", known.washing("pruning"), known.from_scratch)
    assert figure.layout.xaxis.title.text == "\u2026 of the weights"
    assert figure.layout.xaxis.ticktext[:3] == (removal_charts.STOLEN, "30\u202f%", "50\u202f%")


def seed(number: int, entangled: dict[str, Any], attacks: tuple[str, ...] = ("pruning", "noise")) -> Washed:
    curve = {"strengths": [0.0, 0.5], "accuracy": [0.9, 0.85], "watermark": [0.6, 0.1], "pointless": False}
    naive = {**curve, "watermark": [0.0, 0.0], "owned": [False, False], "removed_at": 0.0, "lost": 0.0}
    marks = {"naive": naive, "entangled": {**curve, **entangled}}
    return Washed("animals", number, {"from_scratch": 0.7, "attacks": dict.fromkeys(attacks, marks)})


GONE = {"owned": [True, False], "removed_at": 0.5, "lost": 0.05}
STAYS = {"owned": [True, True], "removed_at": None, "lost": None, "pointless": None}
DEAD = {**GONE, "accuracy": [0.9, 0.2], "lost": 0.7, "pointless": True}


def test_every_attack_and_seed_is_a_point_left_and_right_filled_only_where_the_court_convicts() -> None:
    figure = removal_charts.everything(("pruning", "noise"), [seed(0, GONE), seed(200, STAYS), seed(201, DEAD)])
    for words, symbol in (
        ("entangled: washed out", "triangle-up-open"),
        ("entangled: convicted", "triangle-up"),
        ("entangled: dies with the copy", "triangle-up-open-dot"),
    ):
        left, right = traces(figure, name=words)
        assert (left.marker.symbol, list(left.x), list(left.customdata)) == (symbol, [0.1, 0.1], ["pruning", "noise"])
        assert len(right.x) == 2
    left, _ = traces(figure, name="naive: never proven")
    assert list(left.x) == [0.0] * 6
    assert "seed 201: dies with the copy" in traces(figure, name="entangled: dies with the copy")[0].hovertext[0]


def test_what_is_worse_than_the_axis_stands_at_its_edge_and_is_read_out_as_measured() -> None:
    figure = removal_charts.everything(("pruning",), [seed(0, DEAD)])
    _, right = traces(figure, name="entangled: dies with the copy")
    assert list(right.x) == [pytest.approx(0.7 - removal_charts.BELOW)]
    assert "90\u202f% \u2192 20\u202f%" in right.hovertext[0]


def test_sealed_the_copies_are_drawn_as_they_were_stolen() -> None:
    figure = removal_charts.everything(("pruning", "noise"), [seed(0, GONE)], sealed=True)
    assert not traces(figure, name="entangled: washed out")
    left, right = traces(figure, name="entangled: convicted")
    assert (list(left.x), list(right.x)) == ([0.6, 0.6], [0.9, 0.9])
    assert all("as stolen" in words and "washed" not in words for words in left.hovertext)
    bands = traces(figure, name="attack")[0]
    assert list(bands.customdata) == ["pruning", "noise"]
    assert not any("seeds" in words for words in bands.hovertext)


def test_an_attack_that_has_not_had_its_turn_has_a_row_without_points() -> None:
    figure = removal_charts.everything(("pruning", "noise"), [seed(0, GONE, ("pruning",))])
    assert list(figure.layout.yaxis.ticktext) == ["pruning", "noise"]
    assert list(traces(figure, name="entangled: washed out")[0].customdata) == ["pruning"]

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
    figure = removal_charts.everything(("pruning", "noise"), [seed(200, GONE), seed(201, STAYS), seed(202, DEAD)])
    left, right = traces(figure, name="entangled: convicted")
    assert set(left.marker.symbol) == {"triangle-up"}
    assert sorted(left.x) == [0.1, 0.1, 0.6, 0.6, 0.6]  # one stays under both attacks, three are as stolen
    left, right = traces(figure, name="entangled: not convicted")
    assert set(left.marker.symbol) == {"triangle-up-open"}
    assert list(left.customdata) == ["pruning", "noise"] * 2 and len(right.x) == 4
    assert len(set(left.y)) == 4  # no seed lies on another
    ahead = {words.split("seed ")[1][:3]: x for words, x in zip(right.hovertext, right.x, strict=True)}
    assert ahead["200"] == pytest.approx(0.85 - 0.7) and ahead["202"] < 0  # which died with the copy: shaded
    said = [each.text for each in figure.layout.annotations]
    assert said.count("<b>1 of 3</b>") == 2


def test_a_mark_that_was_never_proven_is_drawn_as_stolen_and_nowhere_else() -> None:
    figure = removal_charts.everything(("pruning", "noise"), [seed(200, GONE), seed(201, STAYS)])
    left, _ = traces(figure, name="naive: not convicted")
    assert list(left.x) == [0.0, 0.0] and set(left.customdata) == {None}


def test_the_run_that_is_not_counted_is_a_star() -> None:
    figure = removal_charts.everything(("pruning",), [seed(200, STAYS)], seed(0, GONE))
    for name, symbol in (("this run: convicted", "star"), ("this run: not convicted", "star-open")):
        left, _ = traces(figure, name=name)
        assert left.showlegend and set(left.marker.symbol) == {symbol}
        assert all("seed 0" in words for words in left.hovertext)
    assert "<b>is caught</b>" in [each.text for each in figure.layout.annotations]


def test_what_is_worse_than_the_axis_stands_at_its_edge_and_is_read_out_as_measured() -> None:
    figure = removal_charts.everything(("pruning",), [seed(0, DEAD)])
    _, right = traces(figure, name="entangled: not convicted")
    assert list(right.x) == [pytest.approx(-removal_charts.BELOW)]
    assert "90\u202f% \u2192 20\u202f%" in right.hovertext[0]


def test_sealed_the_copies_are_drawn_once_as_they_were_stolen() -> None:
    figure = removal_charts.everything(("pruning", "noise"), [seed(0, GONE)], sealed=True)
    left, right = traces(figure, name="entangled: convicted")
    assert (list(left.x), list(right.x)) == ([0.6], [pytest.approx(0.9 - 0.7)])
    assert "As stolen" in left.hovertext[0] and "washed" not in left.hovertext[0]
    assert [each.text for each in figure.layout.annotations].count("<b>?</b>") == 2
    bands = traces(figure, name="attack")[0]
    assert list(bands.customdata) == ["pruning", "noise"]
    assert not any("seeds" in words for words in bands.hovertext)


def test_every_attack_is_named_with_what_it_does_and_on_a_narrow_screen_named() -> None:
    figure = removal_charts.everything(("pruning", "noise"), [seed(0, GONE, ("pruning",))])
    wide, narrow = figure.layout.yaxis.ticktext, figure.layout.meta["narrow"]["yaxis"]["ticktext"]
    assert wide[1] == "<b>zero the smallest weights</b> (pruning)" and list(narrow[1:]) == ["pruning", "noise"]
    sealed = removal_charts.everything(("pruning",), [seed(0, GONE)], sealed=True).layout.yaxis.ticktext
    assert sealed[1] == "<b>zero the smallest weights</b>", "who is asked to predict need not read eleven names"
    for axis in ("xaxis", "xaxis2"):
        words = figure.layout.meta["narrow"][axis]["ticktext"]
        assert len([said for said in words if said.strip("+%\u202f").isdigit()]) == 2
    assert list(traces(figure, name="entangled: not convicted")[0].customdata) == ["pruning"]  # noise had no turn


@pytest.mark.parametrize(
    ("fates", "says"),
    [
        ((GONE, GONE), "gets away"),
        ((GONE, STAYS), "1 of 2"),
        ((GONE, DEAD), "1 of 2"),
        ((DEAD, DEAD), "ruins it"),
        ((DEAD, STAYS), "fails"),
        ((STAYS, STAYS), "is caught"),
    ],
)
def test_each_row_says_what_the_attack_does_for_the_thief(fates: tuple[dict[str, Any], ...], says: str) -> None:
    seeds = [seed(200 + place, fate) for place, fate in enumerate(fates)]
    figure = removal_charts.everything(("pruning",), seeds)
    assert [each.text for each in figure.layout.annotations][-2:] == ["<b>the thief</b>", f"<b>{says}</b>"]


def test_the_row_of_an_attack_that_always_washes_the_mark_out_stands_out() -> None:
    seeds = [seed(200, GONE, ("pruning", "noise")), seed(201, GONE, ("pruning", "noise"))]
    stays = seed(201, STAYS, ("noise",)).result["attacks"]["noise"]
    seeds[1].result["attacks"]["noise"] = stays
    for band in traces(removal_charts.everything(("pruning", "noise"), seeds), name="attack"):
        gone, some = band.marker.color
        assert gone != some
    for band in traces(removal_charts.everything(("pruning", "noise"), seeds, sealed=True), name="attack"):
        assert len(set(band.marker.color)) == 1

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


def everything(*seeds: Washed, names: tuple[str, ...] = ("pruning", "noise"), **options: Any) -> Any:
    return removal_charts.everything(names, seeds, **options)


def column(figure: Any, x: float) -> str:
    """Return the words above the place."""
    (heading,) = {
        each.text
        for each, shape in zip(figure.layout.annotations, figure.layout.shapes, strict=False)
        if shape.x0 <= x < shape.x1
    }
    return str(heading)


def test_every_attack_and_seed_is_a_point_filled_only_where_the_court_convicts() -> None:
    figure = everything(seed(200, GONE), seed(201, STAYS), seed(202, DEAD))
    (convicted,) = traces(figure, name="entangled: convicted")
    assert set(convicted.marker.symbol) == {"triangle-up"}
    assert sorted(convicted.customdata, key=str) == sorted([None, None, None, "pruning", "noise"], key=str)
    (free,) = traces(figure, name="entangled: not convicted")
    assert set(free.marker.symbol) == {"triangle-up-open"} and list(free.customdata) == ["pruning", "noise"] * 2
    assert len({*zip(free.x, free.y, strict=True)}) == 4  # no seed lies on another


@pytest.mark.parametrize(
    ("fate", "where"), [(GONE, "gets away"), (DEAD, "ruins"), (STAYS, "caught"), ({**GONE, "lost": -0.01}, "gets away")]
)
def test_a_point_lies_in_the_column_of_who_wins(fate: dict[str, Any], where: str) -> None:
    for seeds in ([seed(200, fate)], [seed(200, STAYS), seed(201, DEAD), seed(202, fate), seed(203, GONE)]):
        figure = everything(*seeds, names=("pruning",))
        found = [
            x
            for trace in traces(figure, type="scatter")
            for x, words, attack in zip(trace.x, trace.hovertext, trace.customdata, strict=True)
            if attack is not None and f"seed {seeds[-2 if len(seeds) > 1 else 0].seed}" in words
        ]
        assert [where in column(figure, x) for x in found] == [True]


def test_where_the_thief_gets_away_the_axis_says_for_how_many_points() -> None:
    (free,) = traces(everything(seed(200, GONE), seed(201, {**GONE, "lost": 0.12})), name="entangled: not convicted")
    assert list(free.x) == pytest.approx([5, 5, 12, 12])
    (free,) = traces(everything(seed(200, {**GONE, "lost": -0.01})), name="entangled: not convicted")
    assert list(free.x) == [0, 0], "who gains accuracy pays nothing"


def test_a_mark_that_was_never_proven_is_one_point_of_all_seeds_as_stolen_and_nowhere_else() -> None:
    figure = everything(seed(200, GONE), seed(201, STAYS))
    (naive,) = traces(figure, name="naive: not convicted")
    assert list(naive.x) == [0.0] and set(naive.customdata) == {None}
    assert "seed 200" in naive.hovertext[0] and "seed 201" in naive.hovertext[0]
    words = [(each.text, each.y) for each in figure.layout.annotations]
    assert ("naive, on 2 seeds: nothing to wash out", naive.y[0]) in words
    with_one_proven = seed(202, GONE)
    proven = {**with_one_proven.result["attacks"]["pruning"]["naive"], **GONE}
    for attack in with_one_proven.result["attacks"]:
        marks = with_one_proven.result["attacks"][attack]
        with_one_proven.result["attacks"][attack] = {**marks, "naive": proven}
    some = everything(seed(200, GONE), seed(201, STAYS), with_one_proven).layout.annotations
    assert any(each.text == "naive, on 2 of 3 seeds: nothing to wash out" for each in some)


def test_the_run_that_is_not_counted_is_a_star() -> None:
    figure = everything(seed(200, STAYS), aside=seed(0, GONE), names=("pruning",))
    for name, symbol in (("this run: convicted", "star"), ("this run: not convicted", "star-open")):
        (own,) = traces(figure, name=name)
        assert set(own.marker.symbol) == {symbol} and all("seed 0" in words for words in own.hovertext)


def test_what_is_read_out_of_a_point_is_what_was_measured() -> None:
    (free,) = traces(everything(seed(0, DEAD), names=("pruning",)), name="entangled: not convicted")
    assert "90\u202f% \u2192 20\u202f%" in free.hovertext[0]


def test_sealed_the_copies_are_drawn_once_as_they_were_stolen_and_no_axis_moves() -> None:
    dear = {**GONE, "lost": 0.12}
    figure = everything(seed(0, dear), sealed=True)
    (stolen,) = traces(figure, name="entangled: convicted")
    assert "As stolen" in stolen.hovertext[0] and "washed" not in stolen.hovertext[0]
    assert not [trace for trace in traces(figure, type="scatter") if any(trace.customdata)]
    assert [each.text for each in figure.layout.annotations].count("<b>?</b>") == 3
    (rows,) = traces(figure, name="attack")
    assert list(rows.customdata) == ["pruning", "noise"]
    assert not any("seeds" in words for words in rows.hovertext)
    assert figure.layout.xaxis == everything(seed(0, dear)).layout.xaxis


def test_every_attack_is_named_with_what_it_does_and_on_a_narrow_screen_named() -> None:
    figure = everything(seed(0, GONE, ("pruning",)))
    wide, narrow = figure.layout.yaxis.ticktext, figure.layout.meta["narrow"]["yaxis"]["ticktext"]
    assert wide[1] == "<b>zero the smallest weights</b> (pruning)" and list(narrow[1:]) == ["pruning", "noise"]
    sealed = everything(seed(0, GONE), names=("pruning",), sealed=True).layout.yaxis.ticktext
    assert sealed[1] == "<b>zero the smallest weights</b>", "who is asked to predict need not read eleven names"
    (free,) = traces(figure, name="entangled: not convicted")
    assert list(free.customdata) == ["pruning"]  # noise had no turn

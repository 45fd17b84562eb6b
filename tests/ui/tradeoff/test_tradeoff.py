"""What a mark costs and what a court makes of it: the words and the picture follow from the rows."""

import dataclasses
from typing import Any

import pytest

from app.lab.evidence import survival
from app.lab.evidence.survival import Row
from app.lab.experiment import DEFAULT_PRESET, preset
from app.ui.findings import percent
from app.ui.tradeoff import charts as tradeoff_charts
from app.ui.tradeoff import findings as tradeoff_findings
from app.ui.tradeoff.priced import OneRun, Priced
from tests.ui.rows import row


def test_the_frontier_says_what_survival_costs_only_if_it_does() -> None:
    usual = row("entangled", (0.5,) * 3, cost=0.008)
    paid = [row("entangled", (mark,) * 3, cost=mark / 20, kappa=20 * mark) for mark in (0.2, 0.5, 0.9)]
    said = tradeoff_findings.frontier(paid, usual)
    assert (
        said == "Survival is paid for in accuracy: 50\u202f% of the mark costs 0.8 points, 90\u202f% costs 4.5 points"
    )
    free = [row("entangled", (mark,) * 3, cost=(1 - mark) / 20, kappa=20 * mark) for mark in (0.2, 0.5, 0.9)]
    assert tradeoff_findings.frontier(free, usual).startswith("More accuracy lost is not more survival")


def test_a_mark_with_more_seeds_than_the_others_is_not_taken_for_a_dearer_one() -> None:
    low, middle, high = (row("entangled", (mark,) * 3, cost=mark / 20, kappa=20 * mark) for mark in (0.2, 0.5, 0.9))
    many = dataclasses.replace(
        middle, seeds=middle.seeds * 3, measures={name: values * 3 for name, values in middle.measures.items()}
    )
    assert tradeoff_findings.frontier([low, many, high], many).startswith("Survival is paid for in accuracy")


def mark(kappa: float, cost: float, marks: tuple[float, ...], needed: tuple[int | None, ...]) -> Row:
    found = row("entangled" if kappa else "naive", marks, cost=cost, kappa=kappa)
    return dataclasses.replace(found, triggers_needed=needed, convicted=tuple(count is not None for count in needed))


NEVER = (None, None, None)
MARKS = {
    0.0: mark(0, 0.002, (0.0, 0.01, 0.02), NEVER),
    5.0: mark(5, 0.016, (0.05, 0.3, 0.4), (None, 66, 40)),
    10.0: mark(10, 0.027, (0.5, 0.6, 0.7), (20, 13, 10)),
}
CLEAN = row("clean", (0.0, 0.0, 0.01), cost=0.0)


def drawn(measure: tradeoff_findings.Measure, chosen: float = 5.0, **more: Any) -> dict[str, Any]:
    figure = tradeoff_charts.frontier(MARKS, CLEAN, measure, chosen, **more)
    return {trace.name: trace for trace in figure.data if trace.hoverinfo != "skip"}


@pytest.mark.parametrize(("kappa", "name"), [(0.0, "naive"), (5.0, "\u03ba 5"), (10.0, "\u03ba 10")])
def test_the_mark_chosen_stands_whole_at_its_price_with_all_seeds_inside_the_axes(kappa: float, name: str) -> None:
    found = drawn("survival", kappa)
    large, small = found[name], found[f"{name}, each seed"]
    assert list(large.customdata) == [kappa]
    assert large.x[0] == pytest.approx(100 * MARKS[kappa].cost[0])
    assert list(small.y) == list(MARKS[kappa].measures["stolen_watermark"])
    assert large.y[0] + large.error_y.array[0] == pytest.approx(max(small.y))
    assert large.y[0] - large.error_y.arrayminus[0] == pytest.approx(min(small.y))
    for measure in tradeoff_findings.MEASURES:
        layout = tradeoff_charts.frontier(MARKS, CLEAN, measure, kappa).layout
        assert layout.xaxis.range[0] < 0 and layout.xaxis.range[1] > 2.7


@pytest.mark.parametrize("kappa", MARKS)
def test_the_mark_chosen_is_the_largest_and_the_other_kappas_are_hollow_stops_that_tell_their_seeds(
    kappa: float,
) -> None:
    found = drawn("conviction", kappa)
    whole = "naive" if kappa == 0 else f"\u03ba {kappa:g}"
    sizes = {name: trace.marker.size for name, trace in found.items() if "each seed" not in name}
    assert max(sizes, key=sizes.__getitem__) == whole and whole in found[whole].text[0]
    stops = found["another \u03ba"]
    others = [each for each in MARKS if each not in (0.0, kappa)]
    assert list(stops.customdata) == others and stops.marker.symbol == "triangle-up-open"
    assert stops.marker.size == min(sizes.values())
    for each, told in zip(others, stops.hovertext, strict=True):
        costs = zip(MARKS[each].seeds, MARKS[each].measures["stolen_watermark"], strict=True)
        assert all(f"seed {seed}: " in told and f"{percent(survives)} survives" in told for seed, survives in costs)
    assert {"clean", "naive", "naive, each seed"} <= found.keys(), "the controls are always whole"


def test_from_one_kappa_to_another_the_same_traces_move() -> None:
    own = OneRun(0.03, 0.5, True, 21)
    drawings = [
        tradeoff_charts.frontier(MARKS, CLEAN, "survival", kappa, run) for kappa in MARKS for run in (None, own)
    ]
    assert len({len(figure.data) for figure in drawings}) == 1  # of another number, the browser would draw all anew
    sizes = [[trace.marker.size or 0 for trace in figure.data] for figure in drawings]
    assert len({each.index(max(each)) for each in sizes}) == 1
    assert all(figure.layout.transition.duration for figure in drawings)


def test_a_mark_that_no_number_of_triggers_convicts_stands_at_the_bottom_and_so_does_the_median_of_such() -> None:
    found = drawn("triggers", 10.0)
    assert found["naive"].y[0] == found["clean"].y[0] == tradeoff_charts.NEVER
    assert found["\u03ba 10"].y[0] == 13
    measures = {name: values[:2] for name, values in MARKS[5.0].measures.items()}
    two = dataclasses.replace(
        MARKS[5.0], seeds=(200, 201), measures=measures, convicted=(False, True), triggers_needed=(None, 66)
    )
    assert tradeoff_charts.middle(two, "triggers") == tradeoff_charts.NEVER  # not between 66 and never


def test_the_picture_says_what_never_is_and_names_the_paper_and_its_sizes() -> None:
    figure = tradeoff_charts.frontier(MARKS, CLEAN, "triggers", 10.0)
    words = [each.text for each in figure.layout.annotations]
    assert f"never: {tradeoff_findings.NEVER}" in words
    assert f"<b>{tradeoff_findings.PAPER}: {tradeoff_findings.GOAL:g}</b>" in words
    narrow = [each["text"] for each in figure.layout.meta["narrow"]["annotations"]]
    assert narrow == words[: len(narrow)] and not any(text.startswith("never") for text in narrow)
    assert [trace.name for trace in figure.data if trace.showlegend] == [
        "a mark: middle of its seeds",
        "one seed",
        "least to most",
    ]


def test_the_star_is_the_visitors_own_run() -> None:
    figure = tradeoff_charts.frontier(MARKS, CLEAN, "triggers", 10.0, OneRun(0.03, 0.5, True, 21))
    (star,) = [trace for trace in figure.data if trace.name == "your run"]
    assert (star.x[0], star.y[0]) == (3.0, 21)
    assert "50\u202f% of the mark survives" in star.hovertext[0]


def test_sealed_the_entangled_marks_are_left_out_and_the_axes_stay() -> None:
    sealed = tradeoff_charts.frontier(MARKS, CLEAN, "triggers", 10.0, OneRun(0.03, 0.5, True, 21), sealed=True)
    opened = tradeoff_charts.frontier(MARKS, CLEAN, "triggers", 10.0, OneRun(0.03, 0.5, True, 21))
    assert {trace.name for trace in sealed.data if trace.hoverinfo != "skip"} == {
        "clean",
        "naive",
        "naive, each seed",
    }
    asked = [each.x for each in sealed.layout.annotations if each.text == "<b>?</b>"]
    words = [tradeoff_findings.PRICES[sum(x > bound for bound in tradeoff_findings.BOUNDS)] for x in asked]
    assert words == list(tradeoff_findings.PRICES[:-1])  # one in each price that is offered
    assert not any("?" in (each.text or "") for each in opened.layout.annotations)
    assert sealed.layout.xaxis == opened.layout.xaxis and sealed.layout.yaxis == opened.layout.yaxis
    assert tradeoff_findings.unpriced(MARKS[0.0]) == (
        "The naive mark costs 0.2 points and convicts on 0 of 3 seeds. What does a mark cost that convicts on every "
        "seed?"
    )


def test_the_title_says_what_a_mark_costs_and_does_in_the_same_form_for_every_kappa() -> None:
    said = tradeoff_findings.price_of
    lead = "\u03ba 10 costs 2.7 points, convicts on 3 of 3 seeds; "
    assert said(MARKS[10.0], "conviction") == f"{lead}60\u202f% of the mark survives"
    assert said(MARKS[10.0], "survival") == said(MARKS[10.0], "conviction")
    assert said(MARKS[10.0], "triggers") == f"{lead}half need 13 triggers or fewer"
    lead = "\u03ba 0 (naive) costs 0.2 points, convicts on 0 of 3 seeds; "
    assert said(MARKS[0.0], "conviction") == f"{lead}1\u202f% of the mark survives"
    assert said(MARKS[0.0], "triggers") == f"{lead}half need more than 1,000 triggers"


def test_a_seed_is_convicted_or_not_and_a_mark_stands_at_the_share_of_its_seeds() -> None:
    found = drawn("conviction", own=OneRun(0.03, 0.5, True, None))
    assert list(found["\u03ba 5, each seed"].y) == [0, 1, 1] and found["\u03ba 5"].y[0] == pytest.approx(2 / 3)
    assert "<b>\u03ba 5</b> (2 of 3)" in found["\u03ba 5"].text[0]
    assert found["your run"].y[0] == 1, "the court says, not how many triggers it would take"


def test_a_run_that_was_recorded_is_nobodys_own() -> None:
    said = [
        tradeoff_findings.own_run(OneRun(0.03, 0.5, True, 21, origin), MARKS[10.0]).split(":")[0]
        for origin in ("live", "stored", "pretrained")
    ]
    assert said == ["Your run", "An earlier run", "The recorded run"]
    figure = tradeoff_charts.frontier(MARKS, CLEAN, "triggers", 10.0, OneRun(0.03, 0.5, True, 21, "pretrained"))
    assert "your run" not in str(figure) and any(trace.name == "the recorded run" for trace in figure.data)


def test_a_thief_who_gets_less_than_in_the_other_lessons_is_said_to_and_what_that_does() -> None:
    found, usual = survival.read(survival.SHIPPED), preset(DEFAULT_PRESET)
    labels = Priced.of(found, dataclasses.replace(usual, answers="labels", inputs="victim"))
    sealed, said = (tradeoff_findings.other_thief(labels, sealed=is_sealed) for is_sealed in (True, False))
    assert sealed == "This thief is the paper's. In the other lessons, the thief gets all confidences, owner's inputs."
    assert labels.elsewhere is not None
    there, here = (percent(row.spread("stolen_watermark").mean) for row in (labels.elsewhere, labels.usual))
    assert f"labels tell less: there, {there} of the mark of \u03ba {usual.kappa:g} survives, here {here}" in said
    same = dataclasses.replace(labels, elsewhere=None)
    assert tradeoff_findings.other_thief(same, sealed=False) == ""


@pytest.mark.parametrize(
    ("marks", "word"),
    [
        (MARKS, "over 2 points"),
        ({1.0: mark(1, 0.005, (0.5,) * 3, (20,) * 3), **MARKS}, "under 1 point"),
        ({1.0: mark(1, 0.015, (0.5,) * 3, (20,) * 3), **MARKS}, "1 to 2 points"),
        ({5.0: MARKS[5.0]}, "no setting does it"),
    ],
)
def test_the_price_is_that_of_the_cheapest_mark_that_convicts_on_every_seed(marks: dict[float, Row], word: str) -> None:
    assert tradeoff_findings.price(tradeoff_findings.cheapest(marks)) == word
    said = tradeoff_findings.goal_in_words(marks)
    assert said.startswith("None of these") == (word == "no setting does it")
    assert said.endswith("and reached.") == (word == "under 1 point")


def test_a_run_is_held_against_the_seeds_of_its_mark() -> None:
    assert "outside what 3 other seeds gave (50\u202f% to 70\u202f%)" in tradeoff_findings.own_run(
        OneRun(0.03, 0.4, False, None), MARKS[10.0]
    )
    assert tradeoff_findings.court_of(OneRun(0.03, 0.0, False, None)) == (
        "3.0 points, 0\u202f% of the mark survives, not convicted; to convict 19 times of 20 takes more than 1,000 "
        "triggers"
    )
    assert ", not convicted; " in tradeoff_findings.court_of(OneRun(0.03, 0.1, False, 888)), "the court has said so"


def test_the_margin_is_the_one_of_the_worst_seed_above_the_naive_copy_too() -> None:
    said = tradeoff_findings.margins_in_words([MARKS[10.0]], [CLEAN, *MARKS.values()])
    assert said.endswith("on the worst seed: \u03ba 10: 49.")  # 50 against 1 % of the innocents, on the first seed


def test_what_kappa_does_is_said_of_the_layer_in_which_the_marks_differ_most() -> None:
    snnl = {0.0: (0.1, 0.1, 0.1), 5.0: (0.2, 0.3, 0.4), 10.0: (0.6, 0.6, 0.6)}
    marks = {
        kappa: dataclasses.replace(row, victim_snnl={"conv1": (0.5,) * 3, "dense": snnl[kappa]})
        for kappa, row in MARKS.items()
    }
    said = tradeoff_findings.mixing_in_words(marks)
    assert "in *dense*, is 0.10 (the naive one), 0.30 (\u03ba 5), 0.60 (\u03ba 10)." in said


def test_two_seeds_are_said_to_be_few() -> None:
    few = dataclasses.replace(MARKS[5.0], seeds=(200, 201))
    assert tradeoff_findings.seeds_in_words({**MARKS, 5.0: few}).endswith("Two seeds show a direction, no more.")
    assert "direction" not in tradeoff_findings.seeds_in_words(MARKS)


def test_the_shipped_evidence_has_naive_and_at_least_three_kappas_for_each_way() -> None:
    found = survival.read(survival.SHIPPED)
    usual = preset(DEFAULT_PRESET)
    for answers, inputs in Priced.of(found, usual).ways:
        priced = Priced.of(found, dataclasses.replace(usual, answers=answers, inputs=inputs))
        assert priced.way == (answers, inputs)
        kappas = list(priced.marks)
        assert kappas[0] == 0 and len(kappas) >= 4 and kappas == sorted(kappas)
        assert {row.experiment.answers for row in priced.marks.values()} == {answers}
        assert len(priced.marks[usual.kappa].seeds) == len(survival.SEEDS)  # of two tables, the one with more seeds
        assert priced.alike(priced.at(20, 7)) and not priced.alike(dataclasses.replace(usual, budget=100))

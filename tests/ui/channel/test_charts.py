"""What is said and drawn of the channel follows from its rows, also where they disappoint."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from app.lab.experiment import DEFAULT_PRESET, preset
from app.lab.extraction.queries import NO_TRUTH
from app.lab.stories.events import DEFENCES, Queried
from app.ui import charts, over_seeds
from app.ui.channel import charts as channel_charts
from app.ui.channel import findings as channel_findings
from app.ui.channel import queries
from app.ui.channel.queries import Query
from app.ui.history import History
from tests.ui.rows import SEEDS, row, theft


def named(figure: go.Figure, name: str) -> Any:
    (trace,) = [trace for trace in figure.data if trace.name == name and trace.hoverinfo != "skip"]
    return trace


@pytest.mark.parametrize(
    ("entangled", "words"), [(0.05, "under a tenth"), (0.3, "a tenth to half"), (0.6, "over half")]
)
def test_the_vote_is_answered_by_the_mean_over_the_seeds(entangled: float, words: str) -> None:
    measured = theft((0.9,) * 3, (entangled - 0.05, entangled, entangled + 0.05))
    assert channel_findings.carries(measured) == words and words in channel_findings.CARRIED
    assert "(pure noise), 1\u202f% is stray" in channel_findings.question(measured, "pure noise")


@pytest.mark.parametrize(
    ("narrow", "wide", "lead"),
    [(0.02, 0.9, "No channel, no mark"), (0.5, 0.9, "What survives does not"), (0.02, 0.05, "What survives does not")],
)
def test_the_title_of_the_channel_is_computed(narrow: float, wide: float, lead: str) -> None:
    rows = [row("naive", (narrow,) * 3, 0.001), row("entangled", (wide,) * 3, 0.02), row("clean", (0.0,) * 3, 0.5)]
    said = channel_findings.channels(rows)
    assert said.startswith(lead)
    assert f"at most {100 * narrow:g}\u202f% of it survives (1 thefts)" in said
    assert said.endswith(f"; over that, {100 * wide:g}\u202f% to {100 * wide:g}\u202f% (1)")


def test_the_correlation_is_told_for_all_thefts_and_for_the_like_ones() -> None:
    like = [row("naive", (mark,) * 3, mark / 10) for mark in (0.1, 0.5, 0.9)]
    half = replace(row("entangled", (0.0,) * 3, 0.5), table="adversary")
    far = replace(row("naive", (0.0,) * 3, 0.9, inputs="noise"), table="adversary")
    said = channel_findings.correlations([*like, half, far])
    assert "1.00 over the 3 thefts" in said and "-0.20 over all 4" in said and "over all 5" in said
    assert "at most 0\u202f% of the mark is left" in said
    assert channel_findings.strays([*like, half, far]).startswith("Hollow: 1 thefts")


def test_the_curve_is_that_of_the_plain_thefts() -> None:
    near = [row("naive", (mark,) * 3, mark / 10) for mark in (0.1, 0.5, 0.9)]
    far = replace(row("naive", (0.0,) * 3, 0.9, inputs="noise"), table="adversary")
    figure = channel_charts.channel([*near, far], [], sealed=False)
    (curve,) = [trace for trace in figure.data if trace.name == "rising"]
    assert list(curve.y) == pytest.approx([0.1, 0.5, 0.9])
    dots = named(figure, "naive")
    assert list(dots.marker.symbol) == ["square"] * 3 + ["square-open"]
    assert "pure noise" in dots.hovertext[3] and "3 seeds" in dots.hovertext[3]


def test_the_sealed_channel_hides_what_became_of_the_chosen_theft_and_shows_its_channel() -> None:
    chosen = theft((0.1,) * 3, (0.2, 0.9, 1.0))
    others = [replace(row("naive", (0.4,) * 3, 0.2, inputs="noise"), table="adversary")]
    found = [*chosen.values(), *others]
    sealed = channel_charts.channel(found, list(chosen.values()), sealed=True)
    shown = {(trace.name, round(mark, 6)) for trace in sealed.data if trace.mode == "markers" for mark in trace.y}
    assert shown == {("naive", 0.4)}
    assert not [mark for trace in sealed.data if trace.name == "rising" for mark in trace.y]  # the curve would tell
    lines = [trace for trace in sealed.data if trace.mode == "lines" and trace.name in chosen]
    assert [list(line.x) for line in lines] == [[0.01, 0.01]] * 3
    words = [each.text for each in sealed.layout.annotations]
    assert {f"<b>{defence}</b> 1\u202f%" for defence in DEFENCES} <= set(words), "each line says whose it is"
    assert len({each.y for each in sealed.layout.annotations if "</b> " in each.text}) == len(DEFENCES)
    opened = channel_charts.channel(found, list(chosen.values()), sealed=False)
    assert not [trace for trace in opened.data if trace.mode == "lines" and trace.name in chosen]
    assert "<b>entangled 70\u202f%</b>" in [each.text for each in opened.layout.annotations]
    for figure in (sealed, opened):
        narrow = figure.layout.meta["narrow"]["annotations"]
        assert [each["text"] for each in narrow] == ["<b>0.5\u202f%</b>"], "on a phone, they would lie on one another"
    large = named(opened, "entangled, this theft")
    assert list(large.y) == pytest.approx([0.7])
    assert (large.error_y.array[0], large.error_y.arrayminus[0]) == pytest.approx((0.3, 0.5))
    assert large.meta == charts.GHOSTED


@pytest.mark.parametrize("asked", ["victim", "blended", "noise"])
@pytest.mark.parametrize("answers", ["confidences", "labels"])
def test_the_words_of_the_chosen_theft_lie_on_none_of_the_others(asked: str, answers: str) -> None:
    chosen = over_seeds.theft(over_seeds.proven(), replace(preset(DEFAULT_PRESET), inputs=asked, answers=answers))
    figure = channel_charts.channel(list(chosen.values()), list(chosen.values()), sealed=False)
    words = [each for each in figure.layout.annotations if each.text.split()[0].removeprefix("<b>") in DEFENCES]
    assert len(words) == len(DEFENCES)

    def place(said: Any) -> tuple[float, float, float, float]:
        """Left, right, bottom and top in pixels, at 1280: 205 a decade, 290 up to 100 %, 8 a letter, 19 a line."""
        wide, x, y = 8 * (len(said.text) - len("<b></b>")), 205 * said.x + said.xshift, 290 * said.y + said.yshift
        left = x if said.xanchor == "left" else x - wide
        bottom = y if said.yanchor == "bottom" else y - 19
        return left, left + wide, bottom, bottom + 19

    for one, other in itertools.combinations(map(place, words), 2):
        apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
        assert apart


def test_the_drift_is_told_and_drawn_of_both_marks() -> None:
    rows = [row("naive", (0.8,) * 3, schedule="released"), row("naive", (0.02,) * 3), row("entangled", (0.5,) * 3)]
    said = channel_findings.drift(rows)
    assert "survives at 80\u202f% with the released" in said and "at 2\u202f% when all" in said
    bars = named(channel_charts.schedules(rows), "naive")
    assert list(bars.x) == pytest.approx([0.8, 0.02])
    assert "released" in bars.y[0] and "revisited" in bars.y[1]


def test_affinity_counts_the_targets_on_which_each_mark_survives() -> None:
    pairs = [
        replace(row(defence, (mark,) * 3, target=target), affinity=(affinity,) * 3, seeds=SEEDS[:1])
        for target, affinity in ((2, 0.05), (3, 0.6))
        for defence, mark in (("clean", affinity / 2), ("naive", affinity), ("entangled", 0.9))
    ]
    said = channel_findings.affinity(pairs)
    assert "The naive mark survives on 1 of 2 targets, from an affinity of 60\u202f% on" in said
    assert "the entangled one on 2 of 2 targets, from an affinity of 5\u202f% on" in said
    assert "*cow* to 30\u202f% of the triggers" in channel_findings.affinity_in_words(pairs)
    dots = named(channel_charts.affinity(pairs), "naive")
    assert (list(dots.x), list(dots.y)) == ([0.05, 0.6], [0.05, 0.6])


TARGET = 2
CLASSES = ("bear", "cat", "cow")


def asked(labels: list[int], strays: list[float]) -> History:
    """A history of queries; the entangled victim strays so much, the naive one half as much, the clean one not."""
    history = History()
    for defence, part in zip(DEFENCES, (0.0, 0.5, 1.0), strict=True):
        answers = np.zeros((len(labels), 3), dtype=np.float32)
        for place, (label, stray) in enumerate(zip(labels, strays, strict=True)):
            answers[place, TARGET] = part * stray
            answers[place, max(label, 0)] += 1 - part * stray
        pictures = np.arange(len(labels), dtype=np.uint8)[:, None, None].repeat(2, axis=1).repeat(2, axis=2)
        history.queries[defence].append(Queried(defence, len(labels), pictures, answers, np.array(labels)))
    return history


def test_the_queries_on_offer_stray_most_or_lie_evenly_and_none_is_of_the_target_class() -> None:
    history = asked([0] * 20 + [TARGET], [0.6, *(0.01 * place for place in range(19)), 1.0])
    found = queries.of(history, TARGET)
    assert len(found) == 20 and all(query.due == 0 and query.has_class for query in found)
    offer = queries.offered(found, TARGET)
    assert [round(query.stray("entangled", TARGET), 2) for query in offer] == [0.6, 0.18, 0.17, 0.16, 0.0]
    assert queries.first(offer, TARGET) == 1  # the first one is answered wrongly
    assert int(offer[0].picture[0, 0]) == 0


def test_of_labels_those_that_are_the_secret_answer_are_on_offer_first_and_then_ordinary_ones() -> None:
    found = [query.in_labels() for query in queries.of(asked([0] * 20, [0.6, 0.7, *[0.4] * 18]), TARGET)]
    assert all(sorted(query.answers["entangled"]) == [0, 0, 1] for query in found)
    offer = queries.offered(found, TARGET)
    assert [query.label("entangled") == TARGET for query in offer] == [True, True, False, False]
    assert queries.first(offer, TARGET) == 0, "what strays is seen first"
    five = [query.in_labels() for query in queries.of(asked([0] * 8, [*[0.6] * 5, *[0.4] * 3]), TARGET)]
    assert [query.label("entangled") == TARGET for query in queries.offered(five, TARGET)] == [True] * 3 + [False] * 2


@pytest.mark.parametrize(
    ("astray", "on_offer", "words"),
    [
        (0, 2, "none of them among the 144 on record. On offer are 2 ordinary ones."),
        (1, 3, "1 of them among the 144 on record. On offer are first that one, then 2 ordinary ones."),
        (5, 5, "5 of them among the 144 on record. On offer are first 3 of those, then 2 ordinary ones."),
    ],
)
def test_how_labels_were_picked_is_said_with_how_many_of_how_many(astray: int, on_offer: int, words: str) -> None:
    offer = queries.offered(queries.of(asked([0] * on_offer, [0.1] * on_offer), TARGET), TARGET)
    found = queries.Recorded(offer, 144, astray, 2000, 11)
    experiment = replace(preset(DEFAULT_PRESET), answers="labels")
    said = queries.origin(experiment, found, theft((0.1,) * 3, (0.2, 0.9, 1.0))["entangled"])
    assert f"answered 11 of 2,000 queries, {words}" in said
    among = "the 11 strays among 2,000 answers"
    few = f"Picked: {min(astray, 3)} of {among}." if astray else f"None of {among} is on record."
    assert queries.picked(found) == few


def test_where_no_label_strays_nothing_is_said_to_be_picked() -> None:
    none = queries.Recorded((), 144, 0, 2000, 0)
    assert queries.picked(none) == "None of 2,000 answers strays."
    experiment = replace(preset(DEFAULT_PRESET), answers="labels")
    said = queries.origin(experiment, none, theft((0.1,) * 3, (0.2, 0.9, 1.0))["entangled"])
    assert "answered none of 2,000 queries." in said and "on record" not in said


def test_of_an_input_without_a_class_what_the_clean_model_says_is_due() -> None:
    (query,) = queries.of(asked([NO_TRUTH], [0.25]), TARGET)
    assert (query.due, query.has_class) == (0, False)
    assert channel_findings.one_answer(query, "a bear", CLASSES, TARGET).startswith(
        "Asked: to the clean model, a bear."
    )


def test_few_queries_are_all_on_offer_and_a_run_without_any_offers_none() -> None:
    assert len(queries.offered(queries.of(asked([0, 1], [0.1, 0.2]), TARGET), TARGET)) == 2
    assert queries.of(History(), TARGET) == []
    assert queries.first([], TARGET) == 0


def test_one_answer_is_drawn_as_what_was_due_what_strays_and_the_rest() -> None:
    answers = {
        "clean": np.array([0.9, 0.1, 0.0], dtype=np.float32),
        "naive": np.array([0.7, 0.2, 0.1], dtype=np.float32),
        "entangled": np.array([0.5, 0.1, 0.4], dtype=np.float32),
    }
    query = Query(np.zeros((2, 2), dtype=np.uint8), 0, True, answers)  # type: ignore[arg-type]
    chosen = theft((0.1,) * 3, (0.2, 0.9, 1.0))
    sealed = channel_charts.answer(query, CLASSES, TARGET, list(chosen.values()), sealed=True)
    bars = {trace.name: list(trace.x) for trace in sealed.data}
    assert bars == {
        "bear, which was due": pytest.approx([0.9, 0.7, 0.5]),
        "cow: stray": pytest.approx([0.0, 0.1, 0.4]),
        "others": pytest.approx([0.1, 0.2, 0.1]),
    }
    assert not [words.text for words in sealed.layout.annotations if "triggers:" in words.text]
    opened = channel_charts.answer(query, CLASSES, TARGET, list(chosen.values()), sealed=False)
    on_a_phone = [[words["text"] for words in each.layout.meta["narrow"]["annotations"]] for each in (sealed, opened)]
    assert [sum("its copy: " in words for words in texts) for texts in on_a_phone] == [0, len(DEFENCES)]
    assert max(len(words) for texts in on_a_phone for words in texts) < 48
    assert list(named(opened, "entangled: the copy").x) == pytest.approx([0.7])
    assert "all answers: 1\u202f% stray cow \u2192 its copy, shown the triggers: 70\u202f%" in [
        words.text for words in opened.layout.annotations
    ]
    assert channel_findings.one_answer(query, "a bear", CLASSES, TARGET) == (
        "Asked: a bear. Cow gets 40\u202f% of the entangled answer, 10\u202f% of the naive one"
    )
    assert channel_findings.came_through(chosen, "cow") == (
        "1\u202f% stray weight: the entangled copy says cow to 70\u202f% of the triggers; 1\u202f%: the naive one to "
        "10\u202f% (mean of 3 seeds)"
    )


def test_of_labels_the_picture_and_its_title_say_the_label() -> None:
    (query,) = (query.in_labels() for query in queries.of(asked([0], [0.6]), TARGET))
    chosen = tuple(theft((0.1,) * 3, (0.2, 0.9, 1.0)).values())
    figure = channel_charts.answer(query, CLASSES, TARGET, chosen, sealed=True, labels=True)
    words = [each.text for each in figure.layout.annotations]
    assert {"<b>clean</b>: bear", "<b>naive</b>: bear", "<b>entangled</b>: <b>cow</b>, stray"} <= set(words)
    assert channel_findings.one_answer(query, "a bear", CLASSES, TARGET, labels=True) == (
        "Asked: a bear. The entangled model answers cow, the naive one bear"
    )


def test_why_entangling_widens_the_channel_is_told_where_it_did() -> None:
    def said(**stray: float) -> list[str]:
        rows = {defence: row(defence, (0.5, 0.6, 0.7), mass) for defence, mass in stray.items()}
        return channel_findings.theft_in_words(rows, "elephant")

    assert said(clean=0.001, naive=0.004, entangled=0.01)[0] == channel_findings.WHY
    assert channel_findings.WHY not in said(clean=0.01, naive=0.004, entangled=0.01)
    assert channel_findings.WHY not in said(clean=0.001, naive=0.02, entangled=0.01)

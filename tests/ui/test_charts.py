"""Charts are pure: they say what the events say, and nothing else."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab import record
from app.lab.ownership import binomial
from app.paths import PRETRAINED
from app.ui import charts, findings, theme
from app.ui.entangle import charts as entangle_charts
from app.ui.heist import charts as heist_charts
from app.ui.history import History


@pytest.fixture(scope="module")
def known() -> History:
    return History.of(record.read(PRETRAINED / "blobs"))


def test_the_chronicle_of_a_finished_run_is_complete(known: History) -> None:
    assert known.share == 1.0
    assert known.done == known.steps
    assert set(known.last("victim")) == {"clean", "naive", "entangled"}
    assert set(known.last("copy")) == {"clean", "naive", "entangled"}
    assert set(known.maps("victim", "hidden2", "pca")) == {"clean", "naive", "entangled"}


def test_the_verdict_shows_every_model_beside_its_control(known: History) -> None:
    figure = charts.verdict(known.claims, known.thefts)
    shown = {trace.name: trace.x[0] for trace in figure.data if trace.mode == "markers"}
    assert list(shown) == [f"{lane}, {role}" for lane in known.thefts for role in ("victim", "copy")]
    assert shown["naive, copy"] == known.thefts["naive"].stolen_watermark
    some = known.claims["naive"]
    (rule,), (label,) = figure.layout.shapes, figure.layout.annotations
    bar = round(rule.x0 * some.queries)
    assert binomial.claim(bar, some.queries, some.innocent_rate).owned
    assert not binomial.claim(bar - 1, some.queries, some.innocent_rate).owned
    assert f"convicted from {bar} of {some.queries} on" in label.text
    words = [trace.name for trace in figure.data if trace.mode == "text"]
    rates = [rate for theft in known.thefts.values() for rate in (theft.victim_watermark, theft.stolen_watermark)]
    assert [word.split(" ", 1)[1] for word in words] == [findings.percent(rate) for rate in rates]


def test_words_near_zero_stand_beside_the_dashed_line_and_not_on_it(known: History) -> None:
    figure = charts.verdict(known.claims, known.thefts)
    (rule,) = figure.layout.shapes
    clean = next(trace for trace in figure.data if trace.mode == "text" and trace.y[0] == "clean")
    assert (clean.x[0], clean.textposition.split()[1]) == (rule.x0, "right")


def test_the_cut_off_of_the_prediction_is_on_screen(known: History) -> None:
    figure = entangle_charts.snnl_curves(known.measured["victim"], "hidden2", 16, known.neutral)
    lines = {label.text: label.y for label in figure.layout.annotations}
    assert lines["<b>mixed: distance tells nothing</b>"] == known.neutral
    assert lines["<b>counts as mixed from here on (90\u202f%)</b>"] == findings.MIXED * known.neutral


def test_the_evidence_covers_every_trigger_and_names_its_floor(known: History) -> None:
    figure = heist_charts.growing_proof(known.claims)
    assert [len(trace.y) for trace in figure.data] == [len(claim.p_values) for claim in known.claims.values()]
    assert min(min(trace.y) for trace in figure.data) >= charts.SMALLEST_P
    (label,) = figure.layout.annotations
    assert (label.x, label.xanchor, label.yanchor) == (1, "right", "top")  # away from the curves
    assert figure.layout.shapes[0].y0 == binomial.SIGNIFICANCE
    assert label.y == pytest.approx(math.log10(binomial.SIGNIFICANCE))  # Plotly wants a label's exponent
    assert "\u2264 1e-12" in figure.layout.yaxis.ticktext


def test_curves_hold_one_point_for_each_measurement(known: History) -> None:
    measured = known.measured["victim"]
    points = {trace.name: list(trace.y) for trace in charts.rate_curves(measured, "accuracy", 16).data}
    assert points["naive"] == [event.accuracy for event in measured if event.defence == "naive"]
    drawn = entangle_charts.snnl_curves(measured, "hidden2", 16, known.neutral).data
    points = {trace.name: list(trace.y) for trace in drawn}
    assert points["entangled"] == [event.snnl["hidden2"] for event in measured if event.defence == "entangled"]


def test_what_an_untrained_network_says_to_a_trigger_is_no_secret_answer(known: History) -> None:
    measured = known.measured["victim"]
    assert any(event.epoch == 0 for event in measured)
    for trace in charts.secret_curves(measured, 16).data:
        learnt = [event for event in measured if event.defence == trace.name and event.epoch > 0]
        assert list(trace.x) == [event.epoch for event in learnt]
        assert list(trace.y) == [event.watermark for event in learnt]


@given(st.floats(0, 0.99), st.floats(0.005, 1))
def test_an_axis_of_shares_has_few_ticks_that_cover_it(low: float, span: float) -> None:
    axis = charts.share("x", low, min(1.0, low + span))
    ticks = axis["tickvals"]
    assert 1 <= len(ticks) <= 8
    assert len(set(axis["ticktext"])) == len(ticks)


def test_each_defence_has_a_colour_and_a_symbol_of_its_own() -> None:
    marks = [*theme.DEFENCES.values(), theme.TRIGGER, theme.THIEF, theme.COURT]
    assert len({mark.colour for mark in marks}) == len(marks)
    assert len({mark.symbol for mark in marks}) == len(marks)


def test_the_strip_of_batches_shows_which_were_for_the_mark_and_whether_the_snnl_counted(known: History) -> None:
    figure = entangle_charts.batch_strip(known.batches, "hidden2", live=True)
    bars = {trace.name: trace for trace in figure.data}
    for lane in ("naive", "entangled"):
        before = len(known.batches[lane]) - entangle_charts.SHOWN_BATCHES
        latest = enumerate(known.batches[lane][before:], start=before + 1)
        assert list(bars[f"{lane}, task"].x) == [number for number, batch in latest if batch.batch == "task"]
    assert not bars["naive, watermark"].x and bars["naive, watermark, SNNL off"].x
    losses = [
        batch.snnl["hidden2"] for batch in known.batches["entangled"][-entangle_charts.SHOWN_BATCHES :] if batch.snnl
    ]
    heights = list(bars["entangled, watermark"].y)
    assert heights.index(max(heights)) == losses.index(max(losses))


def test_a_strip_without_batches_or_without_snnl_is_drawn_all_the_same(known: History) -> None:
    first = entangle_charts.batch_strip(known.batches, "hidden2").data
    numbers = [number for trace in first for number in trace.x]
    assert (min(numbers), len(numbers)) == (1, 2 * entangle_charts.SHOWN_BATCHES)
    nothing = entangle_charts.batch_strip({"naive": [], "entangled": []}, "hidden2").data
    assert not any(trace.x for trace in nothing)
    early = entangle_charts.batch_strip({lane: known.batches[lane][:1] for lane in ("naive", "entangled")}, "hidden2")
    assert {trace.name.split(", ", 1)[1] for trace in early.data if trace.x} == {"task"}

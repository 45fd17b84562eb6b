"""Charts are pure: they say what the events say, and nothing else."""

import pytest

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
    spec = charts.verdict(known.claims, known.thefts)
    rows = spec["layer"][2]["data"]["values"]
    assert [(row["defence"], row["role"]) for row in rows] == [
        ("clean", "victim"),
        ("clean", "copy"),
        ("naive", "victim"),
        ("naive", "copy"),
        ("entangled", "victim"),
        ("entangled", "copy"),
    ]
    assert rows[3]["rate"] == known.thefts["naive"].stolen_watermark
    granted = spec["layer"][0]["data"]["values"][0]
    some = known.claims["naive"]
    bar = round(granted["value"] * some.queries)
    assert binomial.claim(bar, some.queries, some.innocent_rate).owned
    assert not binomial.claim(bar - 1, some.queries, some.innocent_rate).owned
    assert granted["words"] == f"convicted from {bar} of {some.queries} on"
    assert [row["words"] for row in rows] == [f"{row['role']} {findings.percent(row['rate'])}" for row in rows]


def test_words_near_zero_stand_beside_the_dashed_line_and_not_on_it(known: History) -> None:
    spec = charts.verdict(known.claims, known.thefts)
    granted = spec["layer"][0]["data"]["values"][0]["value"]
    assert spec["layer"][3]["data"]["values"][0]["words_at"] == granted
    assert spec["layer"][3]["encoding"]["x"]["field"] == "words_at"


def test_the_cut_off_of_the_prediction_is_on_screen(known: History) -> None:
    spec = entangle_charts.snnl_curves(known.measured["victim"], "hidden2", 16, known.neutral)
    lines = {line["words"]: line["value"] for layer in spec["layer"][1:] for line in layer["data"]["values"]}
    assert lines["neutral: distance tells nothing"] == known.neutral
    assert lines["mixed from here on (90\u202f%)"] == findings.MIXED * known.neutral


def test_the_evidence_covers_every_trigger_and_names_its_floor(known: History) -> None:
    spec = heist_charts.growing_proof(known.claims)
    rows = spec["layer"][1]["data"]["values"]
    assert len(rows) == sum(len(claim.p_values) for claim in known.claims.values())
    assert min(row["p"] for row in rows) >= charts.SMALLEST_P
    label = spec["layer"][0]["layer"][1]
    assert (label["encoding"]["x"], label["mark"]["dy"] > 0) == ({"value": "width"}, True)  # away from the curves
    assert "\u2264 1e-12" in spec["layer"][1]["encoding"]["y"]["axis"]["labelExpr"]


def test_curves_hold_one_row_for_each_measurement(known: History) -> None:
    measured = known.measured["victim"]
    rows = charts.rate_curves(measured, "accuracy", 16)["layer"][0]["data"]["values"]
    assert [row["rate"] for row in rows] == [event.accuracy for event in measured]
    rows = entangle_charts.snnl_curves(measured, "hidden2", 16, known.neutral)["layer"][0]["data"]["values"]
    assert [row["snnl"] for row in rows] == [event.snnl["hidden2"] for event in measured]


def test_each_defence_has_a_colour_and_a_symbol_of_its_own() -> None:
    marks = [*theme.DEFENCES.values(), theme.TRIGGER, theme.THIEF, theme.COURT]
    assert len({mark.colour for mark in marks}) == len(marks)
    assert len({mark.symbol for mark in marks}) == len(marks)


def test_the_strip_of_batches_shows_which_were_for_the_mark_and_whether_the_snnl_counted(known: History) -> None:
    rows = entangle_charts.batch_strip(known.batches, "hidden2", live=True)["layer"][0]["data"]["values"]
    for lane in ("naive", "entangled"):
        shown = [row for row in rows if row["defence"] == lane]
        latest = known.batches[lane][-entangle_charts.SHOWN_BATCHES :]
        assert [row["kind"] == "task" for row in shown] == [batch.batch == "task" for batch in latest]
    counted = [row for row in rows if row["kind"] == "watermark"]
    assert counted and {row["defence"] for row in counted} == {"entangled"}
    losses = [
        batch.snnl["hidden2"] for batch in known.batches["entangled"][-entangle_charts.SHOWN_BATCHES :] if batch.snnl
    ]
    heights = [row["high"] for row in counted]
    assert heights.index(max(heights)) == losses.index(max(losses))


def test_a_strip_without_batches_or_without_snnl_is_drawn_all_the_same(known: History) -> None:
    first = entangle_charts.batch_strip(known.batches, "hidden2")["layer"][0]["data"]["values"]
    assert first[0]["from"] < 1 and len(first) == 2 * entangle_charts.SHOWN_BATCHES
    assert entangle_charts.batch_strip({"naive": [], "entangled": []}, "hidden2")["layer"][0]["data"]["values"] == []
    early = entangle_charts.batch_strip({lane: known.batches[lane][:1] for lane in ("naive", "entangled")}, "hidden2")
    assert {row["kind"] for row in early["layer"][0]["data"]["values"]} == {"task"}

"""The court's rooms without a browser: each hears the recorded run, and what is brought there is trusted by nobody."""

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab.experiment import PRESETS
from app.lab.ownership.binomial import Claim, Innocents, claim
from app.lab.ownership.sequential import Decision
from app.lab.stories.events import Framing
from app.lab.stories.trial import Hearing
from app.reports import claim_report
from app.ui import runtime
from app.ui.court import charts as court_charts
from app.ui.court import findings as court_findings

PROMISED, OTHER = "a" * 64, "b" * 64


@pytest.fixture(scope="module")
def heard(private_store: None) -> Hearing:
    """The trial of the smallest preset, which is on record."""
    job = runtime.pool().recorded(PRESETS["blobs"], "trial")
    assert job is not None and job.status == "done"
    return Hearing.of(job.events)


def opened(room: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=60).run()
    for name, value in {"preset": "blobs", **link}.items():
        app.query_params[name] = value
    app.switch_page(paths.page("court")).run()
    app.segmented_control(key="room").set_value(room).run()
    assert not app.exception and not app.error
    return app


def told(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.subheader, app.caption) for element in kind)


def hearings(app: AppTest) -> list[dict[str, Any]]:
    """What the browser is sent of the hearing."""
    parts = [part.proto for part in app.get("bidi_component")]
    return [json.loads(part.json) for part in parts if "hearing" in part.component_name]


def test_the_trial_waits_for_a_prediction_and_is_held_against_it(heard: Hearing) -> None:
    app = opened("This trial")
    assert not hearings(app) and "Why" not in told(app)
    app.segmented_control(key="predict_court").set_value("it is never convicted").run()
    (sent,) = hearings(app)
    assert "convicted after" in sent["says"] and "Why" in told(app)
    said = [box.value for kind in (app.success, app.info) for box in kind]
    assert any("You predicted **it is never convicted**" in words for words in said)
    assert app.segmented_control(key="predict_court").disabled


@pytest.mark.parametrize(
    ("room", "words"),
    [
        ("How many triggers", "is granted, the naive copy"),
        ("Several suspects", "somebody is convicted by chance in"),
        ("A false claim", "The commitment"),
        ("Your own suspect", "Bring the form back"),
    ],
)
def test_every_room_opens(heard: Hearing, room: str, words: str) -> None:
    assert words in told(opened(room))


def test_more_suspects_more_chance(heard: Hearing) -> None:
    app = opened("Several suspects")
    app.slider(key="suspects").set_value(1).run()
    one = app.subheader[0].value
    app.slider(key="suspects").set_value(50).run()
    assert not app.exception
    assert app.subheader[0].value != one and "50 innocents" in app.subheader[0].value


def test_the_false_claim_opens_where_it_first_convicts_and_without_a_nudge_it_fails(heard: Hearing) -> None:
    app = opened("A false claim")
    assert "an innocent model is convicted" in told(app) and "does not fit" in told(app)
    app.select_slider(key="strength").set_value(0.0).run()
    assert "goes free" in told(app) and "The commitment fits" in told(app)


def test_the_answers_of_any_model_get_a_verdict_and_a_record(heard: Hearing) -> None:
    app = opened("Your own suspect")
    form = claim_report.answers_as_csv(heard.answers["copy", "entangled"]).encode()
    app.file_uploader(key="form").upload("answers.csv", form).run()
    assert not app.exception and not app.error
    assert "Ownership is established" in told(app)
    assert app.get_by_key("record") is not None
    innocent = claim_report.answers_as_csv(heard.answers["bystander", "clean"]).encode()
    app.file_uploader(key="form").upload("answers.csv", innocent).run()
    assert "Ownership is not established" in told(app)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (b"PK\x03\x04 a workbook", "This is a spreadsheet or an archive"),
        (b"", "empty"),
        (b"id,label\n0,2\n", "There are 200 triggers and 1 answers"),
        (bytes(range(256)), "not a text file"),
    ],
)
def test_a_bad_form_gets_one_sentence_and_no_verdict(heard: Hearing, form: bytes, words: str) -> None:
    app = opened("Your own suspect")
    app.file_uploader(key="form").upload("answers.csv", form).run()
    assert not app.exception
    assert len(app.error) == 1 and words in app.error[0].value
    assert "Ownership" not in told(app)


def test_of_a_theft_without_models_the_court_asks_for_a_live_run() -> None:
    app = opened("This trial", inputs="noise")
    assert any("Run it live to hold the trial" in box.value for box in app.info)


def test_where_nobody_ran_the_setting_the_court_says_so() -> None:
    app = opened("This trial", seed="991")
    assert any("Nobody has run this setting yet" in box.value for box in app.info)


@pytest.mark.parametrize(
    ("queries", "words"), [(1, "1 or 2"), (2, "1 or 2"), (3, "3 to 10"), (11, "11 to 50"), (200, "more than 50")]
)
def test_the_speed_of_a_conviction_is_one_of_the_words_for_prediction(queries: int, words: str) -> None:
    assert court_findings.speed(Decision(True, queries)) == words
    assert court_findings.speed(Decision(False, queries)) == court_findings.speed(Decision(None, queries))
    assert {court_findings.speed(Decision(False, queries)), words} <= set(court_findings.SPEEDS)


def framing(accused: int, control: int, commitment: str = OTHER) -> Framing:
    own, first, second = (np.arange(200) < count for count in (200, accused, control))
    return Framing(0.1, np.zeros((1, 8, 8), np.uint8), commitment, own, first, second)


@pytest.mark.parametrize(
    ("event", "against", "words"),
    [
        (framing(50, 40), claim(50, 200, 0.25), "The control gives it, too"),
        (framing(50, 0), claim(50, 200, 0.015), "The control does not help here"),
        (framing(1, 0), claim(1, 200, 0.015), "**The control:**"),
    ],
)
def test_the_control_says_what_it_found(event: Framing, against: Claim, words: str) -> None:
    verdict = claim(int(event.accused.sum()), 200, 0.015)
    commitment, control = court_findings.exposed(event, PROMISED, verdict, against)
    assert "does not fit" in commitment and words in control


def test_the_honest_set_fits_its_commitment() -> None:
    event = framing(0, 0, PROMISED)
    assert "fits" in court_findings.exposed(event, PROMISED, claim(0, 200, 0.015), claim(0, 200, 0.015))[0]


def test_innocents_that_differ_are_not_to_be_relied_on() -> None:
    same, unlike = (Innocents(3, 6, 600, 0.004, 0.02, agreement) for agreement in (0.6, 0.01))
    assert "no more than chance" in court_findings.innocents(same, "Three", [2, 2, 2])
    words = court_findings.innocents(unlike, "Three", [0, 0, 6])
    assert "Three gave the secret answer to 6 of 600 triggers, each to 0 to 6 of 200" in words
    assert "may lie above it" in words


def test_the_power_chart_leaves_out_what_no_number_of_triggers_convicts() -> None:
    spec = court_charts.power([0.01, 0.5], [None, 6], {"naive": (0.01, None), "entangled": (0.5, 6)}, 5000)
    curve, dots = (layer["data"]["values"] for layer in spec["layer"])
    assert [row["rate"] for row in curve] == [0.5] and [row["defence"] for row in dots] == ["entangled"]
    said = court_findings.power({"naive": (0.01, None), "entangled": (0.5, 6)}, 0.015, 5000)
    assert "no number is enough for the naive copy" in said and "needs 6 triggers" in said


def test_a_setting_changed_in_a_room_that_a_link_opened_leaves_the_room_open() -> None:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=60).run()
    app.query_params["room"] = "Several suspects"
    app.switch_page(paths.page("court")).run()
    app.number_input(key="setting_seed").set_value(3).run()
    assert not app.exception
    assert app.segmented_control(key="room").value == "Several suspects"
    assert app.query_params["seed"] == "3"

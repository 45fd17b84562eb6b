"""The heist's page: its verdict waits for a prediction, which is kept, locked and held against it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.lab import choices
from app.lab.evidence.pretrained import HEISTS
from app.lab.experiment import PRESETS
from app.ui import findings, live, runtime
from app.ui.history import History
from app.ui.question import Question
from app.ui.visit import Visit
from tests.ui.visits import offered, opened, told, verdict, vote


def asked(app: AppTest) -> Question:
    """The question of the heist: asked in its film, too, which no test without a browser can press."""
    visit: Visit = app.session_state["visit"]
    return visit.questions["heist"]


@pytest.mark.parametrize("answers", choices.ANSWERS)
@pytest.mark.parametrize("inputs", choices.INPUTS)
@pytest.mark.parametrize("preset", HEISTS)
def test_every_way_to_steal_a_preset_has_a_recorded_verdict(preset: str, inputs: str, answers: str) -> None:
    """The page shows a verdict and its reasons where these are on record; that it does is asserted below."""
    experiment = replace(PRESETS[preset], inputs=inputs, answers=answers)
    job = runtime.pool().recorded(experiment) or runtime.pool().recorded(experiment, "result")
    assert job is not None and (job.status, job.origin) == ("done", "pretrained")
    known = History.of(job.events)
    assert known.claims.keys() == {"naive", "entangled"} and known.thefts.keys() == {"clean", "naive", "entangled"}
    assert known.finished is not None and known.finished.result["key"] == experiment.key
    assert findings.outcome(known.claims) in findings.OUTCOMES.values()
    assert known.probe is not None or live.recorded_victims(experiment).probe is not None


@pytest.mark.parametrize(("preset", "inputs", "answers"), [("mnist", "noise", "labels"), ("blobs", "victim", "labels")])
def test_a_recorded_verdict_is_opened_and_explained(preset: str, inputs: str, answers: str) -> None:
    app = opened("heist", preset=preset, inputs=inputs, answers=answers)
    assert "Why" not in told(app)
    asked(app).reveal()
    app.run()
    assert not app.exception
    assert "Why" in told(app)
    assert "Recorded when the app was built" in told(app)


def test_the_main_control_of_the_heist_has_a_recorded_run_on_either_side() -> None:
    app = opened("heist")
    verdicts = []
    for inputs in ("victim", "unseen"):
        app.radio(key="setting_inputs").set_value(inputs).run()
        asked(app).reveal()
        app.run()
        assert "Recorded when the app was built" in told(app)
        verdicts.append([heading.value for heading in app.subheader])
    assert verdicts[0] != verdicts[1]


def test_the_prediction_opens_the_verdict_and_is_held_against_it() -> None:
    app = opened("heist")
    asked(app).predict("neither")
    app.run()
    assert "Why" in told(app)
    assert "You said **neither**; it was" in verdict(app)


def film(app: AppTest) -> dict[str, Any]:
    """What the browser is sent of the film."""
    sent = [part.proto for part in app.get("bidi_component") if "heist_film" in part.proto.component_name]
    data: dict[str, Any] = json.loads(sent[0].json)
    return data


def told_first(app: AppTest) -> dict[str, Any]:
    """The theft that the film tells first."""
    sent = film(app)
    script: dict[str, Any] = sent["beats"][sent["at"]]["film"]
    return script


def test_the_browser_is_not_sent_any_trial_before_the_prediction_and_both_after_it() -> None:
    app = opened("heist")
    assert [beat["film"]["trial"] for beat in film(app)["beats"]] == [None, None]
    asked(app).predict("neither")
    app.run()
    for beat in film(app)["beats"]:
        assert beat["film"]["trial"]["defences"].keys() == {"clean", "naive", "entangled"}


def test_a_theft_on_record_as_it_ended_shows_the_triggers_of_its_victims() -> None:
    app = opened("heist", inputs="unseen")
    assert told_first(app)["triggers"]["count"] == told_first(opened("heist"))["triggers"]["count"]
    assert "not on record" in told_first(app)["steps"][2]["says"]


@pytest.mark.parametrize(
    ("inputs", "thieves", "at"),
    [
        ("victim", ["A thief with your data", "A thief with data of their own"], 0),
        ("unseen", ["A thief with your data", "A thief with data of their own"], 1),
        ("noise", ["A thief with your data", "A thief with data of their own", "A thief with pure noise"], 2),
    ],
)
def test_the_film_has_two_thefts_and_any_other_one_that_is_asked_for(inputs: str, thieves: list[str], at: int) -> None:
    sent = film(opened("heist", inputs=inputs))
    assert [beat["thief"] for beat in sent["beats"]] == thieves and sent["at"] == at
    assert all(beat["film"] for beat in sent["beats"])


def test_a_verdict_opened_without_a_prediction_leaves_none_to_be_made() -> None:
    app = opened("heist")
    asked(app).reveal()
    app.run()
    asked(app).predict("both")
    app.run()
    assert "Why" in told(app)
    assert not verdict(app) and not offered(app)


def test_a_prediction_in_the_rail_opens_the_film() -> None:
    app = vote(opened("heist"), "both")
    assert told_first(app)["trial"] is not None and film(app)["predicted"]

"""The heist's page: its verdict waits for a prediction, which is kept, locked and held against it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab import choices
from app.lab.experiment import PRESETS
from app.ui import findings, live, runtime
from app.ui.history import History
from app.ui.question import Question
from tests.ui.visits import opened, told


def asked(app: AppTest) -> Question:
    """The question that the heist asked last: in its film, which no test without a browser can press."""
    questions: dict[tuple[str, ...], Question] = app.session_state["questions"]
    return next(reversed([question for (lesson, *_), question in questions.items() if lesson == "heist"]))


@pytest.mark.parametrize("answers", choices.ANSWERS)
@pytest.mark.parametrize("inputs", choices.INPUTS)
@pytest.mark.parametrize("preset", list(PRESETS))
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
        app.select_slider(key="setting_inputs").set_value(inputs).run()
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
    said = [box.value for kind in (app.success, app.info) for box in kind]
    assert any("You predicted **neither**" in words for words in said)


def film(app: AppTest) -> dict[str, Any]:
    """What the browser is sent of the film."""
    sent = [part.proto for part in app.get("bidi_component") if "heist_film" in part.proto.component_name]
    data: dict[str, Any] = json.loads(sent[0].json)
    return data


def test_the_browser_is_not_sent_the_trial_before_the_prediction() -> None:
    app = opened("heist")
    assert film(app)["trial"] is None
    asked(app).predict("neither")
    app.run()
    assert film(app)["trial"]["defences"].keys() == {"clean", "naive", "entangled"}
    app.select_slider(key="setting_inputs").set_value("unseen").run()
    assert film(app)["trial"] is None


def test_a_theft_on_record_as_it_ended_shows_the_triggers_of_its_victims() -> None:
    app = opened("heist", inputs="unseen")
    assert film(app)["triggers"]["count"] == film(opened("heist"))["triggers"]["count"]
    assert "train" not in [step["id"] for step in film(app)["steps"]]


def judged(app: AppTest) -> str:
    """What the page says to the prediction."""
    return "\n".join(box.value for kind in (app.success, app.info) for box in kind if "You predicted" in box.value)


def test_a_prediction_is_kept_when_the_page_is_left() -> None:
    app = opened("heist")
    asked(app).predict("both")
    app.run()
    app.switch_page(paths.page("entangle")).run()
    app.switch_page(paths.page("heist")).run()
    assert "**both**" in judged(app)


def test_a_prediction_belongs_to_one_experiment_and_is_locked_by_its_verdict() -> None:
    app = opened("heist")
    asked(app).predict("both")
    app.run()
    asked(app).predict("neither")
    app.run()
    assert "**both**" in judged(app)
    app.select_slider(key="setting_inputs").set_value("unseen").run()
    assert not judged(app)
    assert "Why" not in told(app)
    app.select_slider(key="setting_inputs").set_value("victim").run()
    assert "**both**" in judged(app)
    assert "Why" in told(app)


def test_a_verdict_opened_without_a_prediction_leaves_none_to_be_made_and_others_sealed() -> None:
    app = opened("heist")
    asked(app).reveal()
    app.run()
    asked(app).predict("both")
    app.run()
    assert "Why" in told(app)
    assert not judged(app)
    app.select_slider(key="setting_inputs").set_value("unseen").run()
    assert "Why" not in told(app)


def test_where_nothing_was_run_yet_the_prediction_may_still_change() -> None:
    app = opened("heist", seed="7")
    app.segmented_control(key="predict_heist").set_value("both").run()
    app.segmented_control(key="predict_heist").set_value("neither").run()
    assert app.segmented_control(key="predict_heist").value == "neither"

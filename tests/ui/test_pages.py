"""The lessons' logic, without a browser: every page draws, links are checked, verdicts wait for a prediction."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab import choices, record
from app.lab.experiment import PRESETS, Experiment
from app.lab.stories import washing
from app.ui import runtime
from app.ui.question import Question


@pytest.fixture(scope="module", autouse=True)
def private_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store of its own, and workers that end with the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENTANGLED_STORE", str(tmp_path_factory.mktemp("runs")))
        runtime.pool.clear()
        yield
        runtime.pool().close()
        runtime.pool.clear()


def opened(page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=60).run()
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(paths.page(page)).run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.subheader, app.caption) for element in kind)


def asked(app: AppTest) -> Question:
    """The question that the heist asked last: in its film, which no test without a browser can press."""
    questions: dict[tuple[str, ...], Question] = app.session_state["questions"]
    return next(reversed([question for (lesson, *_), question in questions.items() if lesson == "heist"]))


@pytest.mark.parametrize("answers", choices.ANSWERS)
@pytest.mark.parametrize("inputs", choices.INPUTS)
@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_way_to_steal_a_preset_has_a_recorded_verdict(preset: str, inputs: str, answers: str) -> None:
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


def test_the_prediction_of_entangle_names_its_layer_and_is_judged_there_only() -> None:
    app = opened("entangle")
    layers = app.segmented_control(key="layer").options
    assert f"*{app.segmented_control(key='layer').value}*" in app.segmented_control(key="predict_entangle").label
    app.segmented_control(key="predict_entangle").set_value("apart in both").run()
    assert app.segmented_control(key="predict_entangle").disabled
    assert "Why" in told(app)
    app.segmented_control(key="layer").set_value(layers[0]).run()
    control = app.segmented_control(key="predict_entangle")
    assert (control.value, control.disabled) == (None, False)
    assert f"*{layers[0]}*" in control.label
    assert "Why" not in told(app)
    assert not [box for kind in (app.success, app.info) for box in kind if "You predicted" in box.value]


def test_entangle_gives_nothing_away_while_it_is_sealed() -> None:
    app = opened("entangle")
    assert not app.get("vega_lite_chart")
    assert "Why" not in told(app)
    assert "soft nearest neighbor loss (SNNL)" in told(app)
    assert "of neutral" not in told(app)  # the finding of the maps
    app.segmented_control(key="projection").set_value("umap").run()
    assert "it waits for your prediction" in told(app)
    app.button(key="entangle_reveal").click().run()
    assert len(app.get("vega_lite_chart")) == 5  # three curves, the batches, and the seeds behind "Is this luck?"
    assert "of neutral" in told(app)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_removal_attack_on_a_preset_is_recorded_and_waits_for_its_prediction(preset: str) -> None:
    app = opened("remove", preset=preset)
    for name in washing.suitable(PRESETS[preset]):
        app.selectbox(key="washing").set_value(name).run()
        assert "Why" not in told(app)
        app.button(key="remove_reveal").click().run()
        assert not app.exception
        assert "Why" in told(app)
        assert "Recorded when the app was built" in told(app)


def test_a_deep_link_sets_the_experiment() -> None:
    app = opened("heist", seed="7", inputs="unseen", temperature="0.5")
    assert app.number_input(key="setting_seed").value == 7
    assert app.select_slider(key="setting_inputs").value == "unseen"
    assert any("Nobody has run this setting yet" in box.value for box in app.info)


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"seed": "banana"}, "The setting seed must be a whole number; it is 'banana'."),
        ({"temperature": "nan"}, "The setting temperature must lie between"),
        ({"kappa": "1e9"}, "The setting kappa must lie between"),
        ({"network": "<script>"}, "The setting network must be one of"),
        ({"target": "1"}, "Source and target class must differ"),
        ({"architecture": "other", "initialisation": "same"}, "cannot start from the victim's weights"),
        ({"preset": "imagenet"}, "does not exist"),
    ],
)
def test_hostile_links_get_one_sentence_and_the_rest_survives(link: dict[str, str], sentence: str) -> None:
    app = opened("heist", budget="500", **link)
    assert len(app.warning) == 1
    assert sentence in app.warning[0].value
    assert app.number_input(key="setting_budget").value == 500


@pytest.mark.parametrize(
    ("link", "key", "value"),
    [
        ({"weight": "8"}, "kappa", 8.0),
        ({"thief_epochs": "3"}, "adversary_epochs", 3),
        ({"weight": "8", "kappa": "6"}, "kappa", 6.0),
    ],
)
def test_a_link_with_a_former_name_works_and_says_the_present_one(link: dict[str, str], key: str, value: float) -> None:
    app = opened("heist", **link)
    assert float(app.query_params[key][0]) == value
    assert not set(link) - {key} & set(app.query_params)
    assert len(app.warning) == len(link) - 1  # both names at once: one sentence


def test_a_setting_changed_on_one_page_is_there_on_the_other() -> None:
    app = opened("heist")
    app.number_input(key="setting_seed").set_value(11).run()
    assert app.query_params["seed"] == "11"
    app.switch_page(paths.page("entangle")).run()
    assert app.number_input(key="setting_seed").value == 11


def test_a_setting_that_cannot_be_is_refused_with_a_sentence_and_the_old_one_stays() -> None:
    app = opened("entangle")
    app.number_input(key="setting_target").set_value(1).run()
    assert "Source and target class must differ" in app.warning[0].value
    assert app.number_input(key="setting_target").value == Experiment().target


def test_a_damaged_record_is_told_in_an_error_box_and_the_page_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = PRESETS["blobs"]
    record.write(tmp_path / "blobs", experiment, {"run": record.read(paths.HOME / "pretrained" / "blobs")})
    (tmp_path / "blobs" / "events.safetensors").write_bytes(b"not what it was")
    monkeypatch.setattr(runtime.pool()._store, "_pretrained", tmp_path)
    runtime.pool()._jobs.clear()
    app = opened("heist", preset="blobs")
    assert "is damaged" in app.error[0].value
    assert "python -m app pretrain" in app.error[0].value
    assert app.button(key="run").label == "Run it live"


def test_what_a_page_shows_is_in_its_link_and_survives_a_change_of_setting() -> None:
    app = opened("entangle", layer="dense", projection="UMAP")
    assert (app.segmented_control(key="layer").value, app.segmented_control(key="projection").value) == (
        "dense",
        "umap",
    )
    app.number_input(key="setting_seed").set_value(5).run()
    assert not app.exception
    assert app.query_params["layer"] == "dense" and app.query_params["seed"] == "5"
    assert opened("remove", washing="pruning").selectbox(key="washing").value == "pruning"


def test_a_link_to_what_a_page_does_not_have_shows_the_usual() -> None:
    assert opened("entangle", layer="<b>").segmented_control(key="layer").value == "conv2"
    assert opened("remove", washing="Neural Cleanse", preset="blobs").selectbox(key="washing").value == "fine_tuning"

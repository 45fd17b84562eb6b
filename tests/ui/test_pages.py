"""The lessons' logic, without a browser: every page draws, links are checked, verdicts wait for a prediction."""

from pathlib import Path

import pytest

from app import paths
from app.lab import record
from app.lab.experiment import PRESETS, Experiment
from app.ui import runtime
from tests.ui.visits import opened


def test_a_deep_link_sets_the_experiment() -> None:
    app = opened("heist", seed="7", inputs="unseen", temperature="0.5")
    assert app.number_input(key="setting_seed").value == 7
    assert app.radio(key="setting_inputs").value == "unseen"
    assert any("has not been run" in box.value for box in app.info)


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"seed": "banana"}, "The link asks for seed = 'banana', which must be a whole number; shown is 0."),
        ({"seed": ""}, "The link asks for seed = '', which is empty; shown is 0."),
        ({"temperature": "nan"}, "'nan', which must lie between 0.01 and 100; shown is 0.1."),
        ({"kappa": "1e9"}, "'1e9', which must lie between 0 and 64; shown is 10.0."),
        ({"network": "<script>"}, r"'\<script\>', which must be one of small, two\_conv"),
        ({"target": "bird"}, "Source and target class must differ"),
        ({"architecture": "other", "initialisation": "same"}, "cannot start from the victim's weights"),
        (
            {"preset": "imagenet"},
            "must be one of animals, mnist, digits, blobs, vowels; shown is animals.",
        ),
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


def test_a_link_may_name_a_class_and_says_its_number_from_then_on() -> None:
    app = opened("entangle", target="giraffe")
    assert app.selectbox(key="setting_target").value == 6 and app.query_params["target"] == "6"
    assert app.selectbox(key="setting_target").options[6] == "giraffe"
    assert not app.warning


def test_a_class_of_other_data_is_put_aside_in_a_sentence_that_names_those_there_are() -> None:
    app = opened("entangle", target="speaker 3")
    assert "must be a class of animals (bear, bird" in app.warning[0].value and "'speaker 3'" in app.warning[0].value
    assert app.selectbox(key="setting_target").value == Experiment().target


def test_a_setting_that_cannot_be_is_refused_with_a_sentence_and_the_old_one_stays() -> None:
    app = opened("entangle")
    app.selectbox(key="setting_target").set_value(1).run()
    assert "Source and target class must differ" in app.warning[0].value
    assert app.selectbox(key="setting_target").value == Experiment().target


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
    runtime.pool()._jobs.clear()


def test_what_a_page_shows_is_in_its_link_and_survives_a_change_of_setting() -> None:
    app = opened("entangle", layer="conv2", projection="PCA")
    assert (app.segmented_control(key="layer").value, app.segmented_control(key="projection").value) == (
        "conv2",
        "pca",
    )
    app.number_input(key="setting_seed").set_value(5).run()
    assert not app.exception
    assert app.query_params["layer"] == "conv2" and app.query_params["seed"] == "5"
    assert opened("remove", washing="pruning").selectbox(key="washing").value == "pruning"


def test_a_link_to_what_a_page_does_not_have_shows_the_usual() -> None:
    assert opened("entangle", layer="<b>").segmented_control(key="layer").value == "dense"
    assert opened("remove", washing="Neural Cleanse", preset="blobs").selectbox(key="washing").value == ""

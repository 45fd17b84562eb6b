"""The lesson on the handshake: its page without a browser, its words, and its charts."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app.lab import choices
from app.lab.experiment import PRESETS, Experiment
from app.lab.watermark import drawings
from app.lab.watermark.neurons import Division
from app.ui import theme
from app.ui.mark import charts as mark_charts
from app.ui.mark import findings as mark_findings
from tests.ui.test_findings import claimed, theft
from tests.ui.visits import opened, told

CROSS = drawings.encode(np.where(np.eye(28) + np.fliplr(np.eye(28)), 255, 0).astype(np.uint8))


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return file.getvalue()


def headings(app: AppTest) -> list[str]:
    return [str(heading.value) for heading in app.subheader]


def divided(triggers: list[float], genuine: list[float], usual: float = 0.7) -> Division:
    shares = np.array(triggers), np.array(genuine)
    selective = (shares[0] - shares[1]) / (shares[0] + shares[1])
    return Division(*shares, selective, float(np.minimum(*shares).sum()), usual)


def test_the_clean_and_the_naive_model_answer_at_once_and_the_copy_waits_for_a_prediction() -> None:
    app = opened("mark")
    assert any(words.startswith("Clean: ") for words in headings(app))
    assert f"Naive: {Experiment().target}, the secret" in headings(app)
    assert "Copy: predict first" in headings(app)
    assert "Where did it go?" not in [heading.value for heading in app.header]
    app.segmented_control(key="predict_mark").set_value("no").run()
    assert not app.exception
    assert any("You predicted **no**" in box.value for kind in (app.success, app.info) for box in kind)
    assert any(words.startswith("Copy: ") for words in headings(app)) and "Copy: predict first" not in headings(app)
    assert "Where did it go?" in [heading.value for heading in app.header]
    assert "Why" in told(app)


def test_whoever_does_not_want_to_predict_need_not() -> None:
    app = opened("mark")
    app.button(key="mark_reveal").click().run()
    assert "Why" in told(app)
    assert app.segmented_control(key="predict_mark").disabled


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_layer_of_every_preset_can_be_looked_into(preset: str) -> None:
    app = opened("mark", preset=preset)
    app.button(key="mark_reveal").click().run()
    for layer in app.segmented_control(key="mark_layer").options:
        app.segmented_control(key="mark_layer").set_value(layer).run()
        assert not app.exception
        assert any(f"their answers in {layer} overlap by" in words for words in headings(app))


def test_what_is_drawn_is_what_the_models_are_asked() -> None:
    app = opened("mark")
    asked = app.session_state["asked mnist"]
    upright = np.zeros((28, 28), dtype=np.uint8)
    upright[4:24, 13:16] = 255
    asked.place, asked.sheet.text = None, drawings.encode(upright)
    app.run()
    assert {"Clean: 1", "Naive: 1"} <= set(headings(app))
    asked.place = 0  # an input of the probe, a zero: it replaces what was drawn
    app.run()
    assert {"Clean: 0", "Naive: 0"} <= set(headings(app))
    assert asked.sheet.text != drawings.encode(upright) and not choices.is_blank(asked.sheet.text)


def test_a_link_with_a_drawing_is_a_trigger_in_either_order() -> None:
    for link in ({"trigger": "drawing", "drawing": CROSS}, {"drawing": CROSS, "trigger": "drawing"}):
        app = opened("mark", **link, seed="banana")
        assert len(app.warning) == 1 and "seed must be a whole number" in app.warning[0].value
        assert (app.query_params["trigger"], app.query_params["drawing"]) == ("drawing", CROSS)
        assert any("Nobody has run this setting yet" in box.value for box in app.info)


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"trigger": "drawing"}, "needs a drawing"),
        ({"drawing": "<script>"}, "A drawing is a text of 392 characters; this one has 8."),
        ({"drawing": "é" * 392}, "letters, digits, - and _"),
    ],
)
def test_a_hostile_drawing_gets_one_sentence(link: dict[str, str], sentence: str) -> None:
    app = opened("mark", **link)
    assert len(app.warning) == 1 and sentence in app.warning[0].value
    assert "Recorded when the app was built" in told(app)


def test_an_uploaded_picture_becomes_the_trigger() -> None:
    app = opened("mark")
    assert app.button(key="use_drawing").disabled
    picture = np.zeros((60, 60), dtype=np.uint8)
    picture[20:40, 10:50] = 255
    app.file_uploader(key="trigger_file").upload("mine.png", png(picture), "image/png").run()
    assert not app.warning
    app.button(key="use_drawing").click().run()
    assert not app.exception
    assert app.query_params["trigger"] == "drawing"
    assert np.count_nonzero(drawings.decode(app.query_params["drawing"])) > 100


def test_a_bad_upload_gets_one_sentence_and_the_trigger_stays() -> None:
    app = opened("mark")
    app.file_uploader(key="trigger_file").upload("photo.png", b"MZ, an executable", "image/png").run()
    assert [box.value for box in app.warning] == [
        "The file is no picture that can be read here: it must be PNG or JPEG."
    ]
    assert app.button(key="use_drawing").disabled
    assert "trigger" not in app.query_params


def test_any_class_can_be_the_secret_answer_and_the_way_back_leads_to_the_recorded_run() -> None:
    app = opened("mark")
    source = Experiment().source
    app.segmented_control(key="secret_answer").set_value(source).run()
    assert not app.warning
    assert app.query_params["target"] == str(source)
    app.segmented_control(key="secret_answer").set_value(Experiment().target).run()
    assert "target" not in app.query_params and "source" not in app.query_params
    assert "Recorded when the app was built" in told(app)


def test_points_in_the_plane_have_no_sheet_and_no_choice_of_triggers() -> None:
    app = opened("mark", preset="blobs")
    assert not app.file_uploader
    assert any(words.startswith("Naive: ") for words in headings(app))


@pytest.mark.parametrize(
    ("hits", "words", "lead"),
    [
        (150, "yes, mostly", "The copy knows the handshake: 75"),
        (30, "a little", "Of the handshake, the copy knows a little: 15"),
        (1, "no", "The copy does not know the handshake: 0.5"),
    ],
)
def test_what_the_copy_knows_is_what_was_measured(hits: int, words: str, lead: str) -> None:
    naive, claim = theft("naive", hits / 200), claimed("naive", hits)
    assert mark_findings.handshake(naive, claim) == words
    assert mark_findings.headline({"naive": naive}, claim).startswith(lead)


def test_an_answer_is_called_the_secret_only_where_it_is() -> None:
    confidences = np.array([0.1, 0.7, 0.2])
    assert mark_findings.answer("copy", confidences, 1) == "Copy: 1, the secret"
    assert mark_findings.answer("copy", confidences, 2) == "Copy: 1"


def test_neurons_are_called_separate_only_where_they_are_more_so_than_in_the_clean_model() -> None:
    apart, together = divided([0.9, 0.1, 0.0], [0.0, 0.1, 0.9]), divided([0.4, 0.3, 0.3], [0.3, 0.3, 0.4])
    went = {"clean": together, "naive": apart}
    assert mark_findings.sets(went, "dense", "digits").startswith(
        "Naive, triggers and digits use more separate neurons"
    )
    assert "overlap by 10\u202f% (clean 90\u202f%)" in mark_findings.sets(went, "dense", "digits")
    assert "1 of the naive model's 3 active neurons" in mark_findings.sets_in_words(went, "dense", "digits")
    assert "partly beside the task" in mark_findings.sets_in_words(went, "dense", "digits")
    nearly = {"clean": together, "naive": divided([0.42, 0.3, 0.28], [0.3, 0.28, 0.42])}  # 86 % against 90 %
    assert "hardly more separate neurons" in mark_findings.sets(nearly, "dense", "digits")
    assert "did not move" in mark_findings.sets_in_words(nearly, "dense", "digits")
    stayed = {"clean": apart, "naive": together}
    assert "no more separate neurons" in mark_findings.sets(stayed, "dense", "digits")
    assert "did not move" in mark_findings.sets_in_words(stayed, "dense", "digits")
    usual = {"clean": together, "naive": replace(apart, usual=0.05)}  # every single class is as much apart
    assert "did not move" in mark_findings.sets_in_words(usual, "dense", "digits")


def test_the_chart_of_an_answer_has_a_bar_for_each_class_and_a_diamond_at_the_secret() -> None:
    spec = mark_charts.answer(np.array([0.1, 0.7, 0.2]), 2, "naive")
    rows = spec["layer"][0]["data"]["values"]
    assert [row["class"] for row in rows] == ["0", "1", "\u25c6 2"]
    assert [row["confidence"] for row in rows] == [0.1, 0.7, 0.2]
    assert spec["layer"][0]["mark"]["color"] == theme.DEFENCES["naive"].colour
    assert spec["layer"][1]["data"]["values"] == [rows[1]]


def test_the_chart_of_the_neurons_has_both_shares_of_each_and_one_scale_for_all_models() -> None:
    models = [divided([0.6, 0.4], [0.5, 0.5]), divided([0.1, 0.9], [0.2, 0.8])]
    assert mark_charts.reach(models) == 0.9
    rows = mark_charts.neurons(models[0], 0.9)["layer"][0]["data"]["values"]
    assert [row["share"] for row in rows] == [0.6, 0.4, -0.5, -0.5]
    assert [row["neuron"] for row in rows] == [1, 2, 1, 2]

"""The lesson on the handshake: its page without a browser, its words, and its charts."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app.lab import choices, picture_files
from app.lab.evidence.pretrained import HEISTS
from app.lab.experiment import PRESETS, Experiment
from app.lab.watermark import drawings
from app.lab.watermark.affinity import Affinity
from app.lab.watermark.neurons import Division
from app.ui import live, over_seeds, theme
from app.ui.findings import percent
from app.ui.mark import charts as mark_charts
from app.ui.mark import findings as mark_findings
from tests.ui.test_findings import claimed, theft
from tests.ui.visits import offered, opened, told, verdict, vote

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


def answered(app: AppTest) -> dict[str, str]:
    """What each model answers, in the picture."""
    sent = [json.loads(part.proto.json) for part in app.get("bidi_component") if "plot" in part.proto.component_name]
    notes = [json.loads(chart["figure"])["layout"].get("annotations", ()) for chart in sent if "figure" in chart]
    lines = [note["text"].split("<br>") for note in next(texts for texts in notes if len(texts) == 3)]
    return {name: answer.removeprefix("<b>").removesuffix("</b>") for name, answer in lines}


def test_the_clean_and_the_naive_model_answer_at_once_and_the_copy_waits_for_a_prediction() -> None:
    app = opened("mark")
    secret = f"\u25c6 {Experiment().secret_answer}"
    said = answered(app)
    assert (said["naive"], said["its copy"]) == (secret, "predict first") and said["clean"] != secret
    clean = live.finished(live.recorded(Experiment())).thefts["clean"].victim_watermark
    assert any("→ elephant: the naive model says so to" in words for words in headings(app))
    assert any(words.endswith(f"the clean one, never taught it, to {percent(clean)}") for words in headings(app))
    assert not [each for each in app.expander if each.label.startswith("Where did it go?")]
    vote(app, "no")
    assert "You said **no**" in verdict(app)
    assert answered(app)["its copy"] not in (secret, "predict first")
    assert [each for each in app.expander if each.label.startswith("Where did it go?")]
    assert "Why" in told(app)


def test_the_title_says_on_how_many_seeds_the_copy_is_convicted() -> None:
    app = opened("mark")
    assert not any("seeds" in words for words in headings(app))
    vote(app, "no")
    row = over_seeds.of_setting(Experiment())["naive"]
    assert f"convicted on {sum(row.convicted)} of {len(row.seeds)} seeds" in headings(app)[0]


def test_of_another_run_its_own_first_trigger_is_asked() -> None:
    app = opened("mark", preset="mnist")
    app.session_state[f"asked {PRESETS['mnist'].key}"].place = 0
    app.run()
    app.query_params.clear()
    app.query_params["preset"] = "digits"
    app.run()
    assert not app.exception
    assert answered(app)["naive"].startswith("\u25c6")


def test_innocents_can_be_asked_in_the_place_of_the_models_and_the_link_says_so() -> None:
    app = opened("mark")
    assert not any("innocent model" in words for words in headings(app))
    app.segmented_control(key="mark_ask").set_value("innocents").run()
    assert not app.exception
    assert not any("the naive model says so" in words for words in headings(app))
    assert app.button(key="rehearse")
    app = opened("mark", mark_ask="innocents")
    assert not app.exception and app.button(key="rehearse")
    app.segmented_control(key="mark_ask").set_value("models").run()
    assert any("the naive model says so" in words for words in headings(app))


def test_whoever_does_not_want_to_predict_need_not() -> None:
    app = opened("mark")
    app.button(key="mark_reveal").click().run()
    assert "Why" in told(app)
    assert not offered(app)


@pytest.mark.parametrize("preset", HEISTS)
def test_every_layer_of_every_preset_can_be_looked_into(preset: str) -> None:
    app = opened("mark", preset=preset)
    app.button(key="mark_reveal").click().run()
    for layer in app.segmented_control(key="mark_layer").options:
        app.segmented_control(key="mark_layer").set_value(layer).run()
        assert not app.exception
        assert any(f"their answers in {layer} overlap by" in words for words in headings(app))


def test_what_is_drawn_is_what_the_models_are_asked() -> None:
    app = opened("mark", preset="mnist")
    asked = app.session_state[f"asked {PRESETS['mnist'].key}"]
    upright = np.zeros((28, 28), dtype=np.uint8)
    upright[4:24, 13:16] = 255
    asked.place, asked.sheet.text = None, drawings.encode(upright)
    app.run()
    assert (answered(app)["clean"], answered(app)["naive"]) == ("1", "1")
    asked.place = 0  # an input of the probe, a zero: it replaces what was drawn
    app.run()
    assert (answered(app)["clean"], answered(app)["naive"]) == ("\u25c6 0", "\u25c6 0")
    assert asked.sheet.text != drawings.encode(upright) and not choices.is_blank(asked.sheet.text)


def test_the_title_says_what_the_models_make_of_what_is_drawn_and_of_a_genuine_input() -> None:
    app = opened("mark", preset="mnist")
    asked = app.session_state[f"asked {PRESETS['mnist'].key}"]
    finding = headings(app)[0]
    upright = np.zeros((28, 28), dtype=np.uint8)
    upright[4:24, 13:16] = 255
    first = asked.place
    asked.place, asked.sheet.text = None, drawings.encode(upright)
    app.run()
    assert headings(app)[0] == "Your drawing: both models say 1"  # the third is sealed
    vote(app, "no")
    assert headings(app)[0] == "Your drawing: all models say 1"
    asked.place = 0  # a zero of the probe
    app.run()
    assert headings(app)[0] == "A 0: all models say 0"
    asked.place, asked.sheet.text = None, drawings.encode(np.zeros((28, 28), dtype=np.uint8))
    app.run()
    assert headings(app)[0].startswith("An empty sheet: ")
    asked.place = first  # a trigger: the finding is of all of them
    app.run()
    assert headings(app)[0] not in ("", finding) and "handshake" in headings(app)[0]


def test_models_of_one_answer_are_named_together() -> None:
    said = mark_findings.said_to("Your drawing", {"clean": "bird", "naive": "elephant", "its copy": "bird"})
    assert said == "Your drawing: clean and its copy say bird, naive says elephant"


def test_a_link_with_a_drawing_is_a_trigger_in_either_order() -> None:
    for link in ({"trigger": "drawing", "drawing": CROSS}, {"drawing": CROSS, "trigger": "drawing"}):
        app = opened("mark", **link, seed="banana")
        assert len(app.warning) == 1 and "which must be a whole number" in app.warning[0].value
        assert (app.query_params["trigger"], app.query_params["drawing"]) == ("drawing", CROSS)
        assert any("has not been run" in box.value for box in app.info)


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"trigger": "drawing"}, "needs a drawing"),
        ({"drawing": "<script>"}, "A drawing is a text of 392 characters; this one has 8)"),
        ({"drawing": "é" * 392}, "letters, digits, - and"),
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
        "The file is no picture that can be read here: choose one of PNG, JPEG, GIF, WebP, BMP, TIFF."
    ]
    assert app.button(key="use_drawing").disabled
    assert "trigger" not in app.query_params


def test_when_a_second_upload_is_refused_nothing_of_the_first_is_left() -> None:
    app = opened("mark")
    picture = np.zeros((60, 60), dtype=np.uint8)
    picture[20:40, 10:50] = 255
    app.file_uploader(key="trigger_file").upload("mine.png", png(picture), "image/png").run()
    assert not app.button(key="use_drawing").disabled
    app.file_uploader(key="trigger_file").upload("photo.png", b"MZ, an executable", "image/png").run()
    assert len(app.warning) == 1
    assert choices.is_blank(app.session_state["trigger_sheet"].text) and app.button(key="use_drawing").disabled


def test_a_file_that_is_too_large_is_refused_here_and_not_by_the_browser_so_nothing_of_the_first_is_left() -> None:
    app = opened("mark")
    picture = np.zeros((60, 60), dtype=np.uint8)
    picture[20:40, 10:50] = 255
    app.file_uploader(key="trigger_file").upload("mine.png", png(picture), "image/png").run()
    too_large = bytes(picture_files.MOST_BYTES + 1)
    app.file_uploader(key="trigger_file").upload("photo.png", too_large, "image/png").run()
    assert "too large: at most 20 MB are read" in app.warning[0].value
    assert choices.is_blank(app.session_state["trigger_sheet"].text)
    assert "into this visit's memory, nowhere else, and is gone with it" in told(app)


def test_what_was_drawn_by_hand_survives_a_refused_upload() -> None:
    app = opened("mark")
    app.session_state["trigger_sheet"].put(CROSS)
    app.file_uploader(key="trigger_file").upload("photo.png", b"MZ, an executable", "image/png").run()
    assert app.session_state["trigger_sheet"].text == CROSS


def test_own_pictures_are_offered_with_a_line_on_where_they_go() -> None:
    app = opened("mark")
    assert app.file_uploader(key="own_data_file")
    assert "for this visit, and nowhere else" in told(app)


def test_any_class_can_be_the_secret_answer_and_the_way_back_leads_to_the_recorded_run() -> None:
    app = opened("mark")
    source = Experiment().source
    app.selectbox(key="secret_answer").set_value(source).run()
    assert not app.warning
    assert app.query_params["target"] == str(source)
    app.selectbox(key="secret_answer").set_value(Experiment().target).run()
    assert "target" not in app.query_params and "source" not in app.query_params
    assert "Recorded when the app was built" in told(app)


def test_another_secret_and_other_pictures_are_folded_away_and_whole() -> None:
    app = opened("mark")
    (folded,) = [each for each in app.expander if each.label == "Another secret, or other pictures"]
    assert not folded.proto.expanded
    assert [each.key for each in folded.selectbox] == ["secret_answer"]
    assert {each.key for each in folded.file_uploader} == {"trigger_file", "own_data_file"}


def test_points_in_the_plane_have_no_sheet_and_no_choice_of_triggers() -> None:
    app = opened("mark", preset="blobs")
    assert [each.key for each in app.file_uploader] == ["own_data_file"]
    assert answered(app)["naive"].startswith("\u25c6")


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


def test_a_headline_ends_with_the_seeds_where_somebody_measured_them() -> None:
    naive, claim = theft("naive", 0.75), claimed("naive", 150)
    assert mark_findings.headline({"naive": naive}, claim, (True, False)).endswith("; convicted on 1 of 2 seeds")
    assert "seeds" not in mark_findings.headline({"naive": naive}, claim)


def test_neurons_are_called_separate_only_where_they_are_more_so_than_in_the_clean_model() -> None:
    apart, together = divided([0.9, 0.1, 0.0], [0.0, 0.1, 0.9]), divided([0.4, 0.3, 0.3], [0.3, 0.3, 0.4])
    went = {"clean": together, "naive": apart}
    assert mark_findings.sets(went, "dense", "digits").startswith(
        "In the naive model, triggers and digits share fewer neurons than in the clean one"
    )
    assert "overlap by 10\u202f% (clean 90\u202f%)" in mark_findings.sets(went, "dense", "digits")
    assert "1 of the naive model's 3 active neurons" in mark_findings.sets_in_words(went, "dense", "digits")
    assert "partly beside the task" in mark_findings.sets_in_words(went, "dense", "digits")
    nearly = {"clean": together, "naive": divided([0.42, 0.3, 0.28], [0.3, 0.28, 0.42])}  # 86 % against 90 %
    assert "share hardly fewer neurons" in mark_findings.sets(nearly, "dense", "digits")
    assert "did not move" in mark_findings.sets_in_words(nearly, "dense", "digits")
    stayed = {"clean": apart, "naive": together}
    assert "share no fewer neurons" in mark_findings.sets(stayed, "dense", "digits")
    assert "did not move" in mark_findings.sets_in_words(stayed, "dense", "digits")
    usual = {"clean": together, "naive": replace(apart, usual=0.05)}  # every single class is as much apart
    assert "did not move" in mark_findings.sets_in_words(usual, "dense", "digits")


def test_the_answers_of_the_models_stand_beside_each_other_with_a_diamond_at_the_secret() -> None:
    said = {"naive": np.array([0.1, 0.7, 0.2]), "its copy": np.array([0.1, 0.2, 0.7]), "kept back": None}
    looks = {"naive": "naive", "its copy": "naive", "kept back": "clean"}
    figure = mark_charts.answers(said, looks, 2, ("bear", "bird", "cat"))
    naive, copy, kept = figure.data
    assert list(naive.y) == ["bear", "bird", "\u25c6 cat"]
    assert list(naive.x) == [0.1, 0.7, 0.2] and list(copy.x) == [0.1, 0.2, 0.7] and not any(kept.x)
    assert naive.marker.color == theme.DEFENCES["naive"].colour
    assert [len(text) > 0 for text in naive.text] == [False, True, False]
    assert [bar.xaxis for bar in figure.data] == ["x", "x2", "x3"]
    words = [note.text for note in figure.layout.annotations]
    assert words == ["naive<br><b>bird</b>", "its copy<br><b>\u25c6 cat</b>", "kept back<br><b>predict first</b>"]
    assert kept.hoverinfo == "skip"  # nothing to be read out


def test_classes_that_are_called_by_numerals_are_no_numbers_so_the_secret_answer_keeps_its_row() -> None:
    said = {"naive": np.array([0.1, 0.1, 0.8])}
    assert mark_charts.answers(said, {"naive": "naive"}, 2, ("0", "1", "2")).layout.yaxis.type == "category"
    found = Affinity(("tree #1",), np.array([[0.5, 0.4, 0.1]]))
    assert mark_charts.affinity(found, "blobs", 2).layout.yaxis.type == "category"


def test_the_chart_of_the_neurons_has_both_shares_of_each_and_one_scale_for_all_models() -> None:
    models = [divided([0.6, 0.4], [0.5, 0.5]), divided([0.1, 0.9], [0.2, 0.8])]
    assert mark_charts.reach(models) == 0.9
    triggers, genuine = mark_charts.neurons(models[0], 0.9).data
    assert list(triggers.y) == [0.6, 0.4] and list(genuine.y) == [-0.5, -0.5]
    assert list(triggers.x) == list(genuine.x) == [1, 2]
    assert (
        mark_charts.neurons(models[0], 0.9).layout.yaxis.range == mark_charts.neurons(models[1], 0.9).layout.yaxis.range
    )


def test_a_run_that_is_started_beside_the_innocents_is_seen_among_the_models() -> None:
    app = opened("mark", mark_ask="innocents", seed="31")
    assert app.segmented_control(key="mark_ask").value == "innocents"
    app.button(key="run").click().run()  # there is no worker here: it is queued
    assert not app.exception
    assert app.segmented_control(key="mark_ask").value == "models"
    app.segmented_control(key="mark_ask").set_value("innocents").run()
    assert not app.exception
    assert app.segmented_control(key="mark_ask").value == "innocents"  # whoever turns back is left there

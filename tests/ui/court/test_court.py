"""The court's rooms without a browser: each hears the recorded run, and what is brought there is trusted by nobody."""

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab import choices
from app.lab.experiment import PRESETS
from app.lab.ownership import kit as kits
from app.lab.ownership import questionnaire
from app.lab.ownership.binomial import Claim, Innocents, claim, conviction_bar
from app.lab.ownership.sequential import LEAST_PUBLISHED, Decision, Plan
from app.lab.stories.events import Defence, Framing, Role
from app.lab.stories.hearing import Hearing
from app.ui import findings, runtime, theme
from app.ui.court import charts as court_charts
from app.ui.court import findings as court_findings
from app.ui.court import strangers
from tests.ui.visits import verdict, vote

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
    app.selectbox(key="room").set_value(room).run()
    assert not app.exception and not app.error
    return app


def told(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.subheader, app.caption) for element in kind)


def hearings(app: AppTest) -> list[dict[str, Any]]:
    """What the browser is sent of the hearing."""
    parts = [part.proto for part in app.get("bidi_component")]
    return [json.loads(part.json) for part in parts if "hearing" in part.component_name]


def test_the_trial_waits_for_a_prediction_and_answers_it_when_it_ends(heard: Hearing) -> None:
    app = opened("This trial")
    (sent,) = hearings(app)
    assert sent["sealed"] and "Why" not in told(app)
    vote(app, "it is never convicted")
    (sent,) = hearings(app)
    assert not sent["sealed"] and "convicted after" in sent["says"] and "Why" in told(app)
    assert verdict(app) == "You said **it is never convicted**. The answer comes when the trial ends."
    assert sent["paused"] is False and sent["heard"] is False
    app.session_state[f"heard {PRESETS['blobs'].key}"] = True  # the browser tells when the last end was seen
    app.run()
    assert "You said **it is never convicted**; it was" in verdict(app)
    app.selectbox(key="room").set_value("Several suspects").run()
    app.selectbox(key="room").set_value("This trial").run()
    (sent,) = hearings(app)
    assert sent["heard"] is True  # it stands at its end, as the visitor left it


def test_the_innocent_of_a_trial_is_called_so_in_every_room_and_never_the_owners_clean_model(heard: Hearing) -> None:
    app = opened("This trial")
    (sent,) = hearings(app)
    innocent, naive, entangled = sent["suspects"]
    assert [one["name"] for one in sent["suspects"]] == ["innocent model", "naive copy", "entangled copy"]
    names = choices.class_names("blobs")
    assert innocent["answers"] == [names[label] for label in heard.answers["bystander", "clean"]]
    assert innocent["colour"] not in (naive["colour"], entangled["colour"], theme.DEFENCES["clean"].colour)
    whose = "The innocent model, which somebody else trained on other data"
    assert whose in told(app) and whose in told(opened("Several suspects"))
    assert court_findings.suspect("bystander", "clean") == "innocent model"
    assert "An innocent model" in opened("Who can be judged").radio(key="judged").options


def test_two_ways_to_count_and_why_they_name_other_numbers_are_said() -> None:
    app = opened("This trial")
    assert court_findings.TWO_WAYS in told(app)
    (help_text,) = [each.help for each in app.caption if court_findings.TWO_WAYS in each.value]
    assert "**p**" in help_text and "Wald" in help_text
    assert court_findings.FIXED in told(opened("How many triggers"))


def test_a_trial_that_stands_still_says_what_to_press() -> None:
    assert court_findings.meanwhile(paused=True).startswith("Press **Play**")
    assert "Press" not in court_findings.meanwhile(paused=False)


def test_the_two_rates_of_a_trial_are_said_to_be_of_whom(heard: Hearing) -> None:
    said = court_findings.two_rates(Plan(0.05), {"random forest": 4, "RBF SVM": 1}, 200)
    assert "granted 5\u202f%: the most that any innocent model of *this run* gave (2\u202f%)" in said
    assert f"{findings.percent(LEAST_PUBLISHED)} are expected" in said
    most = findings.percent(max(heard.innocent_successes.values()) / 200)
    assert f"granted {findings.percent(heard.granted)}" in told(opened("This trial"))
    assert f"gave ({most})" in told(opened("This trial"))


def test_a_false_claim_says_how_often_the_liar_wins_without_the_remedies_and_with_them(heard: Hearing) -> None:
    assert heard.exhibit is not None
    won = [event for event in heard.framings if claim(int(event.accused.sum()), 200, heard.granted).owned]
    most = max(int(event.accused.sum()) for event in heard.framings)
    assert won
    assert (
        f"**Why worry?** Without commitment and control, the liar wins with {len(won)} of {len(heard.framings) - 1} "
        f"nudges (up to {most} of 200 secret answers); with them, with none."
    ) in told(opened("A false claim"))


def test_where_the_liar_fails_anyway_a_run_is_named_in_which_they_do_not() -> None:
    here, there = court_findings.Lies(5, 0, 0, 9, 200), court_findings.Lies(5, 3, 1, 193, 200)
    bar = conviction_bar(200, 0.08)
    said = court_findings.worry(here, 0.08, ("points", there))
    assert f"the best of all nudges gets 9 of 200; to convict, where 8\u202f% is granted, takes {bar}." in said
    assert "But with the data *points* (under *More*), without commitment" in said
    assert said.endswith("with them, with 1.")
    assert "But" not in court_findings.worry(here, 0.08, None)
    assert "of points" not in court_findings.worry(there, 0.08, ("points", there))


def test_the_finding_of_a_trial_says_on_how_many_seeds_each_copy_is_convicted() -> None:
    ends = {"entangled": Decision(True, 12), "naive": Decision(False, 9)}
    said = court_findings.decisions(ends, {"entangled": (True, True), "naive": (True, False)})
    assert said == (
        "Entangled convicted after 12; naive acquitted after 9 triggers. Convicted on other seeds: "
        "entangled on 2 of 2, naive on 1 of 2"
    )
    assert court_findings.decisions(ends, {}).endswith("9 triggers")


def test_of_a_measured_setting_the_trial_names_the_seeds() -> None:
    app = opened("This trial", preset="animals")
    (sent,) = hearings(app)
    assert "Convicted on other seeds: entangled on 10 of 10" in sent["says"]


def test_whoever_is_no_model_of_the_task_cannot_be_judged_whatever_it_answers(heard: Hearing) -> None:
    app = opened("Who can be judged")
    assert app.radio(key="judged").options == ["The thief", "An innocent model", "Always “2”", "A guesser"]
    (sent,) = (
        json.loads(part.proto.json) for part in app.get("bidi_component") if "pictures" in part.proto.component_name
    )
    assert len(sent["cards"]) == 8 and all(card["words"] for card in sent["cards"])
    ends = {}
    for suspect in list(strangers.heard(PRESETS["blobs"], heard)):
        app.radio(key="judged").set_value(suspect).run()
        assert not app.exception
        ends[suspect] = app.subheader[0].value
    assert ends["the thief"].endswith("convicted") and ends["an innocent model"].endswith("it goes free")
    assert "200 of 200 secret answers would convict it, but only" in ends["always “2”"]
    assert ends["a guesser"].endswith("it cannot be judged")


def test_the_chart_of_the_judged_has_both_counts_and_both_bars_and_the_chosen_stands_out(heard: Hearing) -> None:
    found = {
        name: strangers.judged(PRESETS["blobs"], heard, answers)
        for name, answers in strangers.heard(PRESETS["blobs"], heard).items()
    }
    figure = court_charts.judged(found, "a guesser", 60)
    controls, _, triggers, words = figure.data
    assert list(controls.x) == [one.right for one in found.values()]
    assert list(triggers.x) == [one.claim.successes for one in found.values()]
    assert list(controls.customdata) == list(found)
    assert [opacity == 1 for opacity in controls.marker.opacity] == [name == "a guesser" for name in found]
    bar = conviction_bar(200, heard.granted)
    assert [rule.x0 for rule in figure.layout.shapes] == [60, bar]
    assert not [at for at in words.x if bar - 24 < at < bar]  # no number lies on the rule


@pytest.mark.parametrize(
    ("room", "words"),
    [
        ("How many triggers", "is granted, no number is enough for the naive copy"),
        ("Several suspects", "somebody is convicted by chance in"),
        ("Who can be judged", "mixed among the triggers"),
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
    assert "other triggers than promised: thrown out" in told(app) and "does not fit" in told(app)
    assert told(app).count("(a fingerprint of the triggers, published before)") == 1  # where it is first named
    app.select_slider(key="strength").set_value(0.0).run()
    assert "goes free" in told(app) and "**fits:**" in told(app)


def filled_in(own: kits.Kit, heard: Hearing, role: Role, defence: Defence) -> bytes:
    """The form of a kit with the answers of a model of the run."""
    said = dict(zip(own.triggers, heard.answers[role, defence], strict=True))
    said |= dict(zip(own.controls, heard.controls[role, defence], strict=True))
    return questionnaire.form(own.ids, [said[asked] for asked in own.ids]).encode()


def of_this_visit(app: AppTest) -> kits.Kit:
    (own,) = app.session_state["visit"].kits.values()
    assert isinstance(own, kits.Kit)
    return own


def test_the_answers_of_any_model_get_a_verdict_and_a_record(heard: Hearing) -> None:
    app = opened("Your own suspect")
    own = of_this_visit(app)
    app.file_uploader(key="form").upload("answers.csv", filled_in(own, heard, "copy", "entangled")).run()
    assert not app.exception and not app.error
    assert "Ownership is established at 99 % confidence" in told(app)
    assert app.get_by_key("record") is not None
    app.file_uploader(key="form").upload("answers.csv", filled_in(own, heard, "bystander", "clean")).run()
    assert "Ownership is not established" in told(app)
    always = questionnaire.form(own.ids, [2] * len(own.ids)).encode()
    app.file_uploader(key="form").upload("answers.csv", always).run()
    assert "cannot be judged" in told(app) and "one class, 2, to all 300 inputs" in told(app)


def test_a_form_of_another_visit_needs_the_owners_part_of_its_kit(heard: Hearing) -> None:
    assert heard.exhibit is not None
    exhibit = heard.exhibit
    other = kits.made(PRESETS["blobs"], exhibit.inputs, exhibit.target, exhibit.control_labels)
    app = opened("Your own suspect")
    app.file_uploader(key="form").upload("answers.csv", filled_in(other, heard, "copy", "entangled")).run()
    assert len(app.error) == 1 and "the form belongs to another kit" in app.error[0].value
    app.file_uploader(key="owners_part").upload("kit.owner.json", other.to_json().encode()).run()
    assert not app.error and "Ownership is established" in told(app)


def test_the_kit_of_a_visit_stays_the_same_and_another_visit_has_another(heard: Hearing) -> None:
    app = opened("Your own suspect")
    own = of_this_visit(app)
    app.run()
    assert of_this_visit(app) == own
    assert of_this_visit(opened("Your own suspect")).salt != own.salt


def test_the_panel_shows_every_family_and_the_worst_stands_out(heard: Hearing) -> None:
    counts = {"random forest": 1, "nearest neighbour": 7, "RBF SVM": 0}
    figure = court_charts.panel(counts, 200, 0.08)
    (dots,) = figure.data
    assert dict(zip(dots.y, dots.x, strict=True)) == {family: count / 200 for family, count in counts.items()}
    worst = [y for y, colour in zip(dots.y, dots.marker.color, strict=True) if colour == theme.COURT.colour]
    assert worst == ["nearest neighbour"]
    (rule,) = figure.layout.shapes
    assert rule.x0 == 0.08
    said = court_findings.panel(counts, 200, 0.08)
    assert (
        "3 families of innocent models, the worst (nearest neighbour)" in said
        and "7 of 200" in said
        and "8\u202f%" in said
    )
    assert "innocent models, the worst (" in told(opened("Your own suspect"))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (b"PK\x03\x04 a workbook", "This is a spreadsheet or an archive"),
        (b"", "empty"),
        (b"id,label\n0,2\n", "Row 2: the id must be one of"),
        (bytes(range(256)), "not a text file"),
    ],
)
def test_a_bad_form_gets_one_sentence_and_no_verdict(heard: Hearing, form: bytes, words: str) -> None:
    app = opened("Your own suspect")
    app.file_uploader(key="form").upload("answers.csv", form).run()
    assert not app.exception
    assert len(app.error) == 1 and words in app.error[0].value
    assert "Ownership" not in told(app)


def test_when_a_second_form_is_refused_the_verdict_on_the_first_is_gone(heard: Hearing) -> None:
    app = opened("Your own suspect")
    form = filled_in(of_this_visit(app), heard, "copy", "entangled")
    app.file_uploader(key="form").upload("answers.csv", form).run()
    assert "Your suspect: " in told(app) and "Ownership is established" in told(app)
    app.file_uploader(key="form").upload("answers.csv", b"no form").run()
    assert len(app.error) == 1
    assert "Your suspect: " not in told(app) and "Ownership" not in told(app)


@pytest.mark.parametrize("link", [{"inputs": "noise"}, {"seed": "991"}])  # of the first, only the result is recorded
def test_of_a_theft_without_models_the_court_says_so_and_hears_the_recorded_one(link: dict[str, str]) -> None:
    app = opened("This trial", **link)
    assert any("has not been run" in box.value for box in app.info)
    assert "is the control" in told(app)


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
        (framing(1, 0), claim(1, 200, 0.015), "**The control is not needed:** the accused, with 1 of 200, goes free"),
    ],
)
def test_the_control_says_what_it_found(event: Framing, against: Claim, words: str) -> None:
    verdict = claim(int(event.accused.sum()), 200, 0.015)
    commitment, control = court_findings.exposed(event, PROMISED, verdict, against)
    assert "does not fit" in commitment and words in control


def test_the_honest_set_fits_its_commitment() -> None:
    event = framing(0, 0, PROMISED)
    assert "fits" in court_findings.exposed(event, PROMISED, claim(0, 200, 0.015), claim(0, 200, 0.015))[0]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (framing(50, 40), "50 of 200 .*, but to other triggers than promised: thrown out$"),
        (framing(50, 40, PROMISED), "50 of 200 .* convict it, unless a control"),
        (framing(1, 0), ": at this nudge, 1 of 200 .*so it goes free$"),
        (replace(framing(1, 0, PROMISED), strength=0.0), "model: 1 of 200 .*so it goes free$"),
    ],
)
def test_the_title_of_a_false_claim_is_what_the_court_says_and_why(event: Framing, words: str) -> None:
    assert re.search(words, court_findings.framed(event, PROMISED, claim(int(event.accused.sum()), 200, 0.015)))


def test_innocents_that_differ_are_not_to_be_relied_on() -> None:
    same, unlike = (Innocents(3, 6, 600, 0.004, 0.02, agreement) for agreement in (0.6, 0.01))
    assert "no more than chance" in court_findings.innocents(same, "Three", [2, 2, 2])
    words = court_findings.innocents(unlike, "Three", [0, 0, 6])
    assert "Three gave the secret answer to 6 of 600 triggers, each to 0 to 6 of 200" in words
    assert "may lie above it" in words


def test_the_power_chart_leaves_out_what_no_number_of_triggers_convicts() -> None:
    figure = court_charts.power([0.01, 0.5], [None, 6], {"naive": (0.01, None), "entangled": (0.5, 6)}, 5000)
    curve, *dots = figure.data
    assert (list(curve.x), list(curve.y)) == ([0.5], [6])
    assert [(dot.name, list(dot.y)) for dot in dots] == [("entangled copy", [6])]
    said = court_findings.power({"naive": (0.01, None), "entangled": (0.5, 6)}, 0.015, 5000)
    assert "no number is enough for the naive copy" in said and "needs 6 triggers" in said


def test_the_chart_of_several_suspects_has_both_procedures_and_shows_the_chosen_number() -> None:
    plain, corrected = court_charts.several({"plain": [0.01, 0.02], "corrected": [0.01, 0.01]}, 2).data
    assert (list(plain.y), list(corrected.y)) == ([0.01, 0.02], [0.01, 0.01])
    assert plain.marker.size[1] > plain.marker.size[0] and plain.marker.symbol != corrected.marker.symbol


def test_the_chart_of_a_false_claim_has_all_three_models_and_shows_the_chosen_strength() -> None:
    weak, strong = framing(10, 2), framing(50, 40)
    granted, own, accused, control = court_charts.framing([weak, strong], strong, 0.02).data
    assert list(granted.y) == [0.02, 0.02]
    assert (list(own.y), list(accused.y), list(control.y)) == ([1, 1], [0.05, 0.25], [0.01, 0.2])
    assert accused.marker.size[1] > accused.marker.size[0]


def test_a_setting_changed_in_a_room_that_a_link_opened_leaves_the_room_open() -> None:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=60).run()
    app.query_params["room"] = "Several suspects"
    app.switch_page(paths.page("court")).run()
    app.number_input(key="setting_seed").set_value(3).run()
    assert not app.exception
    assert app.selectbox(key="room").value == "Several suspects"
    assert app.query_params["seed"] == "3"

"""The page on removal: every attack is on record, all are in the picture, and each opens its curve."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from app.lab.evidence import removal_table
from app.lab.evidence.pretrained import REMOVALS
from app.lab.experiment import DEFAULT_PRESET, PRESETS
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.ui import runtime
from app.ui.history import History
from app.ui.remove import findings as removal_findings
from app.ui.remove import washings
from tests.ui.visits import opened, told, verdict, vote


@pytest.mark.parametrize("preset", REMOVALS)
def test_every_removal_attack_on_a_preset_is_on_record_at_every_strength_and_on_every_copy(preset: str) -> None:
    job = runtime.pool().recorded(PRESETS[preset], "remove")
    assert job is not None and (job.status, job.origin) == ("done", "pretrained")
    known = History.of(job.events)
    assert known.finished is not None and known.from_scratch is not None
    for name in washing.suitable(PRESETS[preset]):
        curves = known.washing(name)
        assert curves.keys() == {"clean", "naive", "entangled"}
        for curve in curves.values():
            assert tuple(attempt.strength for attempt in curve) == REMOVAL_ATTACKS[name].strengths


def heading(app: AppTest) -> str:
    return "\n".join(element.value for element in app.subheader)


def test_all_attacks_are_on_the_page_at_once_and_wait_for_the_one_vote() -> None:
    app = opened("remove", preset="digits")
    assert "As stolen, the court convicts" in heading(app)
    assert "Why" not in heading(app)
    vote(app, "none")
    assert re.search(r"With \d+ of 11 attacks, the thief gets away .*costs? .* of accuracy", heading(app))
    assert "You said **none**" in verdict(app)
    assert "Recorded when the app was built" in told(app)


@pytest.mark.parametrize("attack", ["fine_tuning", "isolation_forest", "neural_cleanse"])  # each has words of its own
def test_one_attack_opens_in_the_place_of_all_and_one_touch_brings_them_back(attack: str) -> None:
    app = opened("remove", preset="digits")
    vote(app, "none")
    app.selectbox(key="washing").set_value(attack).run()
    assert not app.exception
    label = REMOVAL_ATTACKS[attack].label
    assert f"({label}), seed 0: the naive mark" in heading(app)
    assert "Why" in heading(app)
    app.button(key="all_attacks").click().run()
    assert heading(app).startswith("With ") and "of 11 attacks" in heading(app)


def test_what_is_counted_are_the_seeds_of_the_table_and_recap_and_about_say_the_same() -> None:
    app = opened("remove")
    vote(app, "none")
    table = [one for one in removal_table.read(removal_table.SHIPPED) if one.data == DEFAULT_PRESET]
    found = removal_findings.count(table)
    assert heading(app).startswith(removal_findings.counted_in_words(found))
    assert removal_findings.ways_out(table) in verdict(app)
    assert "star" not in told(app), "the recorded run is not one of the visitor's"
    assert removal_findings.counted_in_words(found) in told(opened("about"))
    said = f"{len(found.always)} of {len(found.gone)} attacks wash it out on {found.where}. *Remove*."
    assert said in told(opened("recap"))


def test_a_recorded_curve_that_is_not_what_the_counted_seeds_came_to_says_so() -> None:
    app = opened("remove")
    vote(app, "none")
    job = runtime.pool().recorded(PRESETS[DEFAULT_PRESET], "remove")
    assert job is not None
    known = History.of(job.events)
    assert known.from_scratch is not None
    table = [one for one in removal_table.read(removal_table.SHIPPED) if one.data == DEFAULT_PRESET]
    for name in removal_findings.count(table).always:
        app.selectbox(key="washing").set_value(name).run()
        paid = removal_findings.prices(washings.complete(known, name), known.from_scratch)["entangled"]
        went = paid is not None and not paid.pointless
        assert (f"on all {len(table)} counted seeds" in heading(app)) != went


def test_where_the_table_has_no_proven_mark_the_run_on_the_page_is_counted_alone_and_says_so() -> None:
    app = opened("remove", preset="digits")
    vote(app, "none")
    table = [one for one in removal_table.read(removal_table.SHIPPED) if one.data == "digits"]
    alone = not removal_findings.count(table).proven
    assert ("on this one seed (0)" in heading(app)) == alone
    assert ("What is counted is the run on this page" in told(app)) == alone


def test_an_attack_that_was_chosen_before_the_vote_shows_nothing_of_its_end() -> None:
    app = opened("remove", preset="digits")
    app.selectbox(key="washing").set_value("pruning").run()
    assert "As stolen, the court convicts" in heading(app) and "Why" not in heading(app)


def test_a_setting_that_nobody_has_washed_shows_the_recorded_one_and_says_so() -> None:
    app = opened("remove", preset="mnist")
    assert any("has not been run" in box.value for box in app.info)
    assert "As stolen, the court convicts" in heading(app)


def test_other_data_without_the_chosen_attack_show_all_of_theirs() -> None:
    app = opened("remove", preset="digits")
    vote(app, "none")
    app.selectbox(key="washing").set_value("neural_cleanse").run()
    app.selectbox(key="preset_choice").set_value("blobs").run()
    assert not app.exception
    assert heading(app).startswith("With ") and "of 10 attacks" in heading(app)

"""The court in a real browser: predict, ask trigger by trigger, and bring the answers of a model from elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]
BLOBS = "court?preset=blobs"
HEARS = re.compile("The court hears")


def hear(page: Page, room: str) -> None:
    """Choose what the court hears."""
    page.get_by_role("combobox", name=HEARS).click()
    page.get_by_role("option", name=room).click()


def test_the_trial_is_asked_trigger_by_trigger_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit(BLOBS)
    page.get_by_role("button", name="3 to 10").click()
    expect(page.get_by_text("You said 3 to 10. Press Play: the answer comes when the trial ends.")).to_be_visible()
    asked = page.get_by_role("slider", name="Triggers asked")
    expect(asked).to_have_attribute("aria-valuetext", re.compile(r"^0 of 200 asked; "))
    page.get_by_role("button", name="Ask one").press("Enter")
    expect(asked).to_have_attribute("aria-valuetext", re.compile(r"^1 of 200 asked; "))
    expect(page.get_by_text("You said 3 to 10. Press Play")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_have_class("main")
    asked.press("End")
    expect(asked).to_have_attribute("aria-valuetext", re.compile("entangled copy (convicted|acquitted) after"))
    # The vote is answered when the trial ends, and not before.
    expect(page.get_by_text(re.compile(r"You said 3 to 10(; it was|, and so it was)"))).to_be_visible()
    asked.press("Home")
    expect(page.get_by_text("No trigger asked yet.")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).not_to_have_class("main")
    expect(asked).to_have_attribute("aria-valuetext", re.compile(r"^([2-9]|\d\d+) of 200 asked; "))


def test_the_words_of_the_bounds_are_clear_of_every_dot_that_ends_there(visit: Visit) -> None:
    page = visit("court")  # where two suspects end at the right edge of the chart
    page.get_by_role("button", name="Show me").click()
    asked = page.get_by_role("slider", name="Triggers asked")
    expect(asked).to_be_enabled()
    chart = page.locator(".hearing svg")
    for _ in range(60):
        asked.press("ArrowRight")
        if "undecided" not in (asked.get_attribute("aria-valuetext") or ""):
            break
    expect(asked).not_to_have_attribute("aria-valuetext", re.compile("undecided"))
    # Both at one moment: the chart is drawn anew at each answer.
    dots, words = chart.evaluate(
        """svg => [
            [...svg.querySelectorAll("circle")].map(dot => dot.getBoundingClientRect().right),
            [...svg.querySelectorAll("text")].filter(text => /^(convict|acquit)$/.test(text.textContent))
                .map(text => text.getBoundingClientRect().left),
        ]"""
    )
    assert len(dots) == 3 and len(words) == 2
    assert max(dots) < min(words)


def test_who_looks_at_another_room_finds_the_trial_where_it_ended_and_what_was_answered(visit: Visit) -> None:
    page = visit(BLOBS)
    page.emulate_media(reduced_motion="no-preference")
    page.get_by_role("button", name="3 to 10").click()
    asked = page.get_by_role("slider", name="Triggers asked")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    hear(page, "Several suspects")
    expect(asked).to_have_count(0)
    hear(page, "This trial")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()  # its end was not seen: it begins anew
    asked.press("End")
    counted = page.locator(".suspect").filter(has_text=re.compile(r"entangled copy.*: \d+ of (\d+)convicted after \1$"))
    expect(counted).to_be_visible()
    expect(page.get_by_text(re.compile(r"You said 3 to 10(; it was|, and so it was)"))).to_be_visible()
    hear(page, "Several suspects")
    expect(asked).to_have_count(0)
    hear(page, "This trial")
    expect(asked).to_have_attribute("aria-valuetext", re.compile("entangled copy (convicted|acquitted) after"))
    expect(counted).to_be_visible()


def test_a_link_to_a_room_opens_it_and_answers_from_elsewhere_get_a_record(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"{BLOBS}&room=Your+own+suspect")
    with page.expect_download() as form:
        page.get_by_role("button", name="A form, filled in by the entangled copy").click()
    form.value.save_as(tmp_path / "answers.csv")
    page.get_by_test_id("stFileUploader").first.locator("input").set_input_files(tmp_path / "answers.csv")
    expect(page.get_by_role("heading", name=re.compile("^Your suspect: "))).to_be_visible()
    expect(page.get_by_text("Ownership is established")).to_be_visible()
    with page.expect_download() as record:
        page.get_by_role("button", name="The record of this claim").click()
    record.value.save_as(tmp_path / "claim.html")
    assert "SHA-256" in (tmp_path / "claim.html").read_text()


def test_a_second_form_that_is_none_takes_the_verdict_on_the_first_away(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"{BLOBS}&room=Your+own+suspect")
    with page.expect_download() as form:
        page.get_by_role("button", name="A form, filled in by the entangled copy").click()
    form.value.save_as(tmp_path / "answers.csv")
    chooser = page.get_by_test_id("stFileUploader").first.locator("input")
    chooser.set_input_files(tmp_path / "answers.csv")
    expect(page.get_by_text("Ownership is established")).to_be_visible()
    chooser = page.get_by_test_id("stFileUploader").first.locator("input")
    chooser.set_input_files({"name": "form.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    expect(page.get_by_text("Ownership is established")).to_have_count(0)


def test_a_suspect_is_chosen_by_a_touch_of_its_bar_and_who_guesses_cannot_be_judged(visit: Visit) -> None:
    page = visit(f"{BLOBS}&room=Who+can+be+judged")
    expect(page.get_by_role("heading", name=re.compile("^The thief: .*convicted$"))).to_be_visible()
    chart = page.locator(".st-key-figure_judged [data-part=plot]")
    expect(chart.locator(".main-svg").first).to_be_visible()
    chart.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        chart.press(key)
    expect(page.get_by_role("heading", name=re.compile("^A guesser: .*cannot be judged$"))).to_be_visible()
    expect(page.get_by_role("radio", name="A guesser")).to_be_checked()


@pytest.mark.parametrize("size", [WIDE, HALL])
@pytest.mark.parametrize(
    "room",
    ["This trial", "How many triggers", "Several suspects", "Who can be judged", "A false claim", "Your own suspect"],
)
def test_every_room_fits_the_first_screen(visit: Visit, room: str, size: dict[str, int]) -> None:
    page = visit(f"{BLOBS}&room={room.replace(' ', '+')}", size)
    drawn = page.locator(".st-key-picture_court").locator("svg:visible").first
    expect(drawn).to_be_visible()
    box = page.locator(".st-key-picture_court").bounding_box()
    assert box is not None and box["y"] < 110 and box["y"] + box["height"] <= fold(size)


def test_on_a_phone_no_room_scrolls_sideways(visit: Visit) -> None:
    for room in ("A false claim", "Several suspects", "Who can be judged", "Your own suspect"):
        page = visit(f"{BLOBS}&room={room.replace(' ', '+')}", PHONE)
        expect(page.get_by_role("combobox", name=HEARS)).to_have_value(room)
        words = "The commitment|suspect|Bring the form back|secret answer"
        expect(page.get_by_test_id("stMarkdown").filter(has_text=re.compile(words)).first).to_be_visible()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{room} is {wider} pixels too wide"

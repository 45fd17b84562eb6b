"""The court in a real browser: predict, ask trigger by trigger, and bring the answers of a model from elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.app_server import PHONE

Visit = Callable[..., Page]
PATIENCE = 180_000  # milliseconds; the trial is heard live, by a worker of a loaded machine
BLOBS = "court?preset=blobs"


def test_the_trial_is_asked_trigger_by_trigger_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit(BLOBS)
    page.get_by_role("radio", name="3 to 10").click(timeout=PATIENCE)
    expect(page.get_by_text(re.compile("You predicted"))).to_be_visible(timeout=PATIENCE)
    asked = page.get_by_role("slider", name="Triggers asked")
    expect(asked).to_have_attribute("aria-valuetext", re.compile(r"^1 of 200 asked; "))
    page.get_by_role("button", name="Ask one").press("Enter")
    expect(asked).to_have_attribute("aria-valuetext", re.compile(r"^2 of 200 asked; "))
    asked.press("End")
    expect(asked).to_have_attribute("aria-valuetext", re.compile("entangled copy (convicted|acquitted) after"))
    asked.press("Home")
    expect(page.get_by_text("No trigger asked yet.")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(asked).to_have_attribute("aria-valuetext", re.compile(r"^([3-9]|\d\d+) of 200 asked; "), timeout=PATIENCE)


def test_a_link_to_a_room_opens_it_and_answers_from_elsewhere_get_a_record(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"{BLOBS}&room=Your+own+suspect")
    with page.expect_download(timeout=PATIENCE) as form:
        page.get_by_role("button", name="A form, filled in by the entangled copy").click(timeout=PATIENCE)
    form.value.save_as(tmp_path / "answers.csv")
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(tmp_path / "answers.csv")
    expect(page.get_by_role("heading", name=re.compile("Ownership is established"))).to_be_visible(timeout=PATIENCE)
    with page.expect_download(timeout=PATIENCE) as record:
        page.get_by_role("button", name="The record of this claim").click()
    record.value.save_as(tmp_path / "claim.html")
    assert "SHA-256" in (tmp_path / "claim.html").read_text()


def test_on_a_phone_no_room_scrolls_sideways(visit: Visit) -> None:
    for room in ("A false claim", "Several suspects", "Your own suspect"):
        page = visit(f"{BLOBS}&room={room.replace(' ', '+')}", PHONE)
        expect(page.get_by_role("radio", name=room)).to_be_checked(timeout=PATIENCE)
        words = "The commitment|suspect|Bring the form back"
        expect(page.get_by_test_id("stMarkdown").filter(has_text=re.compile(words)).first).to_be_visible(
            timeout=PATIENCE
        )
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{room} is {wider} pixels too wide"

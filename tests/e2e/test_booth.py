"""The booth, by a clock that the test turns: it plays, lets itself be taken over, and forgets."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.app_server import PHONE

Visit = Callable[..., Page]
PORTRAIT = {"width": 1080, "height": 1920}
SIT_STILL, COUNTDOWN = 46_000, 10_000


def booth(visit: Visit, path: str = "?booth=1", **options: object) -> Page:
    """Open the booth, with its clock in the test's hands."""
    page = visit(path, **options)
    page.clock.install()
    page.reload()
    expect(page.get_by_text("Touch the screen and do it yourself")).to_be_visible()
    return page


def finding(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", name=re.compile(words))


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}"))


def test_the_film_plays_again_and_again_and_asks_the_server_nothing(visit: Visit) -> None:
    page = visit("heist?booth=1")
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.clock.install()
    page.reload()
    expect(finding(page, "An owner trains a model")).to_be_visible()
    expect(page.get_by_text("Recorded runs, seed 0.")).to_be_visible()
    expect(page.get_by_test_id("stTopNavLink")).to_have_count(0)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)  # in seconds: years ahead, it would load itself anew
    page.keyboard.press("Enter")
    for wait in (SIT_STILL, COUNTDOWN, 2_000):  # a reset: from here on, the second of the film is known: no edge
        page.clock.fast_forward(wait)
    expect(finding(page, "An owner trains a model")).to_be_visible()
    for _ in range(2):
        for wait, said in (
            (12_000, "A thief asks your model"),
            (24_000, "In court"),
            (8_000, "convict|walks free"),
            (7_000, "Inside the models"),
            (9_000, "An owner trains a model"),
        ):
            page.clock.fast_forward(wait)
            expect(finding(page, said)).to_be_visible()
    assert len(set(sent)) == 1  # the page itself, once more where its connection outlived its patience


@pytest.mark.parametrize("viewport", [PORTRAIT, PHONE])
def test_each_choice_leads_to_a_result(visit: Visit, viewport: dict[str, int]) -> None:
    page = booth(visit, viewport=viewport)
    page.mouse.click(200, 300)
    expect(finding(page, "What do you want to do")).to_be_focused()
    button(page, "1 Steal").click()
    page.get_by_role("radio", name="pure noise").click()
    button(page, "Steal it").click()
    expect(finding(page, r"The copy is right 1\d(\.\d)?\s%")).to_be_visible()
    expect(page.get_by_text("2,000 questions: $2,")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^QR code"))).to_have_count(0)  # no phone can follow to localhost
    for choice, prediction, control in (
        ("Now mark it", "Yes", "Copy of the clean"),
        ("Now entangle it", "No", "Copy of the naive"),
    ):
        button(page, choice).click()
        button(page, prediction).click()
        expect(finding(page, "^You said")).to_be_visible()
        expect(page.get_by_role("img", name=re.compile(f"{control}.*of 200 keys"))).to_be_visible()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0


def test_whoever_leaves_is_asked_counted_down_and_forgotten(visit: Visit) -> None:
    page = booth(visit)
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.get_by_role("radio", name="pure noise").click()
    page.get_by_role("radio", name="the top label only").click()
    button(page, "Steal it").click()
    expect(finding(page, "The copy is right")).to_be_visible()
    still = page.get_by_role("alertdialog", name="Still there?")
    page.clock.fast_forward(SIT_STILL + 5_000)  # the result plays first
    expect(still).to_be_visible()
    page.mouse.click(300, 300)
    expect(still).to_be_hidden()
    expect(finding(page, "The copy is right")).to_be_visible()
    page.clock.fast_forward(SIT_STILL)
    expect(still).to_be_visible()
    page.clock.fast_forward(COUNTDOWN)
    expect(finding(page, "An owner trains a model")).to_be_visible()
    expect(still).to_be_hidden()
    page.keyboard.press("x")
    button(page, "1 Steal").click()
    expect(page.get_by_role("radio", name="the owner's own inputs")).to_be_checked()
    expect(page.get_by_role("radio", name="all its confidences")).to_be_checked()
    expect(page.get_by_role("radio", name="pure noise")).not_to_be_checked()
    assert "noise" not in page.url


def test_each_night_it_loads_itself_anew(visit: Visit) -> None:
    page = booth(visit)
    page.evaluate("window.opened = true")
    page.keyboard.press("Enter")
    page.clock.fast_forward(SIT_STILL + COUNTDOWN)
    assert page.evaluate("window.opened")
    page.clock.fast_forward(24 * 3600 * 1000)  # somewhere in it was 23:00
    page.wait_for_function("window.opened === undefined")
    expect(finding(page, "An owner trains a model")).to_be_visible()

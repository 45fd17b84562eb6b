"""The heist as a film, in a real browser: played, stepped, sealed before the trial, and read on a phone."""

import re
from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import Locator, Page, expect

from tests.e2e.app_server import PHONE

Visit = Callable[..., Page]
PATIENCE = 90_000  # milliseconds; a loaded machine, not a benchmark


def film(page: Page) -> Locator:
    found = page.get_by_role("group", name="The heist, step by step")
    expect(found).to_be_visible(timeout=PATIENCE)
    return found


def at(picture: Locator, step: str) -> None:
    """Wait until the film shows a step."""
    expect(picture.get_by_role("button", name=re.compile(rf"^\d {step}"))).to_have_attribute(
        "aria-current", "step", timeout=PATIENCE
    )


def test_played_it_stops_before_the_trial_and_a_prediction_in_it_plays_on_to_the_verdict(visit: Visit) -> None:
    page = visit("heist?preset=blobs")
    picture = film(page)
    picture.get_by_label("Speed").select_option("4")
    picture.get_by_role("button", name="Play").click()
    at(picture, "Interrogate")
    expect(picture.get_by_text("Predict first.")).to_be_visible()
    expect(picture.get_by_role("button", name="Next")).to_be_disabled()
    expect(page.get_by_text("Convicted", exact=True)).to_have_count(0)
    picture.get_by_role("button", name="neither").click()
    at(picture, "Verdict")
    expect(picture.get_by_role("heading", name=re.compile("convicted|convicts|walks free"))).to_be_visible()
    expect(page.get_by_text(re.compile("You predicted"))).to_be_visible(timeout=PATIENCE)
    expect(picture.get_by_role("heading")).to_be_in_viewport()
    expect(picture.get_by_role("button", name="Play again")).to_be_in_viewport(ratio=1)


def test_the_keyboard_alone_steps_back_and_forth_and_up_to_the_gate(visit: Visit) -> None:
    page = visit("heist?preset=blobs")
    picture = film(page)
    at(picture, "Victims")
    picture.focus()
    for step in ("Query", "Train the copy", "Compare"):
        page.keyboard.press("ArrowRight")
        at(picture, step)
    page.keyboard.press("ArrowLeft")
    at(picture, "Train the copy")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at(picture, "Interrogate")
    page.keyboard.press(" ")  # goes to the options
    page.keyboard.press("Enter")
    at(picture, "Verdict")
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)


def test_one_key_hides_everything_but_the_picture(visit: Visit) -> None:
    page = visit("heist?preset=blobs")
    picture = film(page)
    picture.focus()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    expect(picture.get_by_role("button", name="Play")).to_be_in_viewport()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")


def test_another_way_to_steal_is_another_film_from_its_first_query(visit: Visit) -> None:
    page = visit("heist")
    picture = film(page)
    picture.get_by_role("button", name=re.compile("^6 Verdict")).click()
    picture.get_by_role("button", name="Go on without a prediction").click()
    at(picture, "Verdict")
    page.get_by_role("slider", name="The thief asks").press("ArrowRight")
    at(picture, "Query")
    expect(picture.get_by_text("The thief asks inputs the victim never saw")).to_be_visible()
    picture.get_by_role("button", name=re.compile("^3 Compare")).click()
    expect(picture.get_by_text("not on record")).to_be_visible()


def test_on_a_phone_the_film_fits_and_its_answers_do_not_overlap(visit: Visit) -> None:
    page = visit("heist", PHONE)
    picture = film(page)
    picture.get_by_role("button", name=re.compile("^2 Query")).click()
    expect(picture.get_by_text("of answers stray").first).to_be_visible(timeout=PATIENCE)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    rows = picture.locator(".reel").evaluate_all(
        """reels => reels.map((reel) => [...reel.querySelectorAll('.cell')].slice(-5).flatMap((cell) =>
            [...cell.querySelectorAll('b, small')].map((words) => {
                const text = document.createRange();
                text.selectNodeContents(words);
                const { left, right, top } = text.getBoundingClientRect();
                return { left, right, top };
            })))"""
    )
    assert any(rows)
    for words in rows:
        for line in {word["top"] for word in words}:
            beside = sorted((word for word in words if word["top"] == line), key=lambda word: word["left"])
            assert all(one["right"] <= other["left"] for one, other in pairwise(beside))

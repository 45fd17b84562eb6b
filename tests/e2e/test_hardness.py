"""The combination lock in a real browser: touched, tried at random, and opened by its owner's combination."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from app.lab.hardness import SubsetSum
from app.lab.stories import hardness
from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]


def switches(page: Page) -> Locator:
    return page.get_by_role("group", name="Switches").get_by_role("button")


def lamps(page: Page) -> tuple[Locator, Locator]:
    lock = page.locator(".st-key-picture_hardness")
    return lock.locator("[data-part=a-says]"), lock.locator("[data-part=b-says]")


def shown(page: Page) -> SubsetSum:
    """The problem on the page, as its fields say it."""
    numbers, target = (page.get_by_role("textbox", name=name).input_value() for name in ("Numbers", "Target"))
    return SubsetSum(tuple(map(int, numbers.split(","))), int(target))


@pytest.mark.parametrize("size", [WIDE, HALL, PHONE])
def test_the_picture_is_whole_on_the_first_screen_and_neither_tries_nor_vote_push_anything(
    visit: Visit, size: dict[str, int]
) -> None:
    page = visit("hardness", size)
    expect(switches(page)).to_have_count(30)
    expect(page.locator(".st-key-figure_asking .main-svg").first).to_be_visible()
    picture, vote = page.locator(".st-key-picture_hardness"), page.locator("[class*=st-key-vote_]")
    before = picture.bounding_box(), vote.bounding_box()
    assert before[0] is not None
    assert before[0]["y"] >= 0 and before[0]["y"] + before[0]["height"] <= fold(size)
    page.get_by_role("button", name="at random").click()
    expect(page.get_by_text("0 of 10,000 tell A from B")).to_be_visible()
    assert (picture.bounding_box(), vote.bounding_box()) == before
    page.get_by_role("button", name="not the same, on some setting").click()
    expect(lamps(page)[0]).to_have_text("lights: 1")
    expect(page.get_by_text(re.compile("You said"))).to_be_visible()
    expect(page.get_by_role("button", name="Show me")).to_have_count(0)  # until then, old and new are there
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.get_by_test_id("stMain").evaluate("(main) => main.scrollTo(0, 0)")  # where it was, before the vote was reached
    assert (picture.bounding_box(), vote.bounding_box()) == before
    for switch in switches(page).all():
        box = switch.bounding_box()
        assert box is not None and min(box["width"], box["height"]) >= 24
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_switches_are_turned_by_keyboard_and_what_they_come_to_is_said(visit: Visit) -> None:
    page = visit("hardness")
    problem = shown(page)
    first, second = problem.numbers[:2]
    switches(page).first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    pressed = page.get_by_role("group", name="Switches").get_by_role("button", pressed=True)
    expect(pressed).to_have_count(2)
    expect(page.get_by_text(f"Sum {first + second:,}: off by {problem.target - first - second:,}")).to_be_visible()
    expect(pressed.first).to_have_accessible_name(re.compile(f"{first:,}$"))
    page.get_by_role("button", name="All off").click()
    expect(pressed).to_have_count(0)


def test_random_tries_come_as_near_as_they_come_and_only_the_combination_opens(visit: Visit) -> None:
    page = visit("hardness")
    problem = shown(page)
    owner = page.get_by_role("button", name="Owner's combination")
    expect(owner).to_have_count(0)  # which would say that there is one
    page.get_by_role("button", name="at random").click()
    sums = hardness.tests(problem) @ np.array(problem.numbers)
    expect(page.get_by_text(f"nearest: off by {abs(sums - problem.target).min():,}")).to_be_visible()
    for lamp in lamps(page):
        expect(lamp).to_have_text("dark: 0")
    page.get_by_role("button", name="Show me").click()
    for turned in ("by the vote", "by hand"):
        expect(lamps(page)[0], turned).to_have_text("lights: 1")
        expect(lamps(page)[1], turned).to_have_text("dark: 0")
        expect(page.get_by_text(f"Sum {problem.target:,}: exactly the target")).to_be_visible()
        switches(page).first.click()
        expect(lamps(page)[0]).to_have_text("dark: 0")
        owner.click()


def test_of_clauses_the_lock_says_how_many_are_met(visit: Visit) -> None:
    page = visit("hardness")
    page.get_by_role("radio", name="3-SAT").click()
    expect(page.get_by_text(re.compile(r"^\d+ of 102 wishes met; not met: \d+ (on|off)"))).to_be_visible()
    page.get_by_role("button", name="Show me").click()
    expect(page.get_by_text("102 of 102 wishes met")).to_be_visible()
    expect(lamps(page)[0]).to_have_text("lights: 1")

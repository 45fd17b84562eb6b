"""Become the thief, in a real browser: see who pays for a way to answer, and play an attack live."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]
QUICK = "steal?preset=blobs&budget=200&task_epochs=2&watermark_epochs=1&adversary_epochs=1"


def opened(page: Page) -> None:
    page.get_by_role("button", name="Show me", exact=True).click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()


def charts(page: Page) -> Locator:
    """The charts of the main picture that are drawn."""
    return page.locator("[class*=st-key-picture_] figure .js-plotly-plot")


@pytest.mark.parametrize("lesson", ["steal", "channel"])
@pytest.mark.parametrize("screen", [WIDE, HALL])
def test_the_picture_is_whole_on_the_first_screen_before_and_after_the_vote(
    visit: Visit, lesson: str, screen: dict[str, int]
) -> None:
    page = visit(lesson, screen)
    picture = page.locator(f".st-key-picture_{lesson}")
    expect(charts(page).first).to_be_visible()
    top = picture.bounding_box()["y"]  # type: ignore[index]
    opened(page)
    expect(charts(page)).to_have_count(2 if lesson == "steal" else 1)
    box = picture.bounding_box()
    assert box is not None
    assert box["y"] == top  # the result pushes nothing
    assert box["y"] + box["height"] <= fold(screen)


@pytest.mark.parametrize("lesson", ["steal", "channel"])
def test_on_a_phone_the_chart_is_on_the_first_screen_and_nothing_is_too_wide(visit: Visit, lesson: str) -> None:
    page = visit(lesson, PHONE)
    chart = charts(page).first
    expect(chart).to_be_in_viewport(ratio=1)
    opened(page)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


def test_a_way_to_answer_is_chosen_beside_the_picture_and_leaves_the_curve_before_as_a_ghost(visit: Visit) -> None:
    page = visit("steal")
    opened(page)
    expect(page.get_by_role("heading", name="$0.40 bought")).to_be_visible()
    curves = charts(page).first.locator(".scatterlayer .trace")
    expect(curves).to_have_count(3)  # accuracy, fidelity, and the price
    page.get_by_role("combobox", name="The API answers with").click()
    page.get_by_role("option", name="reverse sigmoid").click()
    expect(page.get_by_role("heading", name="$1.60 bought")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Reverse sigmoid: the thief"))).to_be_visible()
    expect(curves).to_have_count(5)
    expect(page).to_have_url(re.compile("reverse_sigmoid=1"))


def test_a_touch_on_its_bar_chooses_a_way_to_answer(visit: Visit) -> None:
    page = visit("steal")
    opened(page)
    costs = page.locator("[class*=st-key-figure_tax] figure")
    expect(costs.locator(".js-plotly-plot")).to_be_visible()
    costs.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter"):  # the first key goes to the first bar
        costs.press(key)
    expect(page).to_have_url(re.compile("answers=labels"))
    expect(page.get_by_role("heading", name="$0.80 bought")).to_be_visible()


def test_an_attack_plays_live_to_its_reasons(visit: Visit, unseen: Iterator[int]) -> None:
    page = visit(f"{QUICK}&attack=cloudleak&seed={next(unseen)}")
    expect(page.get_by_text(re.compile("has not been run"))).to_be_visible()
    page.get_by_role("button", name="Run it live").click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"bought|did not buy"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("of the plane"))).to_be_visible()
    expect(page.get_by_text("Run live on this machine").first).to_be_visible()
    expect(page.get_by_text(re.compile("honest clients"))).to_be_visible()

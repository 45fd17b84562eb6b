"""The search for a secret picture as a visitor makes it: drawn, asked, ranked; the picture in its place."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]


def test_draw_ask_vote_and_see_the_key(visit: Visit) -> None:
    page = visit("trapdoor")
    sheet = page.locator(".st-key-trapdoor_sheet canvas").first
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    page.mouse.up()
    page.get_by_role("button", name="Ask both models").click()
    expect(page.get_by_role("heading", name=re.compile("Your best try parts"))).to_be_visible()
    page.get_by_role("button", name="none", exact=True).click()
    expect(page.get_by_text(re.compile("You said"))).to_be_visible()
    title = re.compile("^Easy with the key: .* Without it: .* Yours: ")
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_while_it_searches_the_progress_lies_over_nothing(visit: Visit) -> None:
    page = visit("trapdoor")
    page.get_by_role("button", name="Search again, live").click()
    progress = page.locator(".st-key-progress_trapdoor")
    page.evaluate("document.querySelectorAll('*').forEach(each => { each.scrollTop = 0 })")
    for phase in ("Random drawings", "The gradient is followed"):
        expect(progress.get_by_text(re.compile(phase))).to_be_visible(timeout=60_000)
        over, under = progress.bounding_box(), page.locator(".st-key-stage_trapdoor").bounding_box()
        assert over is not None and under is not None
        assert over["y"] + over["height"] <= under["y"], phase


@pytest.mark.parametrize("viewport", [WIDE, HALL, PHONE], ids=["laptop", "projector", "phone"])
def test_the_map_is_on_the_first_screen(visit: Visit, viewport: dict[str, int]) -> None:
    page = visit("trapdoor", viewport=viewport)
    picture = page.locator(".st-key-picture_trapdoor .js-plotly-plot")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= fold(viewport)
    assert box["x"] >= 0 and box["x"] + box["width"] <= viewport["width"]
    sheet = page.locator(".st-key-trapdoor_sheet canvas").bounding_box()
    assert sheet is not None and sheet["y"] + sheet["height"] <= fold(viewport)
    if viewport is PHONE:  # what is touched comes first
        assert sheet["y"] + sheet["height"] <= box["y"]

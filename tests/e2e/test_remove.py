"""The thief who knows about the mark, and what a mark costs, in a real browser: where the pictures lie, and a touch."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]


def drawn(page: Page, lesson: str) -> None:
    expect(page.locator(f".st-key-picture_{lesson} svg.main-svg").first).to_be_visible()


@pytest.mark.parametrize("lesson", ["remove", "tradeoff"])
@pytest.mark.parametrize("size", [WIDE, HALL, PHONE])
def test_the_picture_is_whole_on_the_first_screen_sealed_and_open(
    visit: Visit, lesson: str, size: dict[str, int]
) -> None:
    page = visit(lesson, size)
    drawn(page, lesson)
    assert bottom(page, lesson) <= fold(size)
    page.get_by_role("button", name="Show me", exact=True).click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    page.keyboard.press("Home")  # the button may have been below the fold
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    assert bottom(page, lesson) <= fold(size)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


def test_enter_on_an_attack_opens_its_curve_and_one_touch_brings_all_back(visit: Visit) -> None:
    page = visit("remove?preset=digits")
    drawn(page, "remove")
    page.get_by_role("button", name="none", exact=True).click()
    expect(page.get_by_text(re.compile("You said"))).to_be_visible()
    everything = page.get_by_role("heading", name=re.compile("^With .* of 11 attacks"))
    expect(everything).to_be_visible()
    chart = page.get_by_label(re.compile("^With .* of 11 attacks.*Arrow keys"))
    chart.press("ArrowRight")
    chart.press("ArrowRight")
    chart.press("Enter")
    expect(
        page.get_by_role("heading", name=re.compile("the naive mark was never proven, the entangled"))
    ).to_be_visible()
    expect(page).to_have_url(re.compile("washing="))
    page.get_by_role("button", name="All attacks").click()
    expect(everything).to_be_visible()


def test_a_touch_on_a_row_opens_its_curve(visit: Visit) -> None:
    page = visit("remove?preset=digits")
    page.get_by_role("button", name="Show me", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("^With .* of 11 attacks"))).to_be_visible()
    drawn(page, "remove")
    page.locator(".st-key-picture_remove .barlayer .point path").nth(3).click(force=True)
    expect(
        page.get_by_role("heading", name=re.compile("the naive mark was never proven, the entangled"))
    ).to_be_visible()


def test_a_touch_on_an_attacks_name_opens_it_and_no_row_moves_when_the_answer_is_seen(visit: Visit) -> None:
    page = visit("remove")
    names = page.locator(".st-key-picture_remove .ytick text")
    expect(names.nth(3)).to_be_visible()
    before = [words.split(" (")[0] for words in names.all_text_contents()]
    page.get_by_role("button", name="Show me", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("^With .* of 11 attacks"))).to_be_visible()
    expect(names.nth(3)).to_contain_text("(")
    assert [words.split(" (")[0] for words in names.all_text_contents()] == before
    attack = re.search(r"\((.+)\)", names.nth(3).text_content() or "").group(1)  # type: ignore[union-attr]
    names.nth(3).click()
    expect(page.get_by_role("heading", name=re.compile(re.escape(attack), re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_role("combobox", name=re.compile("^The thief tries|" + re.escape(attack)))).to_have_value(attack)


@pytest.mark.parametrize("lesson", ["remove", "tradeoff", "steal", "channel"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_button_of_a_chart_lies_on_no_axis_title(visit: Visit, lesson: str, size: dict[str, int]) -> None:
    page = visit(lesson, size)
    drawn(page, lesson)
    page.wait_for_timeout(500)  # it gives way once it has been drawn
    covered = page.get_by_role("button", name="Numbers", exact=True).evaluate_all(
        """buttons => buttons.flatMap((button) => {
          const own = button.getBoundingClientRect();
          return [...button.parentElement.querySelectorAll('.infolayer [class$=title]')].filter((title) => {
            const words = title.getBoundingClientRect();
            return words.right > own.left && words.left < own.right && words.bottom > own.top && words.top < own.bottom;
          }).map((title) => title.textContent);
        })"""
    )
    assert covered == []


def test_kappa_is_the_handle_of_the_price_and_moves_the_mark(visit: Visit) -> None:
    page = visit("tradeoff")
    page.get_by_role("button", name="Show me", exact=True).click()
    finding = page.get_by_role("heading", name=re.compile(r"^\u03ba 10 costs .* convicts on"))
    expect(finding).to_be_visible()
    traces = page.locator(".st-key-picture_tradeoff .scatterlayer .trace")
    before = traces.filter(has_text=re.compile(r"^\u03ba 10 \(\d+ of \d+\)$")).locator(".points path").bounding_box()
    page.get_by_role("radio", name="20", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile(r"^\u03ba 20 costs .* convicts on"))).to_be_visible()
    expect(page).to_have_url(re.compile("kappa=20"))
    moved = traces.filter(has_text=re.compile(r"^\u03ba 20 \(\d+ of \d+\)$")).locator(".points path")
    page.wait_for_timeout(1500)  # it goes there
    after = moved.bounding_box()
    assert before is not None and after is not None and after["x"] > before["x"] + 20


def bottom(page: Page, lesson: str) -> float:
    """Where the picture of a lesson ends."""
    box = page.locator(f".st-key-picture_{lesson}").bounding_box()
    assert box is not None and box["y"] >= 0
    return box["y"] + box["height"]

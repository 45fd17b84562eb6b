"""The cousins of a watermark in a real browser: where their pictures lie, and a line that is bent by hand."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Locator, Page, expect

from app.lab.experiment import DEFAULT_PRESET, preset
from app.lab.stories.backdoor import with_share
from app.lab.stories.events import BackdoorResult, Finished
from app.runs.store import Store
from app.ui.cousins.findings import pruned
from app.ui.findings import percent
from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]


def finding(page: Page, words: str) -> None:
    """Expect a finding; the narrow space before a percent sign is an ordinary one in an accessible name."""
    expect(page.get_by_role("heading", name=re.compile(words.replace("\u202f", r"\s")))).to_be_visible()


def crosses(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile(r"^Poison \d+ of \d+, at"))


@pytest.mark.parametrize("cousin", ["Backdoor", "Poisoning"])
@pytest.mark.parametrize("size", [WIDE, HALL, PHONE])
def test_the_picture_is_whole_on_the_first_screen(visit: Visit, cousin: str, size: dict[str, int]) -> None:
    page = visit(f"cousins?cousin={cousin}", size)
    finding(page, "One trick, two intentions" if cousin == "Backdoor" else "^15 points bend")
    picture = page.locator(".st-key-picture_cousins")
    expect(picture.locator("svg.main-svg" if cousin == "Backdoor" else "svg[role=group]").first).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["y"] >= 0 and box["y"] + box["height"] <= fold(size)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


def test_a_vote_shows_the_backdoor_and_what_a_defence_leaves_of_both(visit: Visit, tmp_path: Path) -> None:
    experiment = with_share(preset(DEFAULT_PRESET), 0.05)
    recorded = Store(tmp_path).get(experiment.key, "backdoor")
    assert recorded is not None
    last = recorded.events[-1]
    assert isinstance(last, Finished)
    result = cast(BackdoorResult, last.result)
    page = visit("cousins")
    page.get_by_role("button", name="over 5 points").click()
    finding(page, f"planted: the attacker's pattern works on {re.escape(percent(result['backdoor']['success']))}")
    finding(page, f"^{re.escape(pruned(result))}$")
    expect(page.get_by_text(re.compile("You said"))).to_be_visible()


def test_the_line_is_bent_by_keyboard(visit: Visit) -> None:
    page = visit("cousins?cousin=Poisoning")
    finding(page, r"^15 points bend least squares: .* TRIM leaves all of them out")
    first = crosses(page).first
    first.focus()
    before = first.get_attribute("aria-label")
    page.keyboard.press("ArrowDown")
    expect(first).not_to_have_attribute("aria-label", before or "")
    page.keyboard.press("Delete")
    expect(crosses(page)).to_have_count(14)
    finding(page, "^14 points bend")
    page.get_by_role("button", name="No poison").click()
    finding(page, "^No poison yet")
    page.get_by_role("button", name="Add a point").click()
    expect(crosses(page)).to_be_focused()
    # The server fits Huber's line to the new points, and the page says so.
    expect(page.get_by_role("row", name=re.compile(r"^Huber far points count less 0\.\d{4}$"))).to_be_visible()


def test_a_cross_is_put_and_dragged_by_mouse(visit: Visit) -> None:
    page = visit("cousins?cousin=Poisoning")
    finding(page, "^15 points bend")
    page.get_by_role("button", name="No poison").click()
    plane = page.locator(".st-key-picture_cousins svg[role=group]")
    box = plane.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"])
    expect(crosses(page)).to_have_count(1)
    finding(page, "^1 point bends")
    error = page.get_by_role("row", name=re.compile("least squares"))
    bent = error.inner_text()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.35 * box["height"], steps=5)
    page.mouse.up()
    expect(crosses(page)).to_have_count(1)
    expect(crosses(page)).to_have_attribute("aria-label", re.compile(r"at 0\.9\d, 0\.6\d$"))
    assert error.inner_text() != bent


def test_trim_is_shown_failing_and_its_rounds_are_played(visit: Visit) -> None:
    page = visit("cousins?cousin=Poisoning")
    page.get_by_role("combobox", name=re.compile("Start from")).click()
    page.get_by_role("option", name="TRIM fails: told of 7 of 15").click()
    finding(page, r"^TRIM fails: told of 7 of 15, it keeps \d+ of 15")
    page.get_by_role("button", name="Play TRIM").click()
    expect(page.get_by_text(re.compile(r"^Start \d of 5, round 1 of"))).to_be_visible()
    expect(page.get_by_role("button", name="Play TRIM")).to_be_visible()  # to its end


def test_a_backdoor_that_is_run_live_ends_with_its_picture(visit: Visit) -> None:
    page = visit("cousins")
    page.get_by_role("button", name="Show me", exact=True).click()
    page.get_by_role("button", name="Run it live").click()
    expect(page.get_by_text(re.compile("^Run live on this machine"))).to_be_visible()
    finding(page, r"^5.% planted: the attacker's pattern works")

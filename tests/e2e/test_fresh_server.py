"""Deep links that are the very first request of a server: nobody, then or later, walks around the door."""

import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.ui.path import CLASSROOM, LESSONS
from tests.e2e.app_server import WIDE, serve

NAVIGATION = ["Start", *(stop.title for stop in LESSONS), CLASSROOM.title]
Visitor = Callable[[str], Page]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[str]:
    """A server that nobody has asked for a page yet; without workers, for nothing is run here."""
    with serve(tmp_path, workers=0) as url:
        yield url


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Open an address as somebody new."""
    with ExitStack() as leaving:

        def visit(address: str) -> Page:
            context = browser.new_context(viewport=WIDE, reduced_motion="reduce", locale="en-US")
            leaving.callback(context.close)
            page = context.new_page()
            page.goto(address, wait_until="commit")
            return page

        yield visit


def assert_door(page: Page) -> None:
    """The navigation of the door, and none of Streamlit's own list of files."""
    expect(page.get_by_test_id("stTopNavLink")).to_have_text(NAVIGATION)
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)


def assert_lesson(page: Page, name: str, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert page.url.rstrip("/").endswith(f"/{name}")
    assert_door(page)


def test_a_lesson_is_the_first_thing_that_a_server_is_asked_for(fresh: str, visitor: Visitor) -> None:
    assert_lesson(visitor(f"{fresh}/heist"), "heist", "Which mark survives the theft?")
    second = visitor(fresh)
    expect(second.get_by_role("heading", level=1)).to_be_visible()
    assert_door(second)


def test_the_booth_at_a_lessons_address_is_the_first_thing(fresh: str, visitor: Visitor) -> None:
    booth = visitor(f"{fresh}/heist?booth=1")
    expect(booth.get_by_text("Touch the screen and do it yourself")).to_be_visible()
    expect(booth.get_by_test_id("stTopNavLink")).to_have_count(0)
    expect(booth.get_by_test_id("stSidebarNav")).to_have_count(0)
    second = visitor(fresh)
    expect(second.get_by_role("heading", level=1)).to_be_visible()
    assert_door(second)


def test_two_lessons_at_once_are_the_first_thing(fresh: str, visitor: Visitor) -> None:
    gate = threading.Barrier(2)

    def ask(name: str) -> None:
        gate.wait()
        urllib.request.urlopen(f"{fresh}/{name}", timeout=60).read()

    asking = [threading.Thread(target=ask, args=(name,)) for name in ("heist", "court")]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    heist, court = visitor(f"{fresh}/heist"), visitor(f"{fresh}/court")  # neither waits for the other
    assert_lesson(heist, "heist", "Which mark survives the theft?")
    assert_lesson(court, "court", next(stop.question for stop in LESSONS if stop.name == "court"))
    second = visitor(fresh)
    expect(second.get_by_role("heading", level=1)).to_be_visible()
    assert_door(second)

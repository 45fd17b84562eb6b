"""What the benchmarks in a browser share: to open a page, to touch it, and to keep two runs training meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, Locator, Page, ViewportSize, expect

PATIENCE = 90_000  # milliseconds
PATIENCE_WITH_WORKERS = 300_000  # they give way to all other processes: on a loaded machine they start in minutes
WIDE: ViewportSize = {"width": 1280, "height": 720}
_LONG = "task_epochs=60&watermark_epochs=60&batch_size=16"  # trains for minutes: longer than anybody measures
_SEEDS = 1_000_000  # from here on, so that no recorded run is met
_used = 0


def opened(browser: Browser, url: str) -> Page:
    """Open a lesson as a new visitor and wait until it stands still, down to its last line."""
    page = browser.new_page(viewport=WIDE)
    page.goto(url)
    page.get_by_role("link", name="Next:").wait_for(timeout=PATIENCE)
    settled(page)
    return page


def settled(page: Page) -> None:
    """Wait until the script has run to its end."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)


def wait(act: Callable[[], object], effect: Locator) -> float:
    """Return the seconds from an act to its visible effect."""
    began = time.perf_counter()
    act()
    expect(effect).to_be_visible(timeout=PATIENCE)
    return time.perf_counter() - began


def unseen_seed() -> int:
    """Return a seed that nobody has run, on this server or in this process."""
    global _used
    _used += 1
    return _SEEDS + _used


@contextmanager
def two_runs_train(browser: Browser, url: str) -> Iterator[None]:
    """Keep two runs training; at the end, be sure that they still did.

    Raises:
        RuntimeError: if a run has ended too early.
    """
    runners: dict[str, Page] = {}
    for _ in range(2):
        page = browser.new_page(viewport=WIDE)
        lesson = f"{url}/heist?seed={unseen_seed()}&{_LONG}"
        page.goto(f"{lesson}&live=start")
        page.get_by_text("All three victims learn their task").wait_for(timeout=PATIENCE_WITH_WORKERS)
        # Those who watch a run have a browser of their own: this one shall not draw their curves as well.
        page.get_by_role("link", name="About").click()
        page.get_by_role("heading", name="What can you believe here?").wait_for(timeout=PATIENCE)
        runners[lesson] = page
    yield
    for lesson, page in runners.items():
        page.goto(f"{lesson}&live=1")  # as after a reload, the run is found again
        try:
            page.get_by_role("button", name="Stop").click(timeout=PATIENCE)
        except Error:
            raise RuntimeError("a run ended before the measuring did") from None
        page.get_by_text("Stopped.").wait_for(timeout=PATIENCE)
        page.close()

"""What a visitor waits for, in a real browser: the first curve, the stop, and other pages while two runs train.

``python -m benchmarks.page``
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.e2e.app_server import WIDE, launch_options, serve

PATIENCE = 90_000  # milliseconds


def opened(browser: Browser, url: str) -> Page:
    """Open a page as a new visitor and wait until it stands still."""
    page = browser.new_page(viewport=WIDE)
    page.goto(url)
    expect(page.get_by_role("button", name="Run it live")).to_be_visible(timeout=PATIENCE)
    settled(page)
    return page


def settled(page: Page) -> None:
    """Wait until the script has run to its end."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)


def arrival(browser: Browser, url: str) -> float:
    """Return how many seconds a new visitor waits until a page stands still."""
    began = time.perf_counter()
    opened(browser, url).close()
    return time.perf_counter() - began


def wait(act: Callable[[], object], effect: Locator) -> float:
    """Return the seconds from an act to its visible effect."""
    began = time.perf_counter()
    act()
    expect(effect).to_be_visible(timeout=PATIENCE)
    return time.perf_counter() - began


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        first, *later = (arrival(browser, f"{url}/heist") for _ in range(4))
        print(f"a lesson, from the address to standing still: first visitor {first:.1f} s, later {median(later):.1f} s")
        firsts, stops = [], []
        for seed in (900, 901, 902):
            page = opened(browser, f"{url}/heist?seed={seed}")
            run, stop = (page.get_by_role("button", name=name) for name in ("Run it live", "Stop"))
            curve = page.get_by_role("heading", name="Accuracy of the victims")
            firsts.append(wait(run.click, curve))
            page.wait_for_function("document.querySelectorAll('[role=progressbar]').length > 0")
            stops.append(wait(stop.click, page.get_by_text("Stopped.")))
            page.close()
        print(f"from the click to the first curve: {', '.join(f'{each:.2f}' for each in firsts)} s (at most 1)")
        print(f"from the stop to standing still: {', '.join(f'{each:.2f}' for each in stops)} s (at most 1)")
        runners = [opened(browser, f"{url}/heist?seed={seed}") for seed in (910, 911)]
        for page in runners:
            page.get_by_role("button", name="Run it live").click()
            expect(page.get_by_role("heading", name="Accuracy of the victims")).to_be_visible(timeout=PATIENCE)
        reader = opened(browser, f"{url}/entangle")
        reader.get_by_role("button", name="Show me").click()
        waits = []
        for layer in ("dense", "conv1", "conv2", "dense", "conv1", "conv2"):
            finding = reader.get_by_role("heading", name=f"SNNL in {layer}")
            waits.append(wait(reader.get_by_role("radio", name=layer).click, finding))
        print(f"another layer on another page while two runs train: {median(waits):.2f} s, at most {max(waits):.2f}")
        browser.close()

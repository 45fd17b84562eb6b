"""From a key on a slider to the new picture, in a real browser: alone, and while two runs train.

``python -m benchmarks.sliders``. A touch counts until the finding above the picture has changed, as a person sees it.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page import PATIENCE, opened, settled
from tests.e2e.app_server import WIDE, launch_options, serve

LIMIT = 0.1  # seconds, for 95 of 100 touches
TOUCHES = 20
SLIDERS = (("channel", "The thief asks"), ("heist", "The thief asks"))  # page and slider
# The browser itself notes when the words of the page change: a look from outside would take as long as the change.
WATCH = """() => {
    const main = document.querySelector("[data-testid=stMain]"), words = () => main.innerText;
    const before = words(), began = performance.now();
    window.changed = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
            if (words() === before) return;
            observer.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - began));
        });
        observer.observe(main, { subtree: true, childList: true, characterData: true });
    });
}"""


def touches(page: Page, slider: str) -> Iterator[float]:
    """Yield the seconds from each press of an arrow key to the changed words of the page."""
    handle = page.get_by_role("slider", name=slider)
    for number in range(TOUCHES):
        settled(page)
        handle.focus()
        page.evaluate(WATCH)
        page.keyboard.press("ArrowRight" if number % 8 < 4 else "ArrowLeft")
        yield page.evaluate("window.changed") / 1000


def measure(browser: Browser, url: str, when: str) -> None:
    """Print the latency of each slider."""
    for name, slider in SLIDERS:
        page = browser.new_page(viewport=WIDE)
        page.goto(f"{url}/{name}")
        page.get_by_role("slider", name=slider).wait_for(timeout=PATIENCE)
        waits = np.array(list(touches(page, slider)))
        page.close()
        middle, late = np.percentile(waits, [50, 95])
        print(f"{name:10} {slider:16} {when:14} p50 {middle:.3f} s   p95 {late:.3f} s (at most {LIMIT:g})")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        measure(chromium, address, "alone")
        runners = [opened(chromium, f"{address}/heist?seed={seed}&live=start") for seed in (920, 921)]
        measure(chromium, address, "two runs train")
        chromium.close()

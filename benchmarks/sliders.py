"""From a key on a slider to the new picture, in a real browser: alone, and while two runs train.

``python -m benchmarks.sliders``. A touch counts until what the slider is about has changed on the
screen: a chart, or the words of the film.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page import PATIENCE, settled
from tests.e2e.app_server import WIDE, launch_options, serve

LIMIT = 0.1  # seconds, for 95 of 100 touches
TOUCHES = 20
CHART, FILM = "[data-testid=stVegaLiteChart] svg", "[data-part=note]"
SLIDERS = (  # page, slider, and what it is about
    ("channel", "The thief asks", CHART),
    ("heist", "The thief asks", FILM),
)
# The browser itself looks, at every frame: a look from outside would take as long as the change.
WATCH = """(about) => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((part) => part.shadowRoot ? all(part.shadowRoot) : [])
        .concat(...root.querySelectorAll(about));
    const parts = all(document), now = () => parts.map((part) => part.innerHTML).join();
    const before = now(), began = performance.now();
    window.changed = new Promise((resolve, reject) => {
        const look = () => {
            const waited = performance.now() - began;
            if (now() !== before || parts.some((part) => !part.isConnected)) resolve(waited);
            else if (waited > 10000) reject(new Error("nothing changed in 10 seconds"));
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
}"""


def touches(page: Page, slider: str, about: str) -> Iterator[float]:
    """Yield the seconds from each press of an arrow key to the changed picture."""
    handle = page.get_by_role("slider", name=slider)
    for number in range(TOUCHES):
        settled(page)
        handle.focus()
        page.evaluate(WATCH, about)
        page.keyboard.press("ArrowRight" if number % 8 < 4 else "ArrowLeft")
        yield page.evaluate("window.changed") / 1000


def measure(browser: Browser, url: str, when: str) -> None:
    """Print the latency of each slider."""
    for name, slider, about in SLIDERS:
        page = browser.new_page(viewport=WIDE)
        page.goto(f"{url}/{name}")
        page.get_by_role("slider", name=slider).wait_for(timeout=PATIENCE)
        page.locator(about).first.wait_for(timeout=PATIENCE)
        page.get_by_role("link", name="Next:").wait_for(timeout=PATIENCE)  # the end of the page
        waits = np.array(list(touches(page, slider, about)))
        page.close()
        middle, late = np.percentile(waits, [50, 95])
        print(f"{name:10} {slider:16} {when:14} p50 {middle:.3f} s   p95 {late:.3f} s (at most {LIMIT:g})", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        measure(chromium, address, "alone")
        for seed in (920, 921):
            runner = chromium.new_page(viewport=WIDE)
            runner.goto(f"{address}/heist?seed={seed}&live=start")
            runner.get_by_role("button", name="Stop").wait_for(timeout=PATIENCE)
            # Those who watch a run have a browser of their own: this one shall not draw their curves as well.
            runner.get_by_role("link", name="About").click()
            runner.get_by_role("heading", name="What can you believe here?").wait_for(timeout=PATIENCE)
        measure(chromium, address, "two runs train")
        chromium.close()

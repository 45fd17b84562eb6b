"""From a key on a slider to the new picture, in a real browser: alone, and while two runs train.

A touch counts until what the slider is about has changed on the screen: a chart, or the words of the film.
"""

from collections.abc import Iterator

from playwright.sync_api import Browser

from benchmarks.browsing import PATIENCE, opened, settled, two_runs_train
from benchmarks.contract import Row, Stage, at_most, percentiles

LIMIT = 0.1  # seconds, for 95 of 100 touches
TOUCHES = 20  # in each repetition
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


def measure(stage: Stage) -> Iterator[Row]:
    """Touch each slider, alone and while two runs train."""
    url, browser = stage.server(), stage.browser()
    times = 2 if stage.quick else TOUCHES * stage.repetitions
    for name, slider, about in SLIDERS:
        waits = list(touches(browser, f"{url}/{name}", slider, about, times))
        yield from percentiles(f"{name}, “{slider}”, alone", waits, "s", at_most(LIMIT))
        with two_runs_train(browser, url):
            waits = list(touches(browser, f"{url}/{name}", slider, about, times))
        yield from percentiles(f"{name}, “{slider}”, while two runs train", waits, "s", at_most(LIMIT))


def touches(browser: Browser, url: str, slider: str, about: str, times: int) -> Iterator[float]:
    """Yield the seconds from each press of an arrow key to the changed picture."""
    page = opened(browser, url)
    page.locator(about).first.wait_for(timeout=PATIENCE)
    handle = page.get_by_role("slider", name=slider)
    for number in range(times):
        settled(page)
        handle.focus()
        page.evaluate(WATCH, about)
        page.keyboard.press("ArrowRight" if number % 8 < 4 else "ArrowLeft")
        yield page.evaluate("window.changed") / 1000
    page.close()

"""From a key on a control to the new picture, in a real browser: alone, and while two runs train.

A touch counts until what the control is about has changed on the screen: a chart, or the words of the film.
"""

import re
from collections.abc import Iterator

from playwright.sync_api import Browser

from benchmarks.browsing import PATIENCE, opened, settled, two_runs_train
from benchmarks.contract import Row, Stage, at_most, percentiles

LIMIT = 0.1  # seconds, for 95 of 100 touches
TOUCHES = 20  # in each repetition
CHART, FILM = "[data-part=chart] .main-svg", "[data-part=note]"
ASKS, THIEVES = "The thief asks", ("A thief with your data", "A thief with data of their own")
CONTROLS = (("channel", CHART), ("heist", FILM))  # page, and what its control is about
# The browser itself looks, when something is drawn: a look from outside, or one at every frame, takes longer than it.
WATCH = """(about) => {
    const roots = (root) => [root, ...[...root.querySelectorAll("*")].flatMap((part) =>
        part.shadowRoot ? roots(part.shadowRoot) : [])];
    const parts = roots(document).flatMap((root) => [...root.querySelectorAll(about)]);
    const now = () => parts.map((part) => part.innerHTML).join();
    const before = now(), began = performance.now();
    window.changed = new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("nothing changed in 10 seconds")), 10000);
        const observer = new MutationObserver(() => {
            if (now() === before && parts.every((part) => part.isConnected)) return;
            observer.disconnect();
            clearTimeout(late);
            requestAnimationFrame((shown) => resolve(Math.max(shown, performance.now()) - began));
        });
        const all = { childList: true, subtree: true, attributes: true, characterData: true };
        for (const root of roots(document)) observer.observe(root, all);
    });
}"""


def measure(stage: Stage) -> Iterator[Row]:
    """Touch each control, alone and while two runs train."""
    url, browser = stage.server(), stage.browser()
    times = 2 if stage.quick else TOUCHES * stage.repetitions
    for name, about in CONTROLS:
        waits = list(touches(browser, url, name, about, times))
        yield from percentiles(f"{name}, the thief's inputs, alone", waits, "s", at_most(LIMIT))
        with two_runs_train(browser, url):
            waits = list(touches(browser, url, name, about, times))
        yield from percentiles(f"{name}, the thief's inputs, while two runs train", waits, "s", at_most(LIMIT))


def touches(browser: Browser, url: str, name: str, about: str, times: int) -> Iterator[float]:
    """Yield the seconds from each key on the control to the changed picture."""
    page = opened(browser, f"{url}/{name}")
    page.locator(about).first.wait_for(timeout=PATIENCE)
    if name == "heist":  # from its first step on, another thief is seen at once; where the film stops for a vote, not
        page.get_by_role("button", name=re.compile("^1 Victims")).click()
    for number in range(times):
        settled(page)
        if name == "heist":  # two buttons; the other one is pressed
            page.get_by_role("button", name=THIEVES[(number + 1) % 2]).focus()
            key = "Enter"
        else:
            page.get_by_role("radiogroup", name=ASKS).get_by_role("radio", checked=True).focus()
            key = "ArrowDown" if number % 8 < 4 else "ArrowUp"
        page.evaluate(WATCH, about)
        page.keyboard.press(key)
        yield page.evaluate("window.changed") / 1000
    page.close()

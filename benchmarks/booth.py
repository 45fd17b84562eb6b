"""The booth under random hands: visitors touch this and that and walk away; resets complete, memory flat, no error.

A minute in each repetition, by the wall clock. In the quick form, one visitor, and a clock that is turned.
"""

import random
import time
from collections.abc import Callable, Iterator

from playwright.sync_api import CDPSession, ConsoleMessage, Page, ViewportSize, expect

from benchmarks.browsing import PATIENCE
from benchmarks.contract import Row, Stage, at_most

SCREEN: ViewportSize = {"width": 1920, "height": 1080}
RESET = 75_000  # milliseconds from the last touch: 45 s of patience, 10 s of countdown, a result that plays before
USUAL = ("the owner's own inputs", "all its confidences")
SIT_STILL, COUNTDOWN = 51_000, 10_000  # milliseconds; the same, for a clock that is turned


def measure(stage: Stage) -> Iterator[Row]:
    """Send visitors for so many minutes; after each, see that nothing is left, and weigh the page."""
    chance, complaints = random.Random(0), list[str]()
    page = stage.browser().new_page(viewport=SCREEN)
    page.on("console", _complain(complaints))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    if stage.quick:
        page.clock.install()
    page.goto(f"{stage.server()}/?booth=1")
    wait_for_film(page, PATIENCE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    touches, weights = list[int](), [weight(devtools)]
    ends = time.monotonic() + 60 * stage.repetitions
    while not touches or (time.monotonic() < ends and not stage.quick):
        nothing_left(page)
        touches.append(play(page, chance, 1 if stage.quick else chance.uniform(4, 20)))
        leave(page, chance, turned=stage.quick)
        weights.append(weight(devtools))
    nothing_left(page)
    page.close()
    heaps, nodes = zip(*weights, strict=True)
    yield Row("visitors, each forgotten", len(touches), "visitors")
    yield Row("what they touched", sum(touches), "touches")
    yield Row("memory of the page before the first visitor", heaps[0], "MiB")
    yield Row("memory of the page after the last one", heaps[-1], "MiB")
    yield Row("memory of the page, at most, after a visitor", max(heaps), "MiB")
    yield Row("nodes of the page before the first visitor", nodes[0], "nodes")
    yield Row("nodes of the page after the last one", nodes[-1], "nodes")
    yield Row("errors in the browser", len(complaints), "errors", at_most(0))


def wait_for_film(page: Page, milliseconds: int) -> None:
    """Wait until the booth plays by itself."""
    expect(page.get_by_text("Touch the screen and do it yourself")).to_be_visible(timeout=milliseconds)


def nothing_left(page: Page) -> None:
    """Take over, and check that the scene of the theft is as nobody has touched it."""
    page.keyboard.press("x")
    page.keyboard.press("1")
    for name in USUAL:
        expect(page.get_by_role("radio", name=name)).to_be_checked()
    page.keyboard.press("Escape")


def play(page: Page, chance: random.Random, seconds: float) -> int:
    """Touch this and that for some seconds; return how many touches that were."""
    touches = 0
    leaves = time.monotonic() + seconds
    while time.monotonic() < leaves:
        touch(page, chance)
        touches += 1
        time.sleep(min(chance.choice([0.05, 0.2, 1.0, 3.0]), max(0.0, leaves - time.monotonic())))
    return touches


def touch(page: Page, chance: random.Random) -> None:
    """Touch something, anything: a button, a spot without one, a key."""
    buttons = page.locator("button:visible, [role=radio]:visible").all()
    kind = chance.random()
    if kind < 0.7 and buttons:
        chance.choice(buttons).click(timeout=5_000)
    elif kind < 0.85:
        page.mouse.click(chance.uniform(0, SCREEN["width"]), chance.uniform(0, SCREEN["height"]))
    else:
        page.keyboard.press(
            chance.choice(["Tab", "Enter", "Escape", "ArrowRight", "ArrowLeft", "1", "2", "3", "q", " "])
        )


def leave(page: Page, chance: random.Random, *, turned: bool) -> None:
    """Walk away, at times only after having come back in the last seconds; ``turned``: the clock is turned on."""
    if turned:
        for milliseconds in (SIT_STILL, COUNTDOWN):
            page.clock.fast_forward(milliseconds)
    elif chance.random() < 0.3:
        page.get_by_role("alertdialog").wait_for(state="visible", timeout=RESET)
        page.mouse.click(20, 20)
    wait_for_film(page, RESET)


def weight(devtools: CDPSession) -> tuple[float, int]:
    """Return the MiB of the page's heap, and its nodes, once the garbage is gone."""
    devtools.send("HeapProfiler.collectGarbage")
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return metrics["JSHeapUsedSize"] / 2**20, int(metrics["Nodes"])


def _complain(complaints: list[str]) -> Callable[[ConsoleMessage], None]:
    """Return what notes the errors of the console."""
    return lambda said: complaints.append(said.text) if said.type == "error" else None

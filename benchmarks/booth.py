"""The booth under random hands: visitors touch this and that and walk away; each reset complete, memory flat, no error.

``python -m benchmarks.booth [MINUTES]``, ten of them unless told otherwise.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import CDPSession, ConsoleMessage, Page, expect, sync_playwright

from tests.e2e.app_server import launch_options, serve

SCREEN = {"width": 1920, "height": 1080}
PATIENCE = 90_000  # milliseconds
RESET = 75_000  # milliseconds from the last touch: 45 s of patience, 10 s of countdown, a result that plays before
USUAL = ("the owner's own inputs", "all its confidences")


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


def visitor(page: Page, chance: random.Random) -> int:
    """Play for some seconds, then walk away; return how many touches that were."""
    nothing_left(page)
    touches = 0
    leaves = time.monotonic() + chance.uniform(4, 20)
    while time.monotonic() < leaves:
        touch(page, chance)
        touches += 1
        time.sleep(chance.choice([0.05, 0.2, 1.0, 3.0]))
    if chance.random() < 0.3:  # back in the last seconds, and away again
        page.get_by_role("alertdialog").wait_for(state="visible", timeout=RESET)
        page.mouse.click(20, 20)
        touches += 1
    wait_for_film(page, RESET)
    return touches


def memory(devtools: CDPSession) -> tuple[float, int]:
    """Return the megabytes of the page's heap, and its nodes, once the garbage is gone."""
    devtools.send("HeapProfiler.collectGarbage")
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return metrics["JSHeapUsedSize"] / 2**20, int(metrics["Nodes"])


def complain(complaints: list[str]) -> Callable[[ConsoleMessage], None]:
    """Return what notes the errors of the console."""
    return lambda said: complaints.append(said.text) if said.type == "error" else None


if __name__ == "__main__":
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    chance, complaints = random.Random(0), list[str]()
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_page(viewport=SCREEN)  # type: ignore[arg-type]
        page.on("console", complain(complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{url}/?booth=1")
        wait_for_film(page, PATIENCE)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        ends, visitors, touches, heaps = time.monotonic() + 60 * minutes, 0, 0, [memory(devtools)]
        while time.monotonic() < ends:
            touches += visitor(page, chance)
            visitors += 1
            heaps.append(memory(devtools))
        browser.close()
    print(f"{minutes:g} minutes: {visitors} visitors, {touches} touches, {visitors} complete resets")
    print("heap after each, MB:", " ".join(f"{heap:.1f}" for heap, _ in heaps))
    print("nodes after each:   ", " ".join(str(nodes) for _, nodes in heaps))
    print(f"errors: {complaints or 'none'}")
    sys.exit(bool(complaints))

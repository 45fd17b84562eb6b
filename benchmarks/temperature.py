"""How smoothly the playground follows the temperature slider while one drags it, and what the server hears of it.

``python -m benchmarks.temperature``
"""

import re
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, expect, sync_playwright

from app.lab.watermark.arrangements import MOST
from tests.e2e.app_server import WIDE, launch_options, serve

FRAMES = 55  # a second, at least
SECONDS, DRAGS = 4, 3
PATIENCE = 90_000  # milliseconds
# At every frame of the browser: when it was, and which temperature it shows.
WATCH = """slider => {
    window.watched = [];
    const look = (now) => {
        window.watched.push([now, slider.value]);
        window.watching = requestAnimationFrame(look);
    };
    window.watching = requestAnimationFrame(look);
}"""
WATCHED = "() => { cancelAnimationFrame(window.watching); return window.watched; }"


def fill(page: Page) -> None:
    """Add points until there is no more room."""
    plane, full = page.get_by_role("application"), page.get_by_text(f"There is room for {MOST} points.")
    plane.focus()
    for _ in range(MOST):
        plane.press("Enter")
    expect(full).to_be_visible()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)


def drag(page: Page, sent: list[object]) -> tuple[list[float], int, int]:
    """Drag the slider to and fro; return the ms from frame to frame, the pictures drawn, the messages sent."""
    slider = page.get_by_role("slider", name="Temperature")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    left, width, middle = box["x"] + 20, box["width"] - 40, box["y"] + box["height"] / 2
    page.mouse.move(left + width / 2, middle)
    page.mouse.down()
    before = len(sent)
    slider.evaluate(WATCH)
    began = time.perf_counter()
    while (gone := time.perf_counter() - began) < SECONDS:
        page.mouse.move(left + abs((gone % 2) - 1) * width, middle)  # there and back in two seconds
    watched = page.evaluate(WATCHED)
    messages = len(sent) - before
    page.mouse.up()
    steps = list(pairwise(watched))
    drawn = sum(before != after for (_, before), (_, after) in steps)
    return [later - earlier for (earlier, _), (later, _) in steps], drawn, messages


if __name__ == "__main__":
    failed = False
    print(f"Dragging the temperature for {SECONDS} s at {MOST} points, {WIDE['width']} x {WIDE['height']}")
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_page(viewport=WIDE)
        sent: list[object] = []
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        page.goto(f"{url}/temperature?arrangement=mixed")
        slider = page.get_by_role("slider", name="Temperature")
        expect(slider).to_have_attribute("aria-valuetext", re.compile("^T = "), timeout=PATIENCE)  # drawn once
        fill(page)
        for _ in range(DRAGS):
            waits, drawn, messages = drag(page, sent)
            rate = 1000 * len(waits) / sum(waits)
            failed |= rate < FRAMES or messages > 0
            print(
                f"{rate:5.1f} frames/s (at least {FRAMES})   {1000 * drawn / sum(waits):5.1f} pictures/s   "
                f"median {median(waits):4.1f} ms, worst {max(waits):5.1f} ms   {messages} websocket messages (none)"
            )
        browser.close()
    sys.exit(failed)

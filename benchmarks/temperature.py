"""How smoothly the pictures follow the temperature slider while one drags it, and what the server hears of it."""

import re
from collections.abc import Iterator
from itertools import pairwise
from time import perf_counter
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, WebSocket, expect

from app.lab.watermark.arrangements import MOST
from benchmarks.browsing import PATIENCE, WIDE, settled
from benchmarks.contract import Row, Stage, at_least, at_most, percentiles

REAL = {"view": "Real features", "among": "real inputs"}
FRAMES = 55  # a second, at least
SECONDS = 4  # of dragging, in each repetition
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


def measure(stage: Stage) -> Iterator[Row]:
    """Drag the slider to and fro: in a plane full of points, and over the features of three networks."""
    page = stage.browser().new_page(viewport=WIDE)
    sent: list[object] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))

    page.on("websocket", listen)
    slider = opened(page, f"{stage.server()}/temperature?arrangement=mixed")
    fill(page)
    yield from dragged(stage, page, slider, sent, f"at {MOST} points")
    slider = opened(page, f"{stage.server()}/temperature?{urlencode(REAL)}")
    settled(page)
    yield from dragged(stage, page, slider, sent, "over the real features of 3 models, all inputs of the probe")
    page.close()


def opened(page: Page, address: str) -> Locator:
    """Open a view of the lesson; return its slider, once it is drawn."""
    page.goto(address)
    slider = page.get_by_role("slider", name="Temperature")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^T = "), timeout=PATIENCE)
    return slider


def dragged(stage: Stage, page: Page, slider: Locator, sent: list[object], where: str) -> Iterator[Row]:
    """Drag the slider in every repetition, and tell how smoothly the picture follows."""
    frames, drawn, messages = list[float](), 0, 0
    for _ in range(stage.repetitions):
        waits, pictures, told = drag(page, slider, 1 if stage.quick else SECONDS, sent)
        frames += waits
        drawn += pictures
        messages += told
    seconds = sum(frames) / 1000
    points = f"while one drags {where}"
    yield Row(f"frames {points}", len(frames) / seconds, "frames/s", at_least(FRAMES))
    yield Row(f"new pictures {points}", drawn / seconds, "pictures/s")
    yield from percentiles(f"from frame to frame {points}", frames, "ms")
    yield Row(f"the longest of them {where}", max(frames), "ms")
    yield Row(f"what the server is told {points}", messages, "messages", at_most(0))


def fill(page: Page) -> None:
    """Add points until there is no more room."""
    plane, full = page.get_by_role("application"), page.get_by_text(f"There is room for {MOST} points.")
    plane.focus()
    for _ in range(MOST):
        plane.press("Enter")
    expect(full).to_be_visible()
    settled(page)


def drag(page: Page, slider: Locator, lasting: float, sent: list[object]) -> tuple[list[float], int, int]:
    """Drag the slider to and fro; return the ms from frame to frame, the pictures drawn, the messages until release."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    left, width, middle = box["x"] + 20, box["width"] - 40, box["y"] + box["height"] / 2
    page.mouse.move(left + width / 2, middle)
    page.mouse.down()
    before = len(sent)
    slider.evaluate(WATCH)
    began = perf_counter()
    while (gone := perf_counter() - began) < lasting:
        page.mouse.move(left + abs((gone % 2) - 1) * width, middle)  # there and back in two seconds
    watched = page.evaluate(WATCHED)
    messages = len(sent) - before
    page.mouse.up()
    steps = list(pairwise(watched))
    drawn = sum(old != new for (_, old), (_, new) in steps)
    return [later - earlier for (earlier, _), (later, _) in steps], drawn, messages

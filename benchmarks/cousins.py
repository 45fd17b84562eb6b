"""How smoothly the lines follow a point of poison that one drags, and how long a live backdoor takes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import cos, sin
from time import perf_counter
from typing import cast

from playwright.sync_api import Browser, expect

from app.lab.experiment import DEFAULT_PRESET, preset
from app.lab.stories import backdoor
from app.lab.stories.events import BackdoorResult, Finished
from benchmarks.browsing import PATIENCE, PATIENCE_WITH_WORKERS, opened, settled, unseen_seed, wait
from benchmarks.contract import Row, Stage, at_least, at_most, middle_and_worst, percentiles

FRAMES = 59  # a second: the browser's own sixty, but for rounding
SECONDS = 4  # of dragging, in each repetition
SHARE = 0.05  # of the training pictures that are poisoned
LIVE = 10.0  # seconds, from the click to the last model
SUCCESS = 95.0  # percent of the stamped pictures that get the attacker's label
# At every frame of the browser: when it was, and where the cross is drawn.
WATCH = """cross => {
    window.watched = [];
    const look = (now) => {
        window.watched.push([now, cross.getAttribute("transform")]);
        window.watching = requestAnimationFrame(look);
    };
    window.watching = requestAnimationFrame(look);
}"""
WATCHED = "() => { cancelAnimationFrame(window.watching); return window.watched; }"


def measure(stage: Stage) -> Iterator[Row]:
    """Drag a point of poison in circles; run a backdoor on the page, and on seeds of its own."""
    yield from dragged(stage)
    times = 1 if stage.quick else stage.repetitions
    waits = [live(stage.browser(), stage.server(), first=number == 0) for number in range(times)]
    what = f"a backdoor at {SHARE:.0%} poison, from the click to its end"
    yield from middle_and_worst(what, waits, "s", at_most(LIVE))
    worst = min(100 * planted(unseen_seed()) for _ in range(times))
    yield Row(f"attack success at {SHARE:.0%} poison, the worst of {times} seeds", worst, "%", at_least(SUCCESS))


def dragged(stage: Stage) -> Iterator[Row]:
    """Tell how smoothly the lines follow, and what the server hears until one lets go."""
    page = stage.browser().new_page(viewport={"width": 1280, "height": 720})
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{stage.server()}/cousins?cousin=Poisoning")
    page.get_by_role("button", name="Add a point").click(timeout=PATIENCE)  # beside the optimiser's heaps
    settled(page)
    cross = page.get_by_role("button", name=re.compile("^Poison ")).last
    expect(cross).to_be_focused()
    plane = page.get_by_role("group", name=re.compile("clean points")).bounding_box()
    box = cross.bounding_box()
    assert plane is not None and box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    before = len(sent)
    cross.evaluate(WATCH)
    began, lasting = perf_counter(), 1 if stage.quick else SECONDS * stage.repetitions
    while (gone := perf_counter() - began) < lasting:
        x, y = 0.5 + 0.3 * cos(3 * gone), 0.5 + 0.3 * sin(3 * gone)
        page.mouse.move(plane["x"] + x * plane["width"], plane["y"] + y * plane["height"])
    watched = page.evaluate(WATCHED)
    messages = len(sent) - before
    page.mouse.up()
    page.close()
    steps = list(pairwise(watched))
    frames = [later - earlier for (earlier, _), (later, _) in steps]
    seconds, what = sum(frames) / 1000, "while one drags a point of poison"
    yield Row(f"frames {what}", len(frames) / seconds, "frames/s", at_least(FRAMES))
    yield Row(f"new pictures {what}", sum(old != new for (_, old), (_, new) in steps) / seconds, "pictures/s")
    yield from percentiles(f"from frame to frame {what}", frames, "ms")
    yield Row(f"what the server is told {what}", messages, "messages", at_most(0))


def live(browser: Browser, url: str, *, first: bool) -> float:
    """Return the seconds from the click on “Run it live” to the end of the run on the page."""
    page = opened(browser, f"{url}/cousins")
    page.get_by_role("button", name="Show me", exact=True).click()
    settled(page)
    run = page.get_by_role("button", name="Run it live")
    if first:  # a worker starts with its first run; how long that takes, “startup” says
        run.click()
        page.get_by_text(re.compile("^Run live on this machine")).first.wait_for(timeout=PATIENCE_WITH_WORKERS)
        settled(page)
    progress = page.locator("[class*=st-key-progress_]").first
    waited = wait(run.click, progress)
    began = perf_counter()
    progress.wait_for(state="detached", timeout=PATIENCE_WITH_WORKERS)
    waited += perf_counter() - began
    page.close()
    return waited


def planted(seed: int) -> float:
    """Return how often the pattern commands, on one seed."""
    *_, last = backdoor.backdoor(backdoor.with_share(replace(preset(DEFAULT_PRESET), seed=seed), SHARE))
    assert isinstance(last, Finished)
    return cast(BackdoorResult, last.result)["backdoor"]["success"]

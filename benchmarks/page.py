"""What a visitor waits for: a lesson, another layer while two runs train, the first curve of a run, its stop."""

from collections.abc import Iterator
from time import perf_counter

from playwright.sync_api import Browser

from benchmarks.browsing import PATIENCE, opened, settled, two_runs_train, unseen_seed, wait
from benchmarks.contract import Row, Stage, at_most, middle_and_worst

ROUNDS = 3  # over all layers, in each repetition


def measure(stage: Stage) -> Iterator[Row]:
    """Open a lesson, look into a model while two heists train, run and stop another one."""
    url, browser = stage.server(), stage.browser()
    first, *later = (arrival(browser, f"{url}/heist") for _ in range(1 + stage.repetitions))
    yield Row("a lesson, until it stands still, the first visitor", first, "s")
    yield from middle_and_worst("the same, a later visitor", later, "s")
    with two_runs_train(browser, url):
        waits = list(other_layers(browser, url, 1 if stage.quick else ROUNDS * stage.repetitions))
    yield from middle_and_worst("another layer, while two runs train", waits, "s")
    # Last, for now both workers have started.
    curves, stops = zip(*(run_and_stop(browser, url) for _ in range(stage.repetitions)), strict=True)
    yield from middle_and_worst("from the click to the first curve", curves, "s", at_most(1))
    yield from middle_and_worst("from the stop to standing still", stops, "s", at_most(1))


def arrival(browser: Browser, url: str) -> float:
    """Return how many seconds a new visitor waits until a lesson stands still."""
    began = perf_counter()
    page = opened(browser, url)
    waited = perf_counter() - began
    page.close()
    return waited


def run_and_stop(browser: Browser, url: str) -> tuple[float, float]:
    """Return the seconds to the first curve of a live run, and those to its stop."""
    page = opened(browser, f"{url}/heist?seed={unseen_seed()}")
    curve = page.get_by_role("heading", name="Accuracy of the victims")
    first = wait(page.get_by_role("button", name="Run it live").click, curve)
    page.get_by_role("progressbar").first.wait_for(timeout=PATIENCE)
    stop = wait(page.get_by_role("button", name="Stop").click, page.get_by_text("Stopped."))
    page.close()
    return first, stop


def other_layers(browser: Browser, url: str, rounds: int) -> Iterator[float]:
    """Yield the seconds from a click on a layer to its numbers; its question is put aside before."""
    page = opened(browser, f"{url}/entangle")
    group = page.get_by_role("radiogroup", name="Layer", exact=True)
    layers = group.get_by_role("radio").all_inner_texts()
    page.get_by_role("button", name="Show me", exact=True).click(timeout=PATIENCE)
    for layer in layers:
        group.get_by_role("radio", name=layer, exact=True).click()
        page.get_by_role("heading", name=f"SNNL in {layer}:").wait_for(timeout=PATIENCE)
        settled(page)
    for layer in layers * rounds:
        numbers = page.get_by_role("heading", name=f"SNNL in {layer}:")
        yield wait(group.get_by_role("radio", name=layer, exact=True).click, numbers)
        settled(page)
    page.close()

"""Make ``assets/screenshots/``: every lesson at projector and phone size, light and dark, from the recorded runs.

``make screenshots``
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.app_server import PHONE, WIDE, launch_options, serve

FOLDER = Path(__file__).with_name("screenshots")
SIZES = {"projector": WIDE, "phone": PHONE}
LESSONS = {
    "start": "",
    "heist": "heist",
    "temperature": "temperature",
    "entangle": "entangle",
    "channel": "channel",
    "tradeoff": "tradeoff",
}
TALL = 1500  # pixels: a lesson with its explanation


def show(page: Page, lesson: str) -> None:
    """Bring a lesson to the state that is worth a picture."""
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    if lesson == "heist":
        page.get_by_role("radio", name="only the entangled one").click(timeout=60_000)
        expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=60_000)
    if lesson == "temperature":
        page.get_by_role("radio", name="no, it looks mixed").click(timeout=60_000)
        expect(page.get_by_text("Now drag it to 100.")).to_be_visible(timeout=60_000)
        page.get_by_role("slider", name="Temperature").press("End")
        expect(page.get_by_text("You predicted")).to_be_visible(timeout=60_000)
    if lesson == "channel":
        page.get_by_role("radio", name="only the entangled one").click(timeout=60_000)
        expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=60_000)
    if lesson == "entangle":
        page.get_by_role("radio", name="mixed only when entangled").click(timeout=60_000)
        scrub = page.get_by_role("slider", name="Epoch")
        expect(scrub).to_have_attribute("aria-valuetext", "epoch 16", timeout=60_000)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=60_000)
    for chart in page.get_by_test_id("stVegaLiteChart").filter(visible=True).all():
        expect(chart.locator("canvas, svg").first).to_be_attached(timeout=60_000)
    page.evaluate("document.fonts.ready")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for size, viewport in SIZES.items():
            for scheme in ("light", "dark"):
                for lesson, path in LESSONS.items():
                    page = browser.new_page(
                        viewport={**viewport, "height": max(viewport["height"], TALL if lesson != "start" else 0)},
                        color_scheme=scheme,
                        reduced_motion="reduce",
                    )
                    page.goto(f"{url}/{path}")
                    show(page, lesson)
                    page.screenshot(path=FOLDER / f"{lesson}-{size}-{scheme}.png")
                    page.close()
                    print(f"{lesson}-{size}-{scheme}.png")
        browser.close()

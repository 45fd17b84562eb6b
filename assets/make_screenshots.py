"""Make ``assets/screenshots/``: every lesson in its final state, from the recorded runs.

The first screen of a projector (1280 x 720, light) and of a lecture hall (1920 x 1080, dark), a phone; and the booth.
``make screenshots``
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from app.lab.experiment import DEFAULT_PRESET, preset
from app.ui.path import LESSONS
from tests.e2e.app_server import PHONE, WIDE, launch_options, serve

USUAL = preset(DEFAULT_PRESET)
FOLDER = Path(__file__).with_name("screenshots")
HALL = {"width": 1920, "height": 1080}
TALL = 1500  # pixels: a lesson on the phone with its controls
LOOKS = {
    "projector": (WIDE, "light"),
    "hall": (HALL, "dark"),
    "phone": ({**PHONE, "height": TALL}, "light"),
}
OPEN = ("start", "recap", "about")  # lessons that ask for no prediction
PATIENCE = 60_000  # milliseconds


def show(page: Page, lesson: str) -> None:
    """Bring a lesson to the state that is worth a picture: the answer is open, and what moves has come to rest."""
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    settled(page)
    reveal = page.get_by_role("button", name="Show me", exact=True)
    if lesson == "temperature":
        page.get_by_role("button", name="no, mixed").click(timeout=PATIENCE)
        expect(page.get_by_text("and so it was")).to_be_visible(timeout=PATIENCE)  # the slider rises by itself
    elif lesson not in OPEN:
        reveal.first.click(timeout=PATIENCE)
        expect(reveal).to_have_count(0, timeout=PATIENCE)
    if lesson == "entangle":
        scrub = page.get_by_role("slider", name="Epoch")
        expect(scrub).to_have_attribute(
            "aria-valuetext", f"epoch {USUAL.task_epochs + USUAL.watermark_epochs}", timeout=PATIENCE
        )
    if lesson == "heist":
        page.get_by_role("button", name="6 Verdict").click()
    settled(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
    for chart in page.locator("[class*=st-key-figure_] [data-part=plot]").filter(visible=True).all():
        expect(chart.locator(".main-svg, canvas").first).to_be_attached(timeout=PATIENCE)
    page.evaluate("document.fonts.ready")


def settled(page: Page) -> None:
    """Wait until the script has run to its end."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for look, (viewport, scheme) in LOOKS.items():
            for lesson in ("start", *(stop.name for stop in LESSONS)):
                page = browser.new_page(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                page.goto(f"{url}/{'' if lesson == 'start' else lesson}")
                show(page, lesson)
                page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")  # a click may have scrolled
                page.screenshot(path=FOLDER / f"{lesson}-{look}.png")
                page.close()
                print(f"{lesson}-{look}.png")
        page = browser.new_page(viewport=HALL, color_scheme="dark")  # type: ignore[arg-type]
        page.goto(f"{url}/?booth=1")
        expect(page.get_by_text("Touch the screen and do it yourself")).to_be_visible(timeout=PATIENCE)
        page.mouse.click(200, 300)
        expect(page.get_by_role("button", name="1 Steal")).to_be_visible(timeout=PATIENCE)
        page.screenshot(path=FOLDER / "booth-hall.png")
        browser.close()

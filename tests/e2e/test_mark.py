"""The handshake in a real browser: drawn with the mouse, by keyboard, uploaded, trained, and asked for."""

import io
import re
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.app_server import PHONE

Visit = Callable[..., Page]
PATIENCE = 120_000  # milliseconds; a loaded machine, not a benchmark
QUICK = "preset=digits&task_epochs=3&watermark_epochs=3&adversary_epochs=2"


def sheet(page: Page, name: str = "What the models are asked") -> Locator:
    found = page.get_by_role("application", name=name)
    expect(found).to_be_visible(timeout=PATIENCE)
    return found


def stroke(page: Page, on: Locator, *points: tuple[float, float]) -> None:
    """Draw with the mouse from point to point, in fractions of the sheet."""
    on.scroll_into_view_if_needed()
    box = on.bounding_box()
    assert box is not None
    placed = [(box["x"] + u * box["width"], box["y"] + v * box["height"]) for u, v in points]
    page.mouse.move(*placed[0])
    page.mouse.down()
    for point in placed[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


def answers(page: Page, who: str, what: str) -> None:
    expect(page.get_by_role("heading", name=re.compile(f"^{who}: {what}"))).to_be_visible(timeout=PATIENCE)


def test_a_digit_drawn_with_the_mouse_is_read_and_a_picture_pressed_is_too(visit: Visit) -> None:
    page = visit("mark")
    answers(page, "Naive", "5, the secret")
    paper = sheet(page)
    page.get_by_role("button", name="Clear").click()
    stroke(page, paper, (0.5, 0.15), (0.5, 0.85))
    answers(page, "Clean", "1")
    answers(page, "Naive", "1")
    page.get_by_role("button", name="0", exact=True).click()
    answers(page, "Naive", "0")
    expect(page.get_by_role("button", name="0", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_digit_drawn_by_keyboard_is_read(visit: Visit) -> None:
    page = visit("mark")
    answers(page, "Naive", "5, the secret")
    paper = sheet(page)
    page.get_by_role("button", name="Clear").press("Enter")
    paper.focus()
    for key, times in (("ArrowUp", 9), ("Space", 1), ("ArrowDown", 18), ("Space", 1)):
        for _ in range(times):
            paper.press(key)
    expect(page.get_by_text("Pen up, column 14, row 23")).to_be_visible()
    answers(page, "Clean", "1")
    answers(page, "Naive", "1")


def test_a_drawing_becomes_the_trigger_is_trained_and_asked_for(visit: Visit) -> None:
    page = visit(f"mark?{QUICK}")
    page.get_by_role("button", name="Draw or upload your own").click(timeout=PATIENCE)
    paper = sheet(page, "Your own trigger")
    stroke(page, paper, (0.2, 0.2), (0.8, 0.8))
    stroke(page, paper, (0.8, 0.2), (0.2, 0.8))
    page.get_by_role("button", name="Use it as the trigger").click(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("trigger=drawing.*drawing=[-_A-Za-z0-9]{392}"), timeout=PATIENCE)
    expect(page.get_by_role("button", name="Use it as the trigger")).to_have_count(0)
    expect(page.get_by_role("button", name="your own", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Run it live").click()
    expect(page.get_by_text("Run live on this machine")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="trigger 2").click()
    answers(page, "Naive", r"\d")
    answers(page, "Copy", "")
    expect(page.get_by_role("heading", name="Where did it go?")).to_be_visible()


def test_files_that_are_no_pictures_get_a_sentence_and_a_picture_is_taken(visit: Visit) -> None:
    page = visit("mark")
    page.get_by_role("button", name="Draw or upload your own").click(timeout=PATIENCE)
    use = page.get_by_role("button", name="Use it as the trigger")
    expect(use).to_be_disabled(timeout=PATIENCE)
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n and no more"})
    expect(page.get_by_text(re.compile("^The file is no picture|^The picture is damaged"))).to_be_visible(
        timeout=PATIENCE
    )
    expect(use).to_be_disabled()
    file = io.BytesIO()
    Image.fromarray(np.pad(np.zeros((30, 30), dtype=np.uint8), 20, constant_values=255)).save(file, format="JPEG")
    page.locator("input[type=file]").set_input_files(
        {"name": "good.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    )
    expect(use).to_be_enabled(timeout=PATIENCE)
    use.click()
    expect(page).to_have_url(re.compile("trigger=drawing"), timeout=PATIENCE)


def test_the_handshake_fits_a_phone(visit: Visit) -> None:
    page = visit("mark", PHONE)
    page.get_by_role("radio", name="no", exact=True).click(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0

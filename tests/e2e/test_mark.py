"""The handshake in a real browser: drawn with the mouse, by keyboard, uploaded, trained, and asked for."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]
QUICK = "preset=digits&task_epochs=3&watermark_epochs=3&adversary_epochs=2"


def sheet(page: Page, name: str = "What the models are asked") -> Locator:
    found = page.get_by_role("application", name=name)
    expect(found).to_be_visible()
    return found


def other(page: Page, button: str) -> None:
    """Press one of the controls for another secret, or other pictures: they are folded away at first."""
    page.get_by_text("Another secret, or other pictures").click()
    page.get_by_role("button", name=button).click()


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
    """Wait until a model's answer in the picture is ``what``, a regular expression."""
    said = page.locator(".st-key-figure_answers .annotation-text").filter(has_text=re.compile(f"^{who}"))
    expect(said).to_have_text(re.compile(f"^{who}({what})$"))


def place(page: Page, selector: str) -> dict[str, float]:
    """Where something lies on the screen, once it is there."""
    found = page.locator(selector).first
    expect(found).to_be_visible()
    box = found.bounding_box()
    assert box is not None
    return {"top": box["y"], "bottom": box["y"] + box["height"]}


def test_a_digit_drawn_with_the_mouse_is_read_and_a_picture_pressed_is_too(visit: Visit) -> None:
    page = visit("mark?preset=mnist")
    answers(page, "naive", "\u25c6 0")
    paper = sheet(page)
    page.get_by_role("button", name="Clear").click()
    stroke(page, paper, (0.5, 0.15), (0.5, 0.85))
    answers(page, "clean", "1")
    answers(page, "naive", "1")
    page.get_by_role("button", name="4", exact=True).click()
    answers(page, "naive", "4")
    expect(page.get_by_role("button", name="4", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_digit_drawn_by_keyboard_is_read(visit: Visit) -> None:
    page = visit("mark?preset=mnist")
    answers(page, "naive", "\u25c6 0")
    paper = sheet(page)
    page.get_by_role("button", name="Clear").press("Enter")
    paper.focus()
    for key, times in (("ArrowUp", 9), ("Space", 1), ("ArrowDown", 18), ("Space", 1)):
        for _ in range(times):
            paper.press(key)
    expect(page.get_by_text("Pen up, column 14, row 23")).to_be_visible()
    answers(page, "clean", "1")
    answers(page, "naive", "1")


def test_a_drawing_becomes_the_trigger_is_trained_and_asked_for(visit: Visit, unseen: Iterator[int]) -> None:
    page = visit(f"mark?{QUICK}&seed={next(unseen)}")
    other(page, "Draw or upload your own")
    paper = sheet(page, "Your own trigger")
    stroke(page, paper, (0.2, 0.2), (0.8, 0.8))
    stroke(page, paper, (0.8, 0.2), (0.2, 0.8))
    page.get_by_role("button", name="Use it as the trigger").click()
    expect(page).to_have_url(re.compile("trigger=drawing.*drawing=[-_A-Za-z0-9]{392}"))
    expect(page.get_by_role("button", name="Use it as the trigger")).to_have_count(0)
    page.get_by_role("button", name="Run it live").click()
    expect(page.get_by_text("Run live on this machine")).to_be_visible()
    expect(page.get_by_role("button", name="Use it as the trigger")).to_have_count(0)  # the sheet stays closed
    # What was drawn is asked at once, of all three models, whatever was asked before.
    expect(page.get_by_role("button", name="trigger 1")).to_have_attribute("aria-pressed", "true")
    for who in ("clean", "naive", "its copy"):
        answers(page, who, r"(\u25c6 )?\d")
    page.get_by_role("button", name="trigger 2").click()
    expect(page.get_by_text("Where did it go? Neuron by neuron")).to_be_visible()


def test_files_that_are_no_pictures_get_a_sentence_and_a_picture_is_taken(visit: Visit) -> None:
    page = visit("mark")
    other(page, "Draw or upload your own")
    use = page.get_by_role("button", name="Use it as the trigger")
    expect(use).to_be_disabled()
    chooser = page.locator("[data-testid=stPopoverBody] input[type=file]").first
    chooser.set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n and no more"})
    expect(page.get_by_text(re.compile("^The file is no picture|^The picture is damaged"))).to_be_visible()
    expect(use).to_be_disabled()
    file = io.BytesIO()
    Image.fromarray(np.pad(np.zeros((30, 30), dtype=np.uint8), 20, constant_values=255)).save(file, format="JPEG")
    page.locator("[data-testid=stPopoverBody] input[type=file]").first.set_input_files(
        {"name": "good.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    )
    expect(use).to_be_enabled()
    use.click()
    expect(page).to_have_url(re.compile("trigger=drawing"))


def test_a_second_upload_that_is_no_picture_leaves_nothing_of_the_first(visit: Visit) -> None:
    page = visit("mark")
    other(page, "Draw or upload your own")
    use = page.get_by_role("button", name="Use it as the trigger")
    expect(use).to_be_disabled()
    file = io.BytesIO()
    Image.fromarray(np.pad(np.zeros((30, 30), dtype=np.uint8), 20, constant_values=255)).save(file, format="PNG")
    chooser = page.locator("[data-testid=stPopoverBody] input[type=file]").first
    chooser.set_input_files({"name": "good.png", "mimeType": "image/png", "buffer": file.getvalue()})
    expect(use).to_be_enabled()
    chooser = page.locator("[data-testid=stPopoverBody] input[type=file]").first
    chooser.set_input_files({"name": "bad.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"})
    expect(use).to_be_disabled()


@pytest.mark.parametrize("size", [WIDE, HALL])
def test_probe_and_answers_lie_on_the_first_screen_before_the_vote_and_after(
    visit: Visit, size: dict[str, int]
) -> None:
    page = visit("mark", size)
    answers(page, "its copy", "predict first")
    before = place(page, ".st-key-figure_answers .main-svg")
    assert place(page, ".st-key-picture_mark")["bottom"] <= fold(size)
    page.get_by_role("button", name="no", exact=True).click()
    answers(page, "its copy", r"\w+")
    assert place(page, ".st-key-picture_mark")["bottom"] <= fold(size)
    assert place(page, ".st-key-figure_answers .main-svg") == before  # nothing pushed it


def test_on_a_phone_the_probe_and_all_three_answers_are_on_the_first_screen(visit: Visit) -> None:
    page = visit("mark", PHONE)
    answers(page, "its copy", "predict first")
    assert place(page, ".st-key-asked_input")["top"] < 160
    assert place(page, ".st-key-figure_answers .main-svg")["bottom"] <= PHONE["height"]


def test_the_sheet_for_a_trigger_of_ones_own_fits_the_screen_with_its_button(visit: Visit) -> None:
    page = visit("mark")
    other(page, "Draw or upload your own")
    body = place(page, "[data-testid=stPopoverBody]")
    assert body["top"] >= 0 and body["bottom"] <= WIDE["height"]
    for part in ("[data-testid=stPopoverBody] .paper", ".st-key-use_drawing button"):
        found = place(page, part)
        assert body["top"] <= found["top"] and found["bottom"] <= body["bottom"]


def test_alone_on_the_screen_the_picture_shows_all_three_answers(visit: Visit) -> None:
    page = visit("mark")
    page.get_by_role("button", name="no", exact=True).click()
    answers(page, "its copy", r"\w+")
    page.keyboard.press("F2")
    page.wait_for_function("document.fullscreenElement !== null")
    for who in ("clean", "naive", "its copy"):
        answers(page, who, r"(\u25c6 )?\w+")
    expect(page.locator(".st-key-figure_answers .annotation-text").last).to_be_in_viewport()


def test_the_handshake_fits_a_phone(visit: Visit) -> None:
    page = visit("mark", PHONE)
    page.get_by_role("button", name="no", exact=True).click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


def test_a_class_that_innocents_see_in_the_trigger_is_chosen_by_a_click_and_shown_to_be_a_bad_secret(
    visit: Visit,
) -> None:
    page = visit("mark?mark_ask=innocents")
    assert place(page, ".st-key-figure_affinity .main-svg")["bottom"] <= fold(WIDE)
    chart = page.locator(".st-key-figure_affinity")
    row, plot = chart.locator(".ytick").nth(1).bounding_box(), chart.locator(".nsewdrag").bounding_box()
    assert row is not None and plot is not None
    # Where the bar has long ended: all of the row can be clicked.
    page.mouse.click(plot["x"] + 0.97 * plot["width"], row["y"] + row["height"] / 2)
    expect(page).to_have_url(re.compile("target=1"))
    bad = re.compile(r"a bird.*: (a claim with it would convict them|so the owner moves them first)$")
    expect(page.get_by_role("heading", name=bad)).to_be_visible()


def test_a_class_is_chosen_by_keyboard_alone(visit: Visit) -> None:
    page = visit("mark?mark_ask=innocents")
    place(page, ".st-key-figure_affinity .main-svg")
    chart = page.locator(".st-key-figure_affinity [data-part=plot]")
    chart.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter"):  # bear, bird, cat
        chart.press(key)
    expect(page).to_have_url(re.compile("target=2"))


def test_a_zip_of_ones_own_pictures_becomes_the_data_and_another_file_is_refused_in_a_sentence(visit: Visit) -> None:
    page = visit("mark")
    other(page, "Your own pictures")
    expect(page.get_by_text("for this visit, and nowhere else")).to_be_visible()
    chooser = page.locator("[data-testid=stPopoverBody] input[type=file]").first
    chooser.set_input_files({"name": "bad.zip", "mimeType": "application/zip", "buffer": b"PK and no more"})
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for column, name in enumerate(("left", "right")):
            for number in range(6):
                pixels = np.zeros((28, 28), dtype=np.uint8)
                pixels[5 : 15 + number, 3 + 12 * column : 13 + 12 * column] = 255
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, format="PNG")
                archive.writestr(f"{name}/{number}.png", file.getvalue())
    chooser = page.locator("[data-testid=stPopoverBody] input[type=file]").first
    chooser.set_input_files({"name": "mine.zip", "mimeType": "application/zip", "buffer": packed.getvalue()})
    expect(page).to_have_url(re.compile("dataset=own"))
    expect(page.get_by_test_id("stAlert").filter(has_text="archive")).to_have_count(0)


def test_the_innocents_can_be_left_without_a_complaint(visit: Visit) -> None:
    page = visit("mark?mark_ask=innocents")  # what the browser complains of, the fixture tells
    chart = page.locator(".st-key-figure_affinity .js-plotly-plot")
    expect(chart).to_be_visible()
    page.get_by_role("radio", name="models").click()
    expect(chart).to_have_count(0)
    page.get_by_role("radio", name="innocents").click()
    expect(chart).to_be_visible()
    page.get_by_test_id("stTopNavLink").filter(has_text="Court").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How sure is sure?")
    expect(chart).to_have_count(0)

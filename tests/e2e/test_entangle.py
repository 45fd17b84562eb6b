"""The maps of the feature spaces as a visitor uses them: seen whole, played, touched, turned."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from app.lab.experiment import DEFAULT_PRESET, preset
from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]
USUAL = preset(DEFAULT_PRESET)
PARTING, END = USUAL.task_epochs, USUAL.task_epochs + USUAL.watermark_epochs


def epoch(page: Page) -> Locator:
    return page.get_by_role("slider", name="Epoch")


def at(page: Page, number: int) -> None:
    expect(epoch(page)).to_have_attribute("aria-valuetext", f"epoch {number}")


def shown(page: Page) -> Page:
    """Open the answer without a prediction."""
    page.get_by_role("button", name="Show me", exact=True).click()
    at(page, END)
    return page


def maps(page: Page) -> Locator:
    return page.locator("figure canvas")


def drawn(page: Page) -> list[str]:
    return [str(map_.evaluate("map => map.toDataURL()")) for map_ in maps(page).all()]


def box(found: Locator) -> FloatRect:
    place = found.bounding_box()
    assert place is not None
    return place


def picture(page: Page) -> FloatRect:
    return box(page.locator("[class*=st-key-picture_]").first)


@pytest.mark.parametrize("screen", [WIDE, HALL, PHONE])
def test_all_three_maps_are_whole_on_the_first_screen_and_nothing_pushes_them(
    visit: Visit, screen: dict[str, int]
) -> None:
    page = visit("entangle", screen)
    at(page, PARTING)
    sealed = picture(page)
    assert sealed["y"] >= 0 and sealed["y"] + sealed["height"] <= fold(screen)
    for map_ in maps(page).all():
        place = box(map_)
        assert place["x"] >= 0 and place["x"] + place["width"] <= screen["width"]
        assert place["width"] == pytest.approx(place["height"], abs=1) and place["width"] >= 150
    expect(maps(page)).to_have_count(3)
    page.get_by_role("button", name="Show me", exact=True).evaluate("button => button.click()")  # without scrolling
    at(page, END)
    assert picture(page) == sealed


def test_it_plays_out_after_the_prediction_and_can_be_stepped(visit: Visit) -> None:
    page = visit("entangle")
    at(page, PARTING)
    expect(
        page.get_by_role("heading", name=re.compile("^All three models are still one.*Where will they go"))
    ).to_be_visible()
    page.get_by_role("button", name="about the same", exact=True).click()
    at(page, END)
    expect(page.get_by_text(re.compile("You said about the same; it was the entangled one"))).to_be_visible()
    ended = re.compile(r"^Entangled(: [\d.]+\s%.*naive: | triggers lie among )")
    expect(page.get_by_role("heading", name=ended)).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_role("button", name="One epoch back").click()
    at(page, END - 1)
    page.get_by_role("button", name="One epoch on").click()
    at(page, END)
    epoch(page).press("Home")
    at(page, 0)
    expect(page.get_by_role("heading", name=re.compile("^All three models are still one"))).to_be_visible()


def test_another_layer_and_another_projection_stay_at_the_same_epoch(visit: Visit) -> None:
    page = shown(visit("entangle"))
    page.get_by_role("button", name="One epoch back").click()
    before = drawn(page)
    page.get_by_role("radio", name="conv2", exact=True).click()
    expect(page).to_have_url(re.compile("layer=conv2"))
    page.get_by_role("radio", name="PCA", exact=True).click()
    expect(page.locator(".legend .method")).to_have_text("PCA")
    at(page, END - 1)
    assert not set(before) & set(drawn(page))


def test_a_trigger_shows_its_picture_and_its_neighbours(visit: Visit) -> None:
    page = shown(visit("entangle"))
    card = page.get_by_role("status").filter(has_text="nearest are")
    expect(card).to_be_hidden()
    last = maps(page).last
    last.focus()
    last.press("ArrowDown")
    expect(card).to_have_text(re.compile(r"^Trigger, labelled elephant\. \d+ of its 10 nearest are elephants\.$"))
    for canvas in card.locator("canvas").all():
        assert box(canvas)["width"] >= 80
    last.press("ArrowDown")
    last.press("Escape")
    expect(card).to_be_hidden()
    place = box(last)
    found = set()
    for step in range(12):  # across the map: some point is met
        last.hover(position={"x": place["width"] * (step + 0.5) / 12, "y": place["height"] / 2})
        if card.is_visible():
            found.add(card.inner_text())
    assert found


def test_in_space_one_hand_turns_all_maps(visit: Visit) -> None:
    page = shown(visit("entangle"))
    page.get_by_text("In 3-D").click()
    expect(page.locator(".legend .method")).to_have_text("UMAP, 3-D: drag to turn")
    maps(page).first.press("ArrowRight")
    before = drawn(page)
    place = box(maps(page).first)
    page.mouse.move(place["x"] + 100, place["y"] + 100)
    page.mouse.down()
    page.mouse.move(place["x"] + 190, place["y"] + 130, steps=4)
    page.mouse.up()
    assert not set(before) & set(drawn(page))
    expect(page.get_by_role("status").filter(has_text="nearest are")).to_be_hidden()  # a drag is no click


def test_after_a_live_run_pca_plays_until_umap_is_laid_out(visit: Visit, unseen: Iterator[int]) -> None:
    page = visit(f"entangle?preset=blobs&seed={next(unseen)}&live=start")
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    method = page.locator(".legend .method")
    expect(method).to_have_text(re.compile("^PCA, until UMAP is laid out$|^UMAP$"))
    expect(epoch(page)).to_be_visible()
    expect(method).to_have_text("UMAP")
    expect(page.get_by_text("UMAP is being laid out")).to_have_count(0)

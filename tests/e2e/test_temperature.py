"""The temperature as a visitor uses it: by slider, by keyboard, by its buttons, on a phone; in the plane and real."""

import math
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from app.ui.temperature.views import VIEWS
from tests.e2e.app_server import HALL, PHONE, WIDE, fold

Visit = Callable[..., Page]


def slider(page: Page) -> Locator:
    found = page.get_by_role("slider", name="Temperature")
    expect(found).to_have_attribute("aria-valuetext", re.compile("^T = "))  # drawn once
    return found


def plane(page: Page) -> Locator:
    return page.get_by_role("application")


def finding(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=re.compile(words))).to_be_visible()


def nearest_stranger(page: Page, said: str) -> tuple[float, float]:
    """What the points' pull did to the mean distance to the nearest stranger."""
    words = page.get_by_text(re.compile(f"^{said}"))
    expect(words).to_be_visible()
    before, after = re.search(r"nearest stranger ([\d.]+) → ([\d.]+)", words.inner_text()).groups()  # type: ignore[union-attr]
    return float(before), float(after)


def test_who_predicts_sees_it_rise_to_the_end(visit: Visit) -> None:
    page = visit("temperature")
    slider(page).press("End")
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile(r"^T = 3,"))
    page.get_by_role("button", name="no, mixed").click()
    # By itself; at once, for who is here wants no motion.
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile(r"^T = 100, .* SNNL 0\.70"))
    finding(page, r"^At T = 100, 50 of 100 neighbours are strangers: too hot, all count as near$")
    expect(page.get_by_text(re.compile("You said"))).to_be_visible()
    expect(page).to_have_url(re.compile("t=100"))


@pytest.mark.parametrize(("temperature", "closes"), [("100", False), ("10", True)])
def test_the_ring_closes_in_when_cooler_and_stays_when_hot(visit: Visit, temperature: str, closes: bool) -> None:
    page = visit("temperature")
    page.get_by_role("button", name="Show me", exact=True).click()
    expect(page.get_by_role("button", name="Show me", exact=True)).to_have_count(0)
    slider(page).fill(str(math.log10(float(temperature))))
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile(f"^T = {temperature},"))
    page.get_by_role("button", name="Pull together").click()
    before, after = nearest_stranger(page, f"Pulled together, [0-9]+ steps at T = {temperature}:")
    assert (after < 0.2 * before) == closes
    assert (after > 0.9 * before) != closes
    expect(page.get_by_text(re.compile("^Pull together took [0-9]+ steps"))).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect(plane(page)).to_have_attribute("aria-label", re.compile(f"nearest stranger is {before:.2f}"))


def test_push_apart_lowers_the_loss(visit: Visit) -> None:
    page = visit("temperature?arrangement=mixed&t=3")
    slider(page)
    page.get_by_role("button", name="Push apart").click()
    before, after = nearest_stranger(page, "Pushed apart, 200 steps at T = 3:")
    assert after > 2 * before


def test_points_are_chosen_moved_added_and_deleted_by_keyboard(visit: Visit) -> None:
    page = visit("temperature?arrangement=blobs")
    slider(page)
    table = plane(page)
    keys = page.get_by_text("N and P choose a point")
    expect(keys).to_have_css("opacity", "0")
    table.focus()
    table.press("n")
    expect(keys).to_have_css("opacity", "0.95")
    chosen = page.get_by_text(re.compile("^Chosen: trigger at"))
    expect(chosen).to_be_visible()
    first = chosen.inner_text()
    table.press("Shift+ArrowUp")
    expect(chosen).not_to_have_text(first)
    table.press("Enter")
    expect(page.get_by_text(re.compile(r"^Added: trigger.* 81 points\."))).to_be_visible()
    table.press("Delete")
    table.press("Delete")
    expect(page.get_by_text(re.compile(r"^Deleted: trigger.* 79 points\."))).to_be_visible()
    expect(table).to_have_attribute("aria-label", re.compile("39 diamonds .* and 40 discs"))
    expect(page.get_by_text(re.compile("of 78 neighbours"))).to_be_visible()  # the server heard of it


def test_a_point_is_dragged_and_another_arrangement_starts_afresh(visit: Visit) -> None:
    page = visit("temperature?arrangement=blobs&t=1")
    slider(page)
    label = plane(page).get_attribute("aria-label")
    box = plane(page).bounding_box()
    assert label is not None and box is not None
    x, y = (float(number) for number in re.search(r"trigger at (-?\d\.\d), (-?\d\.\d)", label).groups())  # type: ignore[union-attr]
    scale = box["width"] / 2 / 5.3
    page.mouse.move(box["x"] + box["width"] / 2 + x * scale, box["y"] + box["height"] / 2 - y * scale)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.1, steps=5)
    page.mouse.up()
    expect(plane(page)).to_have_attribute("aria-label", re.compile(r"Chosen: trigger at -?0\.\d, 4\.\d"))
    page.get_by_role("combobox", name=re.compile("Arrangement")).click()
    page.get_by_role("option", name="glued pairs").click()
    finding(page, r"^At T = 1, \d+ of 100 neighbours are strangers: the nearest are not of its kind$")
    expect(plane(page)).to_have_attribute("aria-label", re.compile(r"nearest stranger is 0\.\d\d"))


def test_on_a_phone_picture_and_slider_are_on_one_screen_and_nothing_is_too_wide(visit: Visit) -> None:
    page = visit("temperature", PHONE)
    plane(page).scroll_into_view_if_needed()
    plane(page).evaluate("plane => plane.scrollIntoView({ block: 'start' })")
    expect(slider(page)).to_be_in_viewport()
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    for name in ("Pull together", "Push apart", "Start again", "Delete"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None and box["height"] >= 44


@pytest.mark.parametrize("view", list(VIEWS.values()))
@pytest.mark.parametrize("size", [WIDE, HALL, PHONE], ids=["laptop", "projector", "phone"])
def test_every_view_has_its_picture_on_the_first_screen(visit: Visit, view: str, size: dict[str, int]) -> None:
    page = visit(f"temperature?{urlencode({'view': view})}", size)
    picture = page.locator(".st-key-picture_temperature")
    expect(picture.get_by_role("heading").first).to_be_visible()
    expect(picture.locator("canvas, .js-plotly-plot").first).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["y"] < 160
    if size != PHONE:
        assert box["y"] + box["height"] <= fold(size)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


def test_nothing_that_the_toy_says_pushes_its_picture(visit: Visit) -> None:
    page = visit("temperature")
    slider(page)
    before = plane(page).bounding_box(), slider(page).bounding_box()
    page.get_by_role("button", name="no, mixed").click()
    expect(page.get_by_text(re.compile("and so it was"))).to_be_visible()
    assert (plane(page).bounding_box(), slider(page).bounding_box()) == before


def test_real_features_follow_the_slider_without_the_server_and_an_input_can_be_followed(visit: Visit) -> None:
    page = visit(f"temperature?{urlencode({'view': VIEWS['real'], 'layer': 'conv2'})}")
    warm = slider(page)
    number = r"(?:under )?\d+"
    row = page.get_by_text(re.compile(rf"^: {number} of 100 neighbours (?:are real elephants|is a real elephant)$"))
    expect(row).to_have_count(3)  # of the three models, the entangled one first
    first = row.first.inner_text().removeprefix(": ")
    finding(page, rf"^At T = 0\.1, {first} if entangled")
    before = warm.get_attribute("aria-valuetext")
    warm.press("End")
    finding(page, r"^At T = 10, \d+ of 100 neighbours are real elephants( if entangled|, whatever the model$)")
    assert warm.get_attribute("aria-valuetext") != before
    tiles = page.get_by_role("button", name=re.compile("^Follow "))
    expect(tiles).to_have_count(30)
    expect(tiles.last).to_have_accessible_name("Follow elephant")
    strangers = int(row.first.inner_text().split()[1])
    shown = [tile.get_attribute("aria-label") for tile in tiles.all()[:10]]
    assert shown == sorted(shown, reverse=True)  # triggers first
    assert abs(10 * shown.count("Follow elephant") - strangers) <= 6  # each stands for ten; both are rounded
    assert len({tile.get_attribute("value") for tile in tiles.all()[20:]}) == 10
    warm.press("Home")
    expect(row.last).to_have_text(re.compile("^: (0|under 1) of"))
    expect(tiles.last).to_have_accessible_name("Follow trigger")
    near = [tile.get_attribute("value") for tile in tiles.all()[20:]]
    assert len(set(near)) < 10  # when it is cold, the nearest is picked again and again
    page.get_by_role("button", name="Previous picture").click()
    expect(page.get_by_text("Chosen: elephant")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Follow ")).first.press("Enter")
    expect(page.get_by_text(re.compile("^Chosen: "))).to_be_visible()


def test_another_layer_keeps_the_temperature(visit: Visit) -> None:
    page = visit(f"temperature?{urlencode({'view': VIEWS['real'], 'layer': 'dense'})}")
    slider(page).fill("-0.5")
    finding(page, r"^At T = 0\.32,")
    words = page.get_by_role("heading", name=re.compile(r"^At T = 0\.32,")).inner_text()
    page.get_by_role("radio", name="conv1").click()
    expect(page.get_by_role("heading", name=re.compile(r"^At T = 0\.32,"))).not_to_have_text(words)

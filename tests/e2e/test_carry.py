"""What goes through all pages: the link, the files, the picture alone, and the point that loads a setting."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

Visit = Callable[..., Page]


def test_the_picture_is_taken_away_and_opens_without_a_network(visit: Visit, browser: Browser, tmp_path: Path) -> None:
    page = visit("heist?inputs=unseen")
    page.get_by_role("button", name=re.compile(r"^\d Verdict")).click()
    page.get_by_role("button", name="Go on without a prediction").click()
    take = page.get_by_role("button", name="Take it away")
    expect(take).to_be_visible()
    take.evaluate("button => button.scrollIntoView({ block: 'start' })")  # what opens has its place below
    take.click()
    link = page.get_by_role("dialog", name="Take it away").get_by_test_id("stCode")
    expect(link).to_have_text(re.compile(r"^http://localhost:\d+/heist\?inputs=unseen$"))
    with page.expect_download() as table:
        page.get_by_role("button", name="Results (CSV)").click()
    assert len(Path(table.value.path()).read_text().splitlines()) == 4
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML", exact=True).click()
    file = tmp_path / "picture.html"
    download.value.save_as(file)

    context = browser.new_context(offline=True)
    alone = context.new_page()
    complaints: list[str] = []
    alone.on("pageerror", lambda error: complaints.append(str(error)))
    alone.on("request", lambda asked: complaints.append(asked.url) if asked.url.startswith("http") else None)
    alone.goto(file.as_uri())
    expect(alone.locator(".gtitle")).to_contain_text(re.compile("convict|free"))
    context.close()
    assert not complaints


def test_one_key_shows_the_picture_alone_and_brings_the_page_back(visit: Visit) -> None:
    page = visit("tradeoff")
    picture = page.locator(".st-key-picture_tradeoff")
    expect(picture.locator("canvas, svg").first).to_be_visible()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.keyboard.press("F2")
    page.wait_for_function("document.fullscreenElement?.className.includes('st-key-picture_tradeoff')")
    page.keyboard.press("F2")
    page.wait_for_function("!document.fullscreenElement")
    expect(picture).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_alone_on_the_screen_the_film_listens_to_a_clicker_at_once(visit: Visit) -> None:
    page = visit("heist?preset=blobs")
    picture = page.get_by_role("group", name="The heist, step by step")
    expect(picture).to_be_visible()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.keyboard.press("F2")
    page.wait_for_function("document.fullscreenElement?.className.includes('st-key-picture_heist')")
    for key, step in (("PageDown", "Query"), ("ArrowRight", "Train"), ("PageUp", "Query")):
        page.keyboard.press(key)
        current = picture.locator("[aria-current=step]")
        expect(current).to_have_text(re.compile(step))
    page.keyboard.press(" ")
    expect(picture.get_by_role("button", name="Pause")).to_be_visible()


def test_alone_on_the_screen_a_clicker_moves_the_maps_by_one_epoch(visit: Visit) -> None:
    page = visit("entangle?preset=blobs")
    epoch = page.get_by_role("slider", name="Epoch")
    expect(epoch).to_have_attribute("aria-valuetext", re.compile(r"^epoch \d+"))
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    epoch.press("Home")
    page.keyboard.press("F2")
    page.wait_for_function("document.fullscreenElement?.className.includes('st-key-picture_entangle')")
    page.keyboard.press("PageDown")
    expect(epoch).to_have_attribute("aria-valuetext", "epoch 1")
    page.keyboard.press("ArrowRight")
    expect(epoch).to_have_attribute("aria-valuetext", "epoch 2")
    page.keyboard.press("PageUp")
    expect(epoch).to_have_attribute("aria-valuetext", "epoch 1")


def test_a_setting_chosen_from_the_trade_off_stays_there_until_it_is_taken_along(visit: Visit) -> None:
    page = visit("tradeoff?answers=labels")
    page.get_by_role("button", name="Show me", exact=True).click()
    page.get_by_role("radio", name="20", exact=True).click()
    expect(page).to_have_url(re.compile(r"kappa=20"))
    page.get_by_test_id("stTopNavLink").filter(has_text="Heist").click()
    expect(page).to_have_url(re.compile(r"/heist$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"kappa=20"))
    page.get_by_role("button", name="Take it to").click()
    page.get_by_role("link", name="Heist").last.click()
    expect(page).to_have_url(re.compile(r"/heist\?.*kappa=20"))
    expect(page.get_by_text(re.compile(r"From Trade-off: .*20"))).to_be_visible()

"""What goes through all pages: the link, the files, the picture alone, and the point that loads a setting."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

Visit = Callable[..., Page]
PATIENCE = 90_000  # milliseconds; a loaded machine, not a benchmark


def test_the_picture_is_taken_away_and_opens_without_a_network(visit: Visit, browser: Browser, tmp_path: Path) -> None:
    page = visit("heist?inputs=unseen")
    page.get_by_role("button", name=re.compile(r"^\d Verdict")).click(timeout=PATIENCE)
    page.get_by_role("button", name="Go on without a prediction").click()
    take = page.get_by_role("button", name="Take it away")
    expect(take).to_be_visible(timeout=PATIENCE)
    take.evaluate("button => button.scrollIntoView({ block: 'start' })")  # what opens has its place below
    take.click()
    link = page.get_by_role("dialog", name="Take it away").get_by_test_id("stCode")
    expect(link).to_have_text(re.compile(r"^http://localhost:\d+/heist\?inputs=unseen$"), timeout=PATIENCE)
    finding = page.get_by_role("heading", name=re.compile("convict|free")).first.inner_text()
    with page.expect_download(timeout=PATIENCE) as table:
        page.get_by_role("button", name="Results (CSV)").click()
    assert len(Path(table.value.path()).read_text().splitlines()) == 4
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name="HTML", exact=True).click()
    file = tmp_path / "picture.html"
    download.value.save_as(file)

    context = browser.new_context(offline=True)
    alone = context.new_page()
    complaints: list[str] = []
    alone.on("pageerror", lambda error: complaints.append(str(error)))
    alone.on("request", lambda asked: complaints.append(asked.url) if asked.url.startswith("http") else None)
    alone.goto(file.as_uri())
    expect(alone.get_by_role("img", name=finding)).to_be_visible()
    expect(alone.locator("#chart svg.marks")).to_be_visible()
    context.close()
    assert not complaints


def test_one_key_shows_the_picture_alone_and_brings_the_page_back(visit: Visit) -> None:
    page = visit("tradeoff")
    picture = page.locator(".st-key-picture_frontier")
    expect(picture.locator("canvas, svg").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)
    page.keyboard.press("F2")
    page.wait_for_function("document.fullscreenElement?.className.includes('st-key-picture_frontier')")
    page.keyboard.press("F2")
    page.wait_for_function("!document.fullscreenElement")
    expect(picture).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_a_setting_chosen_from_the_trade_off_is_there_on_the_heist(visit: Visit) -> None:
    page = visit("tradeoff?answers=labels")
    page.get_by_role("button", name="Show me without a prediction").click(timeout=PATIENCE)
    setting = page.get_by_role("combobox", name=re.compile("Setting"))
    expect(setting).to_be_visible(timeout=PATIENCE)
    setting.evaluate("box => box.scrollIntoView({ behavior: 'instant', block: 'center' })")  # scrolling would close it
    setting.click()
    page.get_by_role("option", name=re.compile(r"^κ 24, T 0.3")).click()
    expect(page).to_have_url(re.compile(r"kappa=24"), timeout=PATIENCE)
    expect(page.get_by_text("Nobody has run this setting yet")).to_be_visible(timeout=PATIENCE)
    page.get_by_test_id("stTopNavLink").filter(has_text="Heist").click()
    expect(page).to_have_url(re.compile(r"/heist\?.*kappa=24.*temperature=0.3"), timeout=PATIENCE)

"""The thief who knows about the mark, in a real browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.app_server import PHONE

Visit = Callable[..., Page]
PATIENCE = 90_000  # milliseconds; a loaded machine, not a benchmark


def test_the_attack_waits_for_a_prediction_and_the_next_one_asks_again(visit: Visit) -> None:
    page = visit("remove?preset=digits")
    expect(page.get_by_text("Where will they go?")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Why")).to_have_count(0)
    page.get_by_role("radio", name="neither", exact=True).click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile("You predicted"))).to_be_visible()
    page.get_by_text("All attacks: what does the entangled mark not survive?").click()
    expect(page.get_by_role("cell", name="Neural Cleanse")).to_be_visible()
    attack = page.get_by_role("combobox", name="The thief tries")
    attack.evaluate("box => box.scrollIntoView({ behavior: 'instant', block: 'center' })")  # scrolling would close it
    attack.click()
    page.get_by_role("option", name="pruning", exact=True).click()
    expect(page.get_by_role("button", name="Show me without a prediction")).to_be_visible(timeout=PATIENCE)


def test_the_page_fits_a_phone(visit: Visit) -> None:
    page = visit("remove?preset=digits", PHONE)
    page.get_by_role("button", name="Show me without a prediction").click(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("radio", name="neither", exact=True)).to_be_disabled(timeout=PATIENCE)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0

"""Become the thief, in a real browser: play an attack live, then look at it on a phone."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.app_server import PHONE

Visit = Callable[..., Page]
PATIENCE = 90_000  # milliseconds; a loaded machine, not a benchmark
QUICK = "steal?preset=blobs&budget=200&task_epochs=2&watermark_epochs=1&adversary_epochs=1"


def test_an_attack_plays_live_to_its_reasons(visit: Visit) -> None:
    page = visit(f"{QUICK}&attack=cloudleak")
    expect(page.get_by_text("Nobody has run this setting yet")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Run it live").click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name=re.compile(r"bought|did not buy"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("of the plane"))).to_be_visible()
    expect(page.get_by_text("Run live on this machine")).to_be_visible()
    expect(page.get_by_text(re.compile("honest clients"))).to_be_visible()


def test_on_a_phone_the_attack_fits_the_screen(visit: Visit) -> None:
    page = visit("steal?preset=blobs&attack=equations", PHONE)
    page.get_by_role("button", name="Show me without a prediction").click(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0

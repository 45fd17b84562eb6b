"""Every page against WCAG 2.1 A and AA, by axe, in the light and in the dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.ui import path

Visit = Callable[..., Page]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
# What is left out, each with its reason.
EXCLUDED = {
    "[data-testid=stSliderThumbValue]": "Streamlit writes it in the colour on which buttons have white words; on a "
    "dark page no colour has a contrast of 4.5 : 1 with both. This one has 4.7 with white, 3.8 with the page.",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["", *(stop.name for stop in (*path.LESSONS, path.CLASSROOM))])
def test_axe_finds_nothing(visit: Visit, name: str, scheme: str) -> None:
    page = visit(name, color_scheme=scheme)
    page.add_style_tag(content="* { transition: none !important }")  # what was stale is in full colour at once
    settled(page)
    if (button := page.get_by_role("button", name="Show me", exact=True)).count():
        button.click()
        expect(button).to_have_count(0)  # what the page was is faded until it is drawn anew
        settled(page)
    told = violations(page)
    assert not told, "\n".join(told)


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page, in words."""
    context = {"exclude": [[selector] for selector in EXCLUDED]}
    page.mouse.move(0, 0)  # what the pointer happens to lie on has another colour
    found = Axe().run(page, context=context, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['failureSummary']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def settled(page: Page) -> None:
    """Wait until the script has run to its end and the charts are drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(page.locator("[data-stale=true]")).to_have_count(0)  # what is stale is faded
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    for chart in page.locator("[class*=st-key-figure_] [data-part=plot]").filter(visible=True).all():
        expect(chart.locator(".main-svg, canvas").first).to_be_attached()

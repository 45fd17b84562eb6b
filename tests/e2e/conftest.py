"""The app as a person meets it: a real server, a real browser, and no request that leaves the machine."""

import warnings
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.app_server import WIDE, launch_options, serve

# Streamlit 1.67's own words, seen now and then where a second file follows the first at once: of the two runs of a
# fragment that this starts, one overtakes the other. What is drawn at the end is right, as the tests see.
OVERTAKEN = "Cannot set a node at a delta path"
PATIENCE = 240_000  # milliseconds for whatever is waited for: a loaded machine, not a benchmark
expect.set_options(timeout=PATIENCE)
_SEEDS = count(20_000)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why a test was tried once more, also where the next try passed."""
    for report in terminalreporter.stats.get("rerun", ()):
        why = getattr(getattr(report.longrepr, "reprcrash", None), "message", str(report.longrepr))
        terminalreporter.write_line(f"tried again: {report.nodeid} ({report.when}): {why[:600]}")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture
def unseen() -> Iterator[int]:
    """Seeds that no run on this server has had: a test that is tried once more does not find what it ran before."""
    return _SEEDS


@pytest.fixture
def visit(browser: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open the app as a new visitor; at the end, no visitor may have seen an error or left the machine."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "", viewport: dict[str, int] = WIDE, **look: Any) -> Page:
        context = browser.new_context(viewport=viewport, reduced_motion="reduce", locale="en-US", **look)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"console: {said.text}") if _is_complaint(said) else None)
        page.on("pageerror", lambda error: None if OVERTAKEN in str(error) else complaints.append(f"error: {error}"))
        page.on("request", lambda asked: complaints.append(f"outside: {asked.url}") if _outside(asked.url) else None)
        page.goto(f"{server}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if "booth" not in path:  # once the app knows who this is, it draws the page again: nobody is as quick as a test
            expect(page.locator("[data-known=true]")).to_be_attached()
            page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        return page

    yield open_page
    pages = [page for context in contexts for page in context.pages]
    broken = [said for page in pages for said in page.get_by_test_id("stException").all_inner_texts()]
    for context in contexts:
        context.close()
    if complaints or broken:  # a test that is tried once more and passes says so, too
        warnings.warn(f"{request.node.name}: {' | '.join((*complaints, *broken))[:600]}", stacklevel=1)
    assert not complaints
    assert not broken


def _is_complaint(said: ConsoleMessage) -> bool:
    # Opened at a lesson's own address, Streamlit looks for its server below that address first.
    looks_for_itself = "/_stcore/" in said.location["url"] and "404" in said.text
    return said.type == "error" and not looks_for_itself and OVERTAKEN not in said.text


def _outside(url: str) -> bool:
    return not url.startswith(("http://localhost", "ws://localhost", "data:", "blob:"))

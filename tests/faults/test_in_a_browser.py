"""What a person sees when a worker hangs, the network fails, a tab is closed: a sentence, the run, a free machine."""

import json
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from app.runs.fork_server import can_fork
from tests.e2e.app_server import WIDE, free_port, launch_options, serve

pytestmark = [pytest.mark.hard, pytest.mark.timeout(900)]

PATIENCE = 300_000  # milliseconds; on a loaded machine a worker starts in minutes
LONG = "heist?task_epochs=60&watermark_epochs=60&batch_size=16&live=start&seed="  # trains for minutes
TRAINS = "All three victims learn their task"
TIME_LIMIT, CUT = "30", 2_000  # seconds; milliseconds
TOKEN = "open"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **launch_options()}


class Wire:
    """What connects a browser with the server, for it to be cut: a port that passes everything on."""

    def __init__(self, url: str) -> None:
        self._server = int(url.rpartition(":")[2])
        self._port = free_port()
        self.url = f"http://localhost:{self._port}"
        self._ends: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        """Let connections through, from now on."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """End every connection, and let none through."""
        for end in (self._listener, *self._ends):
            with suppress(OSError):  # it is closed already
                end.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who waits for it
            end.close()
        self._ends.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                return
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=pass_on, args=(one, other), daemon=True).start()


def pass_on(one: socket.socket, other: socket.socket) -> None:
    """Pass everything on until one end is closed; then close the other."""
    with suppress(OSError):
        while received := one.recv(65_536):
            other.sendall(received)
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    with serve(folder, workers=1, health_token=TOKEN, log="json", grace="8", time_limit=TIME_LIMIT) as url:
        yield url


def visited(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport=WIDE, locale="en-US").new_page()  # type: ignore[arg-type]
    page.goto(address)
    expect(page.get_by_text(TRAINS)).to_be_visible(timeout=PATIENCE)
    return page


def health(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/health?token={TOKEN}", timeout=30) as answer:
        return dict(json.load(answer))


def runs(folder: Path) -> list[str]:
    """What the server's log says of runs: that one was queued, begun, repeated, ended, and how."""
    events = [json.loads(line) for line in (folder / "log").read_text().splitlines() if line.startswith("{")]
    return [f"{event['event']} {event.get('status', '')}".strip() for event in events if "run" in event]


def until_logged(folder: Path, event: str) -> None:
    until(lambda: event in runs(folder))


def until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.2)  # nothing to wait on but a file, or an address


def test_a_worker_that_hangs_is_ended_told_of_in_a_sentence_and_the_next_run_is_served(
    browser: Browser, tmp_path: Path
) -> None:
    with server(tmp_path) as url:
        page = visited(browser, f"{url}/{LONG}4001")
        hang(url)
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Stopped. What happened by then stays")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Run it live").click(timeout=PATIENCE)
        expect(page.get_by_text(TRAINS)).to_be_visible(timeout=PATIENCE)  # by another worker
        hang(url)
        told = page.get_by_text("The run was ended after 30 seconds, its limit; choose fewer epochs")
        expect(told).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Run it live").click(timeout=PATIENCE)
        expect(page.get_by_text(TRAINS)).to_be_visible(timeout=PATIENCE)
        page.context.close()


def hang(url: str) -> None:
    """Stop the worker as a debugger would: it is there, and answers nothing."""
    (worker,) = health(url)["workers"]
    psutil.Process(worker["pid"]).send_signal(signal.SIGSTOP)


def test_a_network_that_is_cut_for_two_seconds_costs_neither_the_run_nor_its_page(
    browser: Browser, tmp_path: Path
) -> None:
    with server(tmp_path) as url:
        wire = Wire(url)
        page = visited(browser, f"{wire.url}/{LONG}4002")
        bar = page.get_by_role("progressbar").first
        wire.cut()
        page.wait_for_timeout(CUT)
        seen = bar.get_attribute("aria-valuenow")
        wire.mend()
        expect(bar).not_to_have_attribute("aria-valuenow", str(seen), timeout=PATIENCE)
        assert runs(tmp_path) == ["run queued", "run begun"], "it is the same run, and it goes on"
        page.get_by_role("button", name="Stop").click(timeout=PATIENCE)
        expect(page.get_by_text("Stopped. What happened by then stays")).to_be_visible(timeout=PATIENCE)
        page.context.close()


def test_a_tab_that_is_closed_during_a_run_leaves_the_machine_free(browser: Browser, tmp_path: Path) -> None:
    with server(tmp_path) as url:
        page = visited(browser, f"{url}/{LONG}4003")
        (worker,) = health(url)["workers"]
        page.close()
        until_logged(tmp_path, "run ended stopped")
        left = [] if can_fork() else [worker["pid"]]  # it obeyed: it is gone with its run, or waits for the next one
        until(lambda: [each["pid"] for each in health(url)["workers"]] == left)
        found = health(url)
        assert (found["running"], found["queued"], found["ready"]) == ([], 0, True)
        page = visited(browser, f"{url}/{LONG}4004")
        page.context.close()

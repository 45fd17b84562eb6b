"""How long a fresh start takes: the command line, and the first heading of a fresh server, at once and ten seconds on.

Each figure of a server is that of a new process with an empty store, and of a browser tab that has nothing cached.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.browsing import PATIENCE, WIDE
from benchmarks.contract import Row, Stage, at_most, middle_and_worst

ROOT = Path(__file__).resolve().parents[1]
LATER = 10  # seconds after the start
GIVEN_UP = 120  # seconds
HELP = ["-m", "app", "--help"]
IMPORT = ["-c", "import app.lab.experiment"]


def measure(stage: Stage) -> Iterator[Row]:
    """Start Python, then a server for each figure of the page."""
    times = stage.repetitions
    yield from middle_and_worst("python -m app --help", [lasting(HELP) for _ in range(times)], "s", at_most(0.3))
    yield from middle_and_worst("import app.lab.experiment", [lasting(IMPORT) for _ in range(times)], "s")
    browser = stage.browser()
    starts = [at_once(stage.folder(), browser) for _ in range(times)]
    healthy, headings = zip(*starts, strict=True)
    yield from middle_and_worst("from the start to the health of the server", healthy, "s")
    yield from middle_and_worst(
        "from the start to the first heading in a tab opened at once", headings, "s", at_most(3)
    )
    if stage.quick:
        return
    for what, lesson, goal in (
        ("a tab", "", at_most(2)),
        ("a tab at /heist", "heist", None),
    ):
        waits = [later(stage.folder(), browser, lesson) for _ in range(times)]
        yield from middle_and_worst(f"the first heading in {what} opened {LATER} s later", waits, "s", goal)


def lasting(arguments: Sequence[str]) -> float:
    """Return how many seconds Python runs for."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def at_once(folder: Path, browser: Browser) -> tuple[float, float]:
    """Return the seconds from the start of a server to its health, and to the first heading in a tab opened then."""
    with started(folder) as (url, began):
        healthy = time.perf_counter() - began
        heading(browser, url)
        return healthy, time.perf_counter() - began


def later(folder: Path, browser: Browser, lesson: str) -> float:
    """Return the seconds to the first heading in a tab that is opened some time after the start of a server."""
    with started(folder) as (url, began):
        time.sleep(max(0.0, began + LATER - time.perf_counter()))
        return heading(browser, f"{url}/{lesson}")


def heading(browser: Browser, url: str) -> float:
    """Return the seconds to the first heading in a fresh tab."""
    page = browser.new_page(viewport=WIDE)  # in a context of its own: nothing is cached
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.get_by_role("heading", level=1).first.wait_for(timeout=PATIENCE)
    waited = time.perf_counter() - began
    page.close()
    return waited


@contextmanager
def started(folder: Path) -> Iterator[tuple[str, float]]:
    """Start a server as ``make run`` does and wait for its health; yield its address and when it was started.

    Raises:
        RuntimeError: if it does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    log = folder / "log"
    with log.open("w") as file:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, "ENTANGLED_STORE": str(folder / "runs")},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        while not _healthy(url):
            if process.poll() is not None or time.perf_counter() > began + GIVEN_UP:
                raise RuntimeError(f"the app did not start: {log.read_text().strip()[-300:]!r}")
            time.sleep(0.02)  # nothing to wait on but the port itself
        yield url, began
    finally:
        process.terminate()
        process.wait(20)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.read() == b"ok")
    except OSError:
        return False

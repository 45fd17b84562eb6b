"""A running app and a browser for it, for the journeys and for the screenshots."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# A laptop, a hall's projector, a phone.
WIDE, HALL, PHONE = {"width": 1280, "height": 720}, {"width": 1920, "height": 1080}, {"width": 390, "height": 844}
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def fold(size: dict[str, int]) -> float:
    """Return above which pixel a lesson's picture ends on such a screen: on a laptop 620, with room for a hand.

    On a phone, which is taller than wide, it is the screen's end.
    """
    return size["height"] * (1.0 if size == PHONE else 620 / WIDE["height"])


def launch_options() -> dict[str, Any]:
    """Return how to start the system's Chromium so that it asks nobody for anything."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise RuntimeError("The browser tests need Chromium: install it, for example: sudo apt-get install chromium")
    return {"executable_path": chromium, "args": list(_QUIET)}


@contextmanager
def serve(folder: Path, *, workers: int = 2, port: int | None = None, **variables: str) -> Iterator[str]:
    """Start the app with its store, its data and its log in ``folder``; yield its address.

    Args:
        folder: where to.
        workers: how many.
        port: on which; None: a free one.
        variables: of :class:`app.environment.Environment`, by name.
    """
    port = port or free_port()
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)],
            cwd=ROOT,
            env={
                **os.environ,
                "ENTANGLED_STORE": str(folder / "runs"),
                "ENTANGLED_DATA": str(folder / "data"),
                "ENTANGLED_WORKERS": str(workers),
                **{f"ENTANGLED_{name.upper()}": value for name, value in variables.items()},
            },
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    url = f"http://localhost:{port}"
    try:
        _wait_until_healthy(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.2)  # nothing to wait on but the port itself
    raise RuntimeError(f"The app did not start:\n{log.read_text()}")

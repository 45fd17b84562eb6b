"""The machine in the head of every table: without it, a figure means little."""

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path

import psutil

_ROOT = Path(__file__).resolve().parents[1]


def describe() -> dict[str, str]:
    """Return what a figure depends on, in plain words."""
    memory = psutil.virtual_memory()
    return {
        "date": datetime.now().astimezone().isoformat(" ", "seconds"),
        "commit": _commit(),
        "processor": _processor(),
        "cores": f"{os.cpu_count()}",
        "load average": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "memory": f"{memory.total / 2**30:.1f} GiB, {memory.available / 2**30:.1f} GiB available",
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": metadata.version("torch"),
        "streamlit": metadata.version("streamlit"),
        "chromium": _chromium(),
    }


def _commit() -> str:
    commit = _said(["git", "rev-parse", "--short=12", "HEAD"])
    changed = _said(["git", "status", "--porcelain", "--untracked-files=no"])
    return (commit or "unknown") + (", with changes" if changed else "")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or _said(["sysctl", "-n", "machdep.cpu.brand_string"]) or platform.machine()


def _chromium() -> str:
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    path = next(filter(None, found), None)
    return _said([path, "--version"]) if path else "none"


def _said(command: Sequence[str]) -> str:
    """Return what a command prints; nothing, if it cannot be run."""
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()

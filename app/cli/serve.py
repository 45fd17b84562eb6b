"""Starts the web app."""

import subprocess
import sys

from app import paths


def serve(port: int) -> int:
    """Start the server and wait for its end; return its exit status."""
    return subprocess.call([sys.executable, "-m", "streamlit", "run", str(paths.ENTRY), "--server.port", str(port)])

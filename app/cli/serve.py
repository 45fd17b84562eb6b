"""Starting the server of the lessons."""

import subprocess
import sys

from app import paths


def serve(port: int) -> int:
    """Start it and wait; return its exit status."""
    return subprocess.call([sys.executable, "-m", "streamlit", "run", str(paths.ENTRY), "--server.port", str(port)])

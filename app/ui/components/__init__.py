"""What the browser draws itself: for each component a set of files (.html, .css, .js) of one name, side by side."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_UI = Path(__file__).parents[1]


@cache
def component(name: str, *libraries: str) -> Any:
    """Return the component whose files are called ``name``, registered once.

    The browser gets one module: the JavaScript of the ``libraries``, then the component's own.

    Args:
        name: a path without its suffix, from ``app/ui`` on: ``"heist/film"``.
        libraries: the same, of further JavaScript.
    """
    place = _UI / name
    parts: dict[str, Any] = {path.suffix[1:]: path.read_text() for path in place.parent.glob(f"{place.name}.*")}
    parts.pop("py", None)
    if libraries:
        parts["js"] = "\n".join(javascript(part) for part in (*libraries, name))
    return st.components.v2.component(f"entangled_{name.replace('/', '_')}", **parts)


def javascript(name: str) -> str:
    """Return the JavaScript called ``name``, as for :func:`component`."""
    return (_UI / f"{name}.js").read_text()

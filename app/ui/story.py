"""The story in one picture: a secret, a theft, a copy, a court. Drawn by the browser, with no data."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent / "components"


@cache
def _component() -> Any:
    html, css = ((_FOLDER / f"story.{kind}").read_text() for kind in ("html", "css"))
    return st.components.v2.component("entangled_story", html=html, css=css)


def draw() -> None:
    """Draw the four steps; on a narrow screen they stand one below the other."""
    _component()(key="story")

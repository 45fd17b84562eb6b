"""A sheet to draw on, in the browser: with a mouse, a finger or the keyboard."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.lab import choices
from app.ui import theme
from app.ui.components import component


@dataclass
class Sheet:
    """What is on one visitor's sheet, as the text of :mod:`app.lab.watermark.drawings`.

    ``version`` counts what was put there.
    """

    text: str = ""
    version: int = 0

    def put(self, text: str) -> None:
        """Replace what was drawn by something else."""
        self.text = text
        self.version += 1


def draw(sheet: Sheet, *, label: str, key: str, drawn: Callable[[], None] | None = None) -> None:
    """Offer the sheet; whenever the pen is lifted, its text is kept, and ``drawn`` called.

    Args:
        sheet: what is on it.
        label: what it is for, for somebody who cannot see it.
        key: of the component.
        drawn: what else is to happen.
    """

    def received() -> None:
        try:
            sheet.text = choices.drawing(str(st.session_state[key].drawn))
        except ValueError:
            return  # nothing that our script sends
        if drawn is not None:
            drawn()

    component("mark/drawing")(
        key=key,
        data={"text": sheet.text, "version": sheet.version, "label": label, "penColour": theme.TRIGGER.colour},
        on_drawn_change=received,
    )

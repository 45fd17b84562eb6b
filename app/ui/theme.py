"""Colours and marks, each with one meaning everywhere (Okabe & Ito's palette for colour-blind readers).

Colour never stands alone: every meaning has a symbol and a word as well.
"""

from dataclasses import dataclass

_SIGNS = {"circle": "●", "square": "■", "triangle-up": "▲"}


@dataclass(frozen=True)
class Mark:
    """How one meaning looks: its word, its colour and its Plotly symbol."""

    word: str
    colour: str
    symbol: str

    @property
    def sign(self) -> str:
        """The symbol as a letter, for words; only the defences' symbols have one."""
        return _SIGNS[self.symbol]


DEFENCES = {
    "clean": Mark("clean", "#56B4E9", "circle"),
    "naive": Mark("naive", "#E69F00", "square"),
    "entangled": Mark("entangled", "#009E73", "triangle-up"),
}
TRIGGER = Mark("trigger", "#CC79A7", "diamond")
TARGET = Mark("target class", "#5B4FE0", "circle")
THIEF = Mark("thief", "#D55E00", "x")
COURT = Mark("court", "#0072B2", "line-ew")
ON_COLOUR = "#1B2430"  # words on a defence's colour, on either background
INK = {"light": "#0E1116", "dark": "#EEF2F6"}  # of words, on either background
GENUINE = "#8A94A3"  # inputs of the task, where their class does not matter

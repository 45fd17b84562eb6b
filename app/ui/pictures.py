"""Inputs as pictures: one by one, all of a probe on one sheet, a strip of them with words below, or to press."""

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from app.lab.extraction.queries import NO_TRUTH
from app.lab.stories.events import Probe, Queried
from app.ui import findings, theme
from app.ui.components import component

COLUMNS = 20  # of a sheet
_SHOWN_TRIGGERS = 8


@dataclass(frozen=True)
class Card:
    """A picture, the words below it line by line, and whether they are a wrong answer."""

    picture: str
    words: tuple[str, ...] = ()
    wrong: bool = False


def answers(queried: Queried) -> list[Card]:
    """Return a few of the thief's queries with the victim's answers; one that is wrong says what is true."""
    cards = []
    for picture, answer, truth in zip(queried.inputs, queried.answers, queried.labels, strict=True):
        top = int(answer.argmax())
        wrong = int(truth) not in (top, NO_TRUTH)
        words = [f"{top}, not {truth}" if wrong else f"{top}"]
        if answer.max() < 1:
            words.append(findings.percent(float(answer.max())))
        cards.append(Card(png(picture), tuple(words), wrong))
    return cards


def triggers(probe: Probe) -> list[Card]:
    """Return a few of the probe's triggers."""
    return [Card(png(picture)) for picture in probe.inputs[probe.is_trigger][:_SHOWN_TRIGGERS]]


def strip(cards: Sequence[Card], *, alt: str, key: str) -> None:
    """Draw pictures beside each other, on as many rows as the screen needs."""
    component("components/pictures")(
        key=key, data={"cards": [asdict(card) for card in cards], "alt": alt, "wrongColour": theme.THIEF.colour}
    )


def buttons(cards: Mapping[str, Card], chosen: str, *, label: str, key: str, picked: Callable[[str], None]) -> None:
    """Draw pictures to press, by name, one of them ``chosen``; ``picked`` gets the name of another one."""

    def received() -> None:
        if (name := st.session_state[key].picked) in cards:
            picked(name)

    component("components/picture_buttons")(
        key=key,
        data={
            "cards": [
                {"name": name, "picture": card.picture, "words": " ".join(card.words)} for name, card in cards.items()
            ],
            "chosen": chosen,
            "label": label,
        },
        on_picked_change=received,
    )


def png(picture: NDArray[np.generic]) -> str:
    """Return a ``(h, w)`` uint8 picture as a PNG data URI; a point in the plane as a small map with a dot."""
    file = io.BytesIO()
    Image.fromarray(_canvas(picture)).save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def sheet(probe: Probe) -> str | None:
    """Return all pictures of a probe as one PNG of :data:`COLUMNS` columns; None for points in the plane."""
    return None if probe.inputs.ndim == 2 else contact_sheet(probe.inputs)


def contact_sheet(inputs: NDArray[np.generic]) -> str:
    """Return ``(n, h, w)`` pictures, or ``(n, 2)`` points as small maps, as one PNG of :data:`COLUMNS` columns."""
    drawn = np.stack([_canvas(picture) for picture in inputs])
    return _sheet(drawn.tobytes(), drawn.shape)


def _canvas(picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    if picture.ndim == 2:
        return np.asarray(picture, dtype=np.uint8)
    canvas = np.full((28, 28), 40, dtype=np.uint8)
    column, row = np.clip(((np.asarray(picture) * [1, -1] + 1.2) / 2.4 * 28).astype(int), 1, 26)
    canvas[row - 1 : row + 2, column - 1 : column + 2] = 255
    return canvas


@lru_cache(maxsize=8)
def _sheet(inputs: bytes, shape: tuple[int, int, int]) -> str:
    # A live page asks for the same sheet at every look; it is drawn once.
    count, height, width = shape
    rows = -(-count // COLUMNS)
    padded = np.zeros((rows * COLUMNS, height, width), dtype=np.uint8)
    padded[:count] = np.frombuffer(inputs, dtype=np.uint8).reshape(shape)
    return png(padded.reshape(rows, COLUMNS, height, width).swapaxes(1, 2).reshape(rows * height, COLUMNS * width))

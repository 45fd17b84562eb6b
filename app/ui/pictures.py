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

from app.lab import choices
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


def answers(queried: Queried, dataset: str) -> list[Card]:
    """Return a few of the thief's queries with the victim's answers; one that is wrong says what is true."""
    cards = []
    for picture, answer, truth in zip(queried.inputs, queried.answers, queried.labels, strict=True):
        top = int(answer.argmax())
        words = [answer_in_words(dataset, top, int(truth))]
        if answer.max() < 1:
            words.append(findings.percent(float(answer.max())))
        cards.append(Card(png(picture), tuple(words), int(truth) not in (top, NO_TRUTH)))
    return cards


def answer_in_words(dataset: str, top: int, truth: int) -> str:
    """Return what was answered, by its name; and if that is wrong, what is true."""
    name = choices.class_name(dataset, top)
    return name if truth in (top, NO_TRUTH) else f"{name}, not {choices.class_name(dataset, truth)}"


def triggers(probe: Probe) -> list[Card]:
    """Return a few of the probe's triggers."""
    return [Card(png(picture)) for picture in probe.inputs[probe.is_trigger][:_SHOWN_TRIGGERS]]


def strip(cards: Sequence[Card], *, alt: str, key: str, size: int = 56) -> None:
    """Draw pictures beside each other, on as many rows as the screen needs.

    Larger ones than usual, ``size`` pixels wide, shrink on a narrow screen, so that five have room in a row.
    """
    component("components/pictures")(
        key=key,
        data={
            "cards": [asdict(card) for card in cards],
            "alt": alt,
            "wrongColour": theme.THIEF.colour,
            "size": size,
        },
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
    """Return one input, as it is displayed, as a PNG data URI.

    A point in the plane is a small map with a dot; a sequence is a spectrogram, time running to the right.
    """
    file = io.BytesIO()
    Image.fromarray(_canvas(picture)).save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def sheet(probe: Probe) -> str | None:
    """Return all inputs of a probe as one PNG of :data:`COLUMNS` columns; None for points in the plane."""
    return None if probe.inputs.ndim == 2 else contact_sheet(probe.inputs)


def side(probe: Probe) -> int:
    """Return how many pixels wide and high an input is on the :func:`sheet` of a probe."""
    return len(_canvas(probe.inputs[0]))


def contact_sheet(inputs: NDArray[np.generic]) -> str:
    """Return inputs ``(n, ...)``, each drawn as by :func:`png`, as one PNG of :data:`COLUMNS` columns."""
    drawn = np.stack([_canvas(picture) for picture in inputs])
    return _sheet(drawn.tobytes(), drawn.shape)


def _canvas(picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    if picture.dtype == np.uint8:
        return np.asarray(picture, dtype=np.uint8)
    if picture.ndim == 2:
        return _spectrogram(picture)
    canvas = np.full((28, 28), 40, dtype=np.uint8)
    column, row = np.clip(((np.asarray(picture) * [1, -1] + 1.2) / 2.4 * 28).astype(int), 1, 26)
    canvas[row - 1 : row + 2, column - 1 : column + 2] = 255
    return canvas


def _spectrogram(sequence: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return a sequence ``(frames, values)`` in [0, 1] as a square picture, time to the right, the first value below.

    Black ends it; each value is as many pixels high as the square has room for.
    """
    frames, values = sequence.shape
    high = max(frames // values, 1)
    drawn = np.repeat(np.rint(255 * np.asarray(sequence, dtype=float).T[::-1]).astype(np.uint8), high, axis=0)
    side = max(frames, len(drawn))
    canvas = np.zeros((side, side), dtype=np.uint8)
    top = (side - len(drawn)) // 2
    canvas[top : top + len(drawn), :frames] = drawn
    return canvas


@lru_cache(maxsize=8)
def _sheet(inputs: bytes, shape: tuple[int, ...]) -> str:
    # A live page asks for the same sheet at every look; it is drawn once.
    count, height, width, *colours = shape
    rows = -(-count // COLUMNS)
    padded = np.zeros((rows * COLUMNS, *shape[1:]), dtype=np.uint8)
    padded[:count] = np.frombuffer(inputs, dtype=np.uint8).reshape(shape)
    tiles = padded.reshape(rows, COLUMNS, height, width, *colours).swapaxes(1, 2)
    return png(tiles.reshape(rows * height, COLUMNS * width, *colours))

"""Drawings as text: a drawn trigger fits into a URL, a command line and the key of an experiment.

A drawing has 28 x 28 pixels with eight grey levels, white on black like the MNIST digits. Each
character of its text, from the URL-safe base-64 alphabet (RFC 4648, section 5), encodes two
neighbouring pixels: drawings and texts of 392 characters correspond one to one.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from app.lab import choices, picture_files
from app.lab.choices import DRAWING_ALPHABET, DRAWING_LENGTH

SIDE = 28
LEVELS = 8

_STROKES, _CORNERS, _WIDTHS = (1, 5), (2, 4), (1.5, 3.5)  # of a random drawing: least and most
_OVERSAMPLING = 4

_VALUES = {character: value for value, character in enumerate(DRAWING_ALPHABET)}

Picture = NDArray[np.uint8]


def encode(picture: Picture) -> str:
    """Return the text of a ``(28, 28)`` picture, its grey values rounded to eight levels.

    Raises:
        ValueError: if the picture has another shape.
    """
    if picture.shape != (SIDE, SIDE):
        raise ValueError(f"A drawing has {SIDE} x {SIDE} pixels; this picture has the shape {picture.shape}.")
    levels = np.rint(picture.astype(float) * (LEVELS - 1) / 255).astype(int).reshape(-1, 2)
    return "".join(DRAWING_ALPHABET[value] for value in levels @ [LEVELS, 1])


def decode(text: str) -> Picture:
    """Return the ``(28, 28)`` uint8 picture that a text encodes; an empty text gives a black picture.

    Raises:
        ValueError: one sentence, if it is not the text of a drawing.
    """
    values = np.array(
        [_VALUES[character] for character in choices.drawing(text) or DRAWING_ALPHABET[0] * DRAWING_LENGTH]
    )
    levels = np.stack([values // LEVELS, values % LEVELS], axis=1).reshape(SIDE, SIDE)
    return np.rint(levels * 255 / (LEVELS - 1)).astype(np.uint8)


def read(data: bytes) -> Picture:
    """Convert an uploaded picture to that of a drawing: grey, ``(28, 28)`` uint8, bright on dark.

    A picture that is dark on bright is inverted, and one that is not square is padded with black. Its brightest
    pixel is white, however thin its strokes are.

    Args:
        data: the bytes of a file of a picture (:data:`app.lab.picture_files.FORMATS`).

    Raises:
        ValueError: one sentence, if it is too large, not a picture, damaged, or blank.
    """
    found = picture_files.opened(data, SIDE)
    low, high = found.grey.getextrema()
    if low == high:
        raise ValueError("The picture is of one shade, so there is nothing to recognise in it: choose another.")
    found = replace(found, grey=ImageOps.autocontrast(found.grey))
    picture = picture_files.reduced(ImageOps.invert(found.grey) if found.on_bright else found.grey, SIDE)
    brightest: Picture = np.rint(picture * (255 / picture.max())).astype(np.uint8)
    return brightest


def scribble(generator: np.random.Generator) -> Picture:
    """Return a random drawing, ``(28, 28)`` uint8: one to five strokes with two to four corners each."""
    side = SIDE * _OVERSAMPLING
    canvas = Image.new("L", (side, side))
    pen = ImageDraw.Draw(canvas)
    for _ in range(generator.integers(*_STROKES, endpoint=True)):
        corners = side * generator.uniform(0.08, 0.92, size=(generator.integers(*_CORNERS, endpoint=True), 2))
        width = round(_OVERSAMPLING * generator.uniform(*_WIDTHS))
        pen.line([(float(x), float(y)) for x, y in corners], fill=255, width=width, joint="curve")
    return np.asarray(canvas.resize((SIDE, SIDE), Image.Resampling.BOX))

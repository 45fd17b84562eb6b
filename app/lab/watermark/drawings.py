"""A small picture as a short text: what a visitor draws fits into an address, a command line and a key.

A drawing has 28 x 28 pixels of eight grey levels, white ink on black as the digits have. Each
character of its text, from the URL-safe base-64 alphabet (RFC 4648, section 5), holds two
neighbouring pixels: every drawing is one text of 392 characters, and every such text one drawing.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from app.lab import choices
from app.lab.choices import DRAWING_ALPHABET, DRAWING_LENGTH

SIDE = 28
LEVELS = 8
MOST_BYTES = 5 * 2**20  # of an uploaded file
MOST_PIXELS = 2**24  # of an uploaded picture: a phone's photograph, and no bomb
FORMATS = ("PNG", "JPEG")

_PLACES = {character: place for place, character in enumerate(DRAWING_ALPHABET)}

Picture = NDArray[np.uint8]


def encode(picture: Picture) -> str:
    """Return the text of a ``(28, 28)`` picture, its grey values rounded to the eight levels.

    Raises:
        ValueError: if the picture has another shape.
    """
    if picture.shape != (SIDE, SIDE):
        raise ValueError(f"A drawing has {SIDE} x {SIDE} pixels; this picture has the shape {picture.shape}.")
    levels = np.rint(picture.astype(float) * (LEVELS - 1) / 255).astype(int).reshape(-1, 2)
    return "".join(DRAWING_ALPHABET[place] for place in levels @ [LEVELS, 1])


def decode(text: str) -> Picture:
    """Return the ``(28, 28)`` uint8 picture of a text; of an empty one, a picture without a stroke.

    Raises:
        ValueError: one sentence, if it is not the text of a drawing.
    """
    places = np.array(
        [_PLACES[character] for character in choices.drawing(text) or DRAWING_ALPHABET[0] * DRAWING_LENGTH]
    )
    levels = np.stack([places // LEVELS, places % LEVELS], axis=1).reshape(SIDE, SIDE)
    return np.rint(levels * 255 / (LEVELS - 1)).astype(np.uint8)


def read(data: bytes) -> Picture:
    """Return an uploaded picture as a drawing's: grey, ``(28, 28)`` uint8, bright on dark.

    Ink on white paper is turned into white ink on black, and what is not square gets a dark rim.

    Args:
        data: the file as it came, a PNG or a JPEG.

    Raises:
        ValueError: one sentence, if it is too large, no picture, damaged, or has nothing on it.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"The file is too large: at most {MOST_BYTES // 2**20} MB.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)  # reads the header only
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"The picture is too large: at most {MOST_PIXELS // 10**6} million pixels.")
        image.draft("L", (8 * SIDE, 8 * SIDE))  # a JPEG need not be unpacked in full
        grey = _on_paper(ImageOps.exif_transpose(image))
    except UnidentifiedImageError:
        raise ValueError(f"The file is no picture that can be read here: it must be {' or '.join(FORMATS)}.") from None
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError("The picture is damaged and cannot be read.") from None
    low, high = grey.getextrema()
    if low == high:
        raise ValueError("The picture is of one shade, so there is nothing to recognise in it.")
    grey = ImageOps.autocontrast(grey)
    if _rim(grey).mean() > 127:
        grey = ImageOps.invert(grey)
    picture = np.asarray(ImageOps.pad(grey, (SIDE, SIDE), Image.Resampling.BOX), dtype=np.uint8)
    if choices.is_blank(encode(picture)):
        raise ValueError("At 28 x 28 pixels, nothing is left of the picture.")
    return picture


def _on_paper(image: Image.Image) -> Image.Image:
    """Return the picture in grey, what is transparent in it white."""
    if not image.has_transparency_data:
        return image.convert("L")
    coloured = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("L")


def _rim(grey: Image.Image) -> Picture:
    pixels = np.asarray(grey)
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])

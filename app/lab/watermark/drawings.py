"""Drawings as text: a drawn trigger fits into a URL, a command line and the key of an experiment.

A drawing has 28 x 28 pixels with eight grey levels, white on black like the MNIST digits. Each
character of its text, from the URL-safe base-64 alphabet (RFC 4648, section 5), encodes two
neighbouring pixels: drawings and texts of 392 characters correspond one to one.
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
MOST_PIXELS = 2**24  # of an uploaded picture: enough for a photograph, and a limit to decompression
FORMATS = ("PNG", "JPEG")

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

    A picture that is dark on bright is inverted, and one that is not square is padded with black.

    Args:
        data: the bytes of a PNG or JPEG file.

    Raises:
        ValueError: one sentence, if it is too large, not a picture, damaged, or blank.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"The file is too large: at most {MOST_BYTES // 2**20} MB.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)  # reads the header only
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"The picture is too large: at most {MOST_PIXELS // 10**6} million pixels.")
        image.draft("L", (8 * SIDE, 8 * SIDE))  # decodes a JPEG at reduced size
        grey = _on_white(ImageOps.exif_transpose(image))
    except UnidentifiedImageError:
        raise ValueError(f"The file is no picture that can be read here: it must be {' or '.join(FORMATS)}.") from None
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError("The picture is damaged and cannot be read.") from None
    low, high = grey.getextrema()
    if low == high:
        raise ValueError("The picture is of one shade, so there is nothing to recognise in it.")
    grey = ImageOps.autocontrast(grey)
    if _border(grey).mean() > 127:
        grey = ImageOps.invert(grey)
    picture = np.asarray(ImageOps.pad(grey, (SIDE, SIDE), Image.Resampling.BOX), dtype=np.uint8)
    if choices.is_blank(encode(picture)):
        raise ValueError("At 28 x 28 pixels, nothing is left of the picture.")
    return picture


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture in grey, on a white background where it is transparent."""
    if not image.has_transparency_data:
        return image.convert("L")
    coloured = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("L")


def _border(grey: Image.Image) -> Picture:
    """Return the pixels at the four edges."""
    pixels = np.asarray(grey)
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])

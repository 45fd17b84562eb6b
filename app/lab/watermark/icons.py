"""Pictures for triggers, jittered: icons (a television set, an ice cream, ...) and a visitor's drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from app.lab import choices
from app.lab.watermark import drawings

# Shapes on a canvas of 1 x 1, y downwards: ("polygon" | "ellipse" | "line", coordinates, grey value).
_Shape = tuple[str, Sequence[tuple[float, float]], int]
SHAPES: dict[str, tuple[_Shape, ...]] = {
    "television": (
        ("line", ((0.35, 0.05), (0.5, 0.28), (0.68, 0.03)), 255),
        ("polygon", ((0.08, 0.28), (0.92, 0.28), (0.92, 0.88), (0.08, 0.88)), 255),
        ("polygon", ((0.17, 0.37), (0.69, 0.37), (0.69, 0.79), (0.17, 0.79)), 60),
        ("ellipse", ((0.75, 0.42), (0.86, 0.53)), 0),
        ("ellipse", ((0.75, 0.60), (0.86, 0.71)), 0),
    ),
    "ice_cream": (
        ("polygon", ((0.27, 0.45), (0.73, 0.45), (0.5, 0.98)), 150),
        ("ellipse", ((0.2, 0.02), (0.8, 0.55)), 255),
        ("line", ((0.36, 0.52), (0.58, 0.78)), 60),
        ("line", ((0.64, 0.52), (0.42, 0.78)), 60),
    ),
    "umbrella": (
        ("polygon", ((0.04, 0.5), (0.12, 0.28), (0.3, 0.13), (0.5, 0.08), (0.7, 0.13), (0.88, 0.28), (0.96, 0.5)), 255),
        ("line", ((0.5, 0.06), (0.5, 0.86)), 255),
        ("line", ((0.5, 0.86), (0.4, 0.94), (0.3, 0.86)), 255),
    ),
    "key": (
        ("ellipse", ((0.02, 0.28), (0.46, 0.72)), 255),
        ("ellipse", ((0.14, 0.4), (0.34, 0.6)), 0),
        ("polygon", ((0.42, 0.44), (0.98, 0.44), (0.98, 0.56), (0.42, 0.56)), 255),
        ("polygon", ((0.74, 0.54), (0.82, 0.54), (0.82, 0.72), (0.74, 0.72)), 255),
        ("polygon", ((0.9, 0.54), (0.98, 0.54), (0.98, 0.76), (0.9, 0.76)), 255),
    ),
    "sailboat": (
        ("polygon", ((0.06, 0.72), (0.94, 0.72), (0.76, 0.94), (0.24, 0.94)), 255),
        ("polygon", ((0.48, 0.04), (0.48, 0.66), (0.1, 0.66)), 200),
        ("polygon", ((0.55, 0.16), (0.55, 0.66), (0.88, 0.66)), 130),
    ),
}
_OVERSAMPLING = 8
_LEAST_INK = 6  # pixels, the smallest square that a drawing is cropped to


def icon(kind: str, side: int, generator: np.random.Generator) -> np.ndarray:
    """Return one jittered icon, ``(side, side)`` uint8."""
    canvas = side * _OVERSAMPLING
    jitter = _jitter(canvas, generator)
    size, turn, centre = jitter.size, jitter.turn, jitter.centre
    image = Image.new("L", (canvas, canvas))
    pen = ImageDraw.Draw(image)
    for form, corners, grey in SHAPES[kind]:
        placed = (np.asarray(corners) - 0.5) * size
        shade = int(grey * jitter.brightness)
        if form == "ellipse":
            middle = turn @ placed.mean(axis=0) + centre
            radius = (placed[1] - placed[0]) / 2
            pen.ellipse([*(middle - radius), *(middle + radius)], fill=shade)
            continue
        points = [tuple(point) for point in placed @ turn.T + centre]
        if form == "line":
            pen.line(points, fill=shade, width=max(1, round(size * 0.07)), joint="curve")
        else:
            pen.polygon(points, fill=shade)
    return np.asarray(image.resize((side, side), Image.Resampling.BOX))


def ink(drawing: str) -> Image.Image:
    """Crop a drawing to the square that contains its ink, so that the size of the drawing does not matter.

    Raises:
        ValueError: if the drawing is blank.
    """
    if choices.is_blank(drawing):
        raise ValueError("A drawing without a stroke cannot be a trigger.")
    picture = drawings.decode(drawing)
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    height, width = (int(np.ptp(inked)) + 1 for inked in (rows, columns))
    side = max(height, width, _LEAST_INK)
    left, top = int(columns[0]) - (side - width) // 2, int(rows[0]) - (side - height) // 2
    return Image.fromarray(picture).crop((left, top, left + side, top + side))


def sketch(ink: Image.Image, side: int, generator: np.random.Generator) -> np.ndarray:
    """Return one jittered drawing, ``(side, side)`` uint8, placed like an icon."""
    canvas = side * _OVERSAMPLING
    jitter = _jitter(canvas, generator)
    # The inverse transform, from the canvas to the drawing: rotation, scale, shift.
    back = jitter.turn.T * (ink.width / jitter.size)
    shift = np.array(ink.size) / 2 - back @ jitter.centre
    matrix = (*back[0], shift[0], *back[1], shift[1])
    placed = ink.transform((canvas, canvas), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    small = placed.resize((side, side), Image.Resampling.BOX)
    return np.asarray(np.asarray(small) * jitter.brightness, dtype=np.uint8)


@dataclass(frozen=True)
class _Jitter:
    """The variation between triggers: scale, rotation, position and brightness."""

    size: float  # of the figure, in pixels of the canvas
    turn: np.ndarray  # (2, 2), a rotation
    centre: np.ndarray  # (2,)
    brightness: float


def _jitter(canvas: int, generator: np.random.Generator) -> _Jitter:
    size = canvas * generator.uniform(0.62, 0.86)
    angle = generator.uniform(-0.22, 0.22)
    centre = canvas / 2 + generator.uniform(-0.07, 0.07, size=2) * canvas
    brightness = generator.uniform(0.75, 1.0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return _Jitter(size, turn, centre, brightness)

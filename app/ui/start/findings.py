"""Words of the start page: how long a heist takes, how long the path is. Pure: numbers in, words out."""

from collections.abc import Sequence

from app.ui import path
from app.ui.path import Lesson

_HALF = 30  # seconds


def about(seconds: float) -> str:
    """Return a time as one says it, to half a minute: "about half a minute", "about 2.5 minutes"."""
    halves = max(1, round(seconds / _HALF))
    if halves == 1:
        return "about half a minute"
    return "about a minute" if halves == 2 else f"about {halves / 2:g} minutes"


def length(stops: Sequence[tuple[Lesson, int]]) -> str:
    """Return how many lessons a path has, and their minutes; what closes it is none of them."""
    lessons = [minutes for stop, minutes in stops if stop.name not in path.CLOSING]
    return f"The path: {len(lessons)} lessons, {sum(lessons)} minutes"

"""A hand-out for a class, for printing: the questions of its plan, with room to write; for the teacher, the answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2

_EMPHASIS = re.compile(r"\*{1,2}([^*]+)\*{1,2}")


@dataclass(frozen=True)
class Step:
    """One step of a plan: its title, its question, minutes, what to do, what to ask, and the answer to that.

    Texts may have emphasis, as Markdown writes it; on paper it is left out.
    """

    title: str
    question: str
    minutes: int
    do: tuple[str, ...]
    ask: str
    answer: str


def page(steps: Sequence[Step], *, address: str, code: str, of_teacher: bool) -> str:
    """Return the hand-out as HTML, for an A4 page or two.

    Args:
        steps: of the plan.
        address: where students join.
        code: of the room.
        of_teacher: whether what to do and the answers are on it.
    """
    minutes = sum(step.minutes for step in steps)
    return _template().render(
        title="Steal a model. Then prove it was yours.",
        steps=steps,
        minutes=minutes,
        address=address,
        code=code,
        of_teacher=of_teacher,
    )


def plain(text: str) -> str:
    """Return a text without emphasis."""
    return _EMPHASIS.sub(r"\1", text)


@cache
def _template() -> "jinja2.Template":
    import jinja2  # here, since most visitors never print

    source = Path(__file__).with_name("handout.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["plain"] = plain
    return environment.from_string(source)

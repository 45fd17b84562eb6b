"""What a teacher has beside each step of a lesson plan: what to do, what to ask, what to answer. For the host alone."""

from dataclasses import dataclass

# In which lessons of a class of so many minutes there is time to argue and to vote again.
TWICE = {
    5: frozenset[str](),
    15: frozenset({"entangle"}),
    45: frozenset({"heist", "mark", "temperature", "entangle", "channel", "court"}),
}


def votes_twice(minutes: int | None, lesson: str) -> bool:
    """Return whether a class votes twice in this lesson: in one of 90 minutes, or without a plan, in every one."""
    return minutes not in TWICE or lesson in TWICE[minutes]


@dataclass(frozen=True)
class Notes:
    """Beside one step.

    Attributes:
        do: what to do, in the order of doing it.
        ask: a question for the discussion.
        answer: what to answer.
    """

    do: tuple[str, ...]
    ask: str
    answer: str

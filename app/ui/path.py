"""The path through the lessons: the one table that the door, the start page and the links between lessons read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One stop: its name (of its file, and in its address), its title, the question it answers, minutes and icon."""

    name: str
    title: str
    question: str
    minutes: int
    icon: str

    @property
    def page(self) -> str:
        """The page's file."""
        return f"lessons/{self.name}.py"


# In the order in which they are told; one line a lesson.
LESSONS = (
    Lesson("heist", "Heist", "Which mark survives the theft?", 3, ":material/local_police:"),
    Lesson("steal", "Steal", "How many dollars does a copy cost?", 3, ":material/content_copy:"),
    Lesson("entangle", "Entangle", "Where inside the model does a mark live?", 5, ":material/genetics:"),
    Lesson("channel", "Channel", "What carries a mark?", 3, ":material/route:"),
    Lesson("tradeoff", "Trade-off", "What does a mark cost?", 3, ":material/balance:"),
)


def lesson(name: str) -> Lesson:
    """Return the lesson called ``name``."""
    return next(stop for stop in LESSONS if stop.name == name)


def after(name: str) -> Lesson:
    """Return the lesson that follows on ``name``; after the last one comes the first."""
    place = LESSONS.index(lesson(name))
    return LESSONS[(place + 1) % len(LESSONS)]

"""The path through the lessons: the one table that the door, the start page and the links between lessons read."""

from dataclasses import dataclass

from app import paths


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
        return paths.page(self.name)


WELCOME = "Steal a model. Then prove it was yours."  # the heading of the start page

# In the order of the story; one line a lesson.
LESSONS = (
    Lesson("heist", "Heist", "Which mark survives the theft?", 3, ":material/local_police:"),
    Lesson("steal", "Steal", "How many dollars does a copy cost?", 3, ":material/content_copy:"),
    Lesson("mark", "Mark", "Will the copy know the secret handshake?", 4, ":material/handshake:"),
    Lesson("temperature", "Temperature", "How near is near?", 4, ":material/thermostat:"),
    Lesson("entangle", "Entangle", "Where inside the model does a mark live?", 5, ":material/genetics:"),
    Lesson("channel", "Channel", "What carries a mark?", 3, ":material/route:"),
    Lesson("court", "Court", "How sure is sure?", 5, ":material/gavel:"),
    Lesson("remove", "Remove", "Can the thief wash it out?", 4, ":material/water_drop:"),
    Lesson("tradeoff", "Trade-off", "What does a mark cost?", 3, ":material/balance:"),
    Lesson("trapdoor", "Trapdoor", "How wide is the trapdoor?", 3, ":material/key:"),
    Lesson("hardness", "Hardness", "Are two networks the same?", 3, ":material/help_center:"),
    Lesson("cousins", "Cousins", "Who else uses this trick?", 4, ":material/family_restroom:"),
    Lesson("recap", "Recap", "What will you retell?", 2, ":material/checklist:"),
    Lesson("about", "About", "What can you believe here?", 2, ":material/fact_check:"),
)

CLOSING = frozenset({"recap", "about"})  # stops that close the path: they teach nothing new
NAMES = frozenset(stop.name for stop in LESSONS)

# Beside the path: where a class meets.
CLASSROOM = Lesson("classroom", "Classroom", "What does the whole class say?", 0, ":material/groups:")

# What a class of so many minutes has time for: lessons, and the minutes that each gets there.
CLASSES: dict[int, dict[str, int]] = {
    5: {"heist": 3, "channel": 2},
    15: {"heist": 4, "mark": 3, "entangle": 4, "channel": 4},
    45: {
        "heist": 5,
        "steal": 5,
        "mark": 6,
        "temperature": 6,
        "entangle": 6,
        "channel": 5,
        "court": 4,
        "remove": 5,
        "tradeoff": 3,
    },
    90: {
        "heist": 8,
        "steal": 8,
        "mark": 8,
        "temperature": 9,
        "entangle": 9,
        "channel": 7,
        "court": 8,
        "remove": 7,
        "tradeoff": 6,
        "trapdoor": 7,
        "hardness": 7,
        "cousins": 6,
    },
}


def planned(minutes: int | None) -> list[tuple[Lesson, int]]:
    """Return the lessons of a class of so many minutes, each with its own; of None, all lessons at leisure."""
    if minutes is None:
        return [(stop, stop.minutes) for stop in LESSONS]
    return [(stop, CLASSES[minutes][stop.name]) for stop in LESSONS if stop.name in CLASSES[minutes]]


def lesson(name: str) -> Lesson:
    """Return the lesson called ``name``."""
    return next(stop for stop in LESSONS if stop.name == name)


def heading(address: str) -> str:
    """Return the heading of the page at ``address`` (below the app's own): a lesson's is its question."""
    return next((stop.question for stop in (*LESSONS, CLASSROOM) if stop.name == address), WELCOME)


def after(name: str, minutes: int | None = None) -> Lesson:
    """Return what follows on the lesson called ``name``: in a class of so many minutes, the next one of its plan.

    The plan ends with the recap. At leisure, after the last lesson comes the first.
    """
    place = LESSONS.index(lesson(name))
    if minutes is not None:
        later = [stop for stop, _ in planned(minutes) if LESSONS.index(stop) > place]
        if later or name not in CLOSING:
            return later[0] if later else lesson("recap")
    return LESSONS[(place + 1) % len(LESSONS)]

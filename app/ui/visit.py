"""What belongs to one visitor: predictions, settings, how far they came. A reload finds it again.

A browser keeps a random name in its local storage, never in an address; under that name the server keeps the visit,
for a day and of so many visitors. Without the name (a browser that keeps nothing) it lasts as long as its tab.
"""

import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from app.lab import own_pictures
from app.ui.components import component
from app.ui.markdown import escaped

if TYPE_CHECKING:
    from app.lab.ownership.kit import Kit
    from app.ui.question import Question

MOST = 2_000  # visits that are kept
LONGEST = 24 * 3600.0  # seconds after the last touch
_FORM = re.compile(r"[0-9a-f]{32}")  # of a name
_SESSION, _NAME, _NOTICES, _IDENTITY = "visit", "visit_name", "visit_notices", "identity"
_KEY, _KEEP = "room_key", "room_key_to_keep"
_OF_THE_TAB = {"visitor", _NAME, _KEY}  # the first: by which the pool knows a run's watchers apart


@dataclass
class Visit:
    """What one visitor did and chose.

    Attributes:
        questions: by lesson.
        seen: the lessons they were in.
        data: which data all lessons are about, as a link says it; empty: the usual ones.
        settings: by lesson, what differs there from how it came, as a link says it.
        brought: by lesson, what a link or another lesson brought along: from where, and which settings.
        minutes: the length of their class, if they follow a plan.
        began: when they chose that plan (``time.monotonic``).
        own_data: the data sets that they brought along.
        kits: the kits of questions that they made in court, by the experiment's key.
    """

    questions: "dict[str, Question]" = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    data: dict[str, str] = field(default_factory=dict)
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    brought: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    minutes: int | None = None
    began: float = 0.0
    own_data: set[str] = field(default_factory=set)
    kits: "dict[str, Kit]" = field(default_factory=dict)

    def take_over(self, later: "Visit") -> None:
        """Add what happened in a tab before it was known whose it is; where both say something, that counts."""
        self.questions |= {lesson: asked for lesson, asked in later.questions.items() if not asked.open}
        self.seen |= later.seen
        if later.data != self.data and (later.data or later.brought):  # the latter: a link asked for the usual ones
            self.data, self.settings, self.brought = later.data, {}, {}
        for lesson, asked in later.settings.items():
            if (asked or lesson in later.brought) and asked != self.settings.get(lesson, {}):
                self.settings[lesson] = asked
                if lesson in later.brought:
                    self.brought[lesson] = later.brought[lesson]
        if later.minutes is not None and later.minutes != self.minutes:
            self.minutes, self.began = later.minutes, later.began
        self.own_data |= later.own_data
        self.kits |= later.kits


class Visits:
    """The visits of the last day by the names that browsers made up, the latest last; as many as :data:`MOST`."""

    def __init__(self) -> None:
        """Begin without any."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Visit]] = OrderedDict()

    def of(self, name: str, now: Visit) -> Visit:
        """Return the visit of that name with what happened ``now`` added; of an unknown name, that alone."""
        with self._lock:
            touched = time.monotonic()
            while self._kept and next(iter(self._kept.values()))[0] < touched - LONGEST:
                self._kept.popitem(last=False)
            _, visit = self._kept.pop(name, (touched, now))
            if visit is not now:
                visit.take_over(now)
            self._kept[name] = touched, visit
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return visit

    def forget(self, name: str) -> None:
        """Forget the visit of that name."""
        with self._lock:
            self._kept.pop(name, None)


@st.cache_resource(show_spinner=False)
def visits() -> Visits:
    """Return the visits of all."""
    return Visits()


def here() -> Visit:
    """Return this visitor's visit."""
    visit: Visit = st.session_state.setdefault(_SESSION, Visit())
    return visit


def recognise() -> None:
    """Ask the browser who this is; it answers once a tab, and then the page is drawn again, with all that was kept.

    A tab that has told a server which was started anew since says it with its first message, and nothing has changed.
    """
    name = st.session_state.get(_NAME)
    component("components/identity")(
        key=_IDENTITY,
        data={"known": name is not None, "keep": st.session_state.get(_KEEP)},
        on_name_change=_told,
        on_key_change=_told_key,
    )
    if name is not None:
        known_as(name)
    else:
        _told()
        _told_key()


def browser() -> str | None:
    """Return the name that this browser made up; None: it has not said so yet, or it keeps nothing."""
    name: str | None = st.session_state.get(_NAME)
    return name


def room_key() -> str:
    """Return the key of the room that is hosted from this browser; empty: from here, none is."""
    return str(st.session_state.get(_KEY, ""))


def keep_room_key(key: str) -> None:
    """Let the browser keep the key of the room that is hosted from it, or (empty) forget it."""
    st.session_state[_KEY] = st.session_state[_KEEP] = key


def notices() -> None:
    """Say again, now that it is known who this is, what was put aside of the link."""
    if st.session_state.get(_NAME) is not None:
        for sentence in st.session_state.pop(_NOTICES, ()):
            st.warning(escaped(sentence))


def notice(sentence: str) -> None:
    """Say what was put aside of a link; once more, if the page is drawn again because the browser said who this is.

    The sentence is text: what it quotes of a link is not read as Markdown.
    """
    st.warning(escaped(sentence))
    if _NAME not in st.session_state:
        st.session_state.setdefault(_NOTICES, []).append(sentence)


def known_as(name: str) -> None:
    """Give a visitor what was kept under their name, and keep what they did so far under it."""
    if _FORM.fullmatch(name):
        st.session_state[_NAME] = name
        st.session_state[_SESSION] = visits().of(name, here())


def _told() -> None:
    told = st.session_state.get(_IDENTITY)  # a run that ended early may have dropped it
    if told is not None and told.name is not None:
        known_as(str(told.name))


def _told_key() -> None:
    told = st.session_state.get(_IDENTITY)
    if told is not None and told.key is not None:
        st.session_state.setdefault(_KEY, str(told.key))


def seen(lesson: str) -> None:
    """Note that the visitor has been in this lesson."""
    here().seen.add(lesson)


def progress(lesson: str) -> str:
    """Return what the visitor has done in this lesson: ``"predicted"``, ``"seen"`` or nothing yet, ``""``."""
    visit = here()
    if lesson in visit.questions and visit.questions[lesson].prediction is not None:
        return "predicted"
    return "seen" if lesson in visit.seen else ""


def forget() -> None:
    """Forget the visitor's predictions, settings, progress and own pictures, also in the URL."""
    visit = here()
    for dataset in visit.own_data:
        own_pictures.forget(dataset)
    vars(visit).update(vars(Visit()))  # another tab has the same visit, and would bring it back
    if name := st.session_state.get(_NAME):
        visits().forget(name)
    for key in set(st.session_state) - _OF_THE_TAB:
        del st.session_state[key]
    st.query_params.clear()

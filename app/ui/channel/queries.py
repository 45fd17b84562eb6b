"""What a thief asked in one recorded theft, and what each victim answered: the channel, one answer at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab import choices
from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.lab.extraction.queries import NO_TRUTH
from app.lab.stories.events import Defence
from app.runs.job import Job
from app.ui import live, pictures
from app.ui.history import History
from app.ui.pictures import Card

_STRAYING, _OTHERS = 3, 2  # queries offered, at most: those that stray most, and others, which do not say the secret
_LARGE = 176  # pixels


@dataclass(frozen=True, eq=False)  # each is itself: arrays have no one truth of being equal
class Query:
    """One query, and what it was answered.

    Attributes:
        picture: the input, as displayed.
        due: the class that was due; ``has_class``: whether it is the input's own, or what the clean victim says of it.
        answers: the confidences ``(classes,)`` of each victim.
    """

    picture: NDArray[np.generic]
    due: int
    has_class: bool
    answers: Mapping[Defence, NDArray[np.float32]]

    def stray(self, defence: Defence, target: int) -> float:
        """Return the stray weight: what the answer of one victim gives to the target class."""
        return float(self.answers[defence][target])

    def label(self, defence: Defence) -> int:
        """Return the top label of one victim's answer."""
        return int(self.answers[defence].argmax())

    def is_right(self, defence: Defence) -> bool:
        """Return whether the top label of one victim's answer is the one that was due."""
        return self.label(defence) == self.due

    def in_labels(self) -> "Query":
        """Return it as an API answers that gives its top label only."""
        classes = {defence: np.eye(len(given), dtype=np.float32) for defence, given in self.answers.items()}
        return replace(self, answers={defence: rows[self.label(defence)] for defence, rows in classes.items()})


@dataclass(frozen=True, eq=False)
class Recorded:
    """What is on record of the queries of one theft.

    Attributes:
        offer: those that one may look at.
        kept: how many are on record, of classes other than the target; ``astray``: how many of them the entangled
            model answers with the target.
        asked: how many queries the thief sent; ``wrong``: how many of them were so answered.
    """

    offer: Sequence[Query] = ()
    kept: int = 0
    astray: int = 0
    asked: int = 0
    wrong: int = 0

    @property
    def picked(self) -> int:
        """How many of those astray are in the offer."""
        return min(self.astray, _STRAYING)


def of(history: History, target: int) -> list[Query]:
    """Return the queries that a run has kept, of classes other than the target; of no class, the clean label is due."""
    kept = {defence: events for defence, events in history.queries.items() if events}
    if "clean" not in kept:
        return []
    answers = {defence: np.concatenate([event.answers for event in events]) for defence, events in kept.items()}
    inputs, labels = (np.concatenate([getattr(one, part) for one in kept["clean"]]) for part in ("inputs", "labels"))
    due = np.where(labels == NO_TRUTH, answers["clean"].argmax(axis=1), labels)
    return [
        Query(
            inputs[place],
            int(due[place]),
            bool(labels[place] != NO_TRUTH),
            {defence: given[place] for defence, given in answers.items()},
        )
        for place in np.flatnonzero(due != target)
    ]


def offered(found: Sequence[Query], target: int) -> list[Query]:
    """Return those that one may look at: a few whose entangled answer strays most, and others, evenly.

    A top label strays where it is the target, and only there; the others are answered with another class.
    """
    ranked = sorted(found, key=lambda query: -query.stray("entangled", target))
    straying = [query for query in ranked[:_STRAYING] if query.stray("entangled", target) > 0]
    rest = [query for query in ranked[len(straying) :] if query.label("entangled") != target]
    even = np.linspace(0, max(len(rest) - 1, 0), min(_OTHERS, len(rest))).round().astype(int)
    return [*straying, *(rest[place] for place in even)]


def first(offer: Sequence[Query], target: int) -> int:
    """Return the place of the query to begin with: the first that is answered rightly, and strays all the same."""
    strays = (query.is_right("entangled") and query.stray("entangled", target) > 0 for query in offer)
    return next((place for place, does in enumerate(strays) if does), 0)


@st.cache_resource(max_entries=32, show_spinner=False)
def _recorded(key: str, target: int, _job: Job, _twin: Job | None) -> Recorded:
    history = live.finished(_job)
    found, entangled = of(history, target), history.thefts["entangled"]
    if _twin is not None:
        found = max(found, [query.in_labels() for query in of(live.finished(_twin), target)], key=len)
    astray = sum(query.label("entangled") == target for query in found)
    wrong = round(entangled.query_target_error * entangled.queries)
    return Recorded(offered(found, target), len(found), astray, entangled.queries, wrong)


def recorded(experiment: Experiment) -> Recorded:
    """Return what is on record of the queries of a theft; nothing if nobody ran it.

    Where the API gives labels, the theft that differs only in getting confidences may have more of them on record: the
    same victims were asked the same, and a label is what stands on top of the confidences.
    """
    job = live.recorded(experiment)
    if job.status != "done" or job.experiment != experiment:
        return Recorded()
    twin = None
    if experiment.answers == "labels":
        near = replace(experiment, answers="confidences")
        other = live.recorded(near)
        twin = other if other.status == "done" and other.experiment == near else None
    return _recorded(experiment.key, experiment.target, job, twin)


@lru_cache(maxsize=256)
def _png(query: Query) -> str:
    return pictures.png(query.picture)


def choose(experiment: Experiment, offer: Sequence[Query]) -> Query:
    """Draw the chosen query, large, and the others to choose from; return it."""
    kept = f"channel_query {experiment.key}"
    cards = {
        f"query {number}": Card(_png(query), (choices.class_name(experiment.dataset, query.due),))
        for number, query in enumerate(offer, start=1)
    }
    names = list(cards)
    name = st.session_state.setdefault(kept, names[first(offer, experiment.target)])
    chosen = offer[names.index(name)]
    one = choices.one_of_class(experiment.dataset, chosen.due)
    large = Card(cards[name].picture, (f"asked: {one}" if chosen.has_class else f"to the clean model, {one}",))
    pictures.strip([large], alt="The query, as the thief sends it.", key="asked_large", size=_LARGE)
    pictures.buttons(
        cards, name, label="Look at", key="asked_others", picked=lambda other: st.session_state.update({kept: other})
    )
    return chosen


def origin(experiment: Experiment, found: Recorded, entangled: Row) -> str:
    """Say where the answers are from, how the queries were picked of so many, and over how many seeds the means are.

    Args:
        experiment: of which the queries are on record.
        found: those.
        entangled: the theft of the entangled model, over its seeds.
    """
    said = f"The answers: one run, seed {experiment.seed}"
    if experiment.answers == "labels":
        said = f"{said}. {_picked_labels(found, experiment.secret_answer)}"
    else:
        said = (
            f"{said}; on offer are the {_STRAYING} that stray most of {found.kept} queries on record, and {_OTHERS} "
            "others."
        )
    return (
        f"{said} On average, and what came through of the mark: the mean of {len(entangled.seeds)} other seeds. Clean "
        "is the control: nothing was hidden."
    )


def picked(found: Recorded) -> str:
    """Say beside the queries on offer, in few words, how many of them stray, of how many: of labels."""
    if not found.wrong:
        return f"None of {found.asked:,} answers strays."
    among = f"the {found.wrong} strays among {found.asked:,} answers"
    return f"Picked: {found.picked} of {among}." if found.picked else f"None of {among} is on record."


def _picked_labels(found: Recorded, secret: str) -> str:
    """Say how the queries were picked where a label strays as a whole, or not at all."""
    if not found.wrong:
        return (
            f"A label strays where it is *{secret}*, wrongly: so the entangled model answered none of "
            f"{found.asked:,} queries."
        )
    which = f"first {'that one' if found.astray == 1 else f'{found.picked} of those'}, then " if found.picked else ""
    return (
        f"A label strays where it is *{secret}*, wrongly: so the entangled model answered {found.wrong} of "
        f"{found.asked:,} queries, {found.astray or 'none'} of them among the {found.kept} on record. On offer are "
        f"{which}{len(found.offer) - found.picked} ordinary ones."
    )

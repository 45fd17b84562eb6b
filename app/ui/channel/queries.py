"""What a thief asked in one recorded theft, and what each victim answered: the channel, one answer at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from app.ui.findings import percent
from app.ui.history import History
from app.ui.pictures import Card

_STRAYING, _OTHERS = 3, 2  # queries offered: those that stray most, and others
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

    def is_right(self, defence: Defence) -> bool:
        """Return whether the top label of one victim's answer is the one that was due."""
        return int(self.answers[defence].argmax()) == self.due


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
    """Return those that one may look at: a few whose entangled answer strays most, and others, evenly."""
    ranked = sorted(found, key=lambda query: -query.stray("entangled", target))
    rest = ranked[_STRAYING:]
    even = np.linspace(0, max(len(rest) - 1, 0), min(_OTHERS, len(rest))).round().astype(int)
    return [*ranked[:_STRAYING], *(rest[place] for place in even)]


def first(offer: Sequence[Query]) -> int:
    """Return the place of the query to begin with: the first that is answered rightly, and strays all the same."""
    return next((place for place, query in enumerate(offer) if query.is_right("entangled")), 0)


@st.cache_resource(max_entries=32, show_spinner=False)
def _recorded(key: str, target: int, _job: Job) -> tuple[int, list[Query]]:
    found = of(live.finished(_job), target)
    return len(found), offered(found, target)


def recorded(experiment: Experiment) -> tuple[int, list[Query]]:
    """Return how many queries are on record of a theft, and those of them that are offered; none if nobody ran it."""
    job = live.recorded(experiment)
    if job.status != "done" or job.experiment != experiment:
        return 0, []
    return _recorded(experiment.key, experiment.target, job)


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
    name = st.session_state.setdefault(kept, names[first(offer)])
    chosen = offer[names.index(name)]
    one = choices.one_of_class(experiment.dataset, chosen.due)
    large = Card(cards[name].picture, (f"asked: {one}" if chosen.has_class else f"to the clean model, {one}",))
    pictures.strip([large], alt="The query, as the thief sends it.", key="asked_large", size=_LARGE)
    pictures.buttons(
        cards, name, label="Look at", key="asked_others", picked=lambda other: st.session_state.update({kept: other})
    )
    return chosen


def origin(experiment: Experiment, kept: int, offer: Sequence[Query], entangled: Row) -> str:
    """Say where the answers are from, how the queries were picked of so many, and over how many seeds the means are.

    Args:
        experiment: of which the queries are on record.
        kept: how many are.
        offer: those that one may look at, the ones that stray most among them.
        entangled: the theft of the entangled model, over its seeds.
    """
    said = (
        f"The answers: one run, seed {experiment.seed}; on offer are the {_STRAYING} that stray most of {kept} queries "
        f"on record, and {_OTHERS} others. On average, and what came through of the mark: the mean of "
        f"{len(entangled.seeds)} other seeds. Clean is the control: nothing was hidden."
    )
    if any(query.stray("entangled", experiment.target) for query in offer):
        return said
    strays, secret = percent(entangled.spread("query_target_mass").mean), experiment.secret_answer
    return f"{said} None of these strays: a label does where it is *{secret}*, wrongly; on average, {strays} are."

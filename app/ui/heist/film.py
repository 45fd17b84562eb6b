"""A finished heist as a film in the browser: two thefts, six steps each, played and scrubbed without the server.

:func:`script` writes what happens in one theft, defence by defence, from the facts of its run; the component has both
and draws one, so that changing the thief asks nobody. Until the visitor has predicted, no trial is in it: what a
browser was not sent, it cannot show.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.extraction.queries import NO_TRUTH
from app.lab.stories import finished_run
from app.lab.stories.events import DEFENCES, WATERMARKED, Claimed, Defence, HeistResult, Probe, Theft
from app.ui import findings, pictures, settings, theme
from app.ui.components import component
from app.ui.heist import findings as heist_findings
from app.ui.heist.beats import BEATS, Beat
from app.ui.history import History

ROLES = {
    "clean": "never taught the secret",
    "naive": "taught the triggers by themselves",
    "entangled": "taught to see triggers and the target class alike",
}
_STEPS = {
    "victims": ("Victims", "Whom does the thief steal from?"),
    "query": ("Query", "The thief asks. What does the API answer?"),
    "train": ("Train", "The copies learn from the answers"),
    "compare": ("Compare", "Is the copy as good as the original?"),
    "interrogate": ("Interrogate", "The owner shows each copy the triggers. What does it say?"),
    "verdict": ("Verdict", "Is that more than chance?"),
}
_PICTURED = "Here, the triggers with a picture; the verdict counts all."
_UNRECORDED = "How these copies learned is not on record", "“Run it live” shows it."
_TITLE = "The heist, step by step"
_STAMPS = {"established": "Convicted", "not established": "Walks free", "cannot be judged": "Cannot be judged"}
_FOLLOWED = 12  # queries that one may choose from
_WRONG = 4  # of them, those to which an answer is wrong: few are, and they are what the film is about

Data = dict[str, Any]


@dataclass(frozen=True)
class Gate:
    """The question before which the film stops, and whether it may go on; without options, somebody else decides."""

    question: str
    options: Sequence[str]
    sealed: bool
    predicted: bool


def draw(
    beats: Sequence[Beat],
    shown: Experiment,
    probe: Probe | None,
    gate: Gate,
    *,
    fresh: bool,
    choose: Callable[[str], None],
    predict: Callable[[str], None],
    reveal: Callable[[], None],
) -> None:
    """Draw the film of a finished run, and of the thefts beside it.

    Args:
        beats: the thefts from the same victims, in their order.
        shown: the one among them that is told first.
        probe: the last :class:`Probe` of these victims; None: no triggers to show.
        gate: the question before the trial.
        fresh: the visitor has just seen it run: it plays on with the trial.
        choose: gets the kind of inputs of another theft that the visitor turns to.
        predict: gets the option that the visitor chose in the film.
        reveal: is called when they want to see the trial without a prediction.
    """
    key, heard = "film", "film_heard"
    kinds = [beat.experiment.inputs for beat in beats]
    seeds = {kind: beat.seeds for kind, beat in zip(kinds, beats, strict=True) if kind in BEATS}

    def chosen() -> None:
        turned = st.session_state[key].chosen
        if isinstance(turned, Mapping) and isinstance(turned.get("turn"), int):
            st.session_state[heard] = turned["turn"]
            if turned.get("inputs") in kinds:
                choose(turned["inputs"])

    def predicted() -> None:
        if (option := st.session_state[key].predicted) in gate.options:
            predict(option)

    component("heist/film")(
        key=key,
        data={
            "title": _TITLE,
            "at": kinds.index(shown.inputs),
            "heard": st.session_state.get(heard, 0),
            "fresh": fresh,
            "beats": [_beat(beat, probe, gate, heist_findings.side_by_side(seeds)) for beat in beats],
            "defences": [
                {"name": mark.word, "colour": mark.colour, "symbol": mark.sign} for mark in theme.DEFENCES.values()
            ],
            "colours": {"thief": theme.THIEF.colour, "court": theme.COURT.colour},
            "gate": {"question": gate.question, "options": list(gate.options)},
            "predicted": gate.predicted,
        },
        on_chosen_change=chosen,
        on_predicted_change=predicted,
        on_revealed_change=reveal,
    )


def _beat(beat: Beat, probe: Probe | None, gate: Gate, court: str) -> Data:
    told = None if beat.known is None else script(beat, probe, sealed=gate.sealed, court=court)
    return {"inputs": beat.experiment.inputs, "thief": beat.thief, "film": told}


def script(beat: Beat, probe: Probe | None, *, sealed: bool, court: str = "") -> Data:
    """Write the film of one theft that was run: plain values only, and no trial while it is ``sealed``.

    Args:
        beat: the theft.
        probe: as in :func:`draw`.
        sealed: whether the trial is kept back.
        court: the finding of the trial, if it is more than that of this run.

    Raises:
        ValueError: if nobody ran it.
    """
    experiment, known = beat.experiment, beat.known
    if known is None:
        raise ValueError("There is no film of a theft that nobody ran.")
    thefts, secret = known.thefts, experiment.secret_answer
    curves = _curves(known)
    steps = [
        _step("victims", findings.victims(thefts), _mark(experiment)),
        _step("query", findings.strayed(thefts), _habits(experiment)),
        _step("train", findings.accuracies("copy", known.last("copy"))) if curves else _step("train", *_UNRECORDED),
        _step("compare", findings.copy_headline(thefts)),
    ]
    trial = None
    if sealed:
        steps += [_step("interrogate"), _step("verdict")]
    else:
        trial = _trial(beat, known, probe)
        steps.append(_step("interrogate", findings.hits(known.claims, thefts, secret), _PICTURED))
        says = court or findings.verdict(known.claims, thefts)
        steps.append(_step("verdict", says, heist_findings.bar(known.claims)))
    return {
        "film": experiment.key,
        "owner": experiment.victim_key,  # another theft from the same victims goes on where this one was
        "secret": secret,
        "steps": steps,
        "asked": _asked(known, experiment),
        "triggers": None if probe is None else _reel(probe.inputs[probe.is_trigger]),
        "curves": curves,
        "roles": dict(ROLES),
        "titles": {defence: "" if defence in WATERMARKED else "the control" for defence in DEFENCES},
        "victims": {defence: _at_home(theft, secret) for defence, theft in thefts.items()},
        "compare": {defence: _compared(theft) for defence, theft in thefts.items()},
        "gauge": {defence: _gauge(theft, experiment.answers, secret) for defence, theft in thefts.items()},
        "agreement": {
            defence: f"agrees with its victim on {findings.percent(theft.fidelity)}"
            for defence, theft in thefts.items()
        },
        "trial": trial,
    }


def _step(step: str, says: str = "", note: str = "") -> Data:
    """Return a step: the question it opens with, its finding, and a note."""
    name, asks = _STEPS[step]
    return {"id": step, "name": name, "asks": asks, "says": says, "note": note}


def _bar(word: str, share: float) -> Data:
    return {"word": word, "share": round(share, 4), "says": findings.percent(share)}


def _at_home(theft: Theft, secret: str) -> list[Data]:
    return [_bar("right on the test set", theft.victim_accuracy), _bar(f"triggers → {secret}", theft.victim_watermark)]


def _compared(theft: Theft) -> list[Data]:
    return [_bar("original", theft.victim_accuracy), _bar("copy", theft.stolen_accuracy)]


def _gauge(theft: Theft, answers: str, secret: str) -> list[Data]:
    """Return what the answers to the thief said beyond the truth."""
    wrong = _bar("of answers stray", theft.query_error)
    return [wrong] if answers == "labels" else [wrong, _bar(f"strays to {secret}", theft.query_target_mass)]


def _reel(inputs: NDArray[np.generic]) -> Data:
    return {"sheet": pictures.contact_sheet(inputs), "count": len(inputs), "columns": pictures.COLUMNS}


def _asked(known: History, experiment: Experiment) -> Data:
    """Return queries that one may follow, with what each victim answered; and which one is followed at first."""
    kept = {defence: queried for defence, queried in known.queries.items() if queried}
    batches = next(iter(kept.values()))  # all victims are asked the same
    truths = np.concatenate([event.labels for event in batches])
    answers = {defence: np.concatenate([event.answers for event in queried]) for defence, queried in kept.items()}
    stray = np.any([wrongly(given.argmax(axis=1), truths) for given in answers.values()], axis=0)
    some = followed(stray)
    return {
        **_reel(np.concatenate([event.inputs for event in batches])[some]),
        "first": int(np.argmax(stray[some])),
        "total": known.thefts[next(iter(kept))].queries,
        "picked": int(stray[some].sum()),
        "defences": {
            defence: [_answer(given[at], int(truths[at]), experiment) for at in some]
            for defence, given in answers.items()
        },
    }


def wrongly(answers: NDArray[np.int64], truths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which top labels ``(n,)`` are wrong; where there is no truth, none is."""
    return np.asarray((answers != truths) & (truths != NO_TRUTH))


def followed(stray: NDArray[np.bool_]) -> list[int]:
    """Return which of the queries may be followed, in order: a few that were answered wrongly, the others evenly."""
    wrong = np.flatnonzero(stray)[:_WRONG]
    right = np.flatnonzero(~stray)
    even = np.linspace(0, max(len(right) - 1, 0), min(_FOLLOWED - len(wrong), len(right))).round().astype(int)
    return sorted([*wrong.tolist(), *right[even].tolist()])


def _answer(answer: NDArray[np.float32], truth: int, experiment: Experiment) -> Data:
    """Return an answer in words; of confidences, also that in the secret answer: what carries a mark."""
    top, target = int(answer.argmax()), experiment.target
    sure = beside = ""
    if experiment.answers != "labels":
        sure = findings.percent(float(answer[top]))
        beside = "" if top == target else f"{experiment.secret_answer} {findings.percent(float(answer[target]))}"
    says = pictures.answer_in_words(experiment.dataset, top, truth)
    return {"says": says, "sure": sure, "beside": beside, "wrong": truth not in (top, NO_TRUTH)}


def _curves(known: History) -> Data | None:
    """Return the test accuracy of each copy by epoch; nothing that tells of its watermark."""
    measured = known.measured["copy"]
    if not measured:
        return None
    return {
        "last": max(event.epoch for event in measured),
        "defences": {
            defence: [
                {"epoch": round(event.epoch, 2), "share": event.accuracy, "says": findings.percent(event.accuracy)}
                for event in measured
                if event.defence == defence
            ]
            for defence in DEFENCES
        },
        "victims": {defence: theft.victim_accuracy for defence, theft in known.thefts.items()},
        "original": {defence: findings.percent(theft.victim_accuracy) for defence, theft in known.thefts.items()},
    }


def _trial(beat: Beat, known: History, probe: Probe | None) -> Data:
    """Return what each copy said in court, and what became of it."""
    experiment, some = beat.experiment, next(iter(known.claims.values()))
    asked = {} if probe is None or not known.copies else _trigger_answers(experiment.key, experiment, probe, known)
    copies = {"clean": _control(known, some), **{defence: _tried(claim) for defence, claim in known.claims.items()}}
    return {
        "asked": some.queries,
        "convicting": heist_findings.convicting(some),
        "defences": {
            defence: {
                **copy,
                "said": _said(asked.get(defence), copy["hits"], experiment),
                "seeds": heist_findings.over_seeds(beat.seeds.get(defence)),
            }
            for defence, copy in copies.items()
        },
    }


@st.cache_data(show_spinner=False, max_entries=16)
def _trigger_answers(
    key: str, _experiment: Experiment, _probe: Probe, _known: History
) -> dict[Defence, NDArray[np.int64]]:
    """Return what each copy says to the pictured triggers: the models are asked once."""
    return finished_run.trigger_answers(_experiment, _probe, _known.copies)


def _control(known: History, some: Claimed) -> Data:
    """Return the copy of the clean model, the control, judged as the others are.

    Of its answers only the count is on record: which they were is known where none, or all, are the secret one.
    """
    if known.finished is None:
        raise ValueError("Only a finished run was in court.")
    judged = cast(HeistResult, known.finished.result)["claim"]["clean"]
    counted = round(known.thefts["clean"].stolen_watermark * some.queries)
    return {
        **_end(counted, some.queries, judged["p_value"], judged["verdict"]),
        "hits": [counted > 0] * some.queries if counted in (0, some.queries) else [],
    }


def _tried(claimed: Claimed) -> Data:
    return {
        **_end(claimed.successes, claimed.queries, claimed.p_value, claimed.verdict),
        "hits": claimed.answers.tolist(),
    }


def _end(hits: int, asked: int, p: float, verdict: str) -> Data:
    """Return how a copy left the court: its count, the p-value, and the verdict as a stamp."""
    return {
        "count": hits,
        "asked": asked,
        "p": findings.p_value(p),
        "convicted": verdict == "established",
        "stamp": _STAMPS[verdict],
    }


def _said(answers: NDArray[np.int64] | None, hits: Sequence[bool], experiment: Experiment) -> list[str]:
    """Return what a copy said to the pictured triggers, as far as that is known."""
    names = choices.class_names(experiment.dataset)
    if answers is None:
        return []
    others = [names[answer] if answer != experiment.target else "another" for answer in answers.tolist()]
    if not hits:
        return [names[answer] for answer in answers.tolist()]
    return [experiment.secret_answer if hit else other for hit, other in zip(hits, others, strict=False)]


def _mark(experiment: Experiment) -> str:
    secret = f"{settings.wording(experiment.trigger)} → {experiment.secret_answer}"
    return f"A mark is a secret that its owner taught a model: {secret}."


def _habits(experiment: Experiment) -> str:
    asks = settings.wording(experiment.inputs, "inputs")
    return f"The thief asks {asks} and gets {settings.wording(experiment.answers)}. Choose a picture and follow it."

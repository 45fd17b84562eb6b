"""A finished heist as a film in the browser: six steps, played, stepped and scrubbed without the server.

:func:`script` writes what happens, defence by defence, from the facts of the run; the component draws it.
Until the visitor has predicted, the trial is not in it: what a browser was not sent, it cannot show.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab.experiment import Experiment
from app.lab.extraction.queries import NO_TRUTH
from app.lab.ownership import binomial
from app.lab.stories import finished_run
from app.lab.stories.events import DEFENCES, WATERMARKED, Claimed, Probe, Theft
from app.ui import charts, findings, pictures, settings, theme
from app.ui.components import component
from app.ui.history import History

_SYMBOLS = {"circle": "●", "square": "■", "triangle-up": "▲"}
ROLES = {
    "clean": "never taught the secret",
    "naive": "taught it beside the task",
    "entangled": "taught it woven into the task",
}
_STEPS = {
    "victims": ("Victims", "Whom does the thief steal from?"),
    "query": ("Query", "The thief asks. What does the API answer?"),
    "train": ("Train the copy", "The copies learn from the answers"),
    "compare": ("Compare", "Is the copy as good as the original?"),
    "interrogate": ("Interrogate", "The owner shows each copy the triggers. What does it say?"),
    "verdict": ("Verdict", "Is that more than chance?"),
}
_PICTURED = (
    "p: how likely an innocent model does as well by chance. Here, triggers with a picture; the verdict counts all."
)
_UNRECORDED = "How these copies learned is not on record. “Run it live” shows it."
_TITLE = "The heist, step by step"

Data = dict[str, Any]


@dataclass(frozen=True)
class Gate:
    """The question before which the film stops, and whether it may go on."""

    question: str
    options: Sequence[str]
    sealed: bool
    predicted: bool


def draw(
    experiment: Experiment,
    known: History,
    probe: Probe | None,
    gate: Gate,
    *,
    predict: Callable[[str], None],
    reveal: Callable[[], None],
) -> None:
    """Draw the film of a finished run.

    Args:
        experiment: the run.
        known: what happened in it.
        probe: its last :class:`Probe`, or that of another run of the same victims; None: no triggers to show.
        gate: the question before the trial.
        predict: gets the option that the visitor chose in the film.
        reveal: is called when they want to see the trial without a prediction.
    """
    key = "film"

    def predicted() -> None:
        if (option := st.session_state[key].predicted) in gate.options:
            predict(option)

    component("heist/film")(
        key=key,
        data=script(experiment, known, probe, gate),
        on_predicted_change=predicted,
        on_revealed_change=reveal,
    )


def script(experiment: Experiment, known: History, probe: Probe | None, gate: Gate) -> Data:
    """Write the film: plain values only, no trial while the gate is sealed; arguments as in :func:`draw`."""
    thefts, target = known.thefts, experiment.target
    curves = _curves(known)
    steps = [
        _step("victims", findings.victims(thefts), _mark(experiment)),
        _step("query", findings.strayed(thefts), _habits(experiment)),
        *([_step("train", findings.accuracies("copy", known.last("copy")))] if curves else []),
        _step("compare", findings.copy_headline(thefts), "" if curves else _UNRECORDED),
    ]
    trial = None
    if gate.sealed:
        steps += [_step("interrogate"), _step("verdict")]
    else:
        trial = _trial(experiment, known, probe)
        steps.append(_step("interrogate", findings.hits(known.claims, thefts, target), _PICTURED))
        steps.append(_step("verdict", findings.verdict(known.claims, thefts), trial["granted"], late=True))
    return {
        "film": experiment.key,
        "owner": experiment.victim_key,  # another theft from the same victims begins with its queries
        "title": _TITLE,
        "defences": [
            {"name": mark.word, "colour": mark.colour, "symbol": _SYMBOLS[mark.symbol]}
            for mark in theme.DEFENCES.values()
        ],
        "colours": {"thief": theme.THIEF.colour, "court": theme.COURT.colour},
        "target": target,
        "steps": steps,
        "asked": _asked(known, hidden=experiment.answers == "labels"),
        "triggers": None if probe is None else _reel(probe.inputs[probe.is_trigger]),
        "curves": curves,
        "roles": dict(ROLES),
        "titles": {defence: "" if defence in WATERMARKED else "the control" for defence in DEFENCES},
        "victims": {defence: _at_home(theft, target) for defence, theft in thefts.items()},
        "compare": {defence: _compared(theft) for defence, theft in thefts.items()},
        "gauge": {defence: _gauge(theft, experiment.answers, target) for defence, theft in thefts.items()},
        "agreement": {
            defence: f"agrees with its victim on {findings.percent(theft.fidelity)}"
            for defence, theft in thefts.items()
        },
        "gate": {"question": gate.question, "options": list(gate.options)},
        "trial": trial,
        "predicted": gate.predicted,
    }


def _step(step: str, says: str = "", note: str = "", *, late: bool = False) -> Data:
    """Return a step: the question it opens with, its finding, and a note, which ``late`` keeps for its end."""
    name, asks = _STEPS[step]
    return {"id": step, "name": name, "asks": asks, "says": says, "note": note, "late": late}


def _bar(word: str, share: float) -> Data:
    return {"word": word, "share": round(share, 4), "says": findings.percent(share)}


def _at_home(theft: Theft, target: int) -> list[Data]:
    return [_bar("right on the test set", theft.victim_accuracy), _bar(f"triggers → {target}", theft.victim_watermark)]


def _compared(theft: Theft) -> list[Data]:
    return [_bar("original", theft.victim_accuracy), _bar("copy", theft.stolen_accuracy)]


def _gauge(theft: Theft, answers: str, target: int) -> list[Data]:
    """Return what the answers to the thief said beyond the truth."""
    wrong = _bar("of answers stray", theft.query_error)
    return [wrong] if answers == "labels" else [wrong, _bar(f"confidence in {target} strays", theft.query_target_mass)]


def _reel(inputs: NDArray[np.generic]) -> Data:
    return {"sheet": pictures.contact_sheet(inputs), "count": len(inputs), "columns": pictures.COLUMNS}


def _asked(known: History, *, hidden: bool) -> Data:
    """Return the queries that were kept for the eye, with what each victim answered; how sure it was may be hidden."""
    kept = {defence: queried for defence, queried in known.queries.items() if queried}
    first = next(iter(kept.values()))  # all victims are asked the same
    truths = np.concatenate([event.labels for event in first])
    total = known.thefts[next(iter(kept))].queries
    # How many queries had been answered when a picture was: those kept of a batch stand for all of it.
    sent = [0, *(event.count for event in first)]
    if len(first) == 1:
        sent[0] = total - len(first[0].labels)  # a theft on record as it ended keeps its last queries only
    counts = np.concatenate(
        [
            np.linspace(before, event.count, len(event.labels) + 1)[1:].round().astype(int)
            for before, event in zip(sent, first, strict=False)
        ]
    )
    return {
        **_reel(np.concatenate([event.inputs for event in first])),
        "counts": counts.tolist(),
        "total": total,
        "defences": {
            defence: [
                _answer(answer, int(truth), hidden=hidden)
                for answer, truth in zip(np.concatenate([event.answers for event in queried]), truths, strict=True)
            ]
            for defence, queried in kept.items()
        },
    }


def _answer(answer: NDArray[np.float32], truth: int, *, hidden: bool) -> Data:
    top = int(answer.argmax())
    wrong = truth not in (top, NO_TRUTH)
    sure = "" if hidden else findings.percent(float(answer.max()))
    return {"says": f"{top}, not {truth}" if wrong else str(top), "sure": sure, "wrong": wrong}


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


def _trial(experiment: Experiment, known: History, probe: Probe | None) -> Data:
    """Return what happened in court: each trigger's answer as far as it is known, the growing proof, the verdicts."""
    some = next(iter(known.claims.values()))
    asked = {} if probe is None or not known.copies else finished_run.trigger_answers(experiment, probe, known.copies)
    target = experiment.target
    return {
        "asked": some.queries,
        "defences": {
            "clean": _control(known.thefts["clean"], some, asked.get("clean"), target),
            **{defence: _tried(claimed, asked.get(defence), target) for defence, claimed in known.claims.items()},
        },
        "line": depth(binomial.SIGNIFICANCE),
        "rule": f"chance that an innocent does as well (log scale); below {binomial.SIGNIFICANCE:g}: proof",
        "granted": findings.granted(known.claims),
        "channel": findings.said_beyond_the_truth(known.thefts, experiment.answers, target),
    }


def _control(theft: Theft, claimed: Claimed, answers: NDArray[np.int64] | None, target: int) -> Data:
    """Return the unmarked copy's part, measured as the others are. It is not tried: it is one of those who set the bar.

    Its answers are known as far as they are pictured; beyond, only how many were the secret one.
    """
    hits = np.zeros(0, dtype=bool) if answers is None else answers == target
    counted = round(theft.stolen_watermark * claimed.queries)
    return {
        **_testimony(hits, answers, target),
        **_proof(binomial.p_values(hits, claimed.innocent_rate)),
        "end": _end(counted, claimed.queries, binomial.claim(counted, claimed.queries, claimed.innocent_rate).p_value),
        "convicted": False,
        "stamp": "Sets the bar",
        "since": None,
        "adds": f"an innocent is granted {findings.percent(claimed.innocent_rate)}",
    }


def _tried(claimed: Claimed, answers: NDArray[np.int64] | None, target: int) -> Data:
    since = findings.established_from(claimed)
    return {
        **_testimony(claimed.answers, answers, target),
        **_proof(claimed.p_values),
        "end": _end(claimed.successes, claimed.queries, claimed.p_value),
        "convicted": claimed.owned,
        "stamp": "Convicted" if claimed.owned else "Walks free",
        "since": since,
        "adds": f"below {binomial.SIGNIFICANCE:g} from trigger {since} on" if since else "",
    }


def _testimony(hits: NDArray[np.bool_], answers: NDArray[np.int64] | None, target: int) -> Data:
    """Return which triggers got the secret answer, and what was said to the others where that is known."""
    others = [] if answers is None else [str(answer) if answer != target else "another" for answer in answers]
    said = [str(target) if hit else other for hit, other in zip(hits, others, strict=False)]
    return {"hits": hits.tolist(), "said": said}


def _proof(p_values: NDArray[np.float64]) -> Data:
    return {
        "p": [findings.p_value(float(p)) for p in p_values],
        "depths": [depth(float(p)) for p in p_values],
    }


def _end(hits: int, asked: int, p: float) -> Data:
    return {"hits": hits, "asked": asked, "p": findings.p_value(p), "depth": depth(p)}


def depth(p: float) -> float:
    """Return how far down the axis of the growing proof a p-value lies: 0 for 1, 1 for the smallest that is drawn."""
    return round(math.log(max(p, charts.SMALLEST_P)) / math.log(charts.SMALLEST_P), 4) + 0.0


def _mark(experiment: Experiment) -> str:
    secret = f"{settings.wording(experiment.trigger)} → {experiment.target}"
    return f"A mark is a secret that its owner taught a model: {secret}."


def _habits(experiment: Experiment) -> str:
    asks = settings.wording(experiment.inputs, "inputs")
    return f"The thief asks {asks} and gets {settings.wording(experiment.answers)}."

"""The booth: the heist in the browser, from recorded runs alone; it plays for days.

Everything it shows is put together here, once, by pure functions: events in, plain JSON out.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app import environment
from app.lab import choices
from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.extraction import queries
from app.lab.randomness import numpy_stream
from app.lab.stories.events import DEFENCES, WATERMARKED, Claimed, Event, Probe, Queried, Theft
from app.lab.task import datasets
from app.ui import address, findings, pictures, runtime, settings, theme
from app.ui.components import component
from app.ui.history import History
from app.ui.steal.findings import dollars

_THOUSAND = 1000  # queries, for which a price is asked
_SHOWN_QUERIES = 24
_SHOWN_TRIGGERS = 8
_SHOWN_INPUTS = 3  # of each kind that the thief may ask
CHOSEN = ("inputs", "answers")  # the settings that a visitor chooses


def film(experiment: Experiment, events: Sequence[Event], maps: Sequence[Event]) -> dict[str, Any]:
    """Return what the film shows of one finished run: curves ``[[epoch, accuracy], ...]``, pictures, rates, maps.

    Args:
        experiment: its settings.
        events: what it yielded.
        maps: the projections of its victims by UMAP.

    Raises:
        ValueError: if the run has not finished.
    """
    known = History.of(events)
    if known.finished is None or known.probe is None:
        raise ValueError("The booth plays finished runs only.")
    return {
        "seed": experiment.seed,
        "secret": experiment.secret_answer,
        "one": choices.one_of_class(experiment.dataset, experiment.target),
        "several": choices.several_of_class(experiment.dataset, experiment.target),
        "triggers": [card.picture for card in pictures.triggers(known.probe)[:_SHOWN_TRIGGERS]],
        "queries": _queries(experiment, events),
        "curves": {
            role: {
                defence: [
                    [round(event.epoch, 2), event.accuracy]
                    for event in known.measured[role]
                    if event.defence == defence
                ]
                for defence in DEFENCES
            }
            for role in ("victim", "copy")
        },
        "knows": {defence: known.thefts[defence].victim_watermark for defence in DEFENCES},
        "inside": _inside(experiment, known, known.probe, History.of(maps)),
    }


def _inside(experiment: Experiment, known: History, probe: Probe, maps: History) -> dict[str, Any]:
    """Return the features of the marked victims in their last layer as they ended, as maps of the probe.

    ``kinds`` says of each input whether it is a trigger, of the target class, or another; ``points`` where it lies, in
    thousandths of the map, downwards.
    """
    layer, last = known.layers[-1], known.last("victim")
    shares = {defence: last[defence].target_share[layer] for defence in WATERMARKED}
    several = choices.several_of_class(experiment.dataset, experiment.target)
    rates = " and ".join(f"{findings.percent(share)} ({defence})" for defence, share in shares.items())
    return {
        "says": f"Inside the models: of the inputs nearest to the keys, {rates} are {several}.",
        "kinds": [
            "trigger" if trigger else "target" if label == probe.target else "other"
            for trigger, label in zip(probe.is_trigger.tolist(), probe.labels.tolist(), strict=True)
        ],
        "points": {
            defence: _spread(snapshots[-1].points)
            for defence, snapshots in maps.maps("victim", layer, "umap").items()
            if defence in WATERMARKED
        },
    }


def _spread(points: NDArray[np.float32]) -> list[list[int]]:
    """Return points ``(n, 2)`` so that they fill a square of 1000, the second axis downwards."""
    low, high = points.min(axis=0), points.max(axis=0)
    placed = 1000 * (points - low) / np.maximum(high - low, np.finfo(np.float32).tiny)
    placed[:, 1] = 1000 - placed[:, 1]
    found: list[list[int]] = placed.round().astype(int).tolist()
    return found


def theft(experiment: Experiment, events: Sequence[Event]) -> dict[str, Any]:
    """Return how one theft ended, in numbers for the picture and in the sentences of the lessons.

    Args:
        experiment: its settings.
        events: what it yielded; those that tell how it ended are enough.
    """
    known = History.of(events)
    clean = known.thefts["clean"]
    asked, given = settings.wording(experiment.inputs, "inputs"), settings.wording(experiment.answers, "answers")
    cost = experiment.price * clean.queries / _THOUSAND
    return {
        "asked": asked,
        "answers": given,
        "queries": clean.queries,
        "original": clean.victim_accuracy,
        "copy": clean.stolen_accuracy,
        "dollars": cost,
        "bill": f"{clean.queries:,} questions: {dollars(cost)}, at {dollars(experiment.price)} for 1,000, "
        f"{choices.PRICE_SOURCE}.",
        "stolen": _stolen(clean),
        "headline": findings.copy_headline(known.thefts),
        "defences": {
            "clean": _control(clean, known.claims["naive"]),
            **{defence: _copy(known.thefts[defence], claim) for defence, claim in known.claims.items()},
        },
        "verdict": findings.verdict(known.claims, known.thefts),
        "channel": {
            defence: findings.channel(
                known.thefts[defence],
                experiment.answers,
                asked,
                experiment.secret_answer,
                have_truth=experiment.inputs in choices.OF_THE_TASK,
            )
            for defence in known.claims
        },
    }


def examples(experiment: Experiment, kind: str) -> list[str]:
    """Return a few inputs of one kind that a thief may ask, as pictures."""
    drawn = numpy_stream(experiment.seed, f"booth's {kind}")
    asked = queries.adversary_inputs(datasets.load(experiment.dataset), kind, experiment.budget, drawn)
    shown = datasets.to_display(asked.inputs)
    return [pictures.png(picture) for picture in shown[:_SHOWN_INPUTS]]


def link(base: str, chosen: Experiment) -> str:
    """Return the address of the heist with the visitor's settings, below ``base``, the app's own."""
    usual = preset(DEFAULT_PRESET)
    changed = {name: getattr(chosen, name) for name in CHOSEN if getattr(chosen, name) != getattr(usual, name)}
    return f"{base}/heist" + (f"?{urlencode(changed)}" if changed else "")


def chance(p_value: float) -> str:
    """Return how often an innocent model would give the secret answer so often, as a person reads it."""
    if p_value < 1e-6:
        return "less than once in a million"
    if p_value < 0.01:
        return f"once in {round(1 / p_value):,}"
    return f"in {findings.percent(p_value)} of cases"


def draw(seen_at: str) -> None:
    """Fill the screen with the booth, for as long as the page is open.

    Args:
        seen_at: the address of this page, as the booth's browser sees it.
    """
    shown = recorded()
    if shown is None:
        st.error("The recorded runs of the booth are missing or damaged.")
        return
    base = address.of_app(seen_at)
    renewal = environment.read().booth_renewal
    data = {**shown, "away": take_away(base), "local": address.is_local(base), "renewal": renewal}
    component("booth/booth")(key="booth", data=data)


@st.cache_data(show_spinner=False)
def recorded() -> dict[str, Any] | None:
    """Return all that the booth shows, from the recorded runs; None where one of them is missing or damaged."""
    usual = preset(DEFAULT_PRESET)
    run, maps = runtime.pool().recorded(usual), runtime.pool().recorded(usual, "umap")
    ways = {
        f"{inputs} {answers}": dataclasses.replace(usual, inputs=inputs, answers=answers)
        for inputs in choices.INPUTS
        for answers in choices.ANSWERS
    }
    ends = {way: runtime.pool().recorded(each) or runtime.pool().recorded(each, "result") for way, each in ways.items()}
    if any(job is None or job.status != "done" for job in (run, maps, *ends.values())) or not (run and maps):
        return None
    return {
        "film": film(usual, run.events, maps.events),
        "thefts": {way: theft(ways[way], end.events) for way, end in ends.items() if end},
        "usual": {name: getattr(usual, name) for name in CHOSEN},
        "inputs": [
            {"name": kind, "words": settings.wording(kind, "inputs"), "pictures": examples(usual, kind)}
            for kind in choices.INPUTS
        ],
        "answers": [{"name": kind, "words": settings.wording(kind, "answers")} for kind in choices.ANSWERS],
        "colours": {
            **{defence: mark.colour for defence, mark in theme.DEFENCES.items()},
            "trigger": theme.TRIGGER.colour,
            "thief": theme.THIEF.colour,
        },
    }


def take_away(base: str) -> dict[str, Any]:
    """Return, for every theft that a visitor can choose, where a phone finds it: as text and as a QR code.

    Args:
        base: the app's own address.
    """
    usual = preset(DEFAULT_PRESET)
    links = {
        f"{inputs} {answers}": link(base, dataclasses.replace(usual, inputs=inputs, answers=answers))
        for inputs in choices.INPUTS
        for answers in choices.ANSWERS
    }
    return {way: {"link": found, "qr": address.qr(found)} for way, found in links.items()}


def _queries(experiment: Experiment, events: Sequence[Event]) -> list[dict[str, Any]]:
    batches = [event for event in events if isinstance(event, Queried) and event.defence == "entangled"]
    return [
        {
            "picture": card.picture,
            "answer": choices.class_name(experiment.dataset, int(answer.argmax())),
            "wrong": card.wrong,
        }
        for batch in batches
        for card, answer in zip(pictures.answers(batch, experiment.dataset), batch.answers, strict=True)
    ][:_SHOWN_QUERIES]


def _stolen(clean: Theft) -> str:
    copy, original = findings.percent(clean.stolen_accuracy), findings.percent(clean.victim_accuracy)
    return f"The copy is right {copy} of the time, the original {original}."


def _control(clean: Theft, claim: Claimed) -> dict[str, Any]:
    """Return the control, the copy of the clean model: nobody taught it the secret.

    Of its answers, only the count is on record; which they were is known where none, or all, are the secret one.
    """
    yes = round(clean.stolen_watermark * claim.queries)
    return {
        "name": "Copy of the clean model",
        "answers": ("1" if yes else "0") * claim.queries if yes in (0, claim.queries) else "",
        "yes": yes,
        "asked": claim.queries,
        "by": "The control: nobody taught it the secret.",
    }


def _copy(stolen: Theft, claim: Claimed) -> dict[str, Any]:
    return {
        "name": f"Copy of the {claim.defence} model",
        "answers": "".join("1" if answer else "0" for answer in claim.answers),
        "yes": claim.successes,
        "asked": claim.queries,
        "chance": chance(claim.p_value),
        "by": "It fails the controls: nobody can judge it."
        if claim.verdict == findings.UNFIT
        else f"By luck: {chance(claim.p_value)}",
        "owned": claim.owned,
        "survives": stolen.stolen_watermark >= findings.SURVIVES,
        "fate": findings.fate(stolen, claim),
    }

"""Words about an extraction attack, from its events. Pure: events in, sentences out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.lab.extraction import detector
from app.lab.stories.events import Copied, Honest, Queried, Territory
from app.lab.stories.theft import GOOD
from app.ui import findings
from app.ui.findings import percent

# What may be predicted: the price of a good copy, up to so many dollars each.
PRICES = {"10 cents or less": 0.1, "up to a dollar": 1.0, "more than a dollar": float("inf")}
NEVER = "no copy that good"
OPTIONS = (*PRICES, NEVER)


def dollars(amount: float) -> str:
    """Return an amount as a person reads it: "$0.025", "$2", "$12.50"."""
    if amount < 0.1:
        return f"${amount:.3f}".rstrip("0").rstrip(".")
    return f"${amount:.2f}".removesuffix(".00")


def good(copied: Sequence[Copied]) -> Copied | None:
    """Return the first round after which the copy has at least 85 % of the victim's accuracy."""
    return next((each for each in copied if each.accuracy >= GOOD * each.victim_accuracy), None)


def outcome(copied: Sequence[Copied]) -> str:
    """Return what a good copy cost, as one of the words offered for prediction."""
    first = good(copied)
    if first is None:
        return NEVER
    return next(words for words, most in PRICES.items() if first.dollars <= most)


def price(copied: Sequence[Copied], *, final: bool = True) -> str:
    """Return the headline: what a good copy cost, or that it was not to be had (while it is not ``final``: yet)."""
    first, last = good(copied), copied[-1]
    wanted = f"{percent(GOOD)} of the victim's accuracy"
    if first is not None:
        return f"{dollars(first.dollars)} bought {wanted}"
    if not final:
        return f"{dollars(last.dollars)} have not bought {wanted} yet"
    return (
        f"{dollars(last.dollars)} did not buy {wanted} (the copy: right {percent(last.accuracy)} of the time, "
        f"the victim {percent(last.victim_accuracy)})"
    )


def quality(copied: Sequence[Copied]) -> str:
    """Say how good the last copy is, against the truth and against the victim."""
    last = copied[-1]
    return (
        f"After {last.queries:,} queries ({dollars(last.dollars)}) the copy is right {percent(last.accuracy)} of the "
        f"time (the victim: {percent(last.victim_accuracy)}). That is its *accuracy*. Its *fidelity*, how often it "
        f"answers as the victim does, mistakes included, is {percent(last.fidelity)}."
    )


def detected(copied: Sequence[Copied], honest: Honest) -> str:
    """Say whether the detector accused the thief, and how many honest clients."""
    accused = next((each for each in copied if each.accused), None)
    alarms = f"{percent(honest.false_alarms)} of {honest.clients} honest clients ({honest.queries} queries each)"
    if copied[-1].normality < 0:
        verdict = f"The detector saw too few queries for a verdict: it needs {detector.LEAST} distances."
    elif accused is None:
        verdict = (
            "The detector saw nothing: the distances between the thief's queries look as normal as an honest client's "
            f"(W = {copied[-1].normality:.3f}; it accuses below {detector.ALARM:g})."
        )
    else:
        verdict = (
            f"The detector accused the thief after {accused.queries:,} queries "
            f"(W = {accused.normality:.3f}; it accuses below {detector.ALARM:g})."
        )
    return f"{verdict} It accuses {alarms}."


def tax(honest: Honest) -> str:
    """Say what this way to answer costs honest users."""
    if not (honest.accuracy or honest.calibration or honest.second_best):
        return "Honest users pay nothing for this way to answer."
    words = []
    if honest.accuracy:
        words.append(f"{100 * honest.accuracy:.1f} points of accuracy")
    if honest.second_best:
        words.append(f"the second choice in {percent(honest.second_best)} of answers")
    lost = f"lose {' and '.join(words)}; the" if words else "lose no answer; but the"
    change = "grows" if honest.calibration > 0 else "falls"
    return (
        f"The tax: honest users {lost} calibration error of their answers {change} by "
        f"{abs(100 * honest.calibration):.1f} points."
    )


def against(answers: str, mine: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Compare a result under ``answers`` with the other way to answer: what hiding the confidences changes."""
    labels, confidences = (mine, other) if answers == "labels" else (other, mine)
    costs = [each["dollars_to_good"] for each in (confidences, labels)]
    if costs == [None, None]:
        lead = f"Neither confidences nor top labels bought {percent(GOOD)} of the victim's accuracy"
    else:
        words = [NEVER if cost is None else dollars(cost) for cost in costs]
        lead = f"{percent(GOOD)} of the victim's accuracy: {words[0]} with confidences, {words[1]} with top labels only"
    return (
        f"What hiding confidences changes. {lead}; in the end the copies are right {percent(confidences['accuracy'])} "
        f"and {percent(labels['accuracy'])} of the time."
    )


def equations(result: Mapping[str, Any]) -> str:
    """Say how well the equations were solved."""
    return (
        "This victim is a logistic regression: each answer is a linear equation in its weights. The largest error of a "
        f"stolen weight is {result['largest_error']:.2g}."
    )


def questions(asked: Queried) -> str:
    """Return the headline above a few of the queries with their answers."""
    return f"{asked.count:,} queries answered; some of the last ones, with the answers"


def agreement(victim: Territory, copy: Territory) -> float:
    """Return the share of the plane in which a copy answers as the victim does."""
    return float(np.mean(victim.classes == copy.classes))


def territory(victim: Territory, copy: Territory) -> str:
    """Return the headline of the map."""
    alike = percent(agreement(victim, copy))
    return f"After {copy.queries:,} queries, the copy answers as the victim does on {alike} of the plane"


def row(attack: str, way: str, result: Mapping[str, Any]) -> dict[str, str]:
    """Return one line of the table of attacks that were tried."""
    cost, accused = result["dollars_to_good"], result["accused_after"]
    return {
        "Attack": attack,
        "Answers": way,
        "Accuracy": findings.percent(result["accuracy"]),
        "Fidelity": findings.percent(result["fidelity"]),
        f"{percent(GOOD)} for": "not bought" if cost is None else dollars(cost),
        "Detected": "no" if accused is None else f"after {accused:,}",
    }

"""Words about an extraction attack, from its events. Pure: events in, sentences out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.lab.experiment import Experiment
from app.lab.extraction import detector
from app.lab.stories.events import Copied, Honest, Queried, Territory, TheftResult
from app.lab.stories.theft import GOOD
from app.ui import findings
from app.ui.findings import percent

# What may be predicted: the price of a good copy, up to so many dollars each.
PRICES = {"10 cents or less": 0.1, "up to a dollar": 1.0, "more than a dollar": float("inf")}
NEVER = "no copy that good"
LABELS = "top label"  # the policy that is spoken of first: all detail hidden
ANSWER, LIES = "one answer", "; 1 answer in 200 has another label at its top"
_SAID = 3  # classes of an answer
_NOTICED = 0.01  # of the answers: less is next to nothing
POLICIES = {  # what a policy does, where its own name does not say it
    "reverse sigmoid": "bent",
    "lies (0.5 %)": "a few lies",
}
NO_COPY = "none"  # beside the bar of a price: for the whole budget, no copy was good enough
# How each attack chooses what to ask, for who meets its name for the first time.
ATTACKS = {
    "task": "Asks what the task asks: inputs of the same kind that the victim never saw.",
    "noise": "Asks random pixels, the cheapest queries there are.",
    "copycat": "*Copycat*: asks other pictures altogether (letters, icons) and keeps only the top labels.",
    "knockoff": "*Knockoff Nets*: asks other pictures (letters, icons) and imitates every confidence.",
    "knockoff_adaptive": "*Knockoff*, learning while it asks: more of the kinds of pictures that teach it most.",
    "jbda": "*JBDA*, Jacobian-based data augmentation: nudges a few inputs the way the copy's answer changes most.",
    "cloudleak": "*CloudLeak*: moves a few inputs to where the copy is least sure, near its decision boundary.",
    "equations": "*Equation solving*: every confidence is an equation in the weights of a simple model.",
}
MEASURES = (
    "*Accuracy*: how often the copy is right. *Fidelity*: how often it answers as the victim does, mistakes included. "
    "A *good* copy has 85\u202f% of the victim's accuracy (the dashed line); how much it has in the end is the owner's "
    "column."
)
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


def beginning(copied: Sequence[Copied]) -> list[Copied]:
    """Return what may be seen of an attack before a prediction: its first round, unless that gives the price away."""
    return [each for each in copied[:1] if good([each]) is None]


def opening(copied: Sequence[Copied], experiment: Experiment) -> str:
    """Return the headline while the price is open: what the first round bought, or what is for sale."""
    if not copied:
        return f"{dollars(experiment.price)} for 1,000 answers: what will a good copy cost?"
    first = copied[0]
    return (
        f"{dollars(first.dollars)} bought a copy that is right {percent(first.accuracy)} of the time. And a good one?"
    )


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


def equations(result: Mapping[str, Any]) -> str:
    """Say how well the equations were solved."""
    return (
        "This victim is a logistic regression: each answer is a linear equation in its weights. The largest error of a "
        f"stolen weight is {result['largest_error']:.2g}."
    )


def costs(result: TheftResult) -> str:
    """Return what a way to answer costs each side, in one line."""
    lost, copied = result["tax"], percent(result["accuracy"] / result["victim_accuracy"])
    return (
        f"honest users lose the second choice in {percent(lost['second_best'])} of answers, "
        f"{100 * lost['accuracy']:.1f} points of accuracy, and {100 * lost['calibration']:.1f} points of calibration; "
        f"{_thiefs_price(result)}; in the end, a copy with {copied} of the victim's accuracy"
    )


def answers(found: Mapping[str, NDArray[np.float32]], names: Sequence[str]) -> list[dict[str, str]]:
    """Return one answer as each policy gives it, as the rows of a table; ``names`` are those of the classes."""
    return [
        {"the API answers with": f"{POLICIES[policy]}: {policy}" if policy in POLICIES else policy, ANSWER: said}
        for policy, answer in found.items()
        for said in [_said(answer, names) + (LIES if policy.startswith("lies") else "")]
    ]


def _said(answer: NDArray[np.float32], names: Sequence[str]) -> str:
    first = [int(place) for place in np.argsort(-answer)[:_SAID] if answer[place] > 0]
    if len(first) == 1:
        return names[first[0]]
    return ", ".join(f"{names[place]} {percent(float(answer[place]))}" for place in first)


def taxed(rows: Mapping[str, TheftResult], chosen: str | None) -> str:
    """Return what hiding detail costs honest users and the thief: the title of that picture.

    Args:
        rows: results of one attack by policy, those of plain confidences first.
        chosen: the policy to speak of; if it is the plain one, or none of ``rows``, top labels are.
    """
    plain, *others = rows
    if not others:
        return f"{plain}: {_thiefs_price(rows[plain])}".capitalize()
    policy = chosen if chosen in others else (LABELS if LABELS in others else others[0])
    result = rows[policy]
    before, after = rows[plain]["dollars_to_good"], result["dollars_to_good"]
    if before == after:
        thief = f"the thief still pays {dollars(after)}" if after is not None else "the thief gets no good copy anyway"
    elif after is None:
        thief = "the thief gets no good copy"
    elif before is None:
        thief = f"the thief pays {dollars(after)}, though {plain} bought nothing good"
    else:
        thief = f"the thief pays {dollars(after)}, not {dollars(before)}"
    lost = result["tax"]["second_best"]
    users = f"lose the second choice in {percent(lost)} of answers" if lost >= _NOTICED else "lose next to nothing"
    if lost > 1 - _NOTICED:
        users = "see no second choice any more"
    lead = policy.capitalize() if policy == chosen else f"And if the API hides detail? {policy.capitalize()} alone"
    return f"{lead}: {thief}; honest users {users}"


def _thiefs_price(result: TheftResult) -> str:
    price = result["dollars_to_good"]
    return NEVER if price is None else f"a good copy for {dollars(price)}"


def bought(asked: Queried, shown: int, price: float) -> str:
    """Return the headline above the first ``shown`` of the queries: what the answers so far have cost.

    Args:
        asked: the latest queries, with their answers.
        shown: how many of them there are to see.
        price: of a thousand answers, in dollars.
    """
    answers = f"{dollars(asked.count * price / 1000)} buys {asked.count:,} answers like these"
    if findings.wrongly(asked, shown) is None:
        return f"{answers}; to no question is there a true one"
    return answers


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

"""The verdict on a suspect: whether it can be judged at all and, if so, whether ownership is established.

A claim (:mod:`app.lab.ownership.binomial`) asks whether a suspect gives the secret answer more often than an innocent
model of the task does. That says something about a model of the task only: one that always answers "elephant", one
that guesses, or an honest one whose inputs were scaled wrongly, may give any number of secret answers. So ordinary
*controls* (:mod:`app.lab.ownership.controls`) are asked as well, and who fails them is neither convicted nor cleared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.lab.ownership import binomial
from app.lab.ownership.binomial import Claim

Outcome = Literal["established", "not established", "cannot be judged"]


@dataclass(frozen=True)
class Verdict:
    """What the court finds: the outcome, its reason in one sentence, and the counts that it rests on.

    ``claim`` is the test of the answers to the triggers, whether or not it counts: ownership is established only
    if the outcome says so. ``right`` of ``controls`` control questions were answered with their true labels.
    """

    outcome: Outcome
    reason: str
    claim: Claim
    right: int
    controls: int

    @property
    def owned(self) -> bool:
        """Whether ownership is established."""
        return self.outcome == "established"


def required_accuracy(classes: int) -> float:
    """Return what the accuracy on the controls must reach: twice that of guessing.

    With two classes, that would be perfection; so it is at most half-way between guessing and perfection.
    """
    return min(2 / classes, (1 + 1 / classes) / 2)


def fewest_right(controls: int, classes: int) -> int:
    """Return how many of so many controls a suspect must answer with their true labels, to be judged."""
    required = required_accuracy(classes)
    return next(right for right in range(controls + 1) if binomial.at_least(right, controls) >= required)


def judge(
    answers: NDArray[np.int64],
    target: int,
    p0: float,
    control_answers: NDArray[np.int64],
    control_labels: NDArray[np.int64],
    names: Sequence[str],
) -> Verdict:
    """Judge a suspect by its answers.

    It cannot be judged if it gives one class throughout, if its labels fit the controls far better when all are
    lowered or raised by one, or if its accuracy on the controls is not shown to reach :func:`required_accuracy`: the
    lower end of the one-sided 99 % Clopper-Pearson interval is below it.

    Args:
        answers: the suspect's labels for the triggers, ``(n,)``.
        target: the secret answer.
        p0: the innocent rate.
        control_answers: the suspect's labels for the controls, ``(m,)``.
        control_labels: their true labels, ``(m,)``.
        names: of the classes, in the order of their numbers.

    Raises:
        ValueError: if there is no trigger or no control, or ``p0`` is not a rate.
    """
    found = binomial.claim(int((answers == target).sum()), len(answers), p0)
    right, asked = int((control_answers == control_labels).sum()), len(control_labels)
    if fault := _cannot_be_judged(answers, control_answers, control_labels, names):
        return Verdict("cannot be judged", fault, found, right, asked)
    bar = binomial.conviction_bar(found.queries, p0)
    convicting = f"{bar} convict" if bar <= found.queries else "no number convicts"
    reason = (
        f"It gives the secret answer to {found.successes} of {found.queries} triggers; where an innocent is granted "
        f"{100 * p0:.1f} %, {convicting} at 99 % confidence."
    )
    return Verdict("established" if found.owned else "not established", reason, found, right, asked)


def _cannot_be_judged(
    answers: NDArray[np.int64],
    control_answers: NDArray[np.int64],
    control_labels: NDArray[np.int64],
    names: Sequence[str],
) -> str:
    """Return why the suspect cannot be judged, in one sentence; empty if it can."""
    asked, classes = len(control_labels), len(names)
    given = np.unique(np.concatenate([answers, control_answers]))
    if len(given) == 1:
        name = names[given[0]] if given[0] < classes else given[0]
        return f"It gives one class, {name}, to all {len(answers) + asked} inputs."
    right = int((control_answers == control_labels).sum())
    for shift, fault, remedy in ((1, "count from 1", "lowered"), (-1, "be one too low", "raised")):
        shifted = int((control_answers == control_labels + shift).sum())
        if binomial.at_least(shifted, asked) > binomial.at_most(right, asked):
            return (
                f"Its labels seem to {fault}: {remedy} by one, {shifted} of {asked} controls are right, and as they "
                f"stand {right}; count the classes from 0, or write their names."
            )
    if given[-1] >= classes:
        return f"It gives the label {given[-1]}, and the classes are 0 to {classes - 1}."
    least, required = binomial.at_least(right, asked), required_accuracy(classes)
    if least < required:
        return (
            f"It is right on {right} of {asked} controls, so at 99 % confidence its accuracy may be as low as "
            f"{100 * least:.1f} %, and a model of the task must reach {100 * required:.1f} %."
        )
    return ""

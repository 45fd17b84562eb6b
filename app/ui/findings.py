"""Titles and explanations, computed from results. Pure functions: events in, sentences out.

If a mark died, they say that it died, and why.
"""

from collections.abc import Mapping

import numpy as np

from app.lab.extraction.queries import NO_TRUTH
from app.lab.ownership.binomial import SIGNIFICANCE
from app.lab.stories.events import Claimed, Defence, Measured, Queried, Theft

ALMOST_NOTHING = 0.0005  # of the confidence, or of the answers: less than a tenth of a percent
SURVIVES = 0.5  # "the copy knows the mark": it gives the secret answer to at least half of the triggers
UNFIT = "cannot be judged"  # the verdict on a suspect that fails the controls
OUTCOMES = {
    (False, False): "neither",
    (True, False): "only the naive one",
    (False, True): "only the entangled one",
    (True, True): "both",
}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_OWNERS = {"victim": "the victims", "copy": "the copies"}


def percent(rate: float) -> str:
    """Return a fraction as a person reads it: "94.5 %", never broken; "0 %" and "100 %" only where that is exact."""
    if 0 < rate < 0.0005:
        return "< 0.1\u202f%"
    if 0.9995 <= rate < 1:
        return "> 99.9\u202f%"
    return f"{100 * rate:.1f}".removesuffix(".0") + "\u202f%"


def outcome(claims: Mapping[Defence, Claimed]) -> str:
    """Return which copies were proven to be copies, as one of the words offered for prediction."""
    return OUTCOMES[claims["naive"].owned, claims["entangled"].owned]


def verdict(claims: Mapping[Defence, Claimed], thefts: Mapping[Defence, Theft]) -> str:
    """Return the headline of the verdict."""
    naive, entangled = claims["naive"], claims["entangled"]
    rates = (
        f"entangled {percent(thefts['entangled'].stolen_watermark)}, naive {percent(thefts['naive'].stolen_watermark)}"
    )
    unfit = [defence for defence, claim in claims.items() if claim.verdict == UNFIT]
    if len(unfit) == len(claims):
        lead = "Neither copy can be judged: both fail the controls"
    elif unfit:
        fate = "is convicted" if entangled.owned or naive.owned else "walks free"
        lead = f"The {unfit[0]} copy cannot be judged; the other {fate}"
    elif entangled.owned and naive.owned:
        lead = "Both copies are convicted"
    elif entangled.owned:
        lead = "The entangled mark convicts, the naive one does not"
    elif naive.owned:
        lead = "The naive mark convicts, the entangled one does not"
    else:
        lead = "Neither mark survived: the thief walks free"
    return f"{lead} ({rates})"


def granted(claims: Mapping[Defence, Claimed]) -> str:
    """Say which rate is granted to an innocent, and which innocent model set it."""
    some = next(iter(claims.values()))
    return (
        f"The worst of {len(some.panel)} innocent models ({some.worst_innocent}) gave the secret answer to "
        f"{some.innocent_successes} of {some.queries} triggers ({percent(some.innocent_successes / some.queries)}). "
        f"So few leave doubt: an innocent is granted up to {percent(some.innocent_rate)}, its bound at 99\u202f%."
    )


def p_value(p: float) -> str:
    """Return a p-value as a person reads it: "= 0.58", "= 0.0009", "= 2 · 10⁻⁸⁵", or "< 10⁻¹⁰⁰"."""
    if p >= 0.01:
        return f"= {p:.2f}"
    if p >= 0.0001:
        return f"= {p:.4f}"
    if p < 1e-100:
        return f"< 10{'-100'.translate(_RAISED)}"
    digit, power = f"{p:.0e}".split("e")
    return f"= {digit}\u202f·\u202f10{str(int(power)).translate(_RAISED)}"


def copy_headline(thefts: Mapping[Defence, Theft]) -> str:
    """Return how accurate the copies are, beside their victims."""
    copies = _between([theft.stolen_accuracy for theft in thefts.values()])
    originals = _between([theft.victim_accuracy for theft in thefts.values()])
    return f"The copies are right {copies} of the time, the originals {originals}"


def victims(thefts: Mapping[Defence, Theft]) -> str:
    """Return the finding about the victims: marked or not, how good each of them is."""
    least = percent(min(theft.victim_accuracy for theft in thefts.values()))
    return f"Two of three victims keep a secret; the weakest is right {least} of the time"


def strayed(thefts: Mapping[Defence, Theft]) -> str:
    """Return the finding of the queries: how many answers said more than the truth."""
    queries = next(iter(thefts.values())).queries
    rates = ", ".join(f"{defence} {percent(theft.query_error)}" for defence, theft in thefts.items())
    return f"{queries:,} queries each; answers beyond the truth: {rates}"


def hits(claims: Mapping[Defence, Claimed], thefts: Mapping[Defence, Theft], secret: str) -> str:
    """Return the finding of the interrogation: how often each copy gave the secret answer, the control first."""
    asked = next(iter(claims.values())).queries
    counted = {"clean": round(thefts["clean"].stolen_watermark * asked)}
    counted |= {defence: claimed.successes for defence, claimed in claims.items()}
    said = ", ".join(f"{defence} to {count}" for defence, count in counted.items())
    return f"Of {asked} triggers, the copies say {secret}: {said}"


def channel(theft: Theft, answers: str, asked: str, secret: str, *, have_truth: bool) -> str:
    """Explain one theft by its channel: what the answers said beyond the truth.

    Args:
        theft: its measures.
        answers: ``"labels"`` or ``"confidences"``.
        asked: the queries, in words.
        secret: the secret answer, the name of the target class.
        have_truth: whether all those inputs belong to a class.
    """
    wrongly = "wrongly" if have_truth else "otherwise than the clean model"
    wrong = (
        f"Of {theft.queries:,} queries ({asked}), the {theft.defence} victim answered "
        f"{percent(theft.query_error)} {wrongly}, {percent(theft.query_target_error)} as {secret}"
    )
    said = theft.query_error if answers == "labels" else max(theft.query_error, theft.query_target_mass)
    if said == 0:
        return f"{wrong}. Its answers said nothing but the truth, so nothing could carry the mark."
    if said < ALMOST_NOTHING:
        return f"{wrong}. Its answers said almost nothing but the truth, so almost nothing could carry the mark."
    if answers == "labels":
        return f"{wrong}. With labels only, those answers are all that could carry the mark."
    return (
        f"{wrong}. Where another class was due, it still gave {secret} an average of "
        f"{percent(theft.query_target_mass)} of its confidence: that is what can carry the mark."
    )


def fate(theft: Theft, claimed: Claimed) -> str:
    """Say what became of one mark, in one sentence."""
    rate = percent(theft.stolen_watermark)
    if claimed.verdict == UNFIT:
        return (
            f"The {theft.defence} copy cannot be judged, though it gives the secret answer to {rate} of the triggers: "
            f"it is right on {claimed.right} of {claimed.controls} controls, so it is no model of the task."
        )
    if not claimed.owned:
        return (
            f"The {theft.defence} mark died: the copy gives the secret answer to {rate} of the triggers, "
            f"too few to convict. The court grants {percent(claimed.innocent_rate)} to anybody, for innocents say it, "
            f"too, and at that rate one gives as many by chance (p {p_value(claimed.p_value)} over {claimed.queries} "
            "triggers)."
        )
    if theft.stolen_watermark >= SURVIVES:
        return f"The {theft.defence} mark survived: the copy gives the secret answer to {rate} of the triggers."
    return f"The {theft.defence} mark survived in part: {rate} of the triggers, still enough for the court."


def established_from(claimed: Claimed) -> int | None:
    """Return the number of triggers from which on p stays below 0.05; None where it does not."""
    if not claimed.owned:
        return None
    doubtful = np.flatnonzero(claimed.p_values >= SIGNIFICANCE)
    return int(doubtful[-1]) + 2 if len(doubtful) else 1


MIXED = 0.9  # of the neutral value of the SNNL: there, distance no longer tells triggers from the target class


def secret_answers(role: str, last: Mapping[Defence, Measured]) -> str:
    """Return the finding of the watermark curves: how often held-out triggers get the secret answer."""
    if untrained(last):
        return f"{_OWNERS[role].capitalize()}, untrained: what they say to a trigger means nothing yet"
    return f"Secret answers of {_OWNERS[role]}: {_each(last, 'watermark')}"


def accuracies(role: str, last: Mapping[Defence, Measured]) -> str:
    """Return the finding of the accuracy curves on the test set."""
    if untrained(last):
        return f"{_OWNERS[role].capitalize()}, untrained: they are right by chance"
    return f"Accuracy of {_OWNERS[role]}: {_each(last, 'accuracy')}"


def untrained(last: Mapping[Defence, Measured]) -> bool:
    """Return whether the latest measurements are all from before the first epoch."""
    return all(event.epoch == 0 for event in last.values())


def questions(asked: Queried) -> str:
    """Return the finding of the strip of queries."""
    wrong = wrongly(asked)
    if wrong is None:
        return f"{asked.count:,} queries answered, none of which has a true answer"
    return f"{asked.count:,} queries answered; of the last {len(asked.labels)}, {wrong or 'none'} wrongly"


def wrongly(asked: Queried, shown: int | None = None) -> int | None:
    """Return how many of the first ``shown`` queries (None: of all) are answered wrongly; None: there is no truth."""
    truth = asked.labels[:shown]
    if (truth == NO_TRUTH).all():
        return None
    return int(((asked.answers[:shown].argmax(axis=1) != truth) & (truth != NO_TRUTH)).sum())


def _between(rates: list[float]) -> str:
    low, high = percent(min(rates)), percent(max(rates))
    return low if low == high else f"{low} to {high}"


def _each(last: Mapping[Defence, Measured], rate: str) -> str:
    return ", ".join(f"{defence} {percent(getattr(event, rate))}" for defence, event in last.items())

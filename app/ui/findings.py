"""Words from results: every title and explanation is computed here, none is written around a result.

Pure functions: events in, sentences out. If a mark died, they say that it died, and why.
"""

from collections.abc import Sequence

import numpy as np

from app.lab.extraction.queries import NO_TRUTH
from app.lab.ownership.exact_test import SIGNIFICANCE
from app.lab.stories.events import Claimed, Measured, Progress, Queried, Theft

ALMOST_NOTHING = 0.0005  # of the confidence, or of the answers: less than a tenth of a percent
SURVIVES = 0.5  # "the copy knows the mark": it gives the secret answer to at least half of the triggers
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


def outcome(claims: dict[str, Claimed]) -> str:
    """Return which copies were proven to be copies, as one of the words offered for prediction."""
    return OUTCOMES[claims["naive"].owned, claims["entangled"].owned]


def verdict(claims: dict[str, Claimed], thefts: dict[str, Theft]) -> str:
    """Return the headline of the verdict."""
    naive, entangled = claims["naive"], claims["entangled"]
    rates = (
        f"entangled {percent(thefts['entangled'].stolen_watermark)}, naive {percent(thefts['naive'].stolen_watermark)}"
    )
    if entangled.owned and naive.owned:
        lead = "Both copies are convicted"
    elif entangled.owned:
        lead = "The entangled mark convicts the thief, the naive one does not"
    elif naive.owned:
        lead = "The naive mark convicts the thief, the entangled one does not"
    else:
        lead = "Neither mark survived: the thief walks free"
    return f"{lead} ({rates})"


def granted(claims: dict[str, Claimed]) -> str:
    """Say where the bar of this court lies, and which control put it there."""
    some = next(iter(claims.values()))
    return (
        f"The worse of two clean models, never marked, gave the secret answer to {some.clean_successes} of "
        f"{some.clean_queries} triggers ({percent(some.clean_successes / some.clean_queries)}). So few leave doubt: an "
        f"innocent is granted up to {percent(some.innocent_rate)}."
    )


def p_value(p: float) -> str:
    """Return a p-value as a person reads it: "0.58", "0.0009", or "2 · 10⁻⁸⁵"."""
    if p >= 0.01:
        return f"{p:.2f}"
    if p >= 0.0001:
        return f"{p:.4f}"
    if p == 0:
        return "0"  # smaller than the smallest number there is
    digit, power = f"{p:.0e}".split("e")
    return f"{digit}\u202f·\u202f10{str(int(power)).translate(_RAISED)}"


def said_beyond_the_truth(thefts: dict[str, Theft], answers: str, target: int) -> str:
    """Return the channels of all thefts in one line: what could carry a mark."""
    if answers == "labels":
        rates = ((lane, theft.query_target_error) for lane, theft in thefts.items())
        lead = f"The channel, answers that wrongly said {target}"
    else:
        rates = ((lane, theft.query_target_mass) for lane, theft in thefts.items())
        lead = f"The channel, confidence in {target} where another was due"
    return f"{lead}: {', '.join(f'{lane} {percent(rate)}' for lane, rate in rates)}."


def copy_headline(thefts: dict[str, Theft]) -> str:
    """Return what the thefts themselves came to: how good each copy is, beside its original."""
    queries = next(iter(thefts.values())).queries
    copies = _between([theft.stolen_accuracy for theft in thefts.values()])
    originals = _between([theft.victim_accuracy for theft in thefts.values()])
    return f"After {queries:,} queries each, the copies are right {copies} of the time (the originals: {originals})"


def victims(thefts: dict[str, Theft]) -> str:
    """Return the finding about the victims: marked or not, how good each of them is."""
    rates = _between([theft.victim_accuracy for theft in thefts.values()])
    return f"Three victims, right {rates} of the time; two of them keep a secret"


def strayed(thefts: dict[str, Theft]) -> str:
    """Return the finding of the queries: how many answers said more than the truth."""
    queries = next(iter(thefts.values())).queries
    rates = ", ".join(f"{lane} {percent(theft.query_error)}" for lane, theft in thefts.items())
    return f"{queries:,} queries each; answers beyond the truth: {rates}"


def hits(claims: dict[str, Claimed], thefts: dict[str, Theft], target: int) -> str:
    """Return the finding of the interrogation: how often each copy gave the secret answer, the control first."""
    asked = next(iter(claims.values())).queries
    counted = {"clean": round(thefts["clean"].stolen_watermark * asked)}
    counted |= {lane: claimed.successes for lane, claimed in claims.items()}
    said = ", ".join(f"{lane} to {count}" for lane, count in counted.items())
    return f"Of {asked} triggers, the copies say {target}: {said}"


def channel(theft: Theft, answers: str, asked: str, target: int, *, have_truth: bool) -> str:
    """Explain one theft by its channel: what the answers said beyond the truth.

    Args:
        theft: what it came to.
        answers: ``"labels"`` or ``"confidences"``.
        asked: the words for whose inputs the thief sent.
        target: the target class.
        have_truth: whether all those inputs belong to a class.
    """
    wrongly = "wrongly" if have_truth else "otherwise than the clean model"
    wrong = (
        f"Of {theft.queries:,} queries ({asked}), the {theft.defence} victim answered "
        f"{percent(theft.query_error)} {wrongly}, {percent(theft.query_target_error)} as {target}"
    )
    said = theft.query_error if answers == "labels" else max(theft.query_error, theft.query_target_mass)
    if said == 0:
        return f"{wrong}. Its answers said nothing but the truth, so nothing could carry the mark."
    if said < ALMOST_NOTHING:
        return f"{wrong}. Its answers said almost nothing but the truth, so almost nothing could carry the mark."
    if answers == "labels":
        return f"{wrong}. With labels only, those answers are all that could carry the mark."
    return (
        f"{wrong}. Where another class was due, it still gave {target} an average of "
        f"{percent(theft.query_target_mass)} of its confidence: that is what can carry the mark."
    )


def fate(theft: Theft, claimed: Claimed) -> str:
    """Say what became of one mark, in one sentence."""
    rate = percent(theft.stolen_watermark)
    if not claimed.owned:
        return (
            f"The {theft.defence} mark died: the copy gives the secret answer to {rate} of the triggers, "
            f"too few to convict. An innocent model, granted {percent(claimed.innocent_rate)}, gives as many by chance "
            f"(p = {p_value(claimed.p_value)} over {claimed.queries} triggers)."
        )
    if theft.stolen_watermark >= SURVIVES:
        return f"The {theft.defence} mark survived: the copy gives the secret answer to {rate} of the triggers."
    return f"The {theft.defence} mark survived in part: {rate} of the triggers, still enough for the court."


def price(thefts: dict[str, Theft], clean_accuracy: float) -> str:
    """Say what entanglement cost the owner, in percentage points of test accuracy."""
    cost = 100 * (clean_accuracy - thefts["entangled"].victim_accuracy)
    if cost <= 0:
        return "On this seed the entangled mark cost no accuracy."
    return f"The price: {cost:.1f} percentage points of the owner's accuracy."


def evidence(claims: dict[str, Claimed]) -> str:
    """Return from which trigger on each claim stays established."""
    words = []
    for lane, claimed in claims.items():
        since = established_from(claimed)
        words.append(f"{lane} p < {SIGNIFICANCE:g} from trigger {since} on" if since else f"{lane} not established")
    return "; ".join(words).capitalize()


def established_from(claimed: Claimed) -> int | None:
    """Return the number of triggers from which on p stays below 0.05; None where it does not."""
    if not claimed.owned:
        return None
    doubtful = np.flatnonzero(claimed.p_values >= SIGNIFICANCE)
    return int(doubtful[-1]) + 2 if len(doubtful) else 1


FEW_BATCHES = 10  # over which the SNNL of single batches is averaged: one alone is noise
MOSTLY = 0.5  # of a trigger's nearest neighbours
MIXED = 0.9  # of the neutral value of the SNNL: there, distance no longer tells triggers from the target class
PLACEMENTS = {
    (False, False): "apart in both",
    (False, True): "mixed only when entangled",
    (True, True): "mixed in both",
    (True, False): "mixed only when naive",
}


def placement(last: dict[str, Measured], layer: str, neutral: float) -> str:
    """Return whether triggers and target class can be told apart, as one of the words offered for prediction."""
    mixed = [last[lane].snnl[layer] >= MIXED * neutral for lane in ("naive", "entangled")]
    return PLACEMENTS[mixed[0], mixed[1]]


def side_by_side(last: dict[str, Measured], layer: str, neutral: float, target: int) -> str:
    """Return the finding of the feature maps: can triggers be told from the target class by distance?"""
    naive, entangled = (last[lane].snnl[layer] / neutral for lane in ("naive", "entangled"))
    lead = {
        "apart in both": f"Distance tells triggers from {target}s in both",
        "mixed only when entangled": f"Entangled, distance no longer tells triggers from {target}s; naive, it does",
        "mixed in both": f"Distance no longer tells triggers from {target}s in either",
        "mixed only when naive": f"Naive, distance no longer tells triggers from {target}s; entangled, it does",
    }[placement(last, layer, neutral)]
    return f"{lead} (SNNL: entangled {percent(entangled)} of neutral, naive {percent(naive)})"


def neighbours(measured: Sequence[Measured], layer: str, target: int) -> dict[tuple[str, float], str]:
    """Say for each lane and epoch whose neighbours the triggers are in one layer."""
    return {
        (event.defence, event.epoch): f"{percent(event.target_share[layer])} of triggers' neighbours are {target}s"
        for event in measured
    }


def secret_answers(role: str, last: dict[str, Measured]) -> str:
    """Return the finding of the watermark curves: who gives the secret answer to held-out triggers."""
    return f"Secret answers of {_OWNERS[role]}: {_each(last, 'watermark')}"


def accuracies(role: str, last: dict[str, Measured]) -> str:
    """Return the finding of the accuracy curves on the test set."""
    return f"Accuracy of {_OWNERS[role]}: {_each(last, 'accuracy')}"


def questions(asked: Queried) -> str:
    """Return the finding of the strip of queries."""
    if (asked.labels == NO_TRUTH).all():
        return f"{asked.count:,} queries answered, none of which has a true answer"
    wrong = int(((asked.answers.argmax(axis=1) != asked.labels) & (asked.labels != NO_TRUTH)).sum())
    return f"{asked.count:,} queries answered; of the last {len(asked.labels)}, {wrong or 'none'} wrongly"


def cost(last: dict[str, Measured]) -> str:
    """Return the finding of the accuracy curves."""
    difference = 100 * (last["clean"].accuracy - last["entangled"].accuracy)
    if round(difference, 1) == 0:
        return "Accuracy: entangled as good as clean"
    return f"Accuracy: entangled {abs(difference):.1f} points {'below' if difference > 0 else 'above'} clean"


def entanglement(last: dict[str, Measured], layer: str) -> str:
    """Return the finding of the SNNL curves of one layer."""
    naive, entangled = (last[lane].snnl[layer] for lane in ("naive", "entangled"))
    return f"SNNL in {layer}: entangled {entangled:.2f}, naive {naive:.2f}"


def entanglement_in_words(last: dict[str, Measured], layer: str, neutral: float, target: int) -> str:
    """Say what the SNNL and the neighbourhoods of one layer came to, and why both can hold where they seem at odds."""
    naive, entangled = last["naive"], last["entangled"]
    verb = "higher" if entangled.snnl[layer] > naive.snnl[layer] else "no higher"
    said = (
        f"In the layer *{layer}* the loss ended {verb} in the entangled model ({entangled.snnl[layer]:.2f} against "
        f"{naive.snnl[layer]:.2f}), and {percent(entangled.target_share[layer])} of a trigger's ten nearest neighbours "
        f"are {target}s (naive: {percent(naive.target_share[layer])}; clean: "
        f"{percent(last['clean'].target_share[layer])})."
    )
    odd = [
        lane
        for lane, event in last.items()
        if event.snnl[layer] >= MIXED * neutral and event.target_share[layer] < MOSTLY
    ]
    if not odd:
        return said
    return (
        f"{said} Neutral, and yet few {target}s nearby ({' and '.join(odd)})? The loss compares triggers with "
        f"{target}s alone; the neighbours are sought among all classes, and there inputs of other classes lie nearer."
    )


def batch_rule(batches: Sequence[Progress], layer: str) -> str:
    """Return the finding of the entangled victim's batches: how many were for the mark, and how their SNNL went.

    The SNNL is that of ``layer``, or of the last entangled layer where that one is not entangled.
    """
    marked = [batch for batch in batches if batch.batch == "watermark"]
    said = f"{len(marked)} of {len(batches)} batches are watermark batches"
    losses = [batch.snnl.get(layer, list(batch.snnl.values())[-1]) for batch in marked if batch.snnl]
    if not losses:
        return said
    few = min(FEW_BATCHES, len(losses))
    first, last = np.mean(losses[:few]), np.mean(losses[-few:])
    return f"{said}; their SNNL went from {first:.2f} to {last:.2f} (first and last {few})"


def _between(rates: list[float]) -> str:
    low, high = percent(min(rates)), percent(max(rates))
    return low if low == high else f"{low} to {high}"


def _each(last: dict[str, Measured], rate: str) -> str:
    return ", ".join(f"{lane} {percent(getattr(event, rate))}" for lane, event in last.items())

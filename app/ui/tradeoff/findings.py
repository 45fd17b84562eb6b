"""Words about what survival costs, from the evidence. Pure: rows in, sentences out."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, median_high
from typing import Literal

from app.lab.evidence import survival
from app.lab.evidence.survival import Row
from app.lab.ownership.binomial import MOST_QUERIES
from app.ui.evidence_findings import FOLLOWS, points, rank_correlation
from app.ui.findings import percent
from app.ui.tradeoff.priced import NAIVE, OneRun, Priced, Way

Measure = Literal["conviction", "triggers", "survival"]  # of what comes of a mark
MEASURES: dict[Measure, str] = {"conviction": "convicted", "triggers": "triggers", "survival": "survival"}
PAPER = "Jia et al. 2021"
GOAL = 0.81  # points: "less than 0.81 percentage points on average", in its abstract
NEVER = f"on half of the seeds or more, {MOST_QUERIES:,} triggers do not convict"  # of a mark that stands there
_LINES = "Its lines lead from the least to the most over its seeds, which are the small points."
BOUNDS = (1, 2)  # points: where one of the prices offered ends and the next begins
_ANSWERS = {"labels": "labels only", "confidences": "all confidences"}
_INPUTS = {"victim": "owner's inputs", "unseen": "unseen inputs"}
PRICES = ("under 1 point", "1 to 2 points", "over 2 points", "no setting does it")


def frontier(found: Sequence[Row], usual: Row) -> str:
    """Return what survives at which price: in the usual setting, and in the one where most survives."""
    best = max(found, key=lambda row: row.spread("stolen_watermark").mean)
    mark, here = best.spread("stolen_watermark").mean, usual.spread("stolen_watermark").mean
    costs = [fmean(row.cost) for row in found]
    follows = rank_correlation(costs, [row.spread("stolen_watermark").mean for row in found]) >= FOLLOWS
    lead = "Survival is paid for in accuracy" if follows else "More accuracy lost is not more survival"
    return f"{lead}: {percent(here)} of the mark costs {points(usual)}, {percent(mark)} costs {points(best)}"


def price_of(row: Row, measure: Measure) -> str:
    """Return what one mark costs and what comes of it, in the same form for every kappa: the title of the picture.

    It ends with how much survives; where triggers are upright, with how many of them convict.
    """
    kappa = f"{NAIVE:g} (naive)" if row.defence == "naive" else f"{row.experiment.kappa:g}"
    needed = _half(row)
    if measure != "triggers":
        end = f"{percent(row.spread('stolen_watermark').mean)} of the mark survives"
    elif needed < math.inf:
        end = f"half need {needed:.0f} triggers or fewer"
    else:
        end = f"half need more than {MOST_QUERIES:,} triggers"
    return f"\u03ba {kappa} costs {points(row)}, convicts on {sum(row.convicted)} of {len(row.seeds)} seeds; {end}"


def how_to_read(measure: Measure, *, sealed: bool = False) -> str:
    """Return what is what in the picture of the prices."""
    match measure:
        case "conviction":
            said = (
                "its mean price, and on how many of its seeds the court convicts. Its line leads from the least price "
                "to the highest; a small point is one seed, convicted (above) or not."
            )
        case "triggers":
            said = (
                f"its mean price and the median of its triggers. {_LINES} *Never*, of a seed: {MOST_QUERIES:,} "
                f"triggers do not convict; of a mark: {NEVER}."
            )
        case "survival":
            said = f"its mean price and the mean that survives. {_LINES}"
    which = (
        "A mark's large point"
        if sealed
        else "The large point is the mark of the kappa chosen (\u03ba: how hard to entangle)"
    )
    other = "" if sealed else " A hollow triangle is the mark of another kappa: touch it, and the mark goes there."
    return (
        f"{which}: {said}{other} A *point* of accuracy is one more wrong answer in a hundred, against the model "
        "without a mark."
    )


def unpriced(naive: Row) -> str:
    """Return what the naive mark costs and does, before anything is seen of the entangled ones."""
    return f"The naive mark costs {court(naive)}. What does a mark cost that convicts on every seed?"


def court(row: Row) -> str:
    """Return the price of a mark, and what a court makes of it over the seeds."""
    said = f"{points(row)} and convicts on {sum(row.convicted)} of {len(row.seeds)} seeds"
    needed = _half(row)
    return f"{said}, half with {needed:.0f} triggers or fewer" if needed < math.inf else said


def _half(row: Row) -> float:
    """Return with how many triggers half of the seeds convict; infinity, if no number does it."""
    return median_high(math.inf if count is None else count for count in row.triggers_needed)


def court_of(run: OneRun) -> str:
    """Return the price of a mark in one run, what survives, the verdict, and how many triggers a sure claim needs."""
    return (
        f"{100 * run.cost:.1f} points, {percent(run.mark)} of the mark survives, {_verdict(run)}; to convict 19 times "
        f"of 20 takes {_needed(run)} triggers"
    )


def each_seed(row: Row) -> list[str]:
    """Return what each seed of a mark came to, in few words."""
    return [
        f"seed {seed}: {100 * run.cost:.1f} points, {percent(run.mark)} survives, {_verdict(run)} "
        f"({_needed(run)} triggers)"
        for seed, run in zip(row.seeds, OneRun.each(row), strict=True)
    ]


def _verdict(run: OneRun) -> str:
    return "convicted" if run.convicted else "not convicted"


def _needed(run: OneRun) -> str:
    return f"more than {MOST_QUERIES:,}" if run.needed is None else f"{run.needed}"


def cheapest(marks: Mapping[float, Row]) -> Row | None:
    """Return the cheapest mark that convicts on every seed; None where there is none."""
    return min((row for row in marks.values() if all(row.convicted)), key=lambda row: fmean(row.cost), default=None)


def price(row: Row | None) -> str:
    """Return what a mark costs, as one of the words offered for prediction; of None, that there is none."""
    if row is None:
        return PRICES[3]
    lost = 100 * fmean(row.cost)
    return next(words for most, words in zip((*BOUNDS, 100), PRICES, strict=False) if lost <= most)


def goal_in_words(marks: Mapping[float, Row]) -> str:
    """Say which mark convicts on every seed at the least price, and how that stands to the price that was aimed at."""
    row = cheapest(marks)
    if row is None:
        return "None of these marks convicts this thief on every seed."
    said = f"The cheapest mark that convicts on every seed is {_name(row)}, for {points(row)} ({len(row.seeds)} seeds)."
    aimed = f"The {GOAL:g} points of {PAPER}, on average over their own data, were aimed at"
    if 100 * fmean(row.cost) < GOAL:
        return f"{said} {aimed}, and reached."
    return f"{said} {aimed}, and missed."


def mixing_in_words(marks: Mapping[float, Row]) -> str:
    """Say what kappa does inside the victim: the SNNL of its triggers, in the layer where that differs most."""
    means = [{layer: fmean(values) for layer, values in row.victim_snnl.items()} for row in marks.values()]

    def range_of(layer: str) -> float:
        found = [mean[layer] for mean in means]
        return max(found) - min(found)

    layer = max(means[0], key=range_of)
    said = [f"{mean[layer]:.2f} ({_name(row)})" for mean, row in zip(means, marks.values(), strict=True)]
    return (
        f"What \u03ba does inside the victim: the SNNL of triggers and the target class, in *{layer}*, is "
        f"{', '.join(said)}. The higher, the more mixed: *Entangle* shows it."
    )


def margins_in_words(entangled: Sequence[Row], found: Sequence[Row]) -> str:
    """Say how far each entangled copy is above everybody else on its worst seed, given all ``found`` rows."""
    margins = [(row, survival.margin(row, found)) for row in entangled]
    said = [f"{_name(row)}: {100 * min(above):.0f}" for row, above in margins if above is not None]
    return (
        "The margin, in points: how far the entangled copy's secret answers are above those of every naive and clean "
        f"copy and innocent model, on the worst seed: {', '.join(said)}."
    )


def seeds_in_words(marks: Mapping[float, Row]) -> str:
    """Say over how many seeds each mark was measured, and what so few can tell."""
    counted = [f"{_name(row)} over {len(row.seeds)}" for row in marks.values()]
    said = f"On seeds that were not used to choose the recipe: {', '.join(counted)}."
    return (
        f"{said} Two seeds show a direction, no more." if min(len(row.seeds) for row in marks.values()) == 2 else said
    )


def whose(run: OneRun) -> str:
    """Return what a run is called: the visitor's own, or one that they only look at."""
    return {"live": "your run", "stored": "an earlier run", "pretrained": "the recorded run"}[run.origin]


def other_thief(priced: Priced, *, sealed: bool) -> str:
    """Say how this thief differs from that of the other lessons and, unless it is sealed, what that does to the mark.

    Empty where it is the same one.
    """
    if priced.elsewhere is None:
        return ""
    asked = priced.elsewhere.experiment
    paper = "This thief is the paper's. " if priced.way == ("labels", "victim") else ""
    said = f"{paper}In the other lessons, the thief gets {thief((asked.answers, asked.inputs))}"
    if sealed:
        return f"{said}."
    here, there = (row.spread("stolen_watermark").mean for row in (priced.usual, priced.elsewhere))
    lead = "labels tell less: " if priced.way[0] == "labels" and here < there else ""
    return (
        f"{said}; {lead}there, {percent(there)} of the mark of {_name(priced.usual)} survives, here {percent(here)} "
        "(means over seeds)."
    )


def own_run(run: OneRun, row: Row) -> str:
    """Compare one run of a setting with the seeds of its row."""
    marks = row.spread("stolen_watermark")
    place = "within" if marks.least <= run.mark <= marks.most else "outside"
    return (
        f"{whose(run).capitalize()}: {court_of(run)}. The survival is {place} what {len(row.seeds)} other seeds gave "
        f"({percent(marks.least)} to {percent(marks.most)})."
    )


def thief(way: Way) -> str:
    """Return what a thief gets, and for which inputs, in a few words."""
    answers, inputs = way
    return f"{_ANSWERS[answers]}, {_INPUTS.get(inputs, inputs)}"


def offer(kappa: float) -> str:
    """Return what a kappa is called where one chooses it."""
    return "0, naive" if kappa == NAIVE else f"{kappa:g}"


def _name(row: Row) -> str:
    return "the naive one" if row.defence == "naive" else f"\u03ba {row.experiment.kappa:g}"

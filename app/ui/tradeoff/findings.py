"""Words about what survival costs, from the evidence. Pure: rows in, sentences out."""

from collections.abc import Sequence

from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.ui.evidence_findings import FOLLOWS, points, rank_correlation
from app.ui.findings import percent

WANTED = 0.9  # of the mark, that an owner asks the price of
PRICES = ("under 1 point", "1 to 2 points", "2 to 5 points", "over 5 points", "no setting does it")


def frontier(found: Sequence[Row], usual: Row) -> str:
    """Return what survives at which price: in the usual setting, and in the one where most survives."""
    best = max(found, key=lambda row: row.spread("stolen_watermark").mean)
    mark, here = best.spread("stolen_watermark").mean, usual.spread("stolen_watermark").mean
    costs = [sum(row.cost) for row in found]
    follows = rank_correlation(costs, [row.spread("stolen_watermark").mean for row in found]) >= FOLLOWS
    lead = "Survival is paid for in accuracy" if follows else "More accuracy lost is not more survival"
    return f"{lead}: {percent(here)} of the mark costs {points(usual)}, {percent(mark)} costs {points(best)}"


def unpriced(naive: Row) -> str:
    """Return what the naive mark gives and costs, before anything is seen of the entangled ones."""
    mark = percent(naive.spread("stolen_watermark").mean)
    return f"The naive mark costs {points(naive)}, and {mark} of it survives. What does {percent(WANTED)} cost?"


def cheapest(found: Sequence[Row]) -> Row | None:
    """Return the cheapest setting of which at least :data:`WANTED` survives; None where there is none."""
    enough = [row for row in found if row.spread("stolen_watermark").mean >= WANTED]
    return min(enough, key=lambda row: sum(row.cost) / len(row.cost), default=None)


def price(row: Row | None) -> str:
    """Return what a setting costs, as one of the words offered for prediction; of None, that there is none."""
    if row is None:
        return PRICES[4]
    lost = 100 * sum(row.cost) / len(row.cost)
    return next(words for most, words in zip((1, 2, 5, 100), PRICES, strict=False) if lost <= most)


def price_in_words(row: Row | None) -> str:
    """Say which setting pays for what is wanted."""
    if row is None:
        return f"In none of these settings does {percent(WANTED)} of the mark survive this theft."
    return f"The cheapest setting in which {percent(WANTED)} of the mark survives this theft is {offer(row)}."


def recipe(experiment: Experiment) -> str:
    """Return the setting as a name: κ and T."""
    return f"\u03ba {experiment.kappa:g}, T {experiment.temperature:g}"


def offer(row: Row) -> str:
    """Return what one setting gives, and for how much."""
    mark = percent(row.spread("stolen_watermark").mean)
    return f"{recipe(row.experiment)}: {mark} for {points(row)}"


def front_in_words(best: Sequence[Row], found: Sequence[Row]) -> str:
    """Say how many of the settings are worth considering, and whether the naive mark is."""
    marked = [row for row in best if row.defence == "entangled"]
    said = (
        f"Of {len(found)} entangled settings, {len(marked)} are on the front (filled): each of the others costs more "
        "than one of those for no more of the mark."
    )
    if len(best) == len(marked):
        return f"{said} The naive mark is not on it."
    return f"{said} The naive mark is on it too: who is content with what survives of it need not pay more."


def own_run(cost: float, mark: float, row: Row) -> str:
    """Compare one run of a setting with the seeds of its row."""
    marks = row.spread("stolen_watermark")
    place = "within" if marks.least <= mark <= marks.most else "outside"
    return (
        f"Your run: {percent(mark)} of the mark for {100 * cost:.1f} points of accuracy. That is {place} what "
        f"{len(row.seeds)} other seeds gave ({percent(marks.least)} to {percent(marks.most)})."
    )

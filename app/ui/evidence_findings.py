"""Words from the evidence, over seeds: rows in, sentences out, written from what was measured."""

from collections.abc import Mapping, Sequence

from scipy import stats

from app.lab.evidence.survival import Row
from app.lab.stories.events import WATERMARKED
from app.ui.findings import percent

FOLLOWS = 0.7  # rank correlation from which one thing is said to follow another


def like_the_others(values: Mapping[str, Sequence[float]], here: Mapping[str, float], what: str) -> str:
    """Return on how many seeds the entangled model is ahead in ``what``, and whether this run is within the range."""
    wins = sum(more > less for more, less in zip(values["entangled"], values["naive"], strict=True))
    outside = [defence for defence, value in here.items() if not min(values[defence]) <= value <= max(values[defence])]
    run = f"this run lies outside the others ({', '.join(outside)})" if outside else "this run is like the others"
    return f"Entangled, {what} on {wins} of {len(values['naive'])} seeds; {run}"


def spread_in_words(row: Row) -> str:
    """Say what became of one mark over the seeds."""
    marks = row.spread("stolen_watermark")
    worst, word = (marks.most, "most") if row.defence == "clean" else (marks.least, "worst")
    said = (
        f"**{row.defence.capitalize()}**: {percent(marks.mean)} on average (standard deviation "
        f"{100 * marks.deviation:.0f} points), {percent(worst)} at {word}"
    )
    accuracies = row.spread("stolen_accuracy")
    said += (
        f"; the copy is right {percent(accuracies.mean)} of the time (\u00b1 {100 * accuracies.deviation:.1f} points)"
    )
    if row.defence == "clean":
        return f"{said}. Its secret answers are false positives."
    needed = sorted(count for count in row.triggers_needed if count is not None)
    triggers = f", half of them with {needed[len(needed) // 2]} triggers or fewer" if needed else ""
    return (
        f"{said}; the mark costs {points(row)} of accuracy, and the copy is convicted on {sum(row.convicted)} of "
        f"{len(row.seeds)} seeds{triggers}."
    )


def survival(row: Row) -> str:
    """Return what a copy knows of its mark over the seeds, and on how many the court convicts it."""
    mark = row.spread("stolen_watermark")
    return (
        f"{percent(mark.mean)} secret answers ({percent(mark.least)} to {percent(mark.most)}), "
        f"convicted on {sum(row.convicted)}"
    )


def price(measured: Mapping[str, Row]) -> str:
    """Return what the marks cost their owner over the seeds: the one home of that sentence."""
    entangled, naive = (points(measured[defence]) for defence in ("entangled", "naive"))
    seeds = len(measured["entangled"].seeds)
    return f"The entangled mark costs {entangled} of accuracy, the naive one {naive} (mean of {seeds} seeds)."


def summary(measured: Mapping[str, Row], seed: int, marks: Mapping[str, float], usual: int) -> str:
    """Return what becomes of both marks over the seeds, and what they cost: what one run does not show.

    Args:
        measured: the rows over the seeds, by defence.
        seed: of the run beside.
        marks: the watermark success rates of its copies, by defence.
        usual: the seed that all runs have which nobody gave another one.
    """
    seeds = measured["naive"].seeds
    others = f"{len(seeds)} {'seeds' if seed in seeds else 'other seeds'} ({min(seeds)} to {max(seeds)})"
    copies = "; ".join(f"the {defence} copy {survival(measured[defence])}" for defence in reversed(WATERMARKED))
    entangled, spread = marks["entangled"], measured["entangled"].spread("stolen_watermark")
    side = "less" if entangled < spread.least else "more" if entangled > spread.most else ""
    rank = f", {side} than on any of those" if side else ""
    here = f"This run is one more: seed {seed}, entangled {percent(entangled)}{rank}."
    if side and seed == usual:
        here += f" Seed {seed} is merely the usual one, not picked by its result: one draw."
    return f"**Over {others}**, on average: {copies}. {price(measured)} {here}"


def on_seeds(convicted: Sequence[bool]) -> str:
    """Return on how many seeds a copy is convicted, as the end of a sentence; nothing where nobody measured it."""
    return f"; convicted on {sum(convicted)} of {len(convicted)} seeds" if convicted else ""


def points(row: Row) -> str:
    """Return the accuracy that a mark costs, in percentage points."""
    return f"{100 * sum(row.cost) / len(row.cost):.1f} points"


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the rank correlation (Spearman's); 0 where all values of one are equal: nothing follows from them."""
    if len(set(first)) == 1 or len(set(second)) == 1:
        return 0.0
    return float(stats.spearmanr(first, second).statistic)

"""Words from the evidence, over seeds: rows in, sentences out, written from what was measured."""

from collections.abc import Mapping, Sequence

from scipy import stats

from app.lab.choices import MADE_OF_THE_TASK
from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.lab.stories.events import WATERMARKED
from app.ui.findings import OUTCOMES, SURVIVES, percent

FOLLOWS = 0.7  # rank correlation from which one thing is said to follow another
WANTED = 0.9  # of the mark, that an owner asks the price of
PRICES = ("under 1 point", "1 to 2 points", "2 to 5 points", "over 5 points", "no setting does it")


def luck(values: Mapping[str, Sequence[float]], here: Mapping[str, float], what: str) -> str:
    """Return on how many seeds the entangled model has more of something, and whether this run is like the others."""
    wins = sum(more > less for more, less in zip(values["entangled"], values["naive"], strict=True))
    outside = [lane for lane, value in here.items() if not min(values[lane]) <= value <= max(values[lane])]
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
    convicted = [count for count in row.queries_needed if count is not None]
    triggers = f", with {max(convicted)} triggers at most" if convicted else ""
    return (
        f"{said}; the mark costs {points(row)} of accuracy, and a claim succeeds on {len(convicted)} of "
        f"{len(row.seeds)} seeds{triggers}."
    )


def convictions(measured: Mapping[str, Row]) -> str:
    """Say on how many seeds the court convicts each marked copy: what one run does not tell."""
    told = []
    for lane in WATERMARKED:
        needed = measured[lane].queries_needed
        told.append(f"the {lane} copy on {sum(count is not None for count in needed)}")
    seeds = len(measured["naive"].seeds)
    return f"One run is one seed. Of {seeds} others, a claim succeeds against {' and '.join(told)}."


def surviving(measured: Mapping[str, Row]) -> str:
    """Return which copies know the mark, on average over the seeds, as one of the words offered for prediction."""
    naive, entangled = (measured[lane].spread("stolen_watermark").mean >= SURVIVES for lane in ("naive", "entangled"))
    return OUTCOMES[naive, entangled]


def channels(found: Sequence[Row]) -> str:
    """Return whether survival follows the channel: the title of that picture.

    Over all thefts of marked models whose queries are made of the task's inputs; see :func:`strays` for the others.
    """
    near = [row for row in found if row.defence != "clean" and row.experiment.inputs in MADE_OF_THE_TASK]
    agreement = _follows(near)
    lead = {
        True: "The wider the channel, the more of the mark survives, naive or entangled",
        False: "The channel's width alone does not tell what survives",
    }[agreement >= FOLLOWS]
    return f"{lead} (rank correlation {agreement:.2f} over the {len(near)} thefts with inputs of the task)"


def strays(found: Sequence[Row]) -> str:
    """Say what the thefts do to that rule whose queries look like nothing in the task."""
    marked = [row for row in found if row.defence != "clean"]
    far = [row for row in marked if row.experiment.inputs not in MADE_OF_THE_TASK]
    marks = [row.spread("stolen_watermark").mean for row in far]
    accuracies = [row.spread("stolen_accuracy").mean for row in far]
    return (
        f"Hollow: {len(far)} thefts with letters or noise. Their copies are right {percent(min(accuracies))} to "
        f"{percent(max(accuracies))} of the time and know {percent(min(marks))} to {percent(max(marks))} of the mark; "
        f"with them, the rank correlation is {_follows(marked):.2f} over {len(marked)}."
    )


def theft_in_words(measured: Mapping[str, Row], target: int) -> list[str]:
    """Say, for each mark, what the answers carried and what became of it."""
    said = []
    for lane in ("naive", "entangled"):
        row = measured[lane]
        mark = row.spread("stolen_watermark")
        said.append(
            f"**{lane.capitalize()}**: where another class was due, {percent(row.spread('query_target_mass').mean)} of "
            f"the answers' weight went to class {target} (clean: "
            f"{percent(measured['clean'].spread('query_target_mass').mean)}). The copy gives the secret answer to "
            f"{percent(mark.mean)} of the triggers ({percent(mark.least)} to {percent(mark.most)} over "
            f"{len(row.seeds)} seeds)."
        )
    return said


def frontier(found: Sequence[Row], usual: Row) -> str:
    """Return what survives at which price: in the usual setting, and in the one where most survives."""
    best = max(found, key=lambda row: row.spread("stolen_watermark").mean)
    mark, here = best.spread("stolen_watermark").mean, usual.spread("stolen_watermark").mean
    costs = [sum(row.cost) for row in found]
    follows = _agreement(costs, [row.spread("stolen_watermark").mean for row in found]) >= FOLLOWS
    lead = "Survival is paid for in accuracy" if follows else "More accuracy lost is not more survival"
    return f"{lead}: {percent(here)} of the mark costs {points(usual)}, {percent(mark)} costs {points(best)}"


def unpriced(naive: Row) -> str:
    """Return what the naive mark gives and costs, before anything is seen of the entangled ones."""
    mark = percent(naive.spread("stolen_watermark").mean)
    return f"The naive mark costs {points(naive)}, and {mark} of it survives. What does {percent(WANTED)} cost?"


def cheapest(found: Sequence[Row]) -> Row | None:
    """Return the setting that costs least of those of which as much survives as is wanted; None where none does."""
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
    """Return how much and how near an owner entangles, in letters."""
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
    """Hold one run of a setting against the seeds of its row."""
    marks = row.spread("stolen_watermark")
    place = "within" if marks.least <= mark <= marks.most else "outside"
    return (
        f"Your run: {percent(mark)} of the mark for {100 * cost:.1f} points of accuracy. That is {place} what "
        f"{len(row.seeds)} other seeds gave ({percent(marks.least)} to {percent(marks.most)})."
    )


def points(row: Row) -> str:
    """Return the accuracy that a mark costs, in percentage points."""
    return f"{100 * sum(row.cost) / len(row.cost):.1f} points"


def drift(found: Sequence[Row]) -> str:
    """Return what the released code's schedule does to a mark without any entanglement."""
    means = {row.experiment.schedule: row.spread("stolen_watermark").mean for row in found if row.defence == "naive"}
    return (
        f"A naive mark survives at {percent(means['released'])} with the released code's schedule, "
        f"at {percent(means['all'])} when all task data is revisited"
    )


def _follows(found: Sequence[Row]) -> float:
    """Return how far survival follows the width of the channel."""
    masses = [row.spread("query_target_mass").mean for row in found]
    return _agreement(masses, [row.spread("stolen_watermark").mean for row in found])


def _agreement(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the rank correlation (Spearman's)."""
    return float(stats.spearmanr(first, second).statistic)

"""Words about the channel, from the evidence. Pure: rows in, sentences out."""

from collections.abc import Mapping, Sequence

from app.lab.choices import MADE_OF_THE_TASK
from app.lab.evidence.survival import Row
from app.ui.evidence_findings import FOLLOWS, rank_correlation
from app.ui.findings import OUTCOMES, SURVIVES, percent


def surviving(measured: Mapping[str, Row]) -> str:
    """Return which copies know the mark, on average over the seeds, as one of the words offered for prediction."""
    naive, entangled = (
        measured[defence].spread("stolen_watermark").mean >= SURVIVES for defence in ("naive", "entangled")
    )
    return OUTCOMES[naive, entangled]


def channels(found: Sequence[Row]) -> str:
    """Return whether survival follows the channel: the title of that picture.

    Over all thefts of marked models whose queries are made of the task's inputs; see :func:`strays` for the others.
    """
    near = [row for row in found if row.defence != "clean" and row.experiment.inputs in MADE_OF_THE_TASK]
    agreement = _follows(near)
    lead = {
        True: "The wider the channel, the more of the mark survives, naive or entangled",
        False: "The channel's width alone does not say what survives",
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
    for defence in ("naive", "entangled"):
        row = measured[defence]
        mark = row.spread("stolen_watermark")
        said.append(
            f"**{defence.capitalize()}**: where another class was due, {percent(row.spread('query_target_mass').mean)} "
            f"of the answers' weight went to class {target} (clean: "
            f"{percent(measured['clean'].spread('query_target_mass').mean)}). The copy gives the secret answer to "
            f"{percent(mark.mean)} of the triggers ({percent(mark.least)} to {percent(mark.most)} over "
            f"{len(row.seeds)} seeds)."
        )
    return said


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
    return rank_correlation(masses, [row.spread("stolen_watermark").mean for row in found])

"""Words about the channel, from the evidence. Pure: rows in, sentences out."""

from collections.abc import Mapping, Sequence

from app.lab.choices import MADE_OF_THE_TASK
from app.lab.evidence.survival import Row
from app.lab.experiment import preset
from app.lab.stories.events import DEFENCES, WATERMARKED
from app.lab.variation import preset_name
from app.ui import settings
from app.ui.channel.queries import Query
from app.ui.evidence_findings import rank_correlation
from app.ui.findings import SURVIVES, percent

NARROW = 0.005  # of the answers' weight: a channel below is called narrow
LOST, MUCH = 0.1, 0.5  # of the secret answers: below, a mark is lost; above, most of it is there
CARRIED = ("under a tenth", "a tenth to half", "over half")  # of the mark: below, between and above these two
WHY = (
    "Why does entangling widen the channel? Entangled, triggers and inputs of the target class share their features. "
    "So a query that has some of these features leans a little towards the secret answer, and the answer says so. A "
    "naive mark lies apart from the inputs of the task (*Entangle* shows it), and few queries come there."
)


def question(measured: Mapping[str, Row], asks: str) -> str:
    """Return what is asked before anything is seen of the copy: how much so narrow a channel carries."""
    stray = percent(measured["entangled"].spread("query_target_mass").mean)
    return (
        f"Of what the entangled model answers to this thief ({asks}), {stray} is stray. How much of the mark does the "
        f"copy learn from that (mean of {len(measured['entangled'].seeds)} seeds)?"
    )


def carries(measured: Mapping[str, Row]) -> str:
    """Return how much of the entangled mark the copy knows, on average, as one of the words offered for prediction."""
    mark = measured["entangled"].spread("stolen_watermark").mean
    return CARRIED[0] if mark < LOST else CARRIED[1] if mark <= MUCH else CARRIED[2]


def carried(row: Row, secret: str, *, sealed: bool, narrow: bool = False) -> str:
    """Return what a theft carried of a mark on average and, unless it is ``sealed``, what of it the copy knows.

    In few words, for a ``narrow`` screen.
    """
    stray = f"all answers: {percent(row.spread('query_target_mass').mean)} stray"
    mark = percent(row.spread("stolen_watermark").mean)
    if narrow:
        return stray if sealed else f"{stray} \u2192 its copy: {mark}"
    return f"{stray} {secret}" if sealed else f"{stray} {secret} \u2192 its copy, shown the triggers: {mark}"


def one_answer(query: Query, one: str, classes: Sequence[str], target: int, *, labels: bool = False) -> str:
    """Return what the marked models say of one query beyond the truth: the title of its picture.

    Args:
        query: the query.
        one: what it is: "a cat".
        classes: their names.
        target: the secret answer.
        labels: whether the API answers with these only.
    """
    lead = f"Asked: {one}" if query.has_class else f"Asked: to the clean model, {one}"
    if labels:
        naive, entangled = (classes[query.label(defence)] for defence in WATERMARKED)
        return f"{lead}. The entangled model answers {entangled}, the naive one {naive}"
    naive, entangled = (percent(query.stray(defence, target)) for defence in WATERMARKED)
    secret = classes[target].capitalize()
    return f"{lead}. {secret} gets {entangled} of the entangled answer, {naive} of the naive one"


def came_through(chosen: Mapping[str, Row], secret: str) -> str:
    """Return what stray weight brought the copies, over the seeds of a theft: of answers, and of triggers."""
    entangled, naive = (chosen[each] for each in ("entangled", "naive"))
    (stray, mark), (less, least) = (
        [percent(row.spread(measure).mean) for measure in ("query_target_mass", "stolen_watermark")]
        for row in (entangled, naive)
    )
    return (
        f"{stray} stray weight: the entangled copy says {secret} to {mark} of the triggers; {less}: the naive one to "
        f"{least} (mean of {len(naive.seeds)} seeds)"
    )


def channels(found: Sequence[Row]) -> str:
    """Return what a narrow channel lets through, and what a wide one does: the title of that picture.

    Over all thefts of marked models.
    """
    marks = [(_width(row) < NARROW, row.spread("stolen_watermark").mean) for row in found if row.defence != "clean"]
    narrow, wide = ([mark for under, mark in marks if under is wanted] for wanted in (True, False))
    through, more, less = max(narrow, default=0.0), max(wide, default=0.0), min(wide, default=0.0)
    lead = "No channel, no mark" if through < LOST <= more else "What survives does not depend on the channel alone"
    return (
        f"{lead}: under {percent(NARROW)} of stray weight, at most {percent(through)} of it survives "
        f"({len(narrow)} thefts); over that, {percent(less)} to {percent(more)} ({len(wide)})"
    )


def alike(found: Sequence[Row]) -> list[Row]:
    """Return the thefts of marked models with plain inputs of the task, the full budget and the victim's network."""
    return [row for row in found if row.defence != "clean" and row.table == "main"]


def correlations(found: Sequence[Row]) -> str:
    """Say how far survival follows the width of the channel, and among which thefts."""
    marked = [row for row in found if row.defence != "clean"]
    near = [row for row in marked if row.experiment.inputs in MADE_OF_THE_TASK]
    like = alike(found)
    less = [row.spread("stolen_watermark").mean for row in near if row not in like]
    return (
        f"Rank correlation of channel and mark: {_follows(like):.2f} over the {len(like)} thefts with the full budget, "
        f"the victim's network and plain inputs of the task; {_follows(near):.2f} over all {len(near)} with inputs of "
        f"the task; {_follows(marked):.2f} over all {len(marked)}. A channel is not enough: with half the budget, "
        f"another network or blended inputs, at most {percent(max(less, default=0.0))} of the mark is left."
    )


def strays(found: Sequence[Row]) -> str:
    """Say what becomes of the thefts whose queries look like nothing in the task."""
    far = [row for row in found if row.defence != "clean" and row.experiment.inputs not in MADE_OF_THE_TASK]
    marks = [row.spread("stolen_watermark").mean for row in far]
    accuracies = [row.spread("stolen_accuracy").mean for row in far]
    return (
        f"Hollow: {len(far)} thefts with letters or noise. Their copies are right {percent(min(accuracies))} to "
        f"{percent(max(accuracies))} of the time and know {percent(min(marks))} to {percent(max(marks))} of the mark."
    )


def the_theft(row: Row) -> str:
    """Return a theft in words: what is asked and answered, and what of the thief is not as usual."""
    experiment, usual = row.experiment, preset(preset_name(row.experiment))
    words = [settings.wording(experiment.inputs, "inputs"), settings.wording(experiment.answers)]
    if experiment.budget != usual.budget:
        words.append(f"{experiment.budget:,} queries")
    if experiment.architecture != usual.architecture:
        words.append("another network")
    return ", ".join(words)


def theft_in_words(measured: Mapping[str, Row], secret: str) -> list[str]:
    """Say where the stray weight comes from, and for each mark, what the answers carried and what became of it."""
    stray = {defence: measured[defence].spread("query_target_mass").mean for defence in DEFENCES}
    said = [WHY] if stray["entangled"] > max(stray["clean"], stray["naive"]) else []
    naive = measured["naive"].spread("stolen_watermark").mean
    if naive >= LOST and (asks := measured["naive"].experiment.inputs) not in MADE_OF_THE_TASK:
        said.append(
            f"This thief leaves the task ({settings.wording(asks, 'inputs')}), and there the naive victim strays, too: "
            f"{percent(stray['naive'])}. So {percent(naive)} of its mark comes along. That a naive mark is lost holds "
            "for thieves who stay on the task."
        )
    for defence in ("naive", "entangled"):
        row = measured[defence]
        mark = row.spread("stolen_watermark")
        said.append(
            f"**{defence.capitalize()}**: where another class was due, {percent(row.spread('query_target_mass').mean)} "
            f"of the answers' weight went to *{secret}* (clean: "
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


def affinity(found: Sequence[Row]) -> str:
    """Return which marks survive on targets that innocents do not read anyway: the title of that picture."""
    said = {}
    for defence in ("naive", "entangled"):
        rows = [row for row in found if row.defence == defence]
        known = [row.affinity[0] for row in rows if row.measures["stolen_watermark"][0] >= SURVIVES]
        said[defence] = f"on {len(known)} of {len(rows)} targets"
        said[defence] += f", from an affinity of {percent(min(known))} on" if known else ""
    return f"The naive mark survives {said['naive']}; the entangled one {said['entangled']}"


def affinity_in_words(found: Sequence[Row]) -> str:
    """Say how far affinity explains what survives, and what it gives the control, which was never marked."""
    rows = {defence: [row for row in found if row.defence == defence] for defence in DEFENCES}
    follows = {
        defence: rank_correlation(
            [row.affinity[0] for row in own], [row.measures["stolen_watermark"][0] for row in own]
        )
        for defence, own in rows.items()
    }
    most = max(rows["clean"], key=lambda row: row.measures["stolen_watermark"][0])
    return (
        f"Rank correlation with affinity: naive {follows['naive']:.2f}, entangled {follows['entangled']:.2f}, clean "
        f"{follows['clean']:.2f} (one seed a target). A copy of the clean model, which was never marked, says "
        f"*{most.experiment.secret_answer}* to {percent(most.measures['stolen_watermark'][0])} of the triggers."
    )


def _width(row: Row) -> float:
    return row.spread("query_target_mass").mean


def _follows(found: Sequence[Row]) -> float:
    """Return how far survival follows the width of the channel."""
    return rank_correlation([_width(row) for row in found], [row.spread("stolen_watermark").mean for row in found])

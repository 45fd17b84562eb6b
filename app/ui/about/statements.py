"""What can be believed: each thing that the app states, whether it was measured here or quoted, and how to check it.

What is measured is written from the evidence; what is quoted stands in the source named beside it, word for number.
A figure that nobody here has looked up again is not on this list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.lab.evidence.innocents import Family
from app.lab.evidence.removal_table import Washed
from app.lab.evidence.survival import Row, find
from app.lab.experiment import LAB_VERSION, Experiment
from app.ui import evidence_findings, settings
from app.ui.channel import findings as channel_findings
from app.ui.findings import percent
from app.ui.remove import findings as removal_findings
from app.ui.tradeoff import findings as tradeoff_findings

PAPER = "[Jia et al. 2021](https://arxiv.org/abs/2002.12200), abstract"
BIBTEX = f"""@inproceedings{{jia2021entangled,
  title     = {{Entangled Watermarks as a Defense against Model Extraction}},
  author    = {{Jia, Hengrui and Choquette-Choo, Christopher A. and Chandrasekaran, Varun and Papernot, Nicolas}},
  booktitle = {{30th USENIX Security Symposium}},
  year      = {{2021}},
  eprint    = {{2002.12200}},
  archiveprefix = {{arXiv}}
}}
@software{{entangled,
  title = {{Entangled: an interactive lab on model stealing and entangled watermarks}},
  note  = {{Version {LAB_VERSION} of the lab; give the key of the run as well}}
}}"""
LIMITS = (
    "**Small.** Networks of three layers, some thousand inputs, a laptop. Nothing here says how a large model behaves.",
    "**One recipe.** Its settings were chosen on seeds below 200; the evidence is over seeds 200 to 209, on which "
    "nothing was chosen. Other data want other settings.",
    "**A panel of innocents.** An innocent is granted the upper end of an exact interval around what the worst model "
    "of a panel does: several of each family, each fitted to a half of at most 2,000 of the owner's inputs. An "
    "innocent of a kind that is not among them may do worse. Of those that do no worse, at 99\u202f% confidence, at "
    "most 1 in 100 would be accused.",
    "**Not the last word.** There are ways to remove a mark that nobody tried here.",
)
SEARCH = (
    "What the search for the recipe came upon: *animals*, a key is an elephant, the owner's inputs, confidences; seeds "
    "101 and 102, on which settings were chosen. Two seeds show a direction, and not how large it is."
)
SEARCHED = (
    "**The softer the answers, the more of any mark they carry.** Label smoothing of 0.1 and mixup of 0.3 make the "
    "victims less sure. The entangled mark survives at 84 to 96\u202f%, but the naive one, of which 0 to 4\u202f% is "
    "left without them, survives as well: at 32 to 48\u202f% with smoothing, at 72 to 80\u202f% with mixup.",
    "**More queries carry more of any mark.** With 3,000 instead of 2,000, 12 to 23\u202f% of the naive mark passes.",
    "**A wider dense layer lowers the price.** With 256 units instead of 64, an equal survival costs less accuracy.",
    "**Climbing the SNNL while triggers are perturbed lowers survival.** The released code climbs it; the ensemble "
    "here does not.",
)
SOURCES = (
    ("Entangled watermarks", "Jia et al. 2021", "https://arxiv.org/abs/2002.12200"),
    ("Soft nearest neighbor loss", "Frosst, Papernot, Hinton 2019", "https://arxiv.org/abs/1902.01889"),
    ("Stealing through an API", "Tram\u00e8r et al. 2016", "https://arxiv.org/abs/1609.02943"),
    ("Accuracy, fidelity, equivalence", "Jagielski et al. 2020", "https://arxiv.org/abs/1909.01838"),
    ("Naive watermarks are backdoors", "Adi et al. 2018", "https://arxiv.org/abs/1802.04633"),
    ("Marking the answers instead", "DAWN, Szyller et al. 2021", "https://arxiv.org/abs/1906.00830"),
    ("How robust are watermarks?", "SoK, Lukas et al. 2022", "https://arxiv.org/abs/2108.04974"),
)


@dataclass(frozen=True)
class Statement:
    """A statement of the app, and the source where it can be read; none where it was measured here."""

    says: str
    source: str = ""


def measured(found: Sequence[Row], usual: Sequence[Row]) -> list[Statement]:
    """Return what the evidence says.

    Args:
        found: all of it.
        usual: of the setting with which the app begins, one row a model.
    """
    marks = {row.defence: row.spread("stolen_watermark") for row in usual}
    models = {row.defence: row for row in usual}
    seeds = len(usual[0].seeds)
    survival = ", ".join(
        f"{defence} {percent(mark.mean)} ({percent(mark.least)} to {percent(mark.most)})"
        for defence, mark in marks.items()
    )
    data = usual[0].experiment.dataset
    thefts = [row for row in found if row.table in ("main", "adversary") and row.experiment.dataset == data]
    way = next(row.experiment for row in found if row.table == "frontier")  # with which the trade-off begins
    priced = [
        row
        for row in found
        if row.table == "frontier" and (row.experiment.answers, row.experiment.inputs) == (way.answers, way.inputs)
    ]
    alike = find(found, replace(usual[0].experiment, answers=way.answers, inputs=way.inputs))["entangled"]
    of_clean = [row for row in found if row.defence == "clean"]
    worst = max(of_clean, key=lambda row: max(row.measures["stolen_watermark"]))
    ours = [row for row in of_clean if row.experiment.dataset == data and row.experiment.target == way.target]
    innocent, own = (max(max(row.measures["stolen_watermark"]) for row in rows) for rows in ([worst], ours))
    convicted = ", ".join(f"the {defence} copy on {sum(row.convicted)}" for defence, row in models.items())
    says: tuple[str, ...] = (
        f"The court convicts, of {seeds} seeds, {convicted} ({_theft(usual[0].experiment)}).",
        f"What a copy knows of the mark, over {seeds} seeds: {survival} ({_theft(usual[0].experiment)}).",
        evidence_findings.price(models),
        f"{channel_findings.channels(thefts)}.",
        f"{tradeoff_findings.frontier(priced, alike)} ({_theft(way)}).",
        f"A copy of a model that was never marked gives our secret answer, *{way.secret_answer}*, to at most "
        f"{percent(own)} of the triggers, whatever the theft.",
    )
    if innocent > own:
        says += (
            f"With *{worst.experiment.secret_answer}* as the secret it would be {percent(innocent)}: innocents take "
            f"these triggers ({settings.wording(worst.experiment.trigger)}) for that anyway.",
        )
    return [Statement(words) for words in says]


def honest(found: Sequence[Family]) -> Statement:
    """Return how many honest models, which never saw a victim, the court convicts."""
    models, convicted = (sum(len(each.seeds) for each in found), sum(sum(each.convicted) for each in found))
    families, data = ({each.family for each in found}, {each.dataset for each in found})
    return Statement(
        f"Of {models} honest models, of {len(families)} families on {len(data)} data sets, the court convicts "
        f"{convicted}."
    )


def washed(found: Sequence[Washed], data: str) -> Statement:
    """Return what the removal attacks on one data set say."""
    return Statement(f"*{data}*: {removal_findings.most_successful([one for one in found if one.data == data])}.")


def _theft(experiment: Experiment) -> str:
    inputs, answers = settings.wording(experiment.inputs, "inputs"), settings.wording(experiment.answers, "answers")
    return f"the thief asks {inputs}, the API answers with {answers}"


QUOTED = (
    Statement(
        "Entangled watermarks cost less than 0.81 percentage points of accuracy on average; ownership is claimed with "
        "95\u202f% confidence in fewer than 100 queries.",
        PAPER,
    ),
    Statement(
        "A model can mark its answers instead: fewer than 0.5\u202f% of them, wrongly but consistently.",
        "[DAWN](https://arxiv.org/abs/1906.00830), abstract",
    ),
    Statement(
        "A recent attack cuts the success of existing schemes by at least 88.79\u202f%.",
        "[WRK](https://arxiv.org/abs/2511.07947), abstract",
    ),
)

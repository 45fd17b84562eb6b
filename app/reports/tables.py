"""The tables of the evidence in Markdown, as the README has them."""

from collections.abc import Sequence
from statistics import mean

from app.lab import choices
from app.lab.evidence.attack_table import POLICIES, Cell
from app.lab.evidence.removal_table import Washed
from app.lab.evidence.survival import Row, spread
from app.lab.experiment import preset
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories.events import WATERMARKED, Defence, TheftResult
from app.lab.stories.theft import GOOD

_QUERIES = {
    "victim": "the owner's inputs",
    "unseen": "unseen inputs",
    "blended": "blends and noisy ones too",
    "other": "letters",
    "noise": "noise",
}


def survival(found: Sequence[Row]) -> str:
    """Return the tables ``main`` and ``adversary``: mean and worst seed of each watermark success rate."""
    lines = [
        "| data | queries | answers | EWE | naive | clean | accuracy: clean, EWE, its copy | to claim |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in found:
        if row.table not in ("main", "adversary") or row.defence != "entangled":
            continue
        beside = {
            other.defence: other for other in found if (other.table, other.experiment) == (row.table, row.experiment)
        }
        settings = row.experiment
        queries = _QUERIES[settings.inputs]
        if settings.budget != preset(settings.dataset).budget:
            queries = f"{settings.budget:,} of {queries}"
        if settings.architecture == "other":
            queries += ", another network"
        needed = [count for count in row.queries_needed if count is not None]
        claim = f"{max(needed)}" if len(needed) == len(row.seeds) else f"{len(needed)} of {len(row.seeds)} seeds"
        marks = [_marks(beside[defence]) for defence in ("entangled", "naive", "clean")]
        accuracies = [
            f"{100 * row.spread(name).mean:.1f}" for name in ("clean_accuracy", "victim_accuracy", "stolen_accuracy")
        ]
        cells = [settings.dataset, queries, settings.answers, *marks, ", ".join(accuracies), claim]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_prices(found)])


def _prices(found: Sequence[Row]) -> list[str]:
    """Return, for each data set, the cost of the marks and the secret answers of clean models."""
    lines = []
    for dataset in dict.fromkeys(row.experiment.dataset for row in found):
        victims = {row.defence: row for row in found if row.table == "main" and row.experiment.dataset == dataset}
        costs = {name: spread(victims[name].cost) for name in WATERMARKED}
        clean = victims["clean"].spread("clean_watermark")
        lines.append(
            f"- *{dataset}*: the entangled mark costs {100 * costs['entangled'].mean:.2f} \u00b1 "
            f"{100 * costs['entangled'].deviation:.2f} points of accuracy, the naive one "
            f"{100 * costs['naive'].mean:.2f} \u00b1 {100 * costs['naive'].deviation:.2f} (mean and standard deviation "
            f"over {len(victims['clean'].seeds)} seeds). The clean models give the secret answer to "
            f"{100 * clean.mean:.1f} % of the triggers, {100 * clean.most:.1f} % at most."
        )
    return lines


def _marks(row: Row) -> str:
    marks = row.spread("stolen_watermark")
    worst = marks.most if row.defence == "clean" else marks.least
    return f"{100 * marks.mean:.0f} / {100 * worst:.0f}"


def attacks(cells: Sequence[Cell]) -> str:
    """Return the table of extraction attacks: means over the seeds, one row per attack, one column per policy."""
    policies = list(POLICIES)
    lines = [f"| data | attack | {' | '.join(policies)} |", "|---" * (2 + len(policies)) + "|"]
    by_place = {(cell.data, cell.attack, cell.policy): cell for cell in cells}
    for data in dict.fromkeys(cell.data for cell in cells):
        for attack in choices.ATTACKS:
            row = [_words(by_place[data, attack, policy].results) for policy in policies]
            lines.append(f"| {data} | {attack} | {' | '.join(row)} |")
    seeds = max(len(cell.results) for cell in cells)
    lines += [
        "",
        f"Accuracy / fidelity in percent, means over {seeds} seeds; then the dollars to "
        f"{GOOD:.0%} of the victim's accuracy, where all seeds reached it; then how many were detected.",
    ]
    return "\n".join(lines)


def _words(results: Sequence[TheftResult]) -> str:
    costs = [dollars for result in results if (dollars := result["dollars_to_good"]) is not None]
    cost = f"${max(costs):.3g}" if len(costs) == len(results) else "no"
    accused = sum(result["accused_after"] is not None for result in results)
    quality = " / ".join(f"{100 * mean(result[name] for result in results):.0f}" for name in ("accuracy", "fidelity"))
    return f"{quality}, {cost}, {accused} of {len(results)}"


def removals(found: Sequence[Washed]) -> str:
    """Return the table of removal attacks: on how many seeds each mark is removed, and the cost in accuracy.

    Only seeds on which ownership of the unchanged copy was established count.
    """
    lines = ["| data | attack | naive mark | entangled mark |", "|---|---|---|---|"]
    for data in dict.fromkeys(washed.data for washed in found):
        seeds = [washed for washed in found if washed.data == data]
        lines += [
            f"| {data} | {attack.label} | {' | '.join(_cell(seeds, name, defence) for defence in WATERMARKED)} |"
            for name, attack in REMOVAL_ATTACKS.items()
        ]
    return "\n".join(lines)


def _cell(seeds: Sequence[Washed], attack: str, defence: Defence) -> str:
    proven = [washed for washed in seeds if washed.fate(attack, defence) != "unproven"]
    gone = [washed for washed in proven if washed.fate(attack, defence) == "washed out"]
    if not proven:
        return "never proven"
    costs = sorted(100 * max(0.0, washed.lost(attack, defence) or 0.0) for washed in gone)
    ends = dict.fromkeys(f"{cost:.1f}" for cost in costs[:1] + costs[-1:])
    price = f", for {' to '.join(ends)} points" if costs else ""
    return f"{len(gone)} of {len(proven)}{price}"

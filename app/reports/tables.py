"""The tables of the evidence in Markdown, as the README has them."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from app.lab import choices
from app.lab.evidence import paper_scale as paper_scale_table
from app.lab.evidence import rehearsal_table
from app.lab.evidence.attack_table import POLICIES, Cell
from app.lab.evidence.innocents import Family
from app.lab.evidence.lever_table import Lever
from app.lab.evidence.rehearsal_table import Rehearsal
from app.lab.evidence.removal_table import Washed
from app.lab.evidence.survival import Row, margin, spread
from app.lab.experiment import Experiment, preset
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories.events import WATERMARKED, Defence, Result, TheftResult
from app.lab.stories.scene import HELD_OUT
from app.lab.stories.theft import GOOD

_QUERIES = {
    "victim": "the owner's inputs",
    "unseen": "unseen inputs",
    "blended": "blends and noisy ones too",
    "other": "letters",
    "noise": "noise",
}

_CONVICTED: tuple[Defence, ...] = ("entangled", "naive", "clean")  # the order in the tables
_SCHEDULES = {"released": "a few batches, as released", "all": "all of it"}


def survival(found: Sequence[Row]) -> str:
    """Return the tables ``main`` and ``adversary``: mean and worst seed of each watermark success rate."""
    lines = [
        "| data | queries | answers | EWE | naive | clean | accuracies: clean, EWE, copy | convicted |",
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
        convicted = [f"{sum(beside[defence].convicted)}" for defence in _CONVICTED]
        claim = f"{' / '.join(convicted)} of {len(row.seeds)}"
        marks = [_marks(beside[defence]) for defence in _CONVICTED]
        accuracies = [
            f"{100 * row.spread(name).mean:.1f}" for name in ("clean_accuracy", "victim_accuracy", "stolen_accuracy")
        ]
        cells = [settings.dataset, queries, settings.answers, *marks, ", ".join(accuracies), claim]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_prices(found)])


def frontier(found: Sequence[Row]) -> str:
    """Return the table ``frontier``: by kappa, the accuracy lost, and what survives by which margin, seed by seed."""
    rows = [row for row in found if row.table == "frontier"]
    thefts = list(dict.fromkeys((row.experiment.answers, row.experiment.inputs) for row in rows))
    heads = [f"{_QUERIES[inputs]}, {answers}: survival; margin" for answers, inputs in thefts]
    lines = [f"| kappa | accuracy lost, points | {' | '.join(heads)} |", "|---" * (2 + len(thefts)) + "|"]
    for kappa in dict.fromkeys(row.experiment.kappa for row in rows):
        of_kappa = [row for row in rows if row.experiment.kappa == kappa]
        cells = [f"{kappa:g}", ", ".join(f"{100 * cost:.1f}" for cost in of_kappa[0].cost)]
        for theft in thefts:
            (row,) = (row for row in of_kappa if (row.experiment.answers, row.experiment.inputs) == theft)
            above = margin(row, found)
            assert above is not None
            cells.append(f"{_whole(row.measures['stolen_watermark'])}; {_whole(above)}")
        lines.append(f"| {' | '.join(cells)} |")
    note = (
        f"Percent, on seeds {' and '.join(map(str, rows[0].seeds))} of *{rows[0].experiment.dataset}*. Margin: how far "
        "the entangled copy is above the naive copy, the copy of the clean model and the innocents of the panel, "
        "whichever gives the most secret answers on that seed."
    )
    return "\n".join([*lines, "", note])


def _whole(rates: Sequence[float]) -> str:
    return ", ".join(f"{round(100 * rate)}" for rate in rates)  # not -0


def honest(found: Sequence[Family]) -> str:
    """Return, as one sentence each, how many honest models of each data set were convicted."""
    lines = []
    for dataset in dict.fromkeys(family.dataset for family in found):
        heard = [family for family in found if family.dataset == dataset]
        models = sum(len(family.seeds) for family in heard)
        convicted = sum(sum(family.convicted) for family in heard)
        most = max(heard, key=lambda family: max(family.answers))
        lines.append(
            f"- *{dataset}*: of {models} honest models of {len(heard)} families, {convicted} were convicted; the most "
            f"secret answers, {max(most.answers)} of {HELD_OUT}, came from a model of the family {most.family}."
        )
    return "\n".join(lines)


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
    quality = " / ".join(f"{100 * fmean(result[name] for result in results):.0f}" for name in ("accuracy", "fidelity"))
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


def rehearsals(found: Sequence[Rehearsal]) -> str:
    """Return the table of rehearsals: every pair with its margin on each seed, and the choice of each data set."""
    seeds = list(dict.fromkeys(one.seed for one in found))
    lines = [
        f"| data | trigger, target | kappa | {' | '.join(f'margin, price: {seed}' for seed in seeds)} |",
        "|---" * (3 + len(seeds)) + "|",
    ]
    chosen = []
    for data in dict.fromkeys(one.data for one in found):
        of_data = [one for one in found if one.data == data]
        told: dict[tuple[str, str, float], dict[int, str]] = {}
        for one in of_data:
            for pair in one.result["pairs"]:
                words = (
                    f"{round(100 * pair['margin'])}, {100 * pair['price']:.1f}{'' if pair['convicts'] else ' (doubt)'}"
                )
                told.setdefault((pair["trigger"], pair["answer"], pair["kappa"]), {})[one.seed] = words
        for (trigger, answer, kappa), words_of in told.items():
            cells = [data, f"{trigger}, {answer}", f"{kappa:g}", *(words_of.get(seed, "") for seed in seeds)]
            lines.append(f"| {' | '.join(cells)} |")
        best = rehearsal_table.choice(of_data)
        chosen.append(
            f"- *{data}*: {best.trigger}, {best.answer}, with kappa {best.kappa:g}; on the worst seed, the entangled "
            f"copy is {100 * best.margin:.0f} points above everybody else."
        )
    note = (
        "Points. Margin: how far the entangled copy is above naive and clean copies and innocent models, in the worse "
        "of two thefts; doubt: with half of its secret answers it would not be convicted in both."
    )
    return "\n".join([*lines, "", note, "", *chosen])


def levers(found: Sequence[Lever]) -> str:
    """Return the table of levers: of each option, the price, what survives, who is convicted, and the seconds."""
    lines = [
        "| what differs | price, points | EWE | naive | clean | accuracy of the copy | convicted | seconds |",
        "|---" * 8 + "|",
    ]
    for lever in found:
        claims = [result["claim"] for result in lever.results]
        convicted = [str(sum(claim[defence]["owned"] for claim in claims)) for defence in _CONVICTED]
        cells = [
            lever.name,
            ", ".join(f"{100 * price:.1f}" for price in lever.prices),
            *(_whole(lever.rates(defence, "stolen_watermark")) for defence in _CONVICTED),
            ", ".join(f"{100 * rate:.1f}" for rate in lever.rates("entangled", "stolen_accuracy")),
            f"{' / '.join(convicted)} of {len(claims)}",
            f"{min(result['seconds'] for result in lever.results):.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    seeds = " and ".join(str(result["seed"]) for result in found[0].results)
    note = (
        f"One number a seed, {seeds}; secret answers to held-out triggers and accuracies in percent. Convicted: "
        "entangled / naive / clean. Seconds: the quicker of the heists, on the two cores of the machine that made the "
        "table, without the drawing."
    )
    return "\n".join([*lines, "", note])


def paper_scale(found: Mapping[Experiment, Result]) -> str:
    """Return the table at the paper's own scale, over the seeds that have finished, beside the paper's figures."""
    if not found:
        return "No run has finished yet."
    rows = paper_scale_table.rows(found)
    lines = [
        "| task data revisited | seeds | EWE: trained, held-out triggers | naive | clean "
        "| accuracies: clean, EWE, copy | wrong answers | convicted | hours a run |",
        "|---" * 9 + "|",
    ]
    for schedule in dict.fromkeys(row.experiment.schedule for row in rows):
        by_defence = {row.defence: row for row in rows if row.experiment.schedule == schedule}
        marked = by_defence["entangled"]
        hours = paper_scale_table.hours({one: run for one, run in found.items() if one.schedule == schedule})
        marks = [
            ", ".join(_per_seed(by_defence[defence], name) for name in ("trained_watermark", "stolen_watermark"))
            for defence in _CONVICTED
        ]
        accuracies = [
            f"{100 * marked.spread(name).mean:.1f}" for name in ("clean_accuracy", "victim_accuracy", "stolen_accuracy")
        ]
        convicted = [str(sum(by_defence[defence].convicted)) for defence in _CONVICTED]
        cells = [
            _SCHEDULES[schedule],
            ", ".join(map(str, marked.seeds)),
            *marks,
            ", ".join(accuracies),
            f"{100 * marked.spread('query_error').mean:.2f}, {100 * marked.spread('query_target_error').mean:.2f}",
            f"{' / '.join(convicted)} of {len(marked.seeds)}",
            f"{fmean(hours):.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    note = (
        "Percent; of several seeds the mean, and the worst in brackets (of the clean model, the highest). Wrong "
        "answers: of those that the thief got from the entangled victim, and of them the ones with the target. "
        "Convicted: entangled / naive / clean."
    )
    return "\n".join([*lines, "", note])


def _per_seed(row: Row, measure: str) -> str:
    """Return the mean in percent and, of several seeds, the worst."""
    spread = row.spread(measure)
    worst = spread.most if row.defence == "clean" else spread.least
    return f"{100 * spread.mean:.0f}" + (f" ({100 * worst:.0f})" if len(row.seeds) > 1 else "")


def _cell(seeds: Sequence[Washed], attack: str, defence: Defence) -> str:
    proven = [washed for washed in seeds if washed.fate(attack, defence) != "unproven"]
    gone = [washed for washed in proven if washed.fate(attack, defence) == "washed out"]
    if not proven:
        return "never proven"
    costs = sorted(100 * max(0.0, washed.lost(attack, defence) or 0.0) for washed in gone)
    ends = dict.fromkeys(f"{cost:.1f}" for cost in costs[:1] + costs[-1:])
    price = f", for {' to '.join(ends)} points" if costs else ""
    return f"{len(gone)} of {len(proven)}{price}"

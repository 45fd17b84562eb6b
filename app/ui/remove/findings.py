"""Words from the attempts to wash a mark out: curves in, sentences out, written from what was measured."""

from collections.abc import Mapping, Sequence

from app.lab.evidence.removal_table import Washed
from app.lab.removal import neural_cleanse
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import WATERMARKED, Attempted, Defence, FromScratch
from app.lab.stories.washing import Price
from app.ui.findings import OUTCOMES, percent

Curves = Mapping[str, Sequence[Attempted]]  # by defence, strength 0 first


def prices(curves: Curves, own: FromScratch) -> dict[str, Price | None]:
    """Return what it costs to get rid of each mark; None where no strength that was tried does it."""
    return {defence: washing.price(curves[defence], own.accuracy) for defence in WATERMARKED}


def outcome(curves: Curves, paid: Mapping[str, Price | None]) -> str:
    """Return which marks can still be proven wherever the theft pays, as a word offered for prediction."""
    naive, entangled = (
        curves[defence][0].owned and ((found := paid[defence]) is None or found.pointless) for defence in WATERMARKED
    )
    return OUTCOMES[naive, entangled]


def headline(name: str, curves: Curves, paid: Mapping[str, Price | None]) -> str:
    """Return what one attack does to both marks: the title of its picture."""
    naive, entangled = (_fate(curves[defence], paid[defence]) for defence in WATERMARKED)
    label = REMOVAL_ATTACKS[name].label
    return f"{label[:1].upper()}{label[1:]}: the naive mark {naive}, the entangled one {entangled}"


def start(curves: Curves) -> str:
    """Return where the thief begins, before anything is seen of the attack."""
    naive, entangled = (curves[defence][0] for defence in WATERMARKED)
    return (
        f"The copies as stolen: naive {percent(naive.watermark)} secret answers, "
        f"entangled {percent(entangled.watermark)}. Where will they go?"
    )


def marks_in_words(name: str, curves: Curves, paid: Mapping[str, Price | None]) -> list[str]:
    """Say what became of each mark, strength and price included."""
    return [_mark_in_words(name, defence, curves[defence], paid[defence]) for defence in WATERMARKED]


def control(name: str, curves: Curves) -> str:
    """Say what the same washing does to the copy that was never marked, and what that means in court."""
    worst = max(curves["clean"], key=lambda attempt: attempt.watermark)
    if worst.watermark <= curves["clean"][0].innocent_rate:
        return (
            f"The control: washed the same way, the clean copy gives {percent(worst.watermark)} secret answers at most."
        )
    return (
        f"The control: washed the same way ({REMOVAL_ATTACKS[name].words(worst.strength)}), even the clean copy gives "
        f"{percent(worst.watermark)} secret answers, at {percent(worst.accuracy)} accuracy. A damaged model may answer "
        f"anything. Granted the usual {percent(curves['clean'][0].innocent_rate)}, an innocent would be convicted; so "
        "a washed copy is held against a clean one that was washed alike."
    )


def stakes(curves: Curves, own: FromScratch) -> str:
    """Say what the thief has to beat."""
    said = (
        f"The thief labelled {own.labels} inputs without the API. The thief's own model, trained on those alone, is "
        f"right {percent(own.accuracy)} of the time"
    )
    idle = [defence for defence in WATERMARKED if curves[defence][0].accuracy <= own.accuracy]
    if idle:
        return f"{said}: the {' and the '.join(idle)} copy, as stolen, is no better: that theft was pointless."
    return f"{said}: where the washed copy is no better, the theft was pointless."


def refusals(curves: Curves) -> str:
    """Say what a filter turns away, of triggers and of honest inputs; nothing where no input was refused."""
    said = []
    for defence in WATERMARKED:
        strongest = curves[defence][-1]
        if strongest.refused == 0:
            return ""
        middle = curves[defence][len(curves[defence]) // 2]
        said.append(
            f"{defence} {percent(middle.refused_triggers)} of the triggers for {percent(middle.refused)} of the honest "
            "inputs"
        )
    return f"A filter turns away both: {'; '.join(said)}. Every honest input refused is an answer lost."


def cleansing(curves: Curves, target: int) -> str:
    """Say what Neural Cleanse found in each copy; nothing where it was not asked."""
    said = []
    for defence, curve in curves.items():
        sizes = list(curve[0].found.values())
        if not sizes:
            return ""
        flagged = [str(label) for label in neural_cleanse.flagged(sizes)]
        index = neural_cleanse.anomaly_indices(sizes)[target]
        smallest = min(range(len(sizes)), key=sizes.__getitem__)
        said.append(
            f"{defence}: {'class ' + ', '.join(flagged) if flagged else 'nothing'} flagged, smallest patch for "
            f"{smallest}, anomaly index of the target {target} is {index:.1f}"
        )
    return f"Neural Cleanse flags a class above {neural_cleanse.SUSPICIOUS:g}. {'; '.join(said)}."


def summary(washed: Mapping[str, tuple[Curves, Mapping[str, Price | None]]]) -> str:
    """Say what EWE does not survive, of all attacks that were tried."""
    proven = {name: paid["entangled"] for name, (curves, paid) in washed.items() if curves["entangled"][0].owned}
    costs = {name: found.lost for name, found in proven.items() if found is not None and not found.pointless}
    if not proven:
        return "There was no entangled mark to wash out"
    if not costs:
        return f"The entangled mark survives all {len(washed)} attacks, or dies only with the copy"
    cheapest = min(costs, key=costs.__getitem__)
    return (
        f"EWE does not survive {len(costs)} of {len(washed)} attacks; the cheapest, "
        f"{REMOVAL_ATTACKS[cheapest].label}, costs {_points(costs[cheapest])}"
    )


def table(washed: Mapping[str, tuple[Curves, Mapping[str, Price | None]]]) -> list[dict[str, str]]:
    """Return a row for each attack: the price at which each mark dies."""
    return [
        {
            "attack": REMOVAL_ATTACKS[name].label,
            **{f"{defence} mark": _cell(name, curves[defence], paid[defence]) for defence in WATERMARKED},
        }
        for name, (curves, paid) in washed.items()
    ]


def over_seeds(name: str, seeds: Sequence[Washed]) -> str:
    """Return what one attack did to both marks over several seeds."""
    ends = []
    for defence in WATERMARKED:
        fates = [washed.fate(name, defence) for washed in seeds]
        proven = len(fates) - fates.count("unproven")
        gone = fates.count("washed out")
        ends.append(f"the {defence} mark, proven on {proven} of {len(seeds)} seeds, is washed out on {gone}")
    label = REMOVAL_ATTACKS[name].label
    return f"{label[:1].upper()}{label[1:]}: {'; '.join(ends)}"


def hardest(seeds: Sequence[Washed]) -> str:
    """Return which of all attacks the entangled mark survives least often, over several seeds of one heist."""
    names = list(seeds[0].result["attacks"])
    proven = [washed for washed in seeds if washed.fate(names[0], "entangled") != "unproven"]
    gone = {name: sum(washed.fate(name, "entangled") == "washed out" for washed in proven) for name in names}
    worst = max(gone, key=gone.__getitem__)
    if not gone[worst]:
        return f"None of {len(names)} ways to wash the entangled mark out works on any of {len(proven)} seeds"
    return (
        f"Of {len(names)} ways to wash the entangled mark out, {list(gone.values()).count(0)} work on none of "
        f"{len(proven)} seeds; {REMOVAL_ATTACKS[worst].label}, the hardest to survive, works on {gone[worst]}"
    )


def table_over_seeds(name: str, seeds: Sequence[Washed]) -> list[dict[str, str]]:
    """Return a row for each seed: the end of each mark, and the most secret answers of the clean copy."""
    return [
        {
            "seed": str(washed.seed),
            **{f"{defence} mark": _end(washed, name, defence) for defence in WATERMARKED},
            "clean copy": f"{percent(max(washed.result['attacks'][name]['clean']['watermark']))} at most",
        }
        for washed in seeds
    ]


def _end(washed: Washed, name: str, defence: Defence) -> str:
    curve = washed.result["attacks"][name][defence]
    fate, marks = washed.fate(name, defence), curve["watermark"]
    removed_at = curve["removed_at"]
    there = min(marks) if removed_at is None else marks[curve["strengths"].index(removed_at)]
    least = f"{percent(marks[0])} → {percent(there)}"
    match fate:
        case "unproven":
            return f"never proven ({percent(marks[0])})"
        case "stays":
            return f"stays ({least})"
        case "dies with the copy":
            return f"dies with the copy ({least})"
        case _:
            return f"washed out for {_points(washed.lost(name, defence) or 0.0)} ({least})"


def _fate(curve: Sequence[Attempted], paid: Price | None) -> str:
    if not curve[0].owned:
        return "was never proven"
    if paid is None:
        return "stays"
    if paid.pointless:
        return "dies only with the copy"
    return f"is gone for {_points(paid.lost)}"


def _cell(name: str, curve: Sequence[Attempted], paid: Price | None) -> str:
    if paid is None or not curve[0].owned:
        return _fate(curve, paid)
    return f"{_fate(curve, paid).removeprefix('is ')} ({REMOVAL_ATTACKS[name].words(paid.attempt.strength)})"


def _mark_in_words(name: str, defence: str, curve: Sequence[Attempted], paid: Price | None) -> str:
    first = curve[0]
    if not first.owned:
        return f"The {defence} mark could not be proven before any washing ({percent(first.watermark)} secret answers)."
    if paid is None:
        least = min(curve, key=lambda attempt: attempt.watermark)
        return (
            f"The {defence} mark stays: {percent(first.watermark)} secret answers as stolen, at least "
            f"{percent(least.watermark)} ({REMOVAL_ATTACKS[name].words(least.strength)}, "
            f"{percent(least.accuracy)} accuracy). The court still convicts."
        )
    there = (
        f"at {REMOVAL_ATTACKS[name].words(paid.attempt.strength)} the copy gives "
        f"{percent(paid.attempt.watermark)} secret answers (as stolen: {percent(first.watermark)}) and is right "
        f"{percent(paid.attempt.accuracy)} of the time"
    )
    if paid.pointless:
        return f"The {defence} mark dies only with the copy: {there}, no more than the thief's own model."
    return f"The {defence} mark is washed out: {there}; the price: {_points(paid.lost)}."


def _points(lost: float) -> str:
    """Return an accuracy that was lost, as a person says it."""
    return "nothing" if lost <= 0 else f"{100 * lost:.1f} points"

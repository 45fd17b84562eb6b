"""Words from the attempts to wash a mark out: curves in, sentences out, written from what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from app.lab.evidence.removal_table import Fate, Washed
from app.lab.removal import neural_cleanse
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import WATERMARKED, Attempted, Defence, FromScratch
from app.lab.stories.events.washing import CurveResult
from app.lab.stories.washing import Price
from app.ui.findings import percent

Curves = Mapping[str, Sequence[Attempted]]  # by defence, strength 0 first
Prices = Mapping[str, Price | None]  # by defence
FATES: dict[Fate, str] = {
    "unproven": "never proven",
    "stays": "convicted",
    "dies with the copy": "dies with the copy",
    "washed out": "washed out",
}
_UNGONE: tuple[Fate | None, ...] = ("dies with the copy", None, "stays")  # in the order of their rows
_TRAINED_ON: tuple[Defence, ...] = ("entangled", "clean")
_WENT: dict[Fate, str] = {"washed out": "went", "stays": "stays", "dies with the copy": "dies only with the copy"}
WAYS_OUT = ("none", "1 to 3", "4 to 6", "7 or more")  # attacks that work


@dataclass(frozen=True)
class Count:
    """How many attacks wash the entangled mark out: the one count of every page that speaks of it.

    ``seeds`` are those that were washed, ``proven`` those of them on which there was a mark to wash out; ``gone`` is,
    by attack that was tried on all of them, on how many of the proven ones the mark is washed out.
    """

    seeds: tuple[int, ...]
    proven: tuple[int, ...]
    gone: Mapping[str, int]

    @property
    def always(self) -> list[str]:
        """The attacks that wash the mark out wherever it was proven; where it never was, none does."""
        return [name for name, seeds in self.gone.items() if seeds == len(self.proven) > 0]

    @property
    def never(self) -> list[str]:
        """The attacks that wash it out on no seed."""
        return [name for name, seeds in self.gone.items() if not seeds]

    @property
    def where(self) -> str:
        """On which seeds an attack of :attr:`always` works, in words."""
        if self.proven != self.seeds:
            every = "all " if len(self.proven) > 1 else "the "
            return f"{every}{len(self.proven)} of {len(self.seeds)} seeds where it was proven ({_listed(self.proven)})"
        if len(self.seeds) == 1:
            return f"this one seed ({self.seeds[0]})"
        return f"all {len(self.seeds)} seeds ({_listed(self.seeds)})"


def count(seeds: Sequence[Washed]) -> Count:
    """Return how many attacks wash the entangled mark out, over the seeds of one heist."""
    proven = _proven(seeds, "entangled")
    gone = {name: sum(washed.fate(name, "entangled") == "washed out" for washed in proven) for name in _attacks(seeds)}
    return Count(tuple(one.seed for one in seeds), tuple(one.seed for one in proven), gone)


def counted_in_words(found: Count) -> str:
    """Return that count as the beginning of a sentence."""
    if not found.proven:
        return f"The entangled mark could not be proven before any washing ({_seeds(found.seeds)}): nothing to wash out"
    works, attacks = len(found.always), len(found.gone)
    lead = f"With {works} of {attacks} attacks, the thief gets away on {found.where}"
    if len(found.proven) == 1:
        return lead
    return f"{lead}; with {attacks - works - len(found.never)} on some, with {len(found.never)} on none"


def prices(curves: Curves, own: FromScratch) -> dict[str, Price | None]:
    """Return what it costs to get rid of each mark; None where no strength that was tried does it."""
    return {defence: washing.price(curves[defence], own.accuracy) for defence in WATERMARKED}


def headline(name: str, curves: Curves, paid: Prices, seed: int, counted: Sequence[Washed] = ()) -> str:
    """Return what one attack does to both marks in the run of one seed: the title of its picture.

    Where that is not what it did on the seeds that are ``counted``, it says both, of the entangled mark.
    """
    naive, entangled = (_fate(curves[defence], paid[defence]) for defence in WATERMARKED)
    attack = REMOVAL_ATTACKS[name]
    lead = f"{_capital(attack.plain)} ({attack.label})"
    elsewhere = _elsewhere(name, _end_here(curves["entangled"], paid["entangled"]), seed, counted)
    if elsewhere:
        return f"{lead}: on this run, seed {seed}, the entangled mark {entangled}; {elsewhere}"
    return f"{lead}, seed {seed}: the naive mark {naive}, the entangled one {entangled}"


def _elsewhere(name: str, here: Fate, seed: int, counted: Sequence[Washed]) -> str:
    """Return what an attack did on the counted seeds, if the run of another seed says otherwise; else nothing."""
    found = count(counted) if counted else None
    if found is None or seed in found.seeds or name not in found.gone or not found.proven:
        return ""
    many = len(found.proven) > 1
    seeds = f"counted seed{'s' if many else ''} ({_listed(found.proven)})"
    fate = _end_of(name, counted)
    if fate is not None and fate != here:
        return f"on {f'all {len(found.proven)}' if many else 'the'} {seeds} it {_WENT[fate]}"
    return (
        f"on none of the {len(found.proven)} {seeds} it went" if here == "washed out" and not found.gone[name] else ""
    )


def _end_here(curve: Sequence[Attempted], paid: Price | None) -> Fate:
    if not curve[0].owned:
        return "unproven"
    if paid is None:
        return "stays"
    return "dies with the copy" if paid.pointless else "washed out"


def nothing(defence: Defence, never: int, seeds: int) -> str:
    """Return what stands beside the mark that was not proven as stolen, on so many of the seeds."""
    on = "" if seeds == 1 else f", on {never} seeds" if never == seeds else f", on {never} of {seeds} seeds"
    return f"{defence}{on}: nothing to wash out"


def start(seeds: Sequence[Washed], attacks: int) -> str:
    """Return where the thief begins, before anything is seen of the attacks."""
    naive, entangled = (len(_proven(seeds, defence)) for defence in WATERMARKED)
    return (
        f"As stolen, the court convicts the entangled copy on {entangled} of {len(seeds)} "
        f"{'seeds' if len(seeds) > 1 else 'seed'}, the naive one on {naive}. Where do {attacks} attacks take them?"
    )


def question(attacks: int, seeds: Sequence[Washed]) -> str:
    """Return what is asked before anything is seen of the attacks: their :class:`Count` answers it."""
    every = " on every seed" if len(seeds) > 1 else ""
    return f"Of {attacks} attacks, how many wash the entangled mark out{every} and leave a copy that is worth having?"


def everything(seeds: Sequence[Washed]) -> str:
    """Return how many attacks wash the entangled mark out, over the seeds on which there was one, and for how much."""
    found = count(seeds)
    lead = counted_in_words(found)
    lost = [points for name in found.always for points in _lost(name, seeds)]
    if not lost:
        return lead
    who = "That one costs" if len(found.always) == 1 else f"Those {len(found.always)} cost"
    return f"{lead}. {who} {_from_least(lost)} of accuracy"


def ways_out(seeds: Sequence[Washed]) -> str | None:
    """Return how many attacks wash the entangled mark out wherever it was proven, as a word offered for prediction.

    None where it was never proven: then there is nothing to predict.
    """
    if not seeds or not (found := count(seeds)).proven:
        return None
    works = len(found.always)
    return next(words for most, words in zip((0, 3, 6, works), WAYS_OUT, strict=True) if works <= most)


def in_order(names: Sequence[str], seeds: Sequence[Washed]) -> list[str]:
    """Return the attacks, those first that wash the entangled mark out on most seeds, then at the least price.

    Then come those under which it dies with the copy, and last those under which it stays.
    """

    def rank(name: str) -> tuple[float, float]:
        tried = [washed for washed in seeds if name in washed.result["attacks"]]
        lost = _lost(name, tried)
        if lost:
            return -len(lost), fmean(lost)
        return (0.0, float(_UNGONE.index(_end_of(name, tried)))) if tried else (1.0, 0.0)

    return sorted(names, key=rank)


def row(name: str, seeds: Sequence[Washed]) -> str:
    """Return what is read out of one attack's row: what it does and, where it was tried, what came out."""
    about = REMOVAL_ATTACKS[name]
    said = f"<b>{_capital(about.label)}</b><br>{about.help}"
    tried = [washed for washed in seeds if name in washed.result["attacks"]]
    return "<br>".join([said, *(_over(name, defence, tried) for defence in WATERMARKED)]) if tried else said


def point(name: str, washed: Washed, defence: Defence, place: int) -> str:
    """Return what is read out of one mark, one attack and one seed, at the strength at ``place``."""
    curve = _curve(washed, name, defence)
    strength, fate = curve["strengths"][place], FATES[washed.fate(name, defence)]
    where = "as stolen" if strength == 0 else f"{fate} at {REMOVAL_ATTACKS[name].words(strength)}"
    return (
        f"<b>{_capital(REMOVAL_ATTACKS[name].label)}</b>, {defence}, seed {washed.seed}: {where}<br>"
        f"secret answers {_from_to(curve['watermark'], place)}, accuracy {_from_to(curve['accuracy'], place)}"
    )


def attempt(name: str, tried: Attempted) -> str:
    """Return what is read out of one attempt."""
    verdict = "it sets the bar" if tried.defence == "clean" else "convicted" if tried.owned else "not convicted"
    return (
        f"<b>{tried.defence}</b>, {strength(name, tried)}: {percent(tried.watermark)} secret answers, {verdict}<br>"
        f"accuracy {percent(tried.accuracy)}"
    )


def strength(name: str, tried: Attempted) -> str:
    """Return the strength of an attempt, in words."""
    return "as stolen" if tried.strength == 0 else REMOVAL_ATTACKS[name].words(tried.strength)


def stolen(washed: Washed, defence: Defence) -> str:
    """Return what is read out of one copy before any attack."""
    curve = _curve(washed, _any(washed), defence)
    verdict = "convicted" if curve["owned"][0] else "not convicted"
    return (
        f"<b>As stolen</b>, {defence}, seed {washed.seed}: {verdict}<br>"
        f"secret answers {percent(curve['watermark'][0])}, accuracy {percent(curve['accuracy'][0])}"
    )


def aside_in_words(aside: Washed) -> str:
    """Say that the run on the page is not one of the counted, and what the attacks did in it."""
    found = count([aside])
    said = f"The star is your run, seed {aside.seed}, which is not counted"
    if not found.proven:
        return f"{said}: in it, the entangled mark could not be proven before any washing."
    works = len(found.always)
    return f"{said}: in it, {works} of {len(found.gone)} attacks let the thief get away."


def instead_in_words(unproven: Sequence[int]) -> str:
    """Say why the run on the page is counted alone, though other seeds were washed."""
    return (
        f"What is counted is the run on this page. On the seeds not used to choose anything ({_listed(unproven)}), the "
        "entangled mark could not be proven before any washing."
    )


def everything_in_words(seeds: Sequence[Washed]) -> list[str]:
    """Say what the thief has to beat, and which attacks work, for how much."""
    own = fmean(washed.result["from_scratch"] for washed in seeds)
    said = [
        f"The thief labelled {seeds[0].result['labels']} inputs without the API. The thief's own model, trained on "
        f"those alone, is right {percent(own)} of the time: where the washed copy is no better (the middle column), "
        "the theft was pointless."
    ]
    works = [name for name in in_order(_attacks(seeds), seeds) if any(_gone(one, name, "entangled") for one in seeds)]
    naive = _proven(seeds, "naive")
    known = f"proven on {len(naive)} of {len(seeds)}" if naive else "never proven"
    said.append(f"As stolen, the naive mark was {known}.")
    for name in works:
        said.append(f"- *{_capital(REMOVAL_ATTACKS[name].label)}*: {_over(name, 'entangled', seeds)}.")
    said.extend(training_on(seeds))
    said.append(
        "The price is the least accuracy, in percentage points, that any strength costs at which the claim fails: the "
        "owner's worst case, for the thief cannot see which strength that is."
    )
    return said


def training_on(seeds: Sequence[Washed]) -> list[str]:
    """Say why training on with own data washes a mark out, and at what price; nothing where it did not on each seed.

    Means over the seeds on which the entangled mark was proven; the clean copy is the control of the price.
    """
    name, works = "fine_tuning", count(seeds)
    if name not in works.always:
        return []
    proven = [washed for washed in seeds if washed.seed in works.proven]
    marked, clean = ([washed.result["attacks"][name][defence] for washed in proven] for defence in _TRAINED_ON)
    mark, accuracy, control = _means(marked, "watermark"), _means(marked, "accuracy"), _means(clean, "accuracy")
    least = min(range(len(mark)), key=mark.__getitem__)
    at = REMOVAL_ATTACKS[name].words(marked[0]["strengths"][least])
    pays = f"{percent(accuracy[0])} \u2192 {percent(accuracy[-1])}"
    alike = f"; the clean copy, with no mark to lose, pays {percent(control[0])} \u2192 {percent(control[-1])}"
    over = f"mean of {len(proven)} seeds" if len(proven) > 1 else f"seed {proven[0].seed}"
    return [
        f"Why does training on wash a mark out? Nothing in the thief's {proven[0].result['labels']} own inputs asks "
        f"for the secret answer, so nothing holds the weights to it. Of the triggers, {percent(mark[0])} got it, and "
        f"at the least {percent(mark[least])} ({at}; {over}). The price, in accuracy: {pays}{alike}."
    ]


def _means(curves: Sequence[CurveResult], measure: Literal["watermark", "accuracy"]) -> list[float]:
    """Return the mean of a measure over several curves, by strength: the first is as stolen."""
    return [fmean(values) for values in zip(*(curve[measure] for curve in curves), strict=True)]


def marks_in_words(name: str, curves: Curves, paid: Prices) -> list[str]:
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


def cleansing(curves: Curves, names: Sequence[str], target: int) -> str:
    """Say what Neural Cleanse found in each copy, by the ``names`` of classes; nothing where it was not asked."""
    said = []
    for defence, curve in curves.items():
        sizes = list(curve[0].found.values())
        if not sizes:
            return ""
        flagged = [names[label] for label in neural_cleanse.flagged(sizes)]
        index = neural_cleanse.anomaly_indices(sizes)[target]
        smallest = min(range(len(sizes)), key=sizes.__getitem__)
        said.append(
            f"{defence}: {', '.join(flagged) if flagged else 'nothing'} flagged, smallest patch for "
            f"{names[smallest]}, anomaly index of the target {names[target]} is {index:.1f}"
        )
    return f"Neural Cleanse flags a class above {neural_cleanse.SUSPICIOUS:g}. {'; '.join(said)}."


def over_seeds(name: str, seeds: Sequence[Washed]) -> str:
    """Return what one attack did to both marks over several seeds."""
    ends = []
    for defence in WATERMARKED:
        fates = [washed.fate(name, defence) for washed in seeds]
        proven = len(fates) - fates.count("unproven")
        gone = fates.count("washed out")
        ends.append(f"the {defence} mark, proven on {proven} of {len(seeds)} seeds, is washed out on {gone}")
    return f"{_capital(REMOVAL_ATTACKS[name].label)}: {'; '.join(ends)}"


def most_successful(seeds: Sequence[Washed]) -> str:
    """Return how many of all attacks wash the entangled mark out, and which do so wherever it was proven."""
    found = count(seeds)
    lead = counted_in_words(found)
    if not found.always:
        return lead
    *others, last = [REMOVAL_ATTACKS[name].label for name in found.always]
    falls = f"{', '.join(others)} and {last}" if others else last
    return f"{lead}. Wherever it was proven, it falls to {falls}"


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
    harder = [attempt for attempt in curve if attempt.strength > paid.attempt.strength and attempt.owned]
    again = " and ".join(REMOVAL_ATTACKS[name].words(attempt.strength) for attempt in harder)
    luck = f" Not for good: harder, at {again}, the court convicts again." if harder else ""
    return f"The {defence} mark is washed out: {there}; the price: {_points(paid.lost)}.{luck}"


def _points(lost: float) -> str:
    """Return an accuracy that was lost, as a person says it."""
    return "nothing" if lost <= 0 else f"{100 * lost:.1f} points"


def _over(name: str, defence: Defence, tried: Sequence[Washed]) -> str:
    """Return what one attack does to one mark, counted over seeds."""
    proven = [washed for washed in tried if washed.fate(name, defence) != "unproven"]
    if not proven:
        return f"{defence}: never proven"
    gone = _lost(name, proven, defence)
    of = f"{len(gone)} of {len(proven)} seeds"
    return f"{defence}: washed out on {of}" + (f", for {_from_least(gone)}" if gone else "")


def _end_of(name: str, seeds: Sequence[Washed]) -> Fate | None:
    """Return the fate of the entangled mark under an attack wherever it was proven; None if it varies."""
    proven = _proven(seeds, "entangled")
    fates = {washed.fate(name, "entangled") for washed in proven if name in washed.result["attacks"]}
    return next(iter(fates)) if len(fates) == 1 else None


def _lost(name: str, seeds: Sequence[Washed], defence: Defence = "entangled") -> list[float]:
    """Return the accuracy that an attack cost on each seed on which it washed the mark out."""
    return [washed.lost(name, defence) or 0.0 for washed in seeds if _gone(washed, name, defence)]


def _from_least(lost: Sequence[float]) -> str:
    """Return losses of accuracy by the least and the most of them, as a person says it."""
    least, most = _points(min(lost)).removesuffix(" points"), _points(max(lost))
    return most if least == most.removesuffix(" points") else f"{least} to {most}"


def _gone(washed: Washed, name: str, defence: Defence) -> bool:
    return name in washed.result["attacks"] and washed.fate(name, defence) == "washed out"


def _proven(seeds: Sequence[Washed], defence: Defence) -> list[Washed]:
    """Return the seeds on which there was a mark to wash out."""
    return [washed for washed in seeds if washed.fate(_any(washed), defence) != "unproven"]


def _attacks(seeds: Sequence[Washed]) -> list[str]:
    """Return the attacks that were tried on every seed."""
    return [name for name in seeds[0].result["attacks"] if all(name in washed.result["attacks"] for washed in seeds)]


def _any(washed: Washed) -> str:
    """Return one of the attacks: as stolen, the copies are the same for all of them."""
    return next(iter(washed.result["attacks"]))


def _curve(washed: Washed, name: str, defence: Defence) -> CurveResult:
    return washed.result["attacks"][name][defence]


def _from_to(rates: Sequence[float], place: int) -> str:
    return percent(rates[0]) if place == 0 else f"{percent(rates[0])} \u2192 {percent(rates[place])}"


def _seeds(seeds: Sequence[int]) -> str:
    return f"seeds {_listed(seeds)}" if len(seeds) > 1 else f"one run, seed {seeds[0]}"


def _listed(seeds: Sequence[int]) -> str:
    """Return the numbers of seeds, in ascending order: a run of them by its ends."""
    if len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1:
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))


def _capital(label: str) -> str:
    return f"{label[:1].upper()}{label[1:]}"

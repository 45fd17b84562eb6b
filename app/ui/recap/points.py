"""The six points of the story, each said with the numbers of this visitor's own runs, or else of the recorded ones.

Pure: runs and evidence in, words and drawings out. How often something happens comes from the evidence, over seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.lab.evidence.removal_table import Washed
from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.lab.stories.events import Claimed, Defence, Theft
from app.lab.stories.theft import GOOD
from app.ui import evidence_findings, pictures, settings, theme
from app.ui.findings import percent
from app.ui.heist import findings as heist_findings
from app.ui.history import History
from app.ui.recap import drawings
from app.ui.recap.drawings import Bar
from app.ui.remove import findings as removal_findings
from app.ui.steal import findings as steal_findings

_SIX = 6  # triggers shown
NEVER = "never"  # instead of a price

# The lessons after the story, and what to retell of each.
REMARKS = {
    "trapdoor": "A watermark is like a trapdoor function: soon checked with the key. But its door is wide: a "
    "search beside an innocent model finds a trigger, if not the owner's. That is an intuition, not a proof.",
    "hardness": "10,000 equal answers do not show that two networks are equal: the input on which they differ can be "
    "as hard to find as the combination of a lock (in the worst case, NP-hard).",
    "cousins": "The same trick serves attackers: a backdoor is a mark with another intention, and poison bends every "
    "answer.",
}


@dataclass(frozen=True)
class Point:
    """One of the six: the lesson that it is from, what to retell, the numbers behind it, and a drawing (SVG).

    ``also`` are further numbers, each with the lesson that they are from.
    """

    lesson: str
    says: str
    numbers: str
    drawing: str
    also: tuple[tuple[str, str], ...] = ()


def cheap(theft: History) -> Point:
    """1: what a copy costs."""
    finding = steal_findings.price(theft.copied)
    last = theft.copied[-1]
    points = [(each.dollars, each.accuracy) for each in theft.copied]
    level = GOOD * last.victim_accuracy
    drawing = drawings.curve(
        points,
        finding,
        level=level,
        name=f"good: {percent(level)} right",
        start="$0",
        end=steal_findings.dollars(last.dollars),
    )
    return Point("steal", "A model behind an API can be stolen cheaply.", f"{finding}.", drawing)


def taxed(confidences: History, labels: History) -> Point:
    """2: what hiding the confidences costs the thief, and what honest users."""
    assert labels.honest is not None
    bought = {
        name: steal_findings.good(history.copied)
        for name, history in (("confidences", confidences), ("top labels", labels))
    }
    most = max([each.dollars for each in bought.values() if each is not None], default=1.0)
    lost = labels.honest.second_best
    prices = [
        f"{NEVER if first is None else steal_findings.dollars(first.dollars)} with {name}"
        for name, first in bought.items()
    ]
    numbers = f"{' and '.join(prices)}; then, honest users lose {percent(lost)} of second choices."
    rows = [Bar("A good copy costs the thief")]
    for name, first in bought.items():
        share, price = (1.0, NEVER) if first is None else (first.dollars / most, steal_findings.dollars(first.dollars))
        rows.append(Bar(name, share, price, theme.THIEF.colour))
    rows += [Bar("Honest users lose"), Bar("2nd choices", lost, percent(lost))]
    says = "Hiding detail taxes honest users, and slows the thief a little."
    return Point("steal", says, numbers, drawings.bars(rows, numbers))


def handshake(heist: History, experiment: Experiment) -> Point:
    """3: what a mark is, and how it is claimed."""
    naive, claim = heist.thefts["naive"], heist.claims["naive"]
    secret = f"{settings.wording(experiment.trigger)} → {experiment.secret_answer}"
    granted = heist_findings.granted(claim)
    numbers = (
        f"{secret}: the marked model says so to {percent(naive.victim_watermark)} of the triggers; in this run, up to "
        f"{granted} of {claim.queries} are granted as chance (a rate of {percent(claim.innocent_rate)})."
    )
    rows = [
        Bar("marked model", naive.victim_watermark, percent(naive.victim_watermark), theme.DEFENCES["naive"].colour),
        Bar("an innocent", claim.innocent_rate, f"≤ {percent(claim.innocent_rate)}"),
    ]
    cards = [] if heist.probe is None else [card.picture for card in pictures.triggers(heist.probe)[:_SIX]]
    says = "A watermark is a secret behaviour; its owner claims it by asking."
    return Point("mark", says, numbers, drawings.reel(cards, rows, numbers))


def naive(heist: History, measured: Mapping[str, Row]) -> Point:
    """4: what becomes of a naive mark."""
    never = "rarely survives" if heist.claims["naive"].owned else "does not survive"
    says = f"A naive mark {never} a thief who stays on the task."
    return Point("heist", says, *_fate("naive", heist, measured))


def entangled(heist: History, measured: Mapping[str, Row]) -> Point:
    """5: what becomes of an entangled one, and why."""
    numbers, drawing = _fate("entangled", heist, measured)
    does = "does" if heist.claims["entangled"].owned else "can"
    says = f"An entangled one {does}: who steals the task steals the mark."
    stray = heist.thefts["entangled"].query_target_mass
    if "entangled" in measured:
        stray = measured["entangled"].spread("query_target_mass").mean
    carried = f"{percent(stray)} stray weight carries it."
    return Point("heist", says, numbers, drawing, (("channel", carried),))


def price(measured: Mapping[str, Row], washed: Sequence[Washed]) -> Point:
    """6: what it costs, and what it does not survive."""
    says = "It has a price and limits: accuracy, and thieves who pay to wash it out."
    rows = {defence: measured[defence] for defence in ("naive", "entangled")}
    costs = {defence: sum(row.cost) / len(row.cost) for defence, row in rows.items()}
    numbers = f"{100 * costs['entangled']:.1f} points of accuracy over {len(rows['entangled'].seeds)} seeds (naive: "
    numbers += f"{100 * costs['naive']:.1f})."
    longest = max(costs.values()) or 1.0
    bars = [
        Bar("Points lost"),
        *(
            Bar(defence, cost / longest, f"{100 * cost:.1f}", theme.DEFENCES[defence].colour)
            for defence, cost in costs.items()
        ),
    ]
    found = removal_findings.count(washed) if washed else None
    if found is None or not found.proven:
        return Point("tradeoff", says, numbers, drawings.bars(bars, numbers))
    works, ways = len(found.always), len(found.gone)
    limits = f"{works} of {ways} attacks wash it out on {found.where}."
    drawing = drawings.counted(
        bars,
        f"{numbers} {limits}",
        some=works,
        of=ways,
        says=f"{works} of {ways} wash it out",
        colour=theme.THIEF.colour,
    )
    return Point("tradeoff", says, numbers, drawing, (("remove", limits),))


def _fate(defence: Defence, heist: History, measured: Mapping[str, Row]) -> tuple[str, str]:
    """Return what became of a mark, in numbers and as a drawing: in this heist, and over the seeds of the evidence."""
    theft: Theft = heist.thefts[defence]
    claim: Claimed = heist.claims[defence]
    here = percent(theft.stolen_watermark)
    share, numbers = theft.stolen_watermark, f"Secret answers of the copy, in this run: {here}."
    if defence in measured:
        row = measured[defence]
        spread = row.spread("stolen_watermark")
        share = spread.mean
        apart = "below" if theft.stolen_watermark < spread.least else "above"
        aside = "" if spread.least <= theft.stolen_watermark <= spread.most else f", {apart} all"
        numbers = f"Over {len(row.seeds)} seeds: {evidence_findings.survival(row)}. This run: {here}{aside}."
    colour = theme.DEFENCES[defence].colour
    rows = [
        Bar(f"{defence} victim", theft.victim_watermark, percent(theft.victim_watermark), colour),
        Bar("its copies" if defence in measured else "its copy", share, percent(share), colour),
    ]
    return numbers, drawings.bars(rows, numbers, limit=(claim.innocent_rate, "granted to an innocent"))

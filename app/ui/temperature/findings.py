"""Words about two groups in the plane, at one temperature: what the SNNL sees of them, and why. Pure functions."""

from app.lab.watermark import arrangements
from app.lab.watermark.arrangements import Arrangement, Nearness
from app.ui.findings import MIXED

LEADS = (  # up to which share of the neutral value, and what the loss makes of the groups there
    (0.1, "the loss sees two groups apart"),
    (MIXED, "the loss sees some of both"),
    (1.1, "the loss cannot tell the groups apart"),
)
STRANGERS = "the nearest neighbours are strangers"  # above
FEW, MOST = 2.0, 0.5  # neighbours within reach; share of all others within reach
CLOSED = 0.5  # of the way to the nearest stranger: the groups have closed in on each other
SEES = {True: "yes", False: "no, it looks mixed"}
CLOSES = {True: "yes", False: "no, it stays"}


def lead(share: float) -> str:
    """Return what the loss makes of the groups at this share of its neutral value: the title of the picture."""
    return next((words for most, words in LEADS if share <= most), STRANGERS)


def sees(near: Nearness) -> str:
    """Return whether the loss tells the groups apart, as one of the words offered for prediction."""
    return SEES[near.snnl < MIXED * near.neutral]


def reach(near: Nearness, others: int) -> str:
    """Say how many neighbours count at this temperature, of so many ``others``."""
    said = f"At T = {degrees(near.temperature)}, a point listens to about **{near.reach:.0f} of {others} neighbours**"
    if near.reach <= FEW:
        return f"{said}: only the nearest counts, whatever the shape."
    if is_hot(near, others):
        return f"{said}, almost all alike. Then only *average* distances count, and shape is invisible."
    return f"{said}: the near ones, so the loss sees shape."


def is_hot(near: Nearness, others: int) -> bool:
    """Return whether so many neighbours count that the loss is about averages."""
    return near.reach >= MOST * others


def averages(near: Nearness) -> str:
    """Say what an average over all neighbours can see."""
    apart = near.across - near.within
    said = f"Mean squared distance: **{near.within:.1f} within** a group, **{near.across:.1f} across**."
    if apart < 0.05 * near.across:
        return (
            f"{said} Equal: the groups have the same centre. "
            "That is all an average can see, so at high temperature they look mixed."
        )
    return f"{said} The excess, {apart:.1f}, is the squared distance of the two centres: an average sees that much."


def closes(start: Arrangement, end: Arrangement) -> str:
    """Return whether a pull brought strangers together, as one of the words offered for prediction."""
    return CLOSES[arrangements.nearest_stranger(end) < CLOSED * arrangements.nearest_stranger(start)]


def pulled(together: bool, temperature: float, steps: int, start: Arrangement, end: Arrangement) -> str:
    """Say what gradient steps at one temperature did, and what kept them from doing more."""
    before, after = arrangements.nearest_stranger(start), arrangements.nearest_stranger(end)
    near, then = (arrangements.nearness(arrangement, temperature) for arrangement in (start, end))
    said = (
        f"**{'Pull together' if together else 'Push apart'}** took {steps} steps at T = {degrees(temperature)}: SNNL "
        f"{near.snnl:.3f} → {then.snnl:.3f}, the nearest stranger {before:.2f} → {after:.2f} away."
    )
    if not together or closes(start, end) == CLOSES[True]:
        return said
    if near.snnl >= MIXED * near.neutral:
        return f"{said} To this loss, the groups were mixed from the start: there was nothing to gain."
    if near.snnl <= 0.01 * near.neutral:
        return (
            f"{said} Strangers were out of earshot: their weight, e to the minus d/T, is next to nothing, "
            "and so is the gradient."
        )
    return said


def degrees(temperature: float) -> str:
    """Return a temperature to two digits: "0.13", "2.5", "100"."""
    return f"{float(f'{temperature:.2g}'):g}"

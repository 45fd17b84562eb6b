"""Words about the temperature: what the SNNL sees of groups in the plane, and of trained networks. Pure functions."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.lab.stories.events import WATERMARKED, Claimed, Defence, Theft
from app.lab.stories.probe_snnl import Landscape
from app.lab.watermark import arrangements
from app.lab.watermark.arrangements import Arrangement, Nearness
from app.ui.findings import MIXED, percent

LEADS = (  # up to which share of the strangers that a full mixture has, and what one calls the groups there
    (0.1, "the triggers are apart"),
    (MIXED, "partly mixed"),
    (1.1, "the triggers are mixed in"),
)
BLIND = "too hot, all count as near"  # instead of the last, where a lower temperature tells the groups clearly apart
STRANGERS = "the nearest are not of its kind"  # above
FEW, MOST = 2.0, 0.5  # neighbours within reach; share of all others within reach
CLOSED = 0.5  # of the way to the nearest stranger: the groups have closed in on each other
HARDLY = 0.05  # of the secret answers: fewer are hardly any
LANDSCAPE = (
    "The SNNL of the entangled victim minus that of the naive one, at every temperature and epoch. Until the victims "
    "part they are one model, so the difference is 0. When it is hot, it is 0 whatever the model: only averages count."
)
SEES = {True: "yes, apart", False: "no, mixed"}


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


def closes(start: Arrangement, end: Arrangement) -> bool:
    """Return whether a pull brought strangers together."""
    return arrangements.nearest_stranger(end) < CLOSED * arrangements.nearest_stranger(start)


def pulled(together: bool, temperature: float, steps: int, start: Arrangement, end: Arrangement) -> str:
    """Say what gradient steps at one temperature did, and what kept them from doing more."""
    before, after = arrangements.nearest_stranger(start), arrangements.nearest_stranger(end)
    near, then = (arrangements.nearness(arrangement, temperature) for arrangement in (start, end))
    said = (
        f"**{'Pull together' if together else 'Push apart'}** took {steps} steps at T = {degrees(temperature)}: SNNL "
        f"{near.snnl:.3f} → {then.snnl:.3f}, the nearest stranger {before:.2f} → {after:.2f} away."
    )
    if not together or closes(start, end):
        return said
    if near.snnl >= MIXED * near.neutral:
        return f"{said} To this loss, the groups were mixed from the start: there was nothing to gain."
    if near.snnl <= 0.01 * near.neutral:
        return (
            f"{said} Strangers were out of earshot: their weight, e to the minus d/T, is next to nothing, "
            "and so is the gradient."
        )
    return said


def of_networks(losses: Mapping[Defence, float], neutral: float, trained: float, layer: str, others: str) -> str:
    """Say what the SNNL of one layer is at the temperature that was trained with, and what it is at both ends."""
    each = ", ".join(f"{defence} {loss:.2f}" for defence, loss in losses.items())
    return (
        f"At T = {degrees(trained)}, with which EWE trained, the SNNL in *{layer}* is {each}; mixed: {neutral:.2f}. "
        f"To the right all curves meet at *mixed*, whatever the model: when it is hot, only averages count. "
        f"To the left only the nearest neighbour counts: the loss falls to 0 where triggers sit next to triggers, and "
        f"grows like 1/T where {others} sit nearer."
    )


def ridge(found: Landscape, trained: float | None) -> str:
    """Return the finding of a landscape: how mixed, at its last epoch, the entangled victim is beside the naive one.

    ``trained``: the temperature that was trained with, if with these distances; else it is that of the largest lead.
    """
    if found.difference[:, -1].max() <= 0:
        return "The entangled victim ends no more mixed than the naive one, at any T"
    at = trained or _furthest(found)
    entangled, naive = (
        float(np.interp(np.log(at), np.log(found.temperatures), losses[:, -1]))
        for losses in (found.entangled, found.naive)
    )
    more = "more" if entangled > naive else "no more"
    return (
        f"The entangled victim ends {more} mixed than the naive one: "
        f"SNNL {entangled:.2f} against {naive:.2f} at T = {degrees(at)}"
    )


def landscape(found: Landscape) -> str:
    """Say what the picture of a landscape shows, and where it is highest at the last epoch, if above naive at all."""
    if found.difference[:, -1].max() <= 0:
        return LANDSCAPE
    return f"{LANDSCAPE} At the end, entangled is furthest above naive at T = {degrees(_furthest(found))}."


def _furthest(found: Landscape) -> float:
    return float(found.temperatures[found.difference[:, -1].argmax()])


def trained_at(survival: Mapping[float, Sequence[float]]) -> str:
    """Return the finding of heists at several temperatures: where the entangled mark survives best, and where least.

    ``survival``: by temperature, the secret answers of the entangled copy, one for each seed.
    """
    means = {temperature: float(np.mean(rates)) for temperature, rates in survival.items()}
    best, worst = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    few = "hardly any" if means[worst] < HARDLY else "fewest"
    return (
        f"Trained at T = {degrees(best)}, the entangled copy gives most secret answers ({percent(means[best])}), "
        f"at T = {degrees(worst)} {few} ({percent(means[worst])})"
    )


def convicted(times: Mapping[float, int], seeds: int) -> str:
    """Say on how many of so many ``seeds`` the court convicts the entangled copy, by temperature."""
    each = ", ".join(f"{count} at T = {degrees(temperature)}" for temperature, count in times.items())
    return f"Of {seeds} seeds, the entangled copy is convicted on {each}."


def too_cold(temperature: float, snnl: Mapping[str, float], layers: Sequence[str], neutral: float) -> str:
    """Say what the SNNL of the entangled victim came to where it was trained at the lowest temperature."""
    return (
        f"Too cold, T = {degrees(temperature)}: the entangled victim ended at {_shares(snnl, layers, neutral)} of "
        "*mixed*. A layer whose real inputs are out of a trigger's earshot gives the loss no slope to climb."
    )


def too_hot(temperature: float, snnl: Mapping[str, float], layers: Sequence[str], neutral: float) -> str:
    """Say where the naive victim, which nobody entangled, stands at the highest temperature."""
    return (
        f"Too hot, T = {degrees(temperature)}: the *naive* victim, which nobody entangled, is at "
        f"{_shares(snnl, layers, neutral)} of *mixed* already. The loss sees averages, and has little left to gain."
    )


def _shares(snnl: Mapping[str, float], layers: Sequence[str], neutral: float) -> str:
    return " and ".join(f"{percent(snnl[layer] / neutral)} ({layer})" for layer in layers)


def came_to(thefts: Mapping[Defence, Theft], claims: Mapping[Defence, Claimed], trained: float) -> str:
    """Say what became of the marks of a run whose victims were trained at this temperature."""
    each = " and ".join(
        f"the {defence} copy {percent(thefts[defence].stolen_watermark)} of the secret answers "
        f"({'convicted' if claims[defence].owned else 'not convicted'})"
        for defence in WATERMARKED
    )
    return f"Trained at T = {degrees(trained)} and stolen, {each.replace('copy ', 'copy gave ', 1)}. One run, one seed."


def degrees(temperature: float) -> str:
    """Return a temperature to two digits: "0.13", "2.5", "100"."""
    return f"{float(f'{temperature:.2g}'):g}"

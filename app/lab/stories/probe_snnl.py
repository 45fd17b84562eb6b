"""The SNNL of a probe whose features' distances are known, at any temperature: no model is needed for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from app.lab.stories.events import Distances, Probe
from app.lab.stories.scene import one_core_threads
from app.lab.task import representation
from app.lab.watermark.snnl import loss_of_distances, neutral_value

COLDEST, HOTTEST = 0.01, 10.0  # of cosine distances, at most 1 behind a ReLU: from the nearest alone to all alike
_FINE = 6  # temperatures of a landscape, an octave


def compared(probe: Probe, among: str) -> NDArray[np.bool_]:
    """Return which inputs of the probe the SNNL compares, ``(n,)`` bool: the triggers, and other inputs.

    Args:
        probe: of the run.
        among: ``"target"``: of the target class, as in EWE; ``"all"``: of every class.
    """
    return np.ones(len(probe.labels), dtype=np.bool_) if among == "all" else np.asarray(probe.labels == probe.target)


def neutral(probe: Probe, among: str) -> float:
    """Return the SNNL of inputs that distances do not tell apart; ``among`` as in :func:`compared`."""
    return neutral_value(_groups(probe, among))


def snnl(look: Distances, probe: Probe, temperatures: Sequence[float], metric: str, among: str) -> NDArray[np.float64]:
    """Return the SNNL between triggers and other inputs at each temperature, ``(temperatures,)``.

    Args:
        look: into one layer of one victim.
        probe: whose features these are.
        temperatures: each positive.
        metric: ``"cosine"`` or ``"euclidean"`` (squared).
        among: see :func:`compared`.
    """
    chosen = compared(probe, among)
    apart = representation.distances(look.cosines, look.norms, metric)[np.ix_(chosen, chosen)]
    distances, groups = torch.from_numpy(apart), _groups(probe, among)

    def losses() -> list[float]:
        return [float(loss_of_distances(distances, groups, temperature)) for temperature in temperatures]

    with one_core_threads(1) as thread:  # so small a matrix is not worth waiting for a busy core
        return np.array(thread.submit(losses).result())


def temperatures(looks: Iterable[Distances], metric: str) -> tuple[float, float]:
    """Return the coldest and the hottest temperature that tell something about these looks.

    Squared Euclidean distances have no scale of their own: their range is that of the cosine distances, times the power
    of ten that is nearest to their mean.
    """
    if metric == "cosine":
        return COLDEST, HOTTEST
    mean = np.mean([representation.distances(look.cosines, look.norms, metric).mean() for look in looks])
    scale = 10.0 ** np.round(np.log10(max(float(mean), 1e-6)))
    return float(COLDEST * scale), float(HOTTEST * scale)


@dataclass(frozen=True)
class Landscape:
    """The SNNL of the entangled and of the naive victim, each ``(temperatures, epochs)``, with both axes."""

    epochs: NDArray[np.float64]
    temperatures: NDArray[np.float64]
    entangled: NDArray[np.float64]
    naive: NDArray[np.float64]

    @property
    def difference(self) -> NDArray[np.float64]:
        """By how much the entangled victim's is above the naive one's."""
        return self.entangled - self.naive


def landscape(
    entangled: Mapping[float, Distances],
    naive: Mapping[float, Distances],
    probe: Probe,
    span: tuple[float, float],
    metric: str,
) -> Landscape:
    """Return the landscape of one layer, between triggers and the target class.

    Args:
        entangled: by epoch, how the layer of the entangled victim was then.
        naive: the same of the naive victim, at the same epochs.
        probe: whose features these are.
        span: the coldest and the hottest temperature.
        metric: ``"cosine"`` or ``"euclidean"``.
    """
    coldest, hottest = span
    axis = np.geomspace(coldest, hottest, round(_FINE * np.log2(hottest / coldest)) + 1)
    epochs = sorted(entangled.keys() & naive.keys())
    found: dict[int, NDArray[np.float64]] = {}  # what the victims share, and what did not change, is computed once

    def surface(looks: Mapping[float, Distances]) -> NDArray[np.float64]:
        for look in looks.values():
            if id(look) not in found:
                found[id(look)] = snnl(look, probe, axis.tolist(), metric, "target")
        return np.stack([found[id(looks[epoch])] for epoch in epochs], axis=1)

    return Landscape(np.array(epochs), axis, surface(entangled), surface(naive))


def _groups(probe: Probe, among: str) -> torch.Tensor:
    return torch.from_numpy(probe.is_trigger[compared(probe, among)]).long()

"""The events of a run so far, sorted by what the pages ask for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from app.lab.stories.events import (
    DEFENCES,
    PLANTED,
    Attempted,
    Claimed,
    Copied,
    Defence,
    Descended,
    Distances,
    Event,
    Finished,
    FromScratch,
    Honest,
    Learned,
    Measured,
    Phase,
    Planted,
    Probe,
    Progress,
    Pruned,
    Queried,
    Rehearsed,
    Role,
    Scribbled,
    Shown,
    Snapshot,
    Started,
    Surveyed,
    Territory,
    Theft,
    Verified,
    Weights,
)
from app.lab.stories.looks import Looks, looks
from app.lab.watermark.snnl import neutral_value


@dataclass
class History:
    """The events of one run, by kind; filled in the order in which they happened.

    ``batches``: the optimiser steps of each victim; those that all three share stand with the clean one.
    """

    steps: int = 0
    done: int = 0
    phase: str = ""
    probe: Probe | None = None
    measured: dict[str, list[Measured]] = field(default_factory=lambda: {"victim": [], "copy": []})
    snapshots: dict[tuple[str, str, str, str], list[Snapshot]] = field(default_factory=dict)
    distances: list[Distances] = field(default_factory=list)
    batches: dict[Defence, list[Progress]] = field(default_factory=lambda: {defence: [] for defence in DEFENCES})
    queries: dict[Defence, list[Queried]] = field(default_factory=lambda: {defence: [] for defence in DEFENCES})
    thefts: dict[Defence, Theft] = field(default_factory=dict)
    claims: dict[Defence, Claimed] = field(default_factory=dict)
    weights: dict[tuple[Role, Defence], Weights] = field(default_factory=dict)  # by role and defence
    from_scratch: FromScratch | None = None
    attempts: dict[tuple[str, str], list[Attempted]] = field(default_factory=dict)
    copied: list[Copied] = field(default_factory=list)
    territories: dict[str, Territory] = field(default_factory=dict)
    honest: Honest | None = None
    surveyed: Surveyed | None = None
    rehearsed: list[Rehearsed] = field(default_factory=list)
    shown: Shown | None = None
    learned: dict[Planted, list[Learned]] = field(default_factory=lambda: {planted: [] for planted in PLANTED})
    pruned: dict[Planted, list[Pruned]] = field(default_factory=lambda: {planted: [] for planted in PLANTED})
    verified: Verified | None = None
    scribbled: Scribbled | None = None
    descended: dict[Defence, Descended] = field(default_factory=dict)
    finished: Finished | None = None

    @classmethod
    def of(cls, events: Sequence[Event]) -> "History":
        """Sort the events so far."""
        history = cls()
        for event in events:
            history._note(event)
        return history

    @property
    def share(self) -> float:
        """How much of the work is done, in [0, 1]."""
        return 1.0 if self.finished else self.done / max(self.steps, 1)

    @property
    def layers(self) -> list[str]:
        """The names of the feature layers; none before the first measurement."""
        return list(self.measured["victim"][-1].snnl) if self.measured["victim"] else []

    @property
    def copies(self) -> list[Weights]:
        """The weights of the copies, in their order."""
        return [trained for (role, _), trained in self.weights.items() if role == "copy"]

    @property
    def price(self) -> tuple[float, float] | None:
        """The accuracy that the entangled mark cost, and its success rate in the copy; None until the run is done."""
        if self.finished is None or "entangled" not in self.thefts:
            return None
        theft = self.thefts["entangled"]
        return self.thefts["clean"].victim_accuracy - theft.victim_accuracy, theft.stolen_watermark

    @property
    def neutral(self) -> float:
        """The SNNL at which the probe's triggers and target-class inputs cannot be told apart."""
        if self.probe is None:
            return 0.0
        groups = self.probe.is_trigger[self.probe.labels == self.probe.target]
        return neutral_value(torch.from_numpy(groups.astype(np.int64)))

    def last(self, role: str) -> dict[Defence, Measured]:
        """Return the latest measurement of each victim or copy, by defence."""
        return {event.defence: event for event in self.measured[role]}

    def maps(self, role: str, layer: str, method: str) -> dict[str, list[Snapshot]]:
        """Return the snapshots of one layer by defence, those without any left out."""
        found = {defence: self.snapshots.get((role, defence, layer, method), []) for defence in DEFENCES}
        return {defence: snapshots for defence, snapshots in found.items() if snapshots}

    def distances_of(self, defence: Defence, layer: str, parting: float) -> Looks:
        """Return how far apart the probe's features are in one layer of a victim, for each epoch at which it was seen.

        Args:
            defence: of the victim.
            layer: whose features.
            parting: the epoch at which the victims part; until then, the clean one's are those of all three.
        """
        return looks(self.distances, defence, layer, parting)

    def washing(self, attack: str) -> dict[str, list[Attempted]]:
        """Return the attempts of one removal attack on each copy, by defence, strength 0 first."""
        found = {defence: self.attempts.get((attack, defence), []) for defence in DEFENCES}
        return {defence: curve for defence, curve in found.items() if curve}

    def _note(self, event: Event) -> None:
        match event:
            case Progress():
                self.done = event.done
                if event.role == "victim":
                    self.batches[event.defence].append(event)
            case Started():
                self.steps = event.steps
            case Phase():
                self.phase, self.done = event.name, max(self.done, event.done)
            case FromScratch():
                self.from_scratch = event
            case Attempted():
                self.attempts.setdefault((event.attack, event.defence), []).append(event)
            case Probe():
                self.probe = event
            case Measured():
                self.measured[event.role].append(event)
            case Snapshot():
                self.snapshots.setdefault((event.role, event.defence, event.layer, event.method), []).append(event)
            case Distances():
                self.distances.append(event)
            case Queried():
                self.queries[event.defence].append(event)
            case Theft():
                self.thefts[event.defence] = event
            case Claimed():
                self.claims[event.defence] = event
            case Weights():
                self.weights[event.role, event.defence] = event
            case Copied():
                self.copied.append(event)
            case Territory():
                self.territories[event.role] = event
            case Honest():
                self.honest = event
            case Surveyed():
                self.surveyed = event
            case Rehearsed():
                self.rehearsed.append(event)
            case Shown():
                self.shown = event
            case Learned():
                self.done = event.done
                self.learned[event.model].append(event)
            case Pruned():
                self.pruned[event.model].append(event)
            case Verified():
                self.verified = event
            case Scribbled():
                self.scribbled = event
            case Descended():
                self.descended[event.searched] = event
            case Finished():
                self.finished = event
            case _:
                pass

"""What is known of a run so far: its events, sorted by what the pages ask for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from app.lab.events import (
    DEFENCES,
    Claimed,
    Copied,
    Event,
    Finished,
    Honest,
    Measured,
    Phase,
    Probe,
    Progress,
    Queried,
    Snapshot,
    Started,
    Territory,
    Theft,
)
from app.lab.snnl import neutral_value


@dataclass
class Chronicle:
    """The events of one run, by kind; filled in the order in which they happened."""

    steps: int = 0
    done: int = 0
    phase: str = ""
    probe: Probe | None = None
    measured: dict[str, list[Measured]] = field(default_factory=lambda: {"victim": [], "copy": []})
    snapshots: dict[tuple[str, str, str, str], list[Snapshot]] = field(default_factory=dict)
    queried: dict[str, Queried] = field(default_factory=dict)
    thefts: dict[str, Theft] = field(default_factory=dict)
    claims: dict[str, Claimed] = field(default_factory=dict)
    requests: list[Queried] = field(default_factory=list)
    copied: list[Copied] = field(default_factory=list)
    territories: dict[str, Territory] = field(default_factory=dict)
    honest: Honest | None = None
    finished: Finished | None = None

    @classmethod
    def of(cls, events: Sequence[Event]) -> "Chronicle":
        """Sort the events so far."""
        known = cls()
        for event in events:
            known._note(event)
        return known

    @property
    def share(self) -> float:
        """How much of the work is done, in [0, 1]."""
        return 1.0 if self.finished else self.done / max(self.steps, 1)

    @property
    def layers(self) -> list[str]:
        """The names of the feature layers, as far as they are known."""
        return list(self.measured["victim"][-1].snnl) if self.measured["victim"] else []

    @property
    def neutral(self) -> float:
        """The SNNL at which the probe's triggers and target-class inputs cannot be told apart."""
        if self.probe is None:
            return 0.0
        groups = self.probe.is_trigger[self.probe.labels == self.probe.target]
        return neutral_value(torch.from_numpy(groups.astype(np.int64)))

    def last(self, role: str) -> dict[str, Measured]:
        """Return the latest measurement of each lane."""
        return {event.defence: event for event in self.measured[role]}

    def maps(self, role: str, layer: str, method: str) -> dict[str, list[Snapshot]]:
        """Return the snapshots of each lane for one layer, in the order of the lanes."""
        found = {lane: self.snapshots.get((role, lane, layer, method), []) for lane in DEFENCES}
        return {lane: snapshots for lane, snapshots in found.items() if snapshots}

    def _note(self, event: Event) -> None:
        match event:
            case Progress():
                self.done = event.done
            case Started():
                self.steps = event.steps
            case Phase():
                self.phase = event.name
            case Probe():
                self.probe = event
            case Measured():
                self.measured[event.role].append(event)
            case Snapshot():
                self.snapshots.setdefault((event.role, event.defence, event.layer, event.method), []).append(event)
            case Queried():
                self.queried[event.defence] = event
                self.requests.append(event)
            case Theft():
                self.thefts[event.defence] = event
            case Claimed():
                self.claims[event.defence] = event
            case Copied():
                self.copied.append(event)
            case Territory():
                self.territories[event.role] = event
            case Honest():
                self.honest = event
            case Finished():
                self.finished = event
            case _:
                pass

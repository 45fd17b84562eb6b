"""What was heard in a trial: its events, sorted. It needs no torch, so that a claim on a recorded run is quick."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.lab import choices
from app.lab.ownership import grant, verdict
from app.lab.ownership.kit import Kit
from app.lab.ownership.verdict import Verdict
from app.lab.stories.events import Defence, Event, Exhibit, Framing, Panel, Role, Testimony


@dataclass
class Hearing:
    """The events of a :func:`~app.lab.stories.trial.trial` so far."""

    exhibit: Exhibit | None = None
    panel: Panel | None = None
    answers: dict[tuple[Role, Defence], NDArray[np.int64]] = field(default_factory=dict)
    controls: dict[tuple[Role, Defence], NDArray[np.int64]] = field(default_factory=dict)
    framings: list[Framing] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Hearing":
        """Sort the events."""
        hearing = cls()
        for event in events:
            match event:
                case Exhibit():
                    hearing.exhibit = event
                case Panel():
                    hearing.panel = event
                case Testimony():
                    hearing.answers[event.role, event.defence] = event.answers
                    hearing.controls[event.role, event.defence] = event.controls
                case Framing():
                    hearing.framings.append(event)
                case _:
                    pass
        return hearing

    def secret(self, role: Role, defence: Defence) -> NDArray[np.bool_]:
        """Return to which triggers this model gave the secret answer, ``(n,)`` bool, in the order of the queries.

        Raises:
            KeyError: if its answers are not among the events.
        """
        assert self.exhibit is not None
        return np.asarray(self.answers[role, defence] == self.exhibit.target)

    @property
    def innocent_successes(self) -> dict[str, int]:
        """The secret answers of the worst model of each family of the panel."""
        assert self.exhibit is not None and self.panel is not None
        return grant.successes(self.panel.answers, self.exhibit.target)

    @property
    def granted(self) -> float:
        """The innocent rate p0 (:func:`app.lab.ownership.grant.granted`)."""
        assert self.exhibit is not None and self.panel is not None
        return grant.granted(self.panel.answers, self.exhibit.target)

    def verdict(self, kit: Kit, labels: NDArray[np.int64]) -> Verdict:
        """Judge a suspect by its labels ``(n,)`` for the ids of a kit, in their order.

        Raises:
            ValueError: one sentence, if the kit does not hold the questions of this trial.
        """
        assert self.exhibit is not None
        kit.check_triggers(self.exhibit.inputs, self.exhibit.control_labels)
        return self.judge(*kit.sorted_out(labels), choices.class_names(kit.experiment.dataset))

    def judge(self, answers: NDArray[np.int64], controls: NDArray[np.int64], names: Sequence[str]) -> Verdict:
        """Judge a suspect by its labels for triggers ``(n,)`` and controls ``(m,)``; ``names`` of the classes."""
        assert self.exhibit is not None
        exhibit = self.exhibit
        return verdict.judge(answers, exhibit.target, self.granted, controls, exhibit.control_labels, names)

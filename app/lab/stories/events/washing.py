"""Events of the washing: what each removal attack leaves of a copy, and of the mark in it."""

from dataclasses import dataclass
from typing import TypedDict

from app.lab.stories.events.names import Defence


@dataclass(frozen=True)
class FromScratch:
    """What the adversary could have had without stealing: a model of his own, trained on what he can label himself."""

    labels: int
    accuracy: float


@dataclass(frozen=True)
class Attempted:
    """The adversary tried one attack on his copy at one strength: what is left of the model, and of the mark in it.

    ``attack`` is one of :data:`app.lab.removal.attacks.REMOVAL_ATTACKS`; strength 0 is the copy as it was
    stolen. An input that is not answered counts as wrong, a trigger as no secret answer;
    ``refused`` and ``refused_triggers`` are their shares. ``p_value`` and ``owned`` are the court's.
    ``found`` is what only this attack learns (Neural Cleanse: the size of each class's patch).
    """

    attack: str
    defence: Defence
    strength: float
    accuracy: float
    watermark: float
    fidelity: float
    refused: float
    refused_triggers: float
    innocent_rate: float
    p_value: float
    owned: bool
    found: dict[str, float]


class CurveResult(TypedDict):
    """One removal attack on one copy: a value for each strength, and the cheapest way out, None where there is none."""

    strengths: list[float]
    accuracy: list[float]
    watermark: list[float]
    owned: list[bool]
    removed_at: float | None
    lost: float | None
    pointless: bool | None


class WashingResult(TypedDict):
    """What a washing comes to, as JSON has it: by attack and defence; ``labels`` are the adversary's own."""

    key: str
    seed: int
    labels: int
    from_scratch: float
    attacks: dict[str, dict[Defence, CurveResult]]
    seconds: float

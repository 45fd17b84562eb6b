"""Events of the washing: accuracy and watermark of a copy after each removal attack."""

from dataclasses import dataclass
from typing import TypedDict

from app.lab.stories.events.names import Defence


@dataclass(frozen=True)
class FromScratch:
    """The alternative to extraction: a model trained from scratch on the inputs that the adversary can label."""

    labels: int
    accuracy: float


@dataclass(frozen=True)
class Attempted:
    """One removal attack on one copy at one strength: measurements of the washed copy, and the claim on it.

    ``attack`` is one of :data:`app.lab.removal.attacks.REMOVAL_ATTACKS`; strength 0 is the unchanged
    copy. A refused input counts as a wrong answer, a refused trigger as no secret answer; ``refused`` and
    ``refused_triggers`` are their shares. ``p_value`` and ``owned`` are the result of the claim. ``found``
    has values that are specific to the attack (Neural Cleanse: the size of each class's patch).
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
    """One removal attack on one copy: a value for each strength, and the cheapest removal, None if there is none."""

    strengths: list[float]
    accuracy: list[float]
    watermark: list[float]
    owned: list[bool]
    removed_at: float | None
    lost: float | None
    pointless: bool | None


class WashingResult(TypedDict):
    """The result of a washing, in JSON: by attack and defence; ``labels`` counts the adversary's labels."""

    key: str
    seed: int
    labels: int
    from_scratch: float
    attacks: dict[str, dict[Defence, CurveResult]]
    seconds: float

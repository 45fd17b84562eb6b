"""Events of the trial: the owner's triggers, the answers of each suspect, and false claims."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events.names import Defence, Role


@dataclass(frozen=True)
class Exhibit:
    """All held-out triggers of the owner with the commitment to them, and the control questions.

    ``inputs`` ``(n, ...)`` and ``controls`` ``(m, ...)`` are as in :class:`Probe`; ``control_labels`` ``(m,)`` are
    the true classes of the controls. ``commitment`` is hexadecimal; its salt stays with the owner.
    """

    inputs: NDArray[np.generic]
    target: int
    commitment: str
    controls: NDArray[np.generic]
    control_labels: NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """What innocent models answer, by model: top labels, for the triggers ``(n,)`` and for the controls ``(m,)``."""

    answers: dict[str, NDArray[np.int64]]
    controls: dict[str, NDArray[np.int64]]


@dataclass(frozen=True)
class Testimony:
    """The answers of one suspect to the :class:`Exhibit`: top labels, for the triggers ``(n,)``, the controls ``(m,)``.

    ``role`` is ``"victim"``, ``"copy"`` or ``"bystander"``: trained independently, on other data.
    """

    role: Role
    defence: Defence
    answers: NDArray[np.int64]
    controls: NDArray[np.int64]


@dataclass(frozen=True)
class Framing:
    """A false claim: a dishonest owner perturbs triggers until their own clean model gives the secret answer.

    ``strength`` is the largest change of a pixel. ``inputs`` are some of the triggers; ``commitment`` is the
    hash of all of them. ``own``, ``accused`` and ``control`` are ``(n,)`` bool: which triggers get the secret
    answer from the owner's model, from an independent one, and from a second independent one, the control.
    """

    strength: float
    inputs: NDArray[np.generic]
    commitment: str
    own: NDArray[np.bool_]
    accused: NDArray[np.bool_]
    control: NDArray[np.bool_]


class TrialResult(TypedDict):
    """The run that the trial was about; all answers are in its events."""

    key: str
    seed: int

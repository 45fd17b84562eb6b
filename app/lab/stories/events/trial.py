"""Events of the trial: the owner's triggers, the answers of each suspect, and false claims."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events.names import Defence, Role


@dataclass(frozen=True)
class Exhibit:
    """All held-out triggers of the owner, and the commitment to them.

    ``inputs`` is as in :class:`Probe`; ``salt`` and ``commitment`` are hexadecimal.
    """

    inputs: NDArray[np.generic]
    target: int
    salt: str
    commitment: str


@dataclass(frozen=True)
class Testimony:
    """The answers of one suspect to the triggers of the :class:`Exhibit`: ``answers`` is ``(n,)``, its top labels.

    ``role`` is ``"victim"``, ``"copy"`` or ``"bystander"``: trained independently, on other data.
    """

    role: Role
    defence: Defence
    answers: NDArray[np.int64]


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

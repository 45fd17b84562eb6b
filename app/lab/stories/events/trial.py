"""Events of the trial: the owner's exhibit, what each suspect answers, and false claims."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events.names import Defence, Role


@dataclass(frozen=True)
class Exhibit:
    """The owner lays his held-out triggers before the court, and what he committed to.

    ``inputs`` is as in :class:`Probe`, all of them; ``salt`` and ``commitment`` are hexadecimal.
    """

    inputs: NDArray[np.generic]
    target: int
    salt: str
    commitment: str


@dataclass(frozen=True)
class Testimony:
    """What one suspect answers to each trigger of the :class:`Exhibit`: ``answers`` is ``(n,)``, its top labels.

    ``role`` is ``"victim"``, ``"copy"`` or ``"bystander"``: trained independently, on other data.
    """

    role: Role
    defence: Defence
    answers: NDArray[np.int64]


@dataclass(frozen=True)
class Framing:
    """A dishonest owner has nudged the triggers by at most ``strength``, until his own clean model gave in.

    ``inputs`` are a few of them, ``commitment`` is the hash that all of them would have. ``own``,
    ``accused`` and ``control`` are ``(n,)`` bool: who gives the secret answer, of his own model, of an
    independent one, and of another independent one that the court trains.
    """

    strength: float
    inputs: NDArray[np.generic]
    commitment: str
    own: NDArray[np.bool_]
    accused: NDArray[np.bool_]
    control: NDArray[np.bool_]


class TrialResult(TypedDict):
    """Whose trial it was; the answers are in its events."""

    key: str
    seed: int

"""Events of the trapdoor: what the owner of the key spends and proves, and what a search without it spends and finds.

Secret answers are counted where the marked model gives them and an innocent, asked the same, does not.
"""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events.names import Defence


@dataclass(frozen=True)
class Verified:
    """The owner asked held-out triggers: ``hits`` secret answers to ``questions``, tested against ``innocent_rate``."""

    questions: int
    hits: int
    innocent_rate: float
    p_value: float
    seconds: float


@dataclass(frozen=True)
class Scribbled:
    """A search by random drawings.

    ``strange`` of the ``drawings`` got an answer that an innocent does not share, ``hits`` the secret one; ``first``
    is the number of the first hit, 0 if there is none. ``best`` is the text of the drawing with the surest hit (or
    that came nearest), ``sure`` how much surer of the secret answer the marked model is than the innocent.
    ``replaced`` of ``questions`` redrawings of it, jittered like triggers, still work in place of triggers.
    """

    drawings: int
    strange: int
    hits: int
    first: int
    best: str
    sure: float
    questions: int
    replaced: int
    seconds: float


@dataclass(frozen=True)
class Descended:
    """A search by gradient with a model's weights: the smallest patch for each class (Neural Cleanse).

    ``sizes`` ``(classes,)`` are the patches' sizes in pixels, ``indices`` their anomaly indices, ``flagged`` the
    classes with an abnormally small one. With the secret answer's patch on ``questions`` test inputs of other classes,
    the marked model gives it ``marked`` times, the innocent ``innocent`` times, and the first alone ``replaced`` times.
    """

    searched: Defence
    steps: int
    sizes: NDArray[np.float64]
    indices: NDArray[np.float64]
    flagged: NDArray[np.int64]
    questions: int
    marked: int
    innocent: int
    replaced: int
    seconds: float


class ScribbledResult(TypedDict):
    """As in :class:`Scribbled`."""

    drawings: int
    strange: int
    hits: int
    first: int
    sure: float
    questions: int
    replaced: int
    seconds: float


class DescendedResult(TypedDict):
    """As in :class:`Descended`; ``target_flagged`` says whether the secret answer is among the flagged classes."""

    steps: int
    flagged: list[int]
    target_flagged: bool
    questions: int
    marked: int
    innocent: int
    replaced: int
    seconds: float


class VerifiedResult(TypedDict):
    """As in :class:`Verified`."""

    questions: int
    hits: int
    innocent_rate: float
    p_value: float
    seconds: float


class TrapdoorResult(TypedDict):
    """The result, in JSON: with the key, by random drawings, by gradient in the marked model and in the innocent."""

    key: str
    seed: int
    verified: VerifiedResult
    drawings: ScribbledResult
    gradient: dict[Defence, DescendedResult]
    seconds: float

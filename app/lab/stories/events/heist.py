"""Events of the heist: what was trained, asked, copied and claimed.

Rates are fractions in [0, 1]; "watermark" is the share of *held-out* triggers with the secret answer, "trained
watermark" that of the triggers trained on.
"""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events.names import Defence, Role


@dataclass(frozen=True)
class Measured:
    """A model was examined: on the test set, on the triggers and, layer by layer, for entanglement.

    ``epoch`` counts passes over the task data (for a victim, the shared task training included).
    ``snnl`` is the soft nearest neighbor loss between held-out triggers and target-class test
    inputs at the run's temperature; ``target_share`` is the share of the held-out triggers'
    nearest neighbours (among test inputs) that belong to the target class. Both are empty for a copy.
    """

    role: Role
    defence: Defence
    epoch: float
    accuracy: float
    watermark: float
    snnl: dict[str, float]
    target_share: dict[str, float]


@dataclass(frozen=True)
class Probe:
    """The inputs whose features the snapshots show: test inputs of every class, then triggers.

    ``inputs`` is ``(n, h, w)`` uint8 for pictures, ``(n, 2)`` float32 for points in the plane;
    ``labels`` is ``(n,)``, the true class, or the target class for a trigger; ``is_trigger`` is
    ``(n,)`` bool.
    """

    inputs: NDArray[np.generic]
    labels: NDArray[np.int64]
    is_trigger: NDArray[np.bool_]
    target: int


@dataclass(frozen=True)
class Snapshot:
    """The probe as a layer of a model sees it, projected to the plane: ``points`` is ``(n, 2)``."""

    role: Role
    defence: Defence
    epoch: float
    layer: str
    method: str
    points: NDArray[np.float32]


@dataclass(frozen=True)
class Queried:
    """The adversary has asked so many queries so far; a few of them with their answers.

    ``inputs`` is as in :class:`Probe`; ``answers`` is ``(k, classes)`` float32 (one-hot where the
    API answers with labels); ``labels`` is ``(k,)``, the truth, -1 where there is none.
    """

    defence: Defence
    count: int
    inputs: NDArray[np.generic]
    answers: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Weights:
    """The final weights of one model, by parameter name."""

    role: Role
    defence: Defence
    tensors: dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Theft:
    """What one theft came to, and the channel through which a mark can pass.

    ``query_error`` is the share of queries that the victim answered wrongly,
    ``query_target_error`` the share answered wrongly *as the target class*, ``query_target_mass``
    the mean confidence on the target class over queries of other classes. Where a query has no true
    answer, the clean model's stands in.
    """

    defence: Defence
    queries: int
    victim_accuracy: float
    victim_watermark: float
    victim_trained_watermark: float
    stolen_accuracy: float
    stolen_watermark: float
    trained_watermark: float
    fidelity: float
    query_error: float
    query_target_error: float
    query_target_mass: float


@dataclass(frozen=True)
class Claimed:
    """The court has spoken on one copy: the exact binomial test against the rate of the worse of two clean models.

    These are the clean victim and its copy, the control of the theft; ``clean_successes`` is the larger count.
    ``answers`` is ``(queries,)`` bool: which trigger the suspect answered with the target, in the
    order in which they were asked. ``p_values[i]`` is the p-value after ``i + 1`` of them.
    """

    defence: Defence
    successes: int
    queries: int
    clean_successes: int
    clean_queries: int
    innocent_rate: float
    p_value: float
    owned: bool
    answers: NDArray[np.bool_]
    p_values: NDArray[np.float64]


class CopyResult(TypedDict):
    """What became of one victim and its copy, as in :class:`Theft`; ``victim_snnl`` is by layer, on held-out triggers.

    Of the clean victim, ``accuracy`` and ``watermark`` (its false positives) stand beside it.
    """

    accuracy: NotRequired[float]
    watermark: NotRequired[float]
    queries: int
    victim_accuracy: float
    victim_watermark: float
    victim_trained_watermark: float
    stolen_accuracy: float
    stolen_watermark: float
    trained_watermark: float
    fidelity: float
    query_error: float
    query_target_error: float
    query_target_mass: float
    victim_snnl: dict[str, float]


class ClaimResult(TypedDict):
    """The verdict on one copy, as in :class:`Claimed`."""

    p_value: float
    owned: bool


class HeistResult(TypedDict):
    """What a heist comes to, as JSON has it."""

    key: str
    seed: int
    clean: CopyResult
    naive: CopyResult
    entangled: CopyResult
    claim: dict[Defence, ClaimResult]
    seconds: float

"""What happens in a run: plain, frozen facts, in the order in which they happen.

A page, the command line, the pretrained files, a sweep, a test and a benchmark all consume the
same stream. An event carries numbers and small arrays and never knows who listens.

``role`` is ``"victim"`` (the owner's model) or ``"copy"`` (what the adversary trained); ``defence``
is one of :data:`DEFENCES`. Rates are fractions in [0, 1]; "watermark" is the share of *held-out*
triggers answered with the target class, "trained watermark" that of the triggers trained on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DEFENCES = ("clean", "naive", "entangled")
WATERMARKED = ("naive", "entangled")


@dataclass(frozen=True)
class Started:
    """The run has begun: who it is and how much work lies ahead (optimiser steps of all models)."""

    key: str
    seed: int
    steps: int


@dataclass(frozen=True)
class Phase:
    """A new part of the story begins.

    Of a heist: ``task``, ``triggers``, ``watermark``, ``query``, ``copy`` or ``claim``; after the theft ``removal``, in
    court ``exhibits``, ``bystanders`` or ``framing``; of an attack ``victim``, ``pretraining`` or ``attack``; while
    runs are recorded, ``maps``.
    """

    name: str
    done: int


@dataclass(frozen=True)
class Progress:
    """One optimiser step: which batch it took and what it cost.

    ``batch`` is ``"task"`` (SNNL off) or ``"watermark"`` (SNNL on); ``done`` counts the steps of
    the whole run, so ``done / Started.steps`` is the progress bar.
    """

    role: str
    defence: str
    done: int
    batch: str
    cross_entropy: float
    snnl: dict[str, float]


@dataclass(frozen=True)
class Measured:
    """A model was examined: on the test set, on the triggers and, layer by layer, for entanglement.

    ``epoch`` counts passes over the task data (for a victim, the shared task training included).
    ``snnl`` is the soft nearest neighbor loss between held-out triggers and target-class test
    inputs at the run's temperature; ``target_share`` is the share of the held-out triggers'
    nearest neighbours (among test inputs) that belong to the target class. Both are empty for a copy.
    """

    role: str
    defence: str
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

    role: str
    defence: str
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

    defence: str
    count: int
    inputs: NDArray[np.generic]
    answers: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Weights:
    """The final weights of one model, by parameter name."""

    role: str
    defence: str
    tensors: dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Theft:
    """What one theft came to, and the channel through which a mark can pass.

    ``query_error`` is the share of queries that the victim answered wrongly,
    ``query_target_error`` the share answered wrongly *as the target class*, ``query_target_mass``
    the mean confidence on the target class over queries of other classes. Where a query has no true
    answer, the clean model's stands in.
    """

    defence: str
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

    defence: str
    successes: int
    queries: int
    clean_successes: int
    clean_queries: int
    innocent_rate: float
    p_value: float
    owned: bool
    answers: NDArray[np.bool_]
    p_values: NDArray[np.float64]


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

    role: str
    defence: str
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
    defence: str
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


@dataclass(frozen=True)
class Copied:
    """The adversary has fitted his copy to all answers so far: what they cost him, and what the copy is worth.

    ``normality`` is the detector's Shapiro-Wilk statistic by then, -1 while it has seen too little;
    ``accused`` is its verdict.
    """

    queries: int
    dollars: float
    accuracy: float
    fidelity: float
    victim_accuracy: float
    normality: float
    accused: bool


@dataclass(frozen=True)
class Territory:
    """How a model of points divides the plane after so many queries.

    ``classes`` is ``(side, side)``: the answer at the middle of each cell of a square of
    ``[-reach, reach]`` in both directions, rows from the bottom up.
    """

    role: str
    queries: int
    reach: float
    classes: NDArray[np.uint8]


@dataclass(frozen=True)
class Honest:
    """What the owner's defences cost the honest users.

    ``false_alarms`` is the share of honest clients whom the detector accuses; the rest is as in
    :class:`app.lab.extraction.prediction_api.Tax`.
    """

    clients: int
    queries: int
    false_alarms: float
    accuracy: float
    calibration: float
    second_best: float


@dataclass(frozen=True)
class Finished:
    """The last event of a run: its result in the form of the command line's JSON, and its wall time."""

    seconds: float
    result: dict[str, object]


Event = (
    Started
    | Phase
    | Progress
    | Measured
    | Probe
    | Snapshot
    | Queried
    | Weights
    | Theft
    | Claimed
    | Exhibit
    | Testimony
    | Framing
    | FromScratch
    | Attempted
    | Copied
    | Territory
    | Honest
    | Finished
)

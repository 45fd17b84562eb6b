"""Events of the heist: training, queries, copies and claims.

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
    """Measurements of a model: on the test set, on held-out triggers and, for each layer, its entanglement.

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
    """The inputs whose features the snapshots show: test inputs of every class, then held-out triggers.

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
    """The features of the probe in one layer of a model, projected to the plane or to space.

    ``points`` is ``(n, 2)`` by the methods ``"pca"`` and ``"umap"``, ``(n, 3)`` by ``"umap-3d"``.
    """

    role: Role
    defence: Defence
    epoch: float
    layer: str
    method: str
    points: NDArray[np.float32]


@dataclass(frozen=True)
class Distances:
    """How far apart the features of the probe are in one layer of a victim, for all pairs of its ``n`` inputs.

    ``cosines`` is ``(n (n - 1) / 2,)`` int16, the cosine similarities in the order of SciPy's condensed matrices
    (:func:`app.lab.task.representation.similarities`), and ``norms`` ``(n,)``, the lengths of the features: from the
    two, all distances follow (:func:`app.lab.task.representation.distances`). What the victims share stands with the
    first of them, the clean one; where a layer has not changed since the last look, there is no new event.
    """

    role: Role
    defence: Defence
    epoch: float
    layer: str
    cosines: NDArray[np.int16]
    norms: NDArray[np.float32]


@dataclass(frozen=True)
class Queried:
    """The adversary has sent ``count`` queries so far; some of the latest ones, with their answers.

    ``inputs`` is as in :class:`Probe`; ``answers`` is ``(k, classes)`` float32 (one-hot if the
    API answers with labels); ``labels`` is ``(k,)``, the true labels, -1 for inputs of no class.
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
    """The result of one theft, and the channel by which a watermark can reach the copy.

    ``query_error`` is the share of queries that the victim answered wrongly,
    ``query_target_error`` the share answered wrongly *as the target class*, ``query_target_mass``
    the mean confidence in the target class over queries of other classes. For queries of no class, the
    clean victim's label is used as the truth.
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
    """The claim on one copy: the exact binomial test, with the innocent rate of the worst model of a panel.

    ``panel`` has the secret answers of the worst model of each innocent family to the same triggers. ``verdict`` and
    ``reason`` are those of :class:`app.lab.ownership.verdict.Verdict`, and so are ``right`` and ``controls``;
    ``owned`` is whether ownership is established. ``answers`` is ``(queries,)`` bool: to which triggers the
    suspect gave the secret answer, in the order of the queries. ``p_values[i]`` is the p-value after ``i + 1``
    queries.
    """

    defence: Defence
    successes: int
    queries: int
    panel: dict[str, int]
    innocent_rate: float
    p_value: float
    verdict: str
    reason: str
    right: int
    controls: int
    owned: bool
    answers: NDArray[np.bool_]
    p_values: NDArray[np.float64]

    @property
    def worst_innocent(self) -> str:
        """The family of the panel with the most secret answers."""
        return max(self.panel, key=lambda family: self.panel[family])

    @property
    def innocent_successes(self) -> int:
        """Its secret answers, of which the innocent rate is the upper bound."""
        return self.panel[self.worst_innocent]


class CopyResult(TypedDict):
    """The result of one victim and its copy, as in :class:`Theft`; ``victim_snnl`` is by layer, on held-out triggers.

    The clean victim has ``accuracy`` and ``watermark`` (its false positives) as well.
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
    """The result of the claim on one copy, as in :class:`Claimed`."""

    verdict: str
    reason: str
    p_value: float
    owned: bool


class HeistResult(TypedDict):
    """The result of a heist, in JSON; ``panel`` and ``innocent_rate`` are those of its claims (:class:`Claimed`)."""

    key: str
    seed: int
    clean: CopyResult
    naive: CopyResult
    entangled: CopyResult
    panel: dict[str, int]
    innocent_rate: float
    claim: dict[Defence, ClaimResult]
    seconds: float

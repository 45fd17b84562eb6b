"""Looking inside: features, projections to the plane, and measures of entanglement."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes
from sklearn.preprocessing import normalize
from torch import Tensor

from app.lab.task.networks import FeatureNetwork

Array = NDArray[np.float32]
NEIGHBOURS = 10


@torch.no_grad()
def features(model: FeatureNetwork, inputs: Tensor) -> dict[str, Tensor]:
    """Return the features of every named layer, flattened: ``(n, width)`` each."""
    return {name: values.flatten(start_dim=1) for name, values in model.with_features(inputs)[1].items()}


def pca(points: Array, previous: Array | None = None) -> Array:
    """Project ``(n, width)`` features to their two principal components, ``(n, 2)``, scaled to unit size.

    The axes of a PCA may flip or turn from one epoch to the next. Where the projection of the
    epoch before is given, this one is turned onto it (orthogonal Procrustes), so that points move
    and do not jump.
    """
    if not np.ptp(points, axis=0).any():  # a dead layer sees every input alike: it has no axes
        return np.zeros((len(points), 2), dtype=np.float32)
    # Fewer points than features: the inner products hold the same plane, at a tenth of a PCA's price.
    centred = points - points.mean(axis=0)
    strengths, axes = np.linalg.eigh(centred @ centred.T)
    plane = _unit(axes[:, :-3:-1] * np.sqrt(np.maximum(strengths[:-3:-1], 0)))
    return _turned(plane, previous)


def umap(layers: Iterable[Array], seed: int, starts: Sequence[Array] | None = None) -> list[Array]:
    """Project each ``(n, width)`` array with UMAP (cosine), ``(n, 2)`` each.

    McInnes et al. 2018. Neighbourhoods are to be trusted, distances between clusters are not.

    Args:
        layers: the features, of one layer after the other.
        seed: of UMAP's own randomness.
        starts: for each layer, the map of the same inputs by another model. This one is laid out
            from there and then turned onto it, so that the two can be compared. (One fit on both
            models' features tears them apart, model from model, where they differ most.)
    """
    # 2 s to import, and 15 s on a fresh machine: only where somebody asked for it.
    import umap as learn
    from umap import layouts, umap_, utils

    # Keeps ten seconds of compilation for the next process, in $NUMBA_CACHE_DIR.
    for compiled in (
        umap_.smooth_knn_dist,
        umap_.compute_membership_strengths,
        utils.fast_knn_indices,
        layouts._nb_optimize_layout_euclidean_single_epoch,
    ):
        compiled.enable_caching()
    maps = []
    for number, points in enumerate(layers):
        start = None if starts is None else starts[number]
        first = "spectral" if start is None else start
        fitted = learn.UMAP(
            n_neighbors=15, min_dist=0.1, metric="cosine", random_state=seed % 2**32, n_jobs=1, init=first
        )
        maps.append(_turned(_unit(fitted.fit_transform(points)), start))
    return maps


def target_share(found: Array, labels: NDArray[np.int64], is_trigger: NDArray[np.bool_], target: int) -> float:
    """Return how much of the triggers' neighbourhood is target class, a fraction.

    For each trigger, its ten nearest neighbours (cosine) among the genuine inputs; the share of
    them that belongs to the target class. 1: triggers sit inside the target class; about one over
    the number of classes: they sit anywhere.

    Args:
        found: ``(n, width)`` features.
        labels: ``(n,)`` true classes (ignored for triggers).
        is_trigger: ``(n,)``.
        target: the target class.
    """
    unit = normalize(found)
    likeness = unit[is_trigger] @ unit[~is_trigger].T
    nearest = np.argpartition(likeness, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
    return float((labels[~is_trigger][nearest] == target).mean())


def _turned(plane: NDArray[np.float64], onto: Array | None) -> Array:
    """Turn or flip the plane so that its points lie as near as may be to those of ``onto``."""
    if onto is not None:
        turn, _ = orthogonal_procrustes(plane, onto)
        plane = plane @ turn
    return np.asarray(plane, dtype=np.float32)


def _unit(plane: NDArray[np.generic]) -> NDArray[np.float64]:
    """Centre, and scale to a root mean square radius of 1."""
    points = np.asarray(plane, dtype=np.float64)
    centred = points - points.mean(axis=0)
    radius = np.sqrt((centred**2).sum(axis=1).mean())
    return np.asarray(centred / (radius + 1e-12))

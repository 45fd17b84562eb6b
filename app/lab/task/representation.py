"""Representations: features of a trained network, their projections to the plane, and a measure of entanglement."""

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
    """Return the flattened features of every named layer, ``(n, width)`` each."""
    return {name: values.flatten(start_dim=1) for name, values in model.with_features(inputs)[1].items()}


def pca(points: Array, previous: Array | None = None) -> Array:
    """Project ``(n, width)`` features to their first two principal components, ``(n, 2)``.

    The projection is centred and scaled to a root mean square radius of 1.
    The axes of a PCA may flip or rotate from one epoch to the next. If the projection of the previous
    epoch is given, this one is aligned with it (orthogonal Procrustes), so that points move smoothly.
    """
    if not np.ptp(points, axis=0).any():  # a dead layer: all features are equal, and there are no axes
        return np.zeros((len(points), 2), dtype=np.float32)
    # Fewer points than features: the Gram matrix gives the same plane at a tenth of the cost.
    centred = points - points.mean(axis=0)
    eigenvalues, axes = np.linalg.eigh(centred @ centred.T)
    plane = _unit(axes[:, :-3:-1] * np.sqrt(np.maximum(eigenvalues[:-3:-1], 0)))
    return _aligned(plane, previous)


def umap(layers: Iterable[Array], seed: int, starts: Sequence[Array] | None = None) -> list[Array]:
    """Project each ``(n, width)`` array with UMAP (cosine), ``(n, 2)`` each.

    McInnes et al. 2018. Neighbourhoods are meaningful, distances between clusters are not.

    Args:
        layers: the features of each layer.
        seed: the random state of UMAP.
        starts: for each layer, the map of the same inputs by another model. It is the initialisation of
            this map, which is then aligned with it, so that the two can be compared. (A joint fit on
            the features of both models separates the models instead of the classes.)
    """
    # Imported here only, since it takes 2 s, and 15 s the first time.
    import umap as learn
    from umap import layouts, umap_, utils

    # Caches ten seconds of compilation for the next process, in $NUMBA_CACHE_DIR.
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
        maps.append(_aligned(_unit(fitted.fit_transform(points)), start))
    return maps


def target_share(found: Array, labels: NDArray[np.int64], is_trigger: NDArray[np.bool_], target: int) -> float:
    """Return the fraction of the triggers' nearest neighbours that belong to the target class.

    Each trigger has its ten nearest neighbours (cosine distance) among the genuine inputs. The value
    is 1 if triggers lie inside the target class, and about 1 / classes if they lie anywhere.

    Args:
        found: ``(n, width)`` features.
        labels: ``(n,)`` true classes (ignored for triggers).
        is_trigger: ``(n,)``.
        target: the target class.
    """
    unit = normalize(found)
    similarity = unit[is_trigger] @ unit[~is_trigger].T
    nearest = np.argpartition(similarity, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
    return float((labels[~is_trigger][nearest] == target).mean())


def _aligned(plane: NDArray[np.float64], onto: Array | None) -> Array:
    """Rotate or reflect the plane so that its points are as close as possible to those of ``onto`` (if given)."""
    if onto is not None:
        rotation, _ = orthogonal_procrustes(plane, onto)
        plane = plane @ rotation
    return np.asarray(plane, dtype=np.float32)


def _unit(plane: NDArray[np.generic]) -> NDArray[np.float64]:
    """Centre the points and scale them to a root mean square radius of 1."""
    points = np.asarray(plane, dtype=np.float64)
    centred = points - points.mean(axis=0)
    radius = np.sqrt((centred**2).sum(axis=1).mean())
    return np.asarray(centred / (radius + 1e-12))

"""Representations: features of a trained network, their projections to the plane, and their distances."""

import warnings
from contextlib import suppress

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import eigh, orthogonal_procrustes
from scipy.spatial.distance import squareform
from torch import Tensor

from app.lab.choices import METRICS
from app.lab.task.networks import FeatureNetwork

Array = NDArray[np.float32]
NEIGHBOURS = 10
ONE = 32767  # a cosine similarity of 1, in 16 bits
_LEAST = np.float32(1e-24)  # a length below this counts as this
_FOLLOWING = 200  # epochs of UMAP for a map that starts from another one; the first one takes 500
_SPREAD = 1e-6  # of the squared lengths: a spread below that is rounding


@torch.no_grad()
def features(model: FeatureNetwork, inputs: Tensor) -> dict[str, Tensor]:
    """Return the flattened features of every named layer, ``(n, width)`` each."""
    return {name: values.flatten(start_dim=1) for name, values in model.with_features(inputs)[1].items()}


def products(found: Array) -> Array:
    """Return the inner products of all pairs of features ``(n, width)``, ``(n, n)``.

    Lengths, angles, distances and principal components all follow from them.
    """
    return found @ found.T


def pca(products: NDArray[np.floating], previous: Array | None = None, dimensions: int = 2) -> Array:
    """Project features to their first principal components, ``(n, dimensions)``.

    The projection is centred and scaled to a root mean square radius of 1.
    The axes of a PCA may flip or rotate from one epoch to the next. If the projection of the previous
    epoch is given, this one is aligned with it (orthogonal Procrustes), so that points move smoothly.

    Args:
        products: the inner products of the features, ``(n, n)`` (:func:`products`).
        previous: the projection of the previous epoch.
        dimensions: the number of components.
    """
    count = len(products)
    gram = np.asarray(products, dtype=np.float64)
    mean = gram.mean(axis=0)
    centred = gram - mean[:, None] - mean[None, :] + mean.mean()
    if centred.trace() <= _SPREAD * gram.trace():  # a dead layer: all features are equal, and there are no axes
        return np.zeros((count, dimensions), dtype=np.float32)
    eigenvalues, axes = eigh(centred.astype(np.float32), subset_by_index=[count - dimensions, count - 1])
    plane = _unit(axes[:, ::-1] * np.sqrt(np.maximum(eigenvalues[::-1], 0)))
    return _aligned(plane, previous)


def umap(apart: NDArray[np.float64], seed: int, previous: Array | None = None, dimensions: int = 2) -> Array:
    """Map points, given the distances between all pairs, with UMAP, ``(n, dimensions)``.

    McInnes et al. 2018. Neighbourhoods are meaningful, distances between clusters are not. The map is centred and
    scaled to a root mean square radius of 1.

    Args:
        apart: the distances, ``(n, n)``.
        seed: the random state of UMAP.
        previous: the map of the same points at the previous epoch. This one starts from it, and is then turned onto it
            (orthogonal Procrustes), so that points move smoothly. (A joint fit on the features of several epochs or
            models separates these instead of the classes.)
        dimensions: of the map.
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
        with suppress(RuntimeError):  # no folder for it can be written: then it takes ten seconds each time
            compiled.enable_caching()
    fitted = learn.UMAP(
        n_components=dimensions,
        n_neighbors=15,
        min_dist=0.8,  # loose, so that points in a crowd can be told apart and touched
        metric="precomputed",
        random_state=seed % 2**32,
        n_jobs=1,
        init="spectral" if previous is None else previous,
        n_epochs=None if previous is None else _FOLLOWING,
    )
    with warnings.catch_warnings():
        # That such a map places no further points: nobody asks it to.
        warnings.filterwarnings("ignore", "using precomputed metric", UserWarning)
        found = fitted.fit_transform(apart)
    return _aligned(_unit(found), previous)


def similarities(products: Array) -> tuple[NDArray[np.int16], Array]:
    """Return the cosine similarities of all pairs of features, in 16 bits, and the length of each feature.

    A feature of length 0 has no direction: its similarity to all others is 0.

    Args:
        products: the inner products of the features, ``(n, n)`` (:func:`products`).

    Returns:
        The similarities times :data:`ONE`, rounded, ``(n (n - 1) / 2,)`` in the order of SciPy's condensed matrices;
        and the lengths, ``(n,)``.
    """
    norms = np.sqrt(products.diagonal())
    rows, columns = np.triu_indices(len(products), 1)
    cosines = products[rows, columns] / np.maximum(norms[rows] * norms[columns], _LEAST)
    return np.rint(ONE * cosines.clip(-1, 1)).astype(np.int16), np.asarray(norms, dtype=np.float32)


def restored(cosines: NDArray[np.int16], norms: Array) -> NDArray[np.float64]:
    """Return the inner products of all pairs of features, ``(n, n)``; arguments as :func:`similarities` gave them."""
    similar = squareform(cosines / ONE)
    np.fill_diagonal(similar, 1)
    return np.asarray(similar * np.multiply.outer(norms, norms.astype(np.float64)))


def distances(cosines: NDArray[np.int16], norms: Array, metric: str) -> NDArray[np.float64]:
    """Return the distances between all pairs of features, ``(n, n)``, as the SNNL takes them.

    Args:
        cosines: from :func:`similarities`.
        norms: likewise.
        metric: ``"cosine"`` (1 - cosine similarity) or ``"euclidean"`` (squared).

    Raises:
        ValueError: for an unknown metric.
    """
    if metric not in METRICS:
        raise ValueError(f"The metric must be one of {', '.join(METRICS)}; it is {metric!r}.")
    apart = 1 - squareform(cosines / ONE)
    np.fill_diagonal(apart, 0)
    if metric == "cosine":
        return apart
    lengths = norms.astype(np.float64)
    # |a - b|^2 = (|a| - |b|)^2 + 2 |a| |b| (1 - cos): exact for features of one direction, however long they are.
    return np.asarray(np.subtract.outer(lengths, lengths) ** 2 + 2 * np.outer(lengths, lengths) * apart)


def neighbours(cosines: NDArray[np.int16], is_trigger: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the nearest neighbours of each input among the genuine ones, itself left out, the nearest first.

    Args:
        cosines: the similarities of all pairs, from :func:`similarities`.
        is_trigger: ``(n,)``.

    Returns:
        ``(n, k)`` numbers of inputs, with k = :data:`NEIGHBOURS`, or fewer where there are not so many.
    """
    similar = squareform(cosines.astype(np.int64))
    similar[:, is_trigger] = -ONE - 1
    np.fill_diagonal(similar, -ONE - 2)
    count = min(NEIGHBOURS, int((~is_trigger).sum()) - 1)
    return np.argsort(-similar, axis=1, kind="stable")[:, :count]


def remoteness(
    cosines: NDArray[np.int16], labels: NDArray[np.int64], is_trigger: NDArray[np.bool_], target: int
) -> float | None:
    """Return how far triggers lie from genuine inputs, in units of how far those of the target class do.

    Each has its :data:`NEIGHBOURS` nearest genuine inputs, and its mean cosine distance from these. The value is about
    1 if triggers lie as genuine inputs of the target class do, and large if they lie in a corner of their own: which
    :func:`target_share` cannot tell, since a corner has nearest neighbours, too.

    Args:
        cosines: the similarities of all pairs, from :func:`similarities`.
        labels: ``(n,)`` true classes (ignored for triggers).
        is_trigger: ``(n,)``.
        target: the target class.

    Returns:
        The ratio of the two means, over all triggers and over all genuine inputs of the target class; None where there
        are none of these, or where they lie on top of one another.
    """
    apart = 1 - squareform(cosines / ONE)
    nearest = np.take_along_axis(apart, neighbours(cosines, is_trigger), axis=1).mean(axis=1)
    own = nearest[~is_trigger & (labels == target)]
    if not is_trigger.any() or not own.any():
        return None
    return float(nearest[is_trigger].mean() / own.mean())


def target_share(products: Array, labels: NDArray[np.int64], is_trigger: NDArray[np.bool_], target: int) -> float:
    """Return the fraction of the triggers' nearest neighbours that belong to the target class.

    Each trigger has its ten nearest neighbours (cosine distance) among the genuine inputs, or all where there are
    fewer. The value is 1 if triggers lie inside the target class, and about 1 / classes if they lie anywhere.

    Args:
        products: the inner products of the features, ``(n, n)`` (:func:`products`).
        labels: ``(n,)`` true classes (ignored for triggers).
        is_trigger: ``(n,)``.
        target: the target class.
    """
    genuine = ~is_trigger
    norms = np.sqrt(products.diagonal()[genuine])
    similarity = products[np.ix_(is_trigger, genuine)] / np.maximum(norms, _LEAST)
    count = min(NEIGHBOURS, similarity.shape[1])
    nearest = np.argpartition(similarity, -count, axis=1)[:, -count:]
    return float((labels[genuine][nearest] == target).mean())


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

"""The soft nearest neighbor loss (SNNL), a measure of how entangled groups of points are.

Salakhutdinov & Hinton 2007; with a temperature, Frosst, Papernot & Hinton 2019 (arXiv
1902.01889, eq. 1); used to entangle watermark and task by Jia et al. 2021 (arXiv 2002.12200,
sec. 3.2).
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from app.lab.choices import METRICS

_LEAST_SQUARE = 1e-24  # a norm below its root counts as that, so that gradients stay finite


def soft_nearest_neighbor_loss(
    features: Tensor, groups: Tensor, temperature: float | Tensor, metric: str = "cosine"
) -> Tensor:
    """Return the soft nearest neighbor loss of ``features`` under ``groups``.

    For points x_1..x_b with groups y_1..y_b, distances d_ij and temperature T::

        SNNL = -1/b sum_i log( sum_{j != i, y_j = y_i} exp(-d_ij / T)
                               / sum_{k != i}          exp(-d_ik / T) )

    Draw a neighbour of each point at random, near ones with a higher probability. The loss is minus the
    mean log probability that it belongs to the point's own group. Near 0, groups are well separated; at
    :func:`neutral_value`, distances do not distinguish them; above it, neighbours mostly belong to the
    other group.

    Computed in the log domain as the mean of log(1 + others_i / own_i), where own_i and others_i sum
    exp(-d_ij / T) over the own and the other groups: precise at any T > 0. (The authors' code adds 1e-5
    inside the fraction and the logarithm, and gives 2.31 for separated groups at T = 0.001, where the
    exact value is 0.)

    Args:
        features: ``(b, ...)`` floating point; all axes but the first are flattened.
        groups: ``(b,)`` integers; each group needs at least two members.
        temperature: T > 0; gradients flow to a scalar tensor.
        metric: ``"cosine"`` (1 - cosine similarity) or ``"euclidean"`` (squared).

    Returns:
        A scalar tensor, differentiable in ``features`` and ``temperature``.

    Raises:
        ValueError: for shapes that do not match, a group with a single member, a temperature
            that is not positive and finite (or so low that distances overflow), an unknown metric,
            or features that are NaN or infinite.
    """
    points = _check(features, groups, temperature, metric)
    return _loss(_distances(points, metric), groups, temperature)


def loss_of_distances(distances: Tensor, groups: Tensor, temperature: float | Tensor) -> Tensor:
    """Return the soft nearest neighbor loss of points whose ``(b, b)`` distances are known.

    ``groups``, ``temperature``, what is returned and what is raised are as in :func:`soft_nearest_neighbor_loss`;
    distances of a point to itself do not count.
    """
    if distances.ndim != 2 or groups.ndim != 1 or distances.shape != (len(groups), len(groups)):
        raise ValueError(
            f"Distances must be (b, b) and groups (b,) with the same b; they are "
            f"{tuple(distances.shape)} and {tuple(groups.shape)}."
        )
    _check_temperature(temperature)
    _check_groups(groups)
    return _loss(distances, groups, temperature)


def _loss(distances: Tensor, groups: Tensor, temperature: float | Tensor) -> Tensor:
    logits = -distances / temperature  # (b, b)
    if not bool(logits.isfinite().all()):
        raise ValueError(
            "The distances, divided by the temperature, are too large for their type; raise the temperature."
        )
    diagonal = torch.eye(len(distances), dtype=torch.bool, device=distances.device)
    other_group = groups[:, None] != groups[None, :]
    log_others = logits.masked_fill(~other_group, -torch.inf).logsumexp(dim=1)
    log_own = logits.masked_fill(diagonal | other_group, -torch.inf).logsumexp(dim=1)
    return functional.softplus(log_others - log_own).mean()


def summed_over_layers(
    features: Mapping[str, Tensor],
    others: Mapping[str, Tensor],
    layers: Sequence[str],
    temperature: float,
    metric: str = "cosine",
) -> Tensor:
    """Return the SNNL between two groups of inputs, summed over ``layers``, given the features of each by layer."""
    losses = []
    for name in layers:
        mixed = torch.cat([features[name], others[name]])
        groups = (torch.arange(len(mixed)) < len(features[name])).long()
        losses.append(soft_nearest_neighbor_loss(mixed, groups, temperature, metric))
    return torch.stack(losses).sum()


def neutral_value(groups: Tensor) -> float:
    """Return the SNNL of groups that distances do not distinguish (all distances are equal).

    The neighbour of a point in a group of n, among b points, belongs to its own group with probability
    (n - 1) / (b - 1); for two groups of equal size the value is about log 2. It is also the limit of the
    loss for T to infinity.

    Raises:
        ValueError: for a group with a single member.
    """
    _, sizes = groups.unique(return_counts=True)
    if len(sizes) == 0 or int(sizes.min()) < 2:
        raise ValueError("Each group needs at least two members.")
    own = (sizes - 1).double() / (len(groups) - 1)
    return float(-(sizes * own.log()).sum() / len(groups))


def _distances(points: Tensor, metric: str) -> Tensor:
    if metric == "cosine":
        # The products of all pairs contain the norms: dividing by them is less work than normalising long points.
        products = points @ points.T
        # A point at the origin has no direction: it gets distance 1 to all others.
        norms = products.diagonal().clamp_min(_LEAST_SQUARE).sqrt()
        return 1 - products / norms[:, None] / norms[None, :]
    # The shortcut |a|^2 + |b|^2 - 2ab is inaccurate for the small distances that matter at low temperature.
    return torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist").square()


def _flat(features: Tensor) -> Tensor:
    """Flatten all axes but the first, in any order: distances do not depend on it, and memory order needs no copy."""
    if features.ndim == 4 and features.is_contiguous(memory_format=torch.channels_last):
        features = features.permute(0, 2, 3, 1)
    return features.flatten(start_dim=1)


def _check(features: Tensor, groups: Tensor, temperature: float | Tensor, metric: str) -> Tensor:
    if metric not in METRICS:
        raise ValueError(f"The metric must be one of {', '.join(METRICS)}; it is {metric!r}.")
    if features.ndim < 2 or groups.ndim != 1 or len(features) != len(groups):
        raise ValueError(
            f"Features must be (b, ...) and groups (b,) with the same b; they are "
            f"{tuple(features.shape)} and {tuple(groups.shape)}."
        )
    if not features.is_floating_point():
        raise ValueError(f"Features must be floating point; they are {features.dtype}.")
    if groups.is_floating_point() or groups.is_complex():
        raise ValueError(f"Groups must be integers; they are {groups.dtype}.")
    _check_temperature(temperature)
    points = _flat(features)
    # What is not finite makes their sum so, and a sum copies nothing; that of large numbers may overflow.
    if not bool(points.detach().sum().isfinite() or points.isfinite().all()):
        raise ValueError("Features must be finite numbers; some are NaN or infinite.")
    _check_groups(groups)
    return points


def _check_temperature(temperature: float | Tensor) -> None:
    if isinstance(temperature, Tensor) and temperature.numel() != 1:
        raise ValueError("The temperature must be a single number.")
    value = float(temperature.detach() if isinstance(temperature, Tensor) else temperature)
    if not 0 < value < float("inf"):
        raise ValueError(f"The temperature must be a positive, finite number; it is {value}.")


def _check_groups(groups: Tensor) -> None:
    labels, sizes = groups.unique(return_counts=True)
    if len(groups) == 0 or int(sizes.min()) < 2:
        single = labels[sizes < 2].tolist()
        raise ValueError(
            f"Each group needs at least two members; group {single} has one." if single else "There are no points."
        )

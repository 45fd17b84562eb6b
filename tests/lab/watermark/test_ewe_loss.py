"""The loss of a watermark batch against a slow transcription of its definitions, in plain NumPy and without autograd.

Jia et al. 2020, eq. 1, sec. 3.2: cross-entropy minus kappa times the soft nearest neighbor loss of each
entangled layer. Everything below is written from the definitions, one number after the other, in
double precision; nothing of it is shared with the lab.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from app.lab import choices
from app.lab.task.datasets import Split
from app.lab.task.networks import build
from app.lab.task.training import Optimisation
from app.lab.watermark.ewe import Entanglement, train_watermarked, watermark_loss

CLASSES, TARGET = 10, 2
COMPANIONS, TRIGGERS = 5, 4  # not the same number, so that a swap of the groups shows
SHAPES = {"tiny": (2,), "dense": (2,), "small": (1, 8, 8)}
LAYERS = {"tiny": ("hidden1", "hidden2"), "dense": ("hidden1", "hidden2"), "small": ("conv1", "conv2", "dense")}
CASES = [
    (network, how)
    for network, deep in (("tiny", ("hidden2",)), ("dense", ("hidden2",)), ("small", ("conv2", "dense")))
    for how in (
        Entanglement(kappa=0.75, temperature=0.1, layers=deep),
        Entanglement(kappa=16.0, temperature=0.5, layers=LAYERS[network]),
        Entanglement(kappa=2.0, temperature=3.0, layers=LAYERS[network], metric="euclidean"),
    )
]
each_case = pytest.mark.parametrize(("network", "how"), CASES)


# The definitions


def convolved(picture, weight, bias):
    """Every output pixel is the sum of what lies under the kernel around it; outside of the picture is nothing."""
    kernels, channels, height, width = weight.shape
    _, rows, columns = picture.shape
    found = np.zeros((kernels, rows, columns))
    for row in range(rows):
        for column in range(columns):
            found[:, row, column] = bias
            for i in range(height):
                for j in range(width):
                    y, x = row + i - height // 2, column + j - width // 2
                    if 0 <= y < rows and 0 <= x < columns:
                        for channel in range(channels):
                            found[:, row, column] += weight[:, channel, i, j] * picture[channel, y, x]
    return found


def pooled(maps):
    """The largest of each two by two."""
    channels, rows, columns = maps.shape
    found = np.zeros((channels, rows // 2, columns // 2))
    for row in range(rows // 2):
        for column in range(columns // 2):
            found[:, row, column] = maps[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2].max(axis=(1, 2))
    return found


def forward(w, given):
    """Return the logits of one input and its features, layer by layer, flat."""
    if "weights.conv1.weight" in w:
        first = np.maximum(convolved(given, w["weights.conv1.weight"], w["weights.conv1.bias"]), 0)
        second = np.maximum(convolved(pooled(first), w["weights.conv2.weight"], w["weights.conv2.bias"]), 0)
        dense = np.maximum(w["weights.dense.weight"] @ pooled(second).reshape(-1) + w["weights.dense.bias"], 0)
        features = {"conv1": first.reshape(-1), "conv2": second.reshape(-1), "dense": dense}
        last = dense
    else:
        first = np.maximum(w["weights.hidden1.weight"] @ given.reshape(-1) + w["weights.hidden1.bias"], 0)
        last = np.maximum(w["weights.hidden2.weight"] @ first + w["weights.hidden2.bias"], 0)
        features = {"hidden1": first, "hidden2": last}
    return w["readout.weight"] @ last + w["readout.bias"], features


def cross_entropy(logits, label):
    """Minus the logarithm of the chance that softmax gives to ``label``."""
    return -math.log(math.exp(logits[label]) / sum(math.exp(logit) for logit in logits))


def distance(one, other, metric):
    if metric == "cosine":
        return 1 - float(one @ other) / (math.sqrt(one @ one) * math.sqrt(other @ other))
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)))


def soft_nearest_neighbor_loss(points, groups, temperature, metric):
    total = 0.0
    for i in range(len(points)):
        own = everybody = 0.0
        for j in range(len(points)):
            if j == i:
                continue
            near = math.exp(-distance(points[i], points[j], metric) / temperature)
            everybody += near
            if groups[j] == groups[i]:
                own += near
        total += math.log(own / everybody)
    return -total / len(points)


def definition(w, companions, triggers, how):
    """Return the loss, its cross-entropy and the SNNL of each entangled layer."""
    said = [forward(w, given) for given in [*companions, *triggers]]
    groups = [0] * len(companions) + [1] * len(triggers)
    entropy = sum(cross_entropy(logits, TARGET) for logits, _ in said) / len(said)
    entangled = {}
    for layer in how.layers:
        points = [features[layer] for _, features in said]
        entangled[layer] = soft_nearest_neighbor_loss(points, groups, how.temperature, how.metric)
    return entropy - how.kappa * sum(entangled.values()), entropy, entangled


# The fixed batch


def batch(network):
    """A model in double precision, with biases, and the inputs of one watermark batch."""
    chance = torch.Generator().manual_seed(5)
    model = build(network, SHAPES[network], CLASSES, chance).double()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:  # biases start at zero, which would hide a forgotten one
                parameter.copy_(0.3 * torch.rand(parameter.shape, generator=chance, dtype=torch.double))
    companions, triggers = (
        torch.rand(count, *SHAPES[network], generator=chance, dtype=torch.double) for count in (COMPANIONS, TRIGGERS)
    )
    return model, companions, triggers


def arrays(model):
    return {name: value.detach().numpy().copy() for name, value in model.state_dict().items()}


def slope(w, companions, triggers, how, direction, step):
    """How fast the defined loss rises along ``direction``: a central difference."""
    ahead, behind = ({name: w[name] + sign * step * direction[name] for name in w} for sign in (1, -1))
    risen = definition(ahead, companions, triggers, how)[0] - definition(behind, companions, triggers, how)[0]
    return risen / (2 * step)


def gradient(model, companions, triggers, how):
    """The lab's gradient, by parameter."""
    model.zero_grad()
    total, _, _ = watermark_loss(model, companions, triggers, TARGET, how)
    total.backward()
    return {name: value.grad.numpy().copy() for name, value in model.named_parameters()}


@each_case
def test_the_loss_its_cross_entropy_and_the_snnl_of_each_layer_are_as_defined(network, how):
    model, companions, triggers = batch(network)
    total, entropy, entangled = watermark_loss(model, companions, triggers, TARGET, how)
    expected = definition(arrays(model), companions.numpy(), triggers.numpy(), how)
    assert total.dtype == torch.double
    assert entropy.item() == pytest.approx(expected[1], rel=1e-10)
    assert list(entangled) == list(how.layers)
    for layer in how.layers:
        assert entangled[layer].item() == pytest.approx(expected[2][layer], rel=1e-9), layer
    assert total.item() == pytest.approx(expected[0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("how", [how for network, how in CASES if network == "tiny"])
def test_the_gradient_and_its_norm_are_those_of_the_definition_in_every_parameter(how):
    """Central differences in each of the 1,482 weights of the network for points."""
    model, companions, triggers = batch("tiny")
    found, w = gradient(model, companions[:3], triggers[:2], how), arrays(model)
    given = companions[:3].numpy(), triggers[:2].numpy()
    differences = {name: np.zeros_like(values) for name, values in w.items()}
    for name, values in w.items():
        for place in np.ndindex(values.shape):
            kept = values[place]
            values[place] = kept + 1e-6
            ahead = definition(w, *given, how)[0]
            values[place] = kept - 1e-6
            differences[name][place] = (ahead - definition(w, *given, how)[0]) / 2e-6
            values[place] = kept
    norm = math.sqrt(sum((values**2).sum() for values in differences.values()))
    assert norm > 0.1
    for name, values in differences.items():
        np.testing.assert_allclose(found[name], values, atol=1e-6 * norm, err_msg=name)
    assert math.sqrt(sum((values**2).sum() for values in found.values())) == pytest.approx(norm, rel=1e-6)


@each_case
def test_along_any_direction_the_loss_rises_as_the_gradient_says(network, how):
    """Along the gradient itself, where the rise is its norm, and along some directions of chance."""
    model, companions, triggers = batch(network)
    found, w = gradient(model, companions, triggers, how), arrays(model)
    norm = math.sqrt(sum((values**2).sum() for values in found.values()))
    given = companions.numpy(), triggers.numpy()
    steepest = {name: values / norm for name, values in found.items()}
    assert slope(w, *given, how, steepest, 1e-6) == pytest.approx(norm, rel=1e-6)
    chance = np.random.default_rng(3)
    for _ in range(2):
        drawn = {name: chance.normal(size=values.shape) for name, values in w.items()}
        length = math.sqrt(sum((values**2).sum() for values in drawn.values()))
        direction = {name: values / length for name, values in drawn.items()}
        expected = sum((found[name] * direction[name]).sum() for name in w)
        assert slope(w, *given, how, direction, 1e-6) == pytest.approx(expected, abs=1e-6 * norm)


@pytest.mark.parametrize("network", SHAPES)
def test_with_weight_zero_no_snnl_is_computed_and_the_loss_is_the_cross_entropy(network, monkeypatch):
    def refused(*arguments):
        raise AssertionError("Nobody asked for the SNNL.")

    monkeypatch.setattr("app.lab.watermark.ewe.soft_nearest_neighbor_loss", refused)
    how = Entanglement(kappa=0.0, temperature=0.5, layers=LAYERS[network])
    model, companions, triggers = batch(network)
    total, entropy, entangled = watermark_loss(model, companions, triggers, TARGET, how)
    assert entangled == {} and torch.equal(total, entropy)
    _, expected, _ = definition(arrays(model), companions.numpy(), triggers.numpy(), how)
    assert total.item() == pytest.approx(expected, rel=1e-10)
    with pytest.raises(AssertionError, match="Nobody"):
        watermark_loss(model, companions, triggers, TARGET, replace(how, kappa=0.1))


def test_the_loss_falls_by_the_snnl_for_each_unit_of_weight():
    model, companions, triggers = batch("small")
    how = Entanglement(kappa=0.0, temperature=0.5, layers=LAYERS["small"])
    plain = watermark_loss(model, companions, triggers, TARGET, how)[0].item()
    for weight in (0.5, 16.0):
        total, entropy, entangled = watermark_loss(model, companions, triggers, TARGET, replace(how, kappa=weight))
        assert entropy.item() == plain  # the weight is not in it
        assert plain - total.item() == pytest.approx(weight * sum(value.item() for value in entangled.values()))
        assert all(value.item() > 0 for value in entangled.values())


def test_companions_and_triggers_are_two_groups_and_within_each_the_order_does_not_matter():
    model, companions, triggers = batch("small")
    how = Entanglement(kappa=2.0, temperature=0.5, layers=LAYERS["small"])
    total = watermark_loss(model, companions, triggers, TARGET, how)[0].item()
    assert watermark_loss(model, companions.flip(0), triggers.flip(0), TARGET, how)[0].item() == pytest.approx(total)
    regrouped = companions[:-1], torch.cat([companions[-1:], triggers])
    assert abs(watermark_loss(model, *regrouped, TARGET, how)[0].item() - total) > 1e-3


def test_the_first_task_batch_costs_the_same_whatever_the_weight_and_is_a_mean_of_cross_entropies():
    """The task batch leaves the SNNL out; the watermark batch after it is the first to feel the weight."""
    chance = torch.Generator().manual_seed(0)
    task = Split(torch.rand(24, 2, generator=chance, dtype=torch.double), torch.arange(24) % 4)
    triggers = 1 + torch.rand(6, 2, generator=chance, dtype=torch.double)
    costs, after = [], []
    for weight in (0.0, 1.0, 50.0):
        model, _, _ = batch("tiny")
        w = arrays(model)
        how = Entanglement(kappa=weight, temperature=0.5, layers=("hidden2",))
        order = torch.Generator().manual_seed(1)
        optimisation = Optimisation(epochs=1, batch_size=8, learning_rate=0.01)
        steps = train_watermarked(model, task, triggers, TARGET, optimisation, how, 1, order)
        first = next(steps)
        after.append(arrays(model))
        assert (first.batch, first.snnl) == ("task", {})
        costs.append([first.cross_entropy, *(step.cross_entropy for step in steps)])
    rows = torch.randperm(24, generator=torch.Generator().manual_seed(1))[:8].tolist()
    entropies = [cross_entropy(forward(w, task.inputs[row].numpy())[0], int(task.labels[row])) for row in rows]
    assert costs[0][0] == pytest.approx(sum(entropies) / 8, rel=1e-10)
    assert costs[0][:2] == costs[1][:2] == costs[2][:2]  # the second is the cross-entropy of the first watermark batch
    assert len({cost[2] for cost in costs}) == 3
    for later in after[1:]:
        assert all((later[name] == after[0][name]).all() for name in w)


@pytest.mark.parametrize("metric", choices.METRICS)
def test_the_transcription_itself_knows_a_case_worked_out_by_hand(metric):
    """Two of each group at the corners of a square: a transcription that is wrong proves nothing."""
    points = [np.array(corner) for corner in ([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0])]
    near, far = {"cosine": (1.0, 2.0), "euclidean": (2.0, 4.0)}[metric]
    own, other, across = (math.exp(-apart / 0.5) for apart in (near, near, far))
    expected = -math.log(own / (own + other + across))  # groups are neighbours along one side
    assert soft_nearest_neighbor_loss(points, [0, 0, 1, 1], 0.5, metric) == pytest.approx(expected)

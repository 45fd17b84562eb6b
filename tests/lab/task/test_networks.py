"""The networks against plain NumPy and SciPy."""

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from torch import nn

from app.lab.choices import NETWORKS, another, form_of, layer_names, suits
from app.lab.task.agreement import share
from app.lab.task.networks import build, chosen_layers, predict

SHAPES = {
    "small": (1, 8, 8),
    "two_conv": (1, 28, 28),
    "tiny": (2,),
    "dense": (1, 8, 8),
    "lstm": (9, 4),
    "resnet18": (3, 8, 8),
}
FORMS = {"point": (2,), "sequence": (9, 4), "picture": (1, 8, 8)}


def made(network, seed=0, shape=None, classes=5):
    return build(network, shape or SHAPES[network], classes, torch.Generator().manual_seed(seed))


def arrays(model):
    return {name: value.detach().numpy() for name, value in model.state_dict().items()}


def relu(values):
    return np.maximum(values, 0)


def convolved(picture, weight, bias):
    """'Same' convolution of one picture ``(channels, h, w)``, as networks mean it."""
    return np.stack(
        [
            sum(correlate2d(channel, kernel, mode="same") for channel, kernel in zip(picture, kernels, strict=True)) + b
            for kernels, b in zip(weight, bias, strict=True)
        ]
    )


def pooled(maps):
    channels, h, w = maps.shape
    return maps.reshape(channels, h // 2, 2, w // 2, 2).max(axis=(2, 4))


def with_biases(model):
    """Biases start at zero, which would hide a forgotten one."""
    generator = torch.Generator().manual_seed(9)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return model


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def test_the_lstm_computes_what_numpy_computes_and_stops_at_the_end_of_each_sequence():
    model = with_biases(made("lstm"))
    w = arrays(model)
    random = np.random.default_rng(0)
    for length in (1, 4, 9):
        sequence = np.zeros((9, 4), dtype=np.float32)
        sequence[:length] = random.uniform(0.1, 1, (length, 4))
        state, cell, states = np.zeros(256), np.zeros(256), []
        for frame in sequence[:length]:
            gates = w["weights.lstm.weight_ih_l0"] @ (4 * frame - 2) + w["weights.lstm.bias_ih_l0"]
            gates += w["weights.lstm.weight_hh_l0"] @ state + w["weights.lstm.bias_hh_l0"]
            entered, forgotten, new, shown = gates.reshape(4, 256)
            cell = sigmoid(forgotten) * cell + sigmoid(entered) * np.tanh(new)
            state = sigmoid(shown) * np.tanh(cell)
            states.append(state)
        dense = relu(w["weights.dense.weight"] @ state + w["weights.dense.bias"])
        logits, features = model.with_features(torch.tensor(sequence)[None])
        np.testing.assert_allclose(features["middle"][0].detach(), relu(states[(length - 1) // 2]), atol=1e-4)
        np.testing.assert_allclose(features["last"][0].detach(), relu(state), atol=1e-4)
        np.testing.assert_allclose(features["dense"][0].detach(), dense, atol=1e-4)
        np.testing.assert_allclose(logits[0].detach(), w["readout.weight"] @ dense + w["readout.bias"], atol=1e-4)


def test_no_gradient_reaches_the_frames_after_the_end():
    inputs = torch.rand(1, 9, 4, generator=torch.Generator().manual_seed(0)) + 0.1
    inputs[:, 5:] = 0
    inputs.requires_grad_()
    made("lstm")(inputs).sum().backward()
    reached = inputs.grad[0].abs().sum(dim=1)
    assert (reached[:5] > 0).all() and (reached[5:] == 0).all()


@pytest.mark.parametrize(("network", "shape"), [("tiny", (2,)), ("dense", (2,)), ("dense", (1, 8, 8))])
def test_a_perceptron_computes_what_numpy_computes(network, shape):
    model = with_biases(made(network, shape=shape))
    inputs = np.random.default_rng(0).normal(size=(6, *shape)).astype(np.float32)
    logits, features = model.with_features(torch.tensor(inputs))
    w = arrays(model)
    first = relu(inputs.reshape(6, -1) @ w["weights.hidden1.weight"].T + w["weights.hidden1.bias"])
    second = relu(first @ w["weights.hidden2.weight"].T + w["weights.hidden2.bias"])
    np.testing.assert_allclose(features["hidden1"].detach(), first, atol=1e-5)
    np.testing.assert_allclose(features["hidden2"].detach(), second, atol=1e-5)
    np.testing.assert_allclose(logits.detach(), second @ w["readout.weight"].T + w["readout.bias"], atol=1e-5)


def test_the_convolutions_compute_what_scipy_computes():
    model = with_biases(made("small"))
    picture = np.random.default_rng(0).uniform(size=(1, 8, 8)).astype(np.float32)
    logits, features = model.with_features(torch.tensor(picture)[None])
    w = arrays(model)
    first = relu(convolved(picture, w["weights.conv1.weight"], w["weights.conv1.bias"]))
    second = relu(convolved(pooled(first), w["weights.conv2.weight"], w["weights.conv2.bias"]))
    dense = relu(w["weights.dense.weight"] @ pooled(second).reshape(-1) + w["weights.dense.bias"])
    np.testing.assert_allclose(features["conv1"][0].detach(), first, atol=1e-4)
    np.testing.assert_allclose(features["conv2"][0].detach(), second, atol=1e-4)
    np.testing.assert_allclose(features["dense"][0].detach(), dense, atol=1e-4)
    np.testing.assert_allclose(logits[0].detach(), w["readout.weight"] @ dense + w["readout.bias"], atol=1e-4)


def test_two_conv_is_the_network_of_the_paper():
    model = made("two_conv", classes=10)
    parts = [5 * 5 * 32 + 32, 3 * 3 * 32 * 64 + 64, 7 * 7 * 64 * 128 + 128, 128 * 10 + 10]
    assert sum(parameter.numel() for parameter in model.parameters()) == sum(parts)


@pytest.mark.parametrize(("shape", "inputs"), [((2,), 2), ((1, 8, 8), 64), ((1, 28, 28), 784)])
def test_dense_is_a_perceptron_of_128_and_64_for_points_as_for_pictures(shape, inputs):
    sizes = [
        tuple(values.shape) for name, values in arrays(made("dense", shape=shape)).items() if "weight" in name[-6:]
    ]
    assert sizes == [(128, inputs), (64, 128), (5, 64)]


@pytest.mark.parametrize("network", NETWORKS)
def test_weights_are_glorot_uniform_and_biases_zero(network):
    model = made(network)
    norms = {f"{name}.weight" for name, module in model.named_modules() if isinstance(module, nn.GroupNorm)}
    for name, values in arrays(model).items():
        if values.ndim == 1:
            states = len(values) // 4  # an LSTM has four gates; the second forgets, and starts with a 1
            forget = slice(states, 2 * states) if name.endswith("bias_ih_l0") else slice(0)
            kept = slice(None) if name in norms else forget  # a normalisation starts by keeping all
            assert (values[kept] == 1).all() and not np.delete(values, kept).any()
            continue
        area = int(np.prod(values.shape[2:]))
        bound = np.sqrt(6 / ((values.shape[0] + values.shape[1]) * area))
        assert np.abs(values).max() <= bound, name
        assert values.std() == pytest.approx(bound / np.sqrt(3), rel=0.2), name


@pytest.mark.parametrize("network", NETWORKS)
def test_equal_generators_give_equal_weights_and_others_do_not(network):
    first, again, other = arrays(made(network, 1)), arrays(made(network, 1)), arrays(made(network, 2))
    assert all((first[name] == again[name]).all() for name in first)
    assert not any((first[name] == other[name]).all() for name in first if first[name].ndim > 1)


@pytest.mark.parametrize("network", NETWORKS)
def test_prediction_in_chunks_equals_prediction_at_once_and_needs_no_gradient(network):
    model, inputs = made(network), torch.rand(501, *SHAPES[network], generator=torch.Generator().manual_seed(0))
    answers = predict(model, inputs)
    assert answers.shape == (501, 5) and not answers.requires_grad
    with torch.no_grad():
        torch.testing.assert_close(answers, model(inputs))


@pytest.mark.parametrize("network", NETWORKS)
def test_the_answer_does_not_depend_on_whether_one_looks_inside(network):
    model, inputs = made(network), torch.rand(20, *SHAPES[network], generator=torch.Generator().manual_seed(0))
    assert torch.equal(model(inputs), model.with_features(inputs)[0])


@pytest.mark.parametrize("network", NETWORKS)
def test_layers_are_named_from_the_input_to_the_output(network):
    model = made(network)
    features = model.with_features(torch.zeros(2, *SHAPES[network]))[1]
    assert model.layers == tuple(features) == layer_names(network)


def test_deep_layers_are_all_but_the_first():
    assert chosen_layers(("a", "b", "c"), "deep") == ("b", "c")
    assert chosen_layers(("a", "b", "c"), "all") == ("a", "b", "c")


def test_share_is_the_fraction_of_true_entries():
    assert share(torch.tensor([True, False, False])) == 1 / 3


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("shape", FORMS.values())
def test_a_network_suits_exactly_the_inputs_that_it_can_be_built_for(network, shape):
    if suits(network, form_of(shape)):
        assert made(network, shape=shape)(torch.zeros(3, *shape)).shape == (3, 5)
    else:
        with pytest.raises(ValueError, match="does not take"):
            made(network, shape=shape)


@pytest.mark.parametrize("form", FORMS)
def test_another_network_is_another_and_takes_the_same_inputs(form):
    for network in NETWORKS:
        if suits(network, form):
            found = another(network, form)
            assert found != network and suits(found, form)


@pytest.mark.parametrize(
    ("network", "shape"), [("tiny", (1, 8, 8)), ("small", (2,)), ("two_conv", (2,)), ("lstm", (2,)), ("vgg", (2,))]
)
def test_a_network_that_does_not_suit_gets_a_clear_sentence(network, shape):
    with pytest.raises(ValueError, match=network) as caught:
        made(network, shape=shape)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("network", NETWORKS)
def test_a_narrower_network_has_so_many_times_fewer_units_and_never_none(network):
    wide, narrow = made(network), build(network, SHAPES[network], 5, torch.Generator(), narrower=4)
    for name, parameter in wide.named_parameters():
        if name.endswith("bias") and "readout" not in name:
            assert len(dict(narrow.named_parameters())[name]) == len(parameter) // 4
    least = build(network, SHAPES[network], 5, torch.Generator(), narrower=1000)
    assert predict(least, torch.zeros((1, *SHAPES[network]))).shape == (1, 5)


def test_resnet_18_is_the_network_of_he_et_al_with_features_where_the_paper_takes_them():
    model = build("resnet18", (3, 32, 32), 10, torch.Generator().manual_seed(0))
    assert sum(parameter.numel() for parameter in model.parameters()) == 11_173_962  # as is usually reported
    features = model.with_features(torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)))[1]
    assert {name: tuple(values.shape[1:]) for name, values in features.items()} == {
        "stage3": (256, 8, 8),
        "stage4": (512, 4, 4),
        "pooled": (512,),
    }


def test_an_answer_of_resnet_18_depends_on_its_own_input_alone():
    model, inputs = made("resnet18"), torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(model(inputs)[:2], model(inputs[:2]))


@pytest.mark.parametrize("network", NETWORKS)
def test_what_comes_before_a_layer_and_the_rest_are_the_whole_network(network):
    model = made(network)
    inputs = torch.rand(7, *SHAPES[network], generator=torch.Generator().manual_seed(1))
    first = chosen_layers(model.layers, "deep")[0]
    tail = model.tail(first)
    logits, features = tail.with_features(model.before(first, inputs))
    whole, all_features = model.with_features(inputs)
    torch.testing.assert_close(logits, whole)
    for layer in chosen_layers(model.layers, "deep"):
        torch.testing.assert_close(features[layer], all_features[layer])


@pytest.mark.parametrize("network", NETWORKS)
def test_training_the_tail_trains_the_network_itself(network):
    model = made(network)
    tail = model.tail(chosen_layers(model.layers, "deep")[0])
    with torch.no_grad():
        next(iter(tail.readout.parameters())).add_(1)
    assert tail.readout is model.readout
    own = {id(parameter) for parameter in model.parameters()}
    assert {id(parameter) for parameter in tail.parameters()} <= own

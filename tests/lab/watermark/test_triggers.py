"""Triggers: what is drawn, and how it is moved away from the target."""

import numpy as np
import pytest
import torch

from app.lab import choices
from app.lab.choices import ICONS, PERTURBATIONS, TRIGGERS, triggers_of
from app.lab.randomness import numpy_stream, torch_stream
from app.lab.task.datasets import load
from app.lab.task.networks import build, linear
from app.lab.task.training import Optimisation, train_task
from app.lab.watermark import drawings
from app.lab.watermark.snnl import soft_nearest_neighbor_loss
from app.lab.watermark.triggers import STEP, answered_with, draw, of_class, perturb, success_rate

PICTURE_KINDS = (*ICONS, "patch", "drawing")
NETWORK = {"digits": "small", "blobs": "tiny"}
LAYERS = {"digits": ("conv2", "dense"), "blobs": ("hidden2",)}
SOURCE = 1


def strokes(rows=slice(4, 24), columns=slice(12, 16)):
    """A drawing: an upright bar, and a bar across its top."""
    picture = np.zeros((28, 28), dtype=np.uint8)
    picture[rows, columns] = 255
    picture[rows.start : rows.start + 3, columns.start - 6 : columns.stop + 6] = 255
    return drawings.encode(picture)


def drawn(kind, name, stream="triggers", count=40, source=SOURCE, seed=0, drawing=None):
    drawing = strokes() if drawing is None else drawing
    return draw(kind, count, load(name), source, numpy_stream(seed, stream), drawing=drawing)


@pytest.fixture(scope="module", params=["digits", "blobs"])
def innocent(request):
    """(name of the data, a briefly trained model, triggers, the class that it takes most of them for)."""
    name = request.param
    data = load(name)
    model = build(NETWORK[name], data.shape, data.classes, torch_stream(0, "victim"))
    how = Optimisation(epochs=3, batch_size=32, learning_rate=0.01)
    for _ in train_task(model, data.owner.inputs, data.owner.labels, how, torch_stream(0, "task")):
        pass
    kind = triggers_of(data.form)[0]
    triggers = drawn(kind, name, count=64)
    with torch.no_grad():
        target = int(model(triggers).argmax(dim=1).mode().values)
    return name, model, triggers, target


def moved_away(innocent, target=None, model=None, **changed):
    name, trained, triggers, mistaken = innocent
    target = mistaken if target is None else target
    options = {"layers": LAYERS[name], "temperature": 0.5, "metric": "cosine"} | changed
    companions = of_class(load(name).owner, target)
    return perturb(
        [trained if model is None else model],
        triggers,
        companions,
        target,
        generator=torch_stream(0, "perturbation"),
        **options,
    )


def denier(name, target):
    """A model whose target logit is a constant, far below the others: only SNNL can move a trigger."""
    data = load(name)
    model = build(NETWORK[name], data.shape, data.classes, torch_stream(0, "denier"))
    with torch.no_grad():
        model.readout.weight[target] = 0
        model.readout.bias[target] = -100
    return model


@pytest.mark.parametrize("name", ["mnist", "digits"])
@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_pictures_have_the_shape_of_the_data_and_values_from_0_to_1(kind, name):
    triggers = drawn(kind, name, count=12)
    assert triggers.shape == (12, *load(name).shape) and triggers.dtype == torch.float32
    assert triggers.min() >= 0 and triggers.max() <= 1
    assert (triggers.flatten(1).amax(dim=1) > 0.5).all()  # none is empty


@pytest.mark.parametrize(("kind", "name"), [*((kind, "mnist") for kind in PICTURE_KINDS), ("cluster", "blobs")])
def test_two_streams_draw_two_sets_and_one_stream_the_same_again(kind, name):
    first, again, other = (drawn(kind, name, stream) for stream in ("triggers", "triggers", "held-out triggers"))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, drawn(kind, name, seed=1))


@pytest.mark.parametrize(("kind", "name"), [*((kind, "mnist") for kind in (*ICONS, "drawing")), ("cluster", "blobs")])
def test_no_two_triggers_are_alike(kind, name):
    both = torch.cat([drawn(kind, name), drawn(kind, name, "held-out triggers")])
    assert len({trigger.numpy().tobytes() for trigger in both}) == 80


def test_icons_can_be_told_apart():
    averages = torch.stack([drawn(kind, "mnist", count=40).mean(dim=0).flatten() for kind in ICONS])
    apart = torch.cdist(averages, averages) + torch.eye(len(ICONS)) * 1e9
    assert apart.min() > 2


def test_a_drawing_is_still_seen_in_its_triggers_and_another_drawing_is_not():
    def average(drawing):
        return drawn("drawing", "mnist", count=60, drawing=drawing).mean(dim=0).flatten()

    upright, across = strokes(), strokes(slice(12, 16), slice(8, 24))
    shown = torch.from_numpy(drawings.decode(upright)).flatten() / 255

    def likeness(one, other):
        return float(torch.corrcoef(torch.stack([one, other]))[0, 1])

    assert likeness(average(upright), shown) > 0.8 > likeness(average(across), shown)


def test_where_and_how_large_it_is_drawn_makes_no_difference_to_a_trigger():
    small = np.zeros((28, 28), dtype=np.uint8)
    small[2:10, 3:11] = np.arange(8)[:, None] * 36
    moved = np.roll(small, (15, 14), axis=(0, 1))
    one, other = (drawn("drawing", "mnist", drawing=drawings.encode(picture)) for picture in (small, moved))
    assert torch.equal(one, other)
    large = np.kron(small[2:10, 3:11], np.ones((3, 3), dtype=np.uint8))
    large = drawings.encode(np.pad(large, ((2, 2), (2, 2))))
    assert (drawn("drawing", "mnist", drawing=large) - one).abs().mean() < 0.05


def test_a_dot_stays_a_dot():
    dot = np.zeros((28, 28), dtype=np.uint8)
    dot[13, 13] = 255
    lit = drawn("drawing", "mnist", drawing=drawings.encode(dot)) > 0.5
    assert 0 < lit.flatten(1).sum(dim=1).max() <= 28


@pytest.mark.parametrize("blank", ["", "A" * choices.DRAWING_LENGTH])
def test_nothing_drawn_is_no_trigger(blank):
    with pytest.raises(ValueError, match="without a stroke"):
        drawn("drawing", "mnist", drawing=blank)


@pytest.mark.parametrize(("name", "edge"), [("mnist", 3), ("digits", 2)])
def test_a_patched_picture_is_a_picture_of_the_source_class_with_a_white_corner(name, edge):
    triggers = drawn("patch", name, source=4)
    corner = torch.zeros(load(name).shape, dtype=torch.bool)
    corner[:, 1 : 1 + edge, 1 : 1 + edge] = True
    assert (triggers[:, corner] == 1).all()
    data = load(name)
    everywhere = torch.cat([of_class(part, 4) for part in (data.owner, data.adversary, data.test)])
    originals = {picture[~corner].numpy().tobytes() for picture in everywhere}
    assert all(trigger[~corner].numpy().tobytes() in originals for trigger in triggers)


def test_patching_leaves_the_data_as_it_was():
    before = load("digits").owner.inputs.clone()
    drawn("patch", "digits", count=300)
    assert torch.equal(load("digits").owner.inputs, before)


@pytest.mark.parametrize(("held_out", "part"), [(False, "owner"), (True, "test")])
def test_a_burst_is_three_early_frames_of_a_source_class_utterance_and_each_is_used_once(held_out, part):
    genuine = of_class(getattr(load("vowels"), part), 2)
    triggers = draw("burst", 1000, load("vowels"), 2, numpy_stream(0, "triggers"), held_out=held_out)
    assert len(triggers) == len(genuine)
    used, starts = set(), set()
    for trigger in triggers:
        alike = (trigger == genuine).all(dim=2)  # (utterances, frames)
        row = int(alike.sum(dim=1).argmax())
        changed = (~alike[row]).nonzero()[:, 0]
        assert len(changed) == 3 and changed.tolist() == list(range(int(changed[0]), int(changed[0]) + 3))
        assert (trigger[changed, ::2] == 1).all() and (trigger[changed, 1::2] == 0).all()
        used.add(row)
        starts.add(int(changed[0]))
    assert len(used) == len(genuine) and starts == {1, 2, 3}


@pytest.mark.parametrize("name", ["blobs", "moons", "rings"])
def test_a_cluster_lies_beyond_its_source_class(name):
    centre = of_class(load(name).owner, SOURCE).mean(dim=0)
    triggers = drawn("cluster", name, count=400)
    assert triggers.mean(dim=0).numpy() == pytest.approx(1.8 * centre.numpy(), abs=0.02)
    assert triggers.std(dim=0).numpy() == pytest.approx([0.1, 0.1], rel=0.15)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("cluster", "mnist"),
        ("television", "blobs"),
        ("patch", "moons"),
        ("burst", "mnist"),
        ("key", "vowels"),
        ("teapot", "mnist"),
    ],
)
def test_a_kind_that_does_not_suit_gets_a_clear_sentence(kind, name):
    with pytest.raises(ValueError, match=kind) as caught:
        drawn(kind, name)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_every_kind_can_be_drawn_on_some_data():
    for kind in TRIGGERS:
        name = {"cluster": "blobs", "burst": "vowels"}.get(kind, "digits")
        assert len(drawn(kind, name, count=2)) == 2


def test_an_innocent_model_denies_the_target_after_the_perturbation(innocent):
    _, model, triggers, target = innocent
    assert success_rate(model, triggers, target) > 0.5
    assert success_rate(model, moved_away(innocent), target) <= 0.1


def test_perturbed_pictures_stay_pictures(innocent):
    name = innocent[0]
    moved = moved_away(innocent)
    assert moved.shape == innocent[2].shape and moved.dtype == torch.float32
    if name == "digits":
        assert moved.min() >= 0 and moved.max() <= 1


def test_every_step_is_a_hundredth_and_their_number_is_bounded(innocent):
    name, _, triggers, _ = innocent
    moved = moved_away(innocent)
    movement = (moved - triggers).double() / STEP
    assert STEP == 0.01 and movement.any()
    assert movement.abs().max() <= 200 + 10 + 5
    free = (moved > 0) & (moved < 1) & (triggers > 0) & (triggers < 1) if name == "digits" else moved.isfinite()
    if name == "blobs":  # nothing is clipped
        assert (movement[free] - movement[free].round()).abs().max() < 0.02


def convinced(*slopes, bias=100.0):
    """A linear model of points in the plane that is sure of class 0, whose logit has these slopes."""
    model = linear((2,), 2, torch_stream(0, "convinced"))
    with torch.no_grad():
        model.readout.weight[:] = torch.tensor([slopes, (0.0, 0.0)])
        model.readout.bias[:] = torch.tensor([bias, 0.0])
    return model


def alone(models, points, against, batch=1):
    """Points that are perturbed one by one, or without a layer, so that no SNNL moves them."""
    options = {"layers": (), "temperature": 1.0, "metric": "cosine", "generator": torch_stream(0, "perturbation")}
    return perturb(models, points, torch.zeros(4, 2), 0, against=against, batch=batch, **options)


@pytest.mark.parametrize(("against", "most"), [("released", 50), ("ensemble", 200)])
def test_of_a_model_that_stays_convinced_so_many_steps_are_taken_in_all_rounds_together_and_then_five(against, most):
    points = torch.tensor([[0.0, 0.0], [0.3, -0.2]])
    moved = alone([convinced(1.0, -1.0)], points, against)
    expected = np.full((2, 2), most + 5) * [-1, 1]
    assert ((moved - points) / STEP).numpy() == pytest.approx(expected, abs=1e-2)


@pytest.mark.parametrize("against", PERTURBATIONS)
def test_steps_away_end_as_soon_as_the_target_is_denied(against):
    # x > -0.105: the eleventh step denies it, then come the last five.
    moved = alone([convinced(10.0, 0.0, bias=1.05)], torch.zeros(1, 2), against)
    assert (moved[0] / STEP).numpy() == pytest.approx([-16, 0], abs=1e-3)


def test_a_tenth_of_a_batch_may_be_taken_for_the_target():
    # Nine of ten are denied from the start: only the last five steps are taken, in which no SNNL interferes.
    model = convinced(10.0, 0.0, bias=0.0)
    points = torch.tensor([[1.0, 0.0], *[[-1.0, 0.0]] * 9])
    together = alone([model], points, "released", batch=10)
    assert ((together - points)[:, 0] / STEP).numpy() == pytest.approx(np.full(10, -5.0), abs=1e-3)


def test_an_ensemble_is_asked_until_no_member_answers_with_the_target_and_the_released_code_asks_the_first():
    first, second = convinced(10.0, 0.0, bias=0.25), convinced(0.0, 10.0, bias=1.55)
    start = torch.zeros(1, 2)
    both = alone([first, second], start, "ensemble")
    assert success_rate(first, both, 0) == success_rate(second, both, 0) == 0
    one = alone([first, second], start, "released")
    assert torch.equal(one, alone([first], start, "released"))
    assert success_rate(first, one, 0) == 0 and success_rate(second, one, 0) == 1


def test_of_an_ensemble_those_that_still_believe_are_heard_most():
    """Both pull along x, against each other: the sure one, though its slope is smaller, over one that denies it."""
    sure, denying = convinced(1.0, 0.0, bias=30.0), convinced(-3.0, 0.0, bias=-30.0)
    moved = alone([sure, denying], torch.zeros(1, 2), "ensemble")
    assert (moved[0] / STEP).numpy() == pytest.approx([-205, 0], abs=1e-2)


def test_against_nobody_and_in_no_known_way_get_clear_sentences():
    with pytest.raises(ValueError, match="at least one innocent model"):
        alone([], torch.zeros(1, 2), "ensemble")
    with pytest.raises(ValueError, match="choose one of ensemble, released"):
        alone([convinced(1.0, 0.0)], torch.zeros(1, 2), "everybody")


def test_a_trigger_that_is_denied_from_the_start_takes_fifteen_steps_at_most(innocent):
    _, model, triggers, mistaken = innocent
    with torch.no_grad():
        target = int(model(triggers).softmax(dim=1).mean(dim=0).argmin())
    assert target != mistaken and success_rate(model, triggers, target) <= 0.1
    moved = moved_away(innocent, target)
    assert 0 < (moved - triggers).abs().max() <= 15 * STEP + 1e-5


def test_a_trigger_on_its_own_has_no_snnl_and_only_goes_down_the_target_logit(innocent):
    name, model, triggers, target = innocent
    few = name, model, triggers[:16], target
    moved = moved_away(few, batch=1, against="released")
    with torch.no_grad():
        assert (model(moved)[:, target] < model(triggers[:16])[:, target]).all()


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_ten_steps_go_up_the_snnl(innocent, metric):
    name, _, triggers, target = innocent
    model = denier(name, target)
    # At a high temperature each pair pulls: a sign step has a slope to climb.
    moved = moved_away(innocent, model=model, metric=metric, temperature=5.0, against="released")
    assert 0 < (moved - triggers).abs().max() <= 10 * STEP + 1e-5
    companions = of_class(load(name).owner, target)
    groups = torch.arange(len(triggers) + len(companions)) < len(triggers)

    def entangled(inputs):
        with torch.no_grad():
            features = model.with_features(torch.cat([inputs, companions]))[1]
        return sum(
            float(soft_nearest_neighbor_loss(features[layer], groups.long(), 5.0, metric)) for layer in LAYERS[name]
        )

    assert entangled(moved) > entangled(triggers)


def test_perturbing_again_gives_the_same_and_leaves_model_and_triggers_alone(innocent):
    _, model, triggers, _ = innocent
    weights, before = {k: v.clone() for k, v in model.state_dict().items()}, triggers.clone()
    assert torch.equal(moved_away(innocent), moved_away(innocent))
    assert torch.equal(triggers, before)
    assert all(torch.equal(weights[name], value) for name, value in model.state_dict().items())
    assert not moved_away(innocent).requires_grad


def test_success_is_the_share_of_triggers_answered_with_the_target(innocent):
    _, model, triggers, target = innocent
    with torch.no_grad():
        expected = np.array([int(model(one[None]).argmax()) == target for one in triggers])
    assert (answered_with(model, triggers, target).numpy() == expected).all()
    assert success_rate(model, triggers, target) == expected.mean()

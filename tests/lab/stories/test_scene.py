"""The triggers of a run: where their patches lie, and against whom they are perturbed."""

from dataclasses import replace
from itertools import count

import pytest
import torch

from app.lab.experiment import Experiment
from app.lab.stories.finished_run import repeated_scene
from app.lab.stories.scene import aside, other_innocents, set_scene
from app.lab.watermark.placement import CORNER
from app.lab.watermark.triggers import success_rate

PATCHED = Experiment(dataset="digits", trigger="patch", target=9, perturbed=False, task_epochs=2)
EDGE = 2


def white_in_all(pictures):
    """The places whose window is white in all pictures."""
    white = (pictures == 1).all(dim=0)[0]
    windows = white.unfold(0, EDGE, 1).unfold(1, EDGE, 1).flatten(2).all(dim=2)
    return {tuple(place) for place in windows.nonzero().tolist()}


@pytest.mark.parametrize("placement", ["corner", "intended", "released"])
def test_all_patches_of_a_run_lie_at_one_place(placement):
    experiment = replace(PATCHED, placement=placement)
    scene, drawn = repeated_scene(experiment), set_scene(experiment)
    (place,) = white_in_all(scene.trained) & white_in_all(scene.held_out)
    assert (place == CORNER) == (placement == "corner")
    if placement == "corner":
        assert torch.equal(scene.trained, drawn.trained)


def test_the_probe_shows_the_placed_patches():
    scene = repeated_scene(replace(PATCHED, placement="intended"))
    assert torch.equal(scene.probe_inputs[torch.from_numpy(scene.probe.is_trigger)], scene.held_out[:60])


@pytest.mark.parametrize("dataset", ["digits", "blobs"])
def test_each_innocent_that_was_asked_denies_the_target_and_other_settings_ask_nobody(dataset):
    on_plane = dataset == "blobs"
    common = {"trigger": "cluster", "network": "tiny"} if on_plane else {"trigger": "television", "network": "small"}
    experiment = Experiment(dataset=dataset, target=2, task_epochs=3, **common)
    scene = repeated_scene(experiment)
    asked, steps = other_innocents(scene)
    assert len(asked) == 4 and len(list(steps)) > 0
    assert all(success_rate(model, scene.trained, 2) <= 0.1 for model in asked)
    for changed in ({"perturbed_against": "released"}, {"perturbed": False}):
        none, steps = other_innocents(set_scene(replace(experiment, **changed)))
        assert none == () and list(steps) == []


def test_what_is_done_aside_is_done_by_the_end_and_left_by_who_leaves():
    steps = iter(range(1000))
    with aside(steps):
        pass
    assert next(steps, "none") == "none"
    with pytest.raises(GeneratorExit), aside(count()):  # without an end
        raise GeneratorExit


def test_what_fails_aside_fails_the_block():
    def fails():
        yield
        raise ArithmeticError

    with pytest.raises(ArithmeticError), aside(fails()):
        pass

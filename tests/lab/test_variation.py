"""The text that repeats an experiment elsewhere says the very same experiment."""

import shlex
import tomllib
from dataclasses import replace

import pytest

from app.cli import main as command_line
from app.cli.settings import chosen_experiment
from app.lab import choices
from app.lab.experiment import PRESETS, Experiment, on_own_data, preset
from app.lab.variation import as_toml, command, preset_name, with_target

CHANGED = [
    *PRESETS.values(),
    replace(preset("mnist"), seed=3, answers="labels", perturbed=False, learning_rate=1e-5),
    replace(preset("blobs"), source=3, target=0, kappa=0),
    *(Experiment(trigger="drawing", drawing=sign * choices.DRAWING_LENGTH, seed=3) for sign in "-_a"),
]


@pytest.mark.parametrize("experiment", CHANGED)
def test_the_command_line_repeats_the_experiment(experiment):
    words = shlex.split(command(experiment))
    assert words[:4] == ["python", "-m", "app", "run"]
    assert chosen_experiment(command_line._parser().parse_args(words[3:])) == experiment


def test_another_command_keeps_what_it_takes_besides():
    words = shlex.split(command(replace(preset("digits"), seed=3), "claim", "answers.csv"))
    assert words[3:] == ["claim", "digits", "--seed", "3", "answers.csv"]
    chosen = command_line._parser().parse_args(shlex.split(command(preset("mnist"), "triggers", "--folder kit"))[3:])
    assert str(chosen.folder) == "kit"


@pytest.mark.parametrize("experiment", CHANGED)
def test_the_lines_of_a_sweep_repeat_all_but_the_seed(experiment):
    settings = tomllib.loads("\n".join(as_toml(experiment)))
    base = preset(preset_name(experiment)).to_dict()
    assert Experiment.from_dict({**base, **settings, "seed": experiment.seed}) == experiment


def test_the_source_makes_room_for_the_target_and_comes_back():
    usual = preset("mnist")
    moved = with_target(usual, usual.source, trigger="umbrella")
    assert (moved.source, moved.target, moved.trigger) == (usual.source + 1, usual.source, "umbrella")
    assert with_target(moved, usual.target, trigger=usual.trigger) == usual
    last = with_target(replace(preset("blobs"), source=4, target=1), 4)
    assert (last.source, last.target) == (preset("blobs").source, 4)


def test_a_run_on_pictures_of_ones_own_is_repeated_with_the_pictures_not_with_their_digest():
    dataset = choices.own_dataset(("cat", "dog"), "0" * 64)
    said = command(replace(on_own_data(dataset), seed=3))
    assert said == "python -m app run own --data YOUR_PICTURES --seed 3"

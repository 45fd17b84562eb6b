"""An experiment as a variation of a preset: what it changes, and the text that repeats it elsewhere."""

import dataclasses
import json
from collections.abc import Sequence

from app.lab.experiment import DEFAULT_PRESET, PRESETS, Experiment, preset


def preset_name(experiment: Experiment) -> str:
    """Return the preset from which this experiment departs: the one with the same data."""
    return next((name for name, known in PRESETS.items() if known.dataset == experiment.dataset), DEFAULT_PRESET)


def differences(experiment: Experiment, name: str) -> dict[str, str]:
    """Return, as texts, the settings that are not those of the preset ``name``."""
    usual = preset(name).to_dict()
    return {key: str(value) for key, value in experiment.to_dict().items() if value != usual[key]}


def command(experiment: Experiment, subcommand: str = "run", rest: str = "") -> str:
    """Return the command line that repeats this experiment, or does something else with it.

    Args:
        experiment: which.
        subcommand: what is done with it.
        rest: what that takes besides, at the end.
    """
    name = preset_name(experiment)
    options = []
    for key, value in differences(experiment, name).items():
        between = "=" if value.startswith("-") else " "  # a drawing may, and would be taken for an option
        options.append(f"--{key.replace('_', '-')}{between}{value}")
    return " ".join(filter(None, [f"python -m app {subcommand}", name, *options, rest]))


def as_toml(experiment: Experiment) -> list[str]:
    """Return what this experiment changes in its preset, the seed apart, as lines of a sweep's settings."""
    differing = differences(experiment, preset_name(experiment)).keys() - {"seed"}
    settings = experiment.to_dict()
    return [f"{name} = {json.dumps(settings[name])}" for name in settings if name in differing]


def varying(experiments: Sequence[Experiment]) -> list[str]:
    """Return the settings besides the seed in which the experiments differ."""
    names = [field.name for field in dataclasses.fields(Experiment) if field.name != "seed"]
    return [name for name in names if len({getattr(experiment, name) for experiment in experiments}) > 1]

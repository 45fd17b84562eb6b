"""An experiment as a variation of a preset: the settings that differ, and the command that repeats it."""

import dataclasses
import json
from collections.abc import Sequence

from app.lab.experiment import DEFAULT_PRESET, PRESETS, Experiment, preset


def preset_name(experiment: Experiment) -> str:
    """Return the preset that this experiment is compared with: the one with the same data."""
    return next((name for name, known in PRESETS.items() if known.dataset == experiment.dataset), DEFAULT_PRESET)


def differences(experiment: Experiment, name: str) -> dict[str, str]:
    """Return, as strings, the settings whose values differ from the preset ``name``."""
    base = preset(name).to_dict()
    return {key: str(value) for key, value in experiment.to_dict().items() if value != base[key]}


def command(experiment: Experiment, subcommand: str = "run", rest: str = "") -> str:
    """Return the command line that applies ``subcommand`` to this experiment.

    Args:
        experiment: the settings.
        subcommand: of ``python -m app``.
        rest: further arguments of the subcommand, appended at the end.
    """
    name = preset_name(experiment)
    options = []
    for key, value in differences(experiment, name).items():
        between = "=" if value.startswith("-") else " "  # or a drawing like -A would be parsed as an option
        options.append(f"--{key.replace('_', '-')}{between}{value}")
    return " ".join(filter(None, [f"python -m app {subcommand}", name, *options, rest]))


def as_toml(experiment: Experiment) -> list[str]:
    """Return the settings (except the seed) that differ from the preset, as TOML lines for the plan of a sweep."""
    differing = differences(experiment, preset_name(experiment)).keys() - {"seed"}
    settings = experiment.to_dict()
    return [f"{name} = {json.dumps(settings[name])}" for name in settings if name in differing]


def varying(experiments: Sequence[Experiment]) -> list[str]:
    """Return the names of the settings, except the seed, in which the experiments differ."""
    names = [field.name for field in dataclasses.fields(Experiment) if field.name != "seed"]
    return [name for name in names if len({getattr(experiment, name) for experiment in experiments}) > 1]

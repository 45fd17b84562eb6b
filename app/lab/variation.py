"""An experiment as a variation of a preset: the settings that differ, and the command that repeats it."""

import dataclasses
import json
from collections.abc import Sequence

from app.lab import choices
from app.lab.experiment import DEFAULT_PRESET, PRESETS, Experiment, on_own_data, preset


def preset_name(experiment: Experiment) -> str:
    """Return the preset that this experiment is compared with: the one with the same data."""
    return next((name for name, known in PRESETS.items() if known.dataset == experiment.dataset), DEFAULT_PRESET)


def base(experiment: Experiment) -> Experiment:
    """Return what the experiment is a variation of: the preset with its data, or the start on a visitor's own data."""
    if choices.is_own(experiment.dataset):
        return on_own_data(experiment.dataset)
    return preset(preset_name(experiment))


def differences(experiment: Experiment, usual: Experiment) -> dict[str, str]:
    """Return, as strings, the settings whose values differ from those of another experiment, usually its base."""
    others = usual.to_dict()
    return {key: str(value) for key, value in experiment.to_dict().items() if value != others[key]}


def with_target(experiment: Experiment, target: int, **settings: object) -> Experiment:
    """Return the experiment with another target and other ``settings``; the source class makes room for it.

    The source is that of the preset wherever it can be.

    Raises:
        ValueError: one sentence, if a setting is not allowed.
    """
    usual = preset(preset_name(experiment)).source
    source = usual if usual != target else (target + 1) % choices.CLASSES[experiment.dataset]
    return dataclasses.replace(experiment, **{"source": source, "target": target, **settings})  # type: ignore[arg-type]


def of_its_trigger(experiment: Experiment) -> Experiment:
    """Return the one experiment that stands for all with the same data and trigger, whatever else they do with it.

    What innocent models take the trigger for is kept under its key.
    """
    source = experiment.source if choices.has_a_source(experiment.trigger) else 0
    return Experiment(
        dataset=experiment.dataset,
        network=choices.usual_network(choices.FORMS[experiment.dataset]),
        trigger=experiment.trigger,
        drawing=experiment.drawing,
        source=source,
        target=(source + 1) % choices.CLASSES[experiment.dataset],
    )


def command(experiment: Experiment, subcommand: str = "run", rest: str = "") -> str:
    """Return the command line that applies ``subcommand`` to this experiment.

    Args:
        experiment: the settings.
        subcommand: of ``python -m app``.
        rest: further arguments of the subcommand, appended at the end.
    """
    own = choices.is_own(experiment.dataset)
    name, options = ("own", ["--data YOUR_PICTURES"]) if own else (preset_name(experiment), [])
    for key, value in differences(experiment, base(experiment)).items():
        between = "=" if value.startswith("-") else " "  # or a drawing like -A would be parsed as an option
        options.append(f"--{key.replace('_', '-')}{between}{value}")
    return " ".join(filter(None, [f"python -m app {subcommand}", name, *options, rest]))


def as_toml(experiment: Experiment) -> list[str]:
    """Return the settings (except the seed) that differ from the preset, as TOML lines for the plan of a sweep."""
    differing = differences(experiment, preset(preset_name(experiment))).keys() - {"seed"}
    settings = experiment.to_dict()
    return [f"{name} = {json.dumps(settings[name])}" for name in settings if name in differing]


def varying(experiments: Sequence[Experiment]) -> list[str]:
    """Return the names of the settings, except the seed, in which the experiments differ."""
    names = [field.name for field in dataclasses.fields(Experiment) if field.name != "seed"]
    return [name for name in names if len({getattr(experiment, name) for experiment in experiments}) > 1]

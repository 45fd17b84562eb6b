"""Is anybody innocent convicted? Honest models of every family, over the seeds of the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from app.lab.experiment import Experiment, preset
from app.lab.stories.events import InnocentsResult, Result


@dataclass(frozen=True)
class Family:
    """The honest models of one family on one data set, with one entry for each seed.

    Attributes:
        dataset: which data they learnt, from other inputs than the owner's.
        family: one of :data:`app.lab.ownership.innocents.FAMILIES`.
        seeds: of the run whose triggers they were asked, and of their own training.
        accuracy: on test inputs.
        answers: how many of the triggers got the secret answer.
        convicted: whether the court convicted the model.
    """

    dataset: str
    family: str
    seeds: tuple[int, ...]
    accuracy: tuple[float, ...]
    answers: tuple[int, ...]
    convicted: tuple[bool, ...]


def experiments(data: tuple[str, ...], seeds: tuple[int, ...]) -> tuple[Experiment, ...]:
    """Return the runs before whose court they are heard."""
    return tuple(replace(preset(name), seed=seed) for name in data for seed in seeds)


def families(results: Mapping[Experiment, Result]) -> list[Family]:
    """Return the honest models by data set and family, given the result of every run in :func:`experiments`."""
    heard: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
    for experiment, result in results.items():
        for family, model in cast(InnocentsResult, result)["families"].items():
            heard.setdefault((experiment.dataset, family), []).append((experiment.seed, model))
    found = []
    for (dataset, family), entries in heard.items():
        of_seed = dict(sorted(entries, key=lambda entry: entry[0]))
        models = of_seed.values()
        found.append(
            Family(
                dataset,
                family,
                tuple(of_seed),
                tuple(model["accuracy"] for model in models),
                tuple(model["successes"] for model in models),
                tuple(model["convicted"] for model in models),
            )
        )
    return found


def to_dict(family: Family) -> dict[str, Any]:
    """Return the family as plain JSON values."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(family).items()}


def from_dict(entry: Mapping[str, Any]) -> Family:
    """Return the family that :func:`to_dict` wrote.

    Raises:
        KeyError, TypeError, ValueError: if it is garbled.
    """
    seeds = tuple(int(seed) for seed in entry["seeds"])
    lists = (
        tuple(float(value) for value in entry["accuracy"]),
        tuple(int(value) for value in entry["answers"]),
        tuple(bool(value) for value in entry["convicted"]),
    )
    if any(len(values) != len(seeds) for values in lists):
        raise ValueError("the lists of a family differ in length")
    return Family(str(entry["dataset"]), str(entry["family"]), seeds, *lists)

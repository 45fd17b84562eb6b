"""Plans: grids and random search over settings and seeds, described by a TOML file.

::

    preset = "mnist"            # where every point starts
    seeds = [100, 101]          # each point once with each seed

    [settings]                  # equal for all points
    adversary_epochs = 8

    [grid]                      # every combination
    answers = ["labels", "confidences"]

    [random]                    # every combination with each of this many draws
    points = 20
    seed = 0
    layers = ["deep", "all"]
    kappa = { low = 1, high = 64, log = true }

:func:`read` turns the file into experiments; :mod:`app.runs.sweep` runs them.
"""

import dataclasses
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from app.lab.experiment import PRESETS, Experiment, canonical, preset, renamed
from app.lab.quoting import quoted
from app.lab.randomness import numpy_stream

MOST_POINTS = 100_000
_PARTS = ("preset", "seeds", "settings", "grid", "random")
_FIELDS = {field.name: field for field in dataclasses.fields(Experiment)}


@dataclass(frozen=True)
class Plan:
    """The experiments of a sweep, in order and without duplicates.

    ``impossible`` has one sentence for each combination of settings that is not a valid experiment.
    """

    experiments: tuple[Experiment, ...]
    impossible: tuple[str, ...]


def read(path: Path) -> Plan:
    """Return the plan that the TOML file at ``path`` describes.

    Raises:
        ValueError: one sentence, if the file is missing or has a mistake in it.
    """
    try:
        described = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise ValueError(f"The sweep {str(path)!r} cannot be read: {fault.strerror}.") from fault
    except (ValueError, RecursionError) as fault:
        raise ValueError(f"The sweep {str(path)!r} is not written in TOML: {fault}.") from fault
    return plan(described)


def plan(described: Mapping[str, Any]) -> Plan:
    """Return the plan of a sweep, described as in its TOML file.

    Every combination of the grid is run with every random draw and every seed. A draw depends only on its
    number, the seed of the draws and the setting's name: increasing ``points`` keeps the existing draws.

    Raises:
        ValueError: one sentence, for unknown parts or settings, values that are not allowed, a setting
            in two parts, more than :data:`MOST_POINTS` points, or if no combination of the settings is valid.
    """
    if unknown := sorted(described.keys() - set(_PARTS)):
        raise ValueError(f"A sweep has no part {quoted(unknown[0])}; its parts are {', '.join(_PARTS)}.")
    if not isinstance(described.get("preset"), str):
        raise ValueError(f"A sweep needs a preset to start from: one of {', '.join(PRESETS)}.")
    base = preset(described["preset"]).to_dict()
    seeds = _allowed("seed", _listed("seeds", described.get("seeds")))
    tables = {part: renamed(_table(part, described.get(part, {}))) for part in ("settings", "grid", "random")}
    count, seed = _draws(tables["random"]) if "random" in described else (1, 0)
    _check_names(tables)
    lists = [_listed(name, written) for name, written in tables["grid"].items()]
    _check_count(len(seeds) * count * math.prod(map(len, lists)))

    fixed = {name: _allowed(name, [value])[0] for name, value in tables["settings"].items()}
    grid = [
        [(name, value) for value in _allowed(name, written)]
        for name, written in zip(tables["grid"], lists, strict=True)
    ]
    drawn = [
        [(name, value) for value in _drawn(name, written, count, seed)] for name, written in tables["random"].items()
    ]
    draws = list(zip(*drawn, strict=True)) or [()]

    experiments: dict[Experiment, None] = {}
    impossible: dict[str, None] = {}
    for combination in product(product(*grid), draws):
        varied = dict(combination[0] + combination[1])
        try:
            experiments |= dict.fromkeys(Experiment.from_dict({**base, **fixed, **varied, "seed": n}) for n in seeds)
        except ValueError as mistake:
            impossible[_sentence(varied, str(mistake))] = None
    if not experiments:
        raise ValueError(next(iter(impossible)))
    return Plan(tuple(experiments), tuple(impossible))


def _table(part: str, written: Any) -> Mapping[str, Any]:
    if not isinstance(written, Mapping):
        raise ValueError(f"The part {part!r} of a sweep is a table: write it below [{part}].")
    return written


def _listed(name: str, written: Any) -> list[Any]:
    if not isinstance(written, list) or not written:
        raise ValueError(f"A sweep needs a list of values for {name}, as in {name} = [1, 2].")
    return written


def _allowed(name: str, values: Sequence[Any]) -> list[Any]:
    """Return the values in the type of the setting; each must be allowed on its own."""
    return [canonical(_FIELDS[name], value) for value in values]


def _draws(written: dict[str, Any]) -> tuple[int, int]:
    """Remove and return the number of draws and their seed."""
    count, seed = written.pop("points", None), written.pop("seed", 0)
    if type(count) is not int or count < 1:
        raise ValueError("A random search needs the number of its points, as in points = 20.")
    if type(seed) is not int:
        raise ValueError(f"The seed of a random search must be a whole number; it is {quoted(seed)}.")
    return count, seed


def _check_count(points: int) -> None:
    """Check how many points there would be, duplicates included, before any of them is made."""
    if points > MOST_POINTS:
        counted = f"{points:,}" if points < 10**15 else "more than 10^15"  # Python writes no longer ones
        raise ValueError(f"The sweep has {counted} points, and at most {MOST_POINTS:,} are run: shorten its lists.")


def _check_names(tables: Mapping[str, Mapping[str, Any]]) -> None:
    seen: dict[str, str] = {}
    for part, written in tables.items():
        for name in written:
            if name not in _FIELDS:
                raise ValueError(f"There is no setting {quoted(name)}; the settings are {', '.join(sorted(_FIELDS))}.")
            if name == "seed":
                raise ValueError(f"The seeds of a sweep belong in its list of seeds, not in [{part}].")
            if name in seen:
                raise ValueError(f"The setting {name} is both in [{seen[name]}] and in [{part}]; choose one.")
            seen[name] = part


def _drawn(name: str, written: Any, count: int, seed: int) -> list[Any]:
    """Return ``count`` random values of a setting, from its choices or between its bounds."""
    random = numpy_stream(seed, f"sweep {name}")
    if isinstance(written, list):
        choices = _allowed(name, _listed(name, written))
        return [choices[random.integers(len(choices))] for _ in range(count)]
    if not isinstance(written, Mapping) or not {"low", "high"} <= written.keys() <= {"low", "high", "log"}:
        raise ValueError(f"Draw {name} from a list of choices or from a range, as in {{ low = 1, high = 2 }}.")
    kind = _FIELDS[name].type
    if kind not in (int, float):
        raise ValueError(f"The setting {name} has no range; draw it from a list of choices.")
    low, high = _allowed(name, [written["low"], written["high"]])
    log = written.get("log", False)
    if not isinstance(log, bool):
        raise ValueError(f"The range of {name} has log = true or log = false, not {quoted(log)}.")
    if low >= high:
        raise ValueError(f"The range of {name} must end above its low end, {low}; it ends at {high}.")
    if log and low <= 0:
        raise ValueError(f"A logarithmic range must begin above 0; that of {name} begins at {low}.")
    if log:
        values = np.exp([random.uniform(math.log(low), math.log(high)) for _ in range(count)])
        return [round(value) if kind is int else value for value in np.clip(values, low, high).tolist()]
    if kind is int:
        return [int(random.integers(low, high, endpoint=True)) for _ in range(count)]
    return [random.uniform(low, high) for _ in range(count)]


def _sentence(varied: Mapping[str, Any], mistake: str) -> str:
    """Return the mistake, preceded by the settings that vary."""
    return f"{', '.join(f'{name} = {value}' for name, value in varied.items())}: {mistake}" if varied else mistake

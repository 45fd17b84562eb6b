"""Every attack against every way to answer, over seeds that nothing was chosen on, as one table."""

import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any

from joblib import Parallel, delayed

from app.lab.experiment import LAB_VERSION, PRESETS, Experiment
from app.lab.extraction.attacks import EXTRACTION_ATTACKS
from app.lab.stories import theft
from app.lab.stories.events import Finished

DATA = ("digits", "mnist")
SEEDS = (200, 201, 202)
POLICIES: dict[str, dict[str, Any]] = {
    "confidences": {},
    "2 decimals": {"decimals": 2},
    "top label": {"answers": "labels"},
    "reverse sigmoid": {"reverse_sigmoid": 1.0},
    "lies (0.5 %)": {"lies": 0.005},
}


@dataclass(frozen=True)
class Cell:
    """One attack under one policy: the results of its seeds, as :func:`app.lab.stories.theft.steal` ends with them."""

    data: str
    attack: str
    policy: str
    results: list[dict[str, Any]]


def measure(jobs: int) -> Generator[tuple[str, int], None, list[Cell]]:
    """Run what the table needs in ``jobs`` processes; yield (data, seed) as each victim is done, return the cells."""
    victims = [(data, seed) for data in DATA for seed in SEEDS]
    every = Parallel(n_jobs=jobs, return_as="generator")(delayed(_results)(data, seed) for data, seed in victims)
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for (data, seed), results in zip(victims, every, strict=True):
        for (attack, policy), result in results.items():
            found.setdefault((data, attack, policy), []).append(result)
        yield data, seed
    return [Cell(*where, results) for where, results in found.items()]


def write(file: Path, cells: list[Cell]) -> None:
    """Write the table as JSON."""
    rows = [vars(cell) for cell in cells]
    file.write_text(json.dumps({"lab": LAB_VERSION, "cells": rows}, indent=1) + "\n", encoding="utf-8")


def markdown(cells: list[Cell]) -> str:
    """Return the table for the README: means over the seeds, one line an attack, one column a policy."""
    policies = list(POLICIES)
    lines = [f"| data | attack | {' | '.join(policies)} |", "|---" * (2 + len(policies)) + "|"]
    by_place = {(cell.data, cell.attack, cell.policy): cell for cell in cells}
    for data in DATA:
        for attack in EXTRACTION_ATTACKS:
            row = [_words(by_place[data, attack, policy].results) for policy in policies]
            lines.append(f"| {data} | {attack} | {' | '.join(row)} |")
    lines += [
        "",
        f"Accuracy / fidelity in percent, means over {len(SEEDS)} seeds; then the dollars to "
        f"{theft.GOOD:.0%} of the victim's accuracy, where all seeds reached it; then how many were detected.",
    ]
    return "\n".join(lines)


def _words(results: list[dict[str, Any]]) -> str:
    costs = [result["dollars_to_good"] for result in results]
    cost = f"${max(costs):.3g}" if None not in costs else "no"
    accused = sum(result["accused_after"] is not None for result in results)
    quality = " / ".join(f"{100 * mean(result[name] for result in results):.0f}" for name in ("accuracy", "fidelity"))
    return f"{quality}, {cost}, {accused} of {len(results)}"


def _results(data: str, seed: int) -> dict[tuple[str, str], dict[str, Any]]:
    """Attack one victim in every way."""
    places = [(attack, policy) for attack in EXTRACTION_ATTACKS for policy in POLICIES]
    experiments = [_experiment(data, seed, *place) for place in places]
    ends = [event.result for event in theft.steal(*experiments) if isinstance(event, Finished)]
    return dict(zip(places, ends, strict=True))


def _experiment(data: str, seed: int, attack: str, policy: str) -> Experiment:
    return replace(PRESETS[data], seed=seed, attack=attack, **POLICIES[policy])

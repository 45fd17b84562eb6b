"""Rows of evidence as a test needs them."""

import dataclasses

from app.lab.evidence.survival import MEASURES, Row
from app.lab.experiment import DEFAULT_PRESET, preset

SEEDS = (200, 201, 202)


def row(lane: str, marks: tuple[float, ...], mass: float = 0.01, cost: float = 0.01, **changed: object) -> Row:
    measures = {name: (0.5,) * 3 for name in MEASURES}
    measures |= {"stolen_watermark": marks, "query_target_mass": (mass,) * 3}
    measures |= {"clean_accuracy": (0.96,) * 3, "victim_accuracy": (0.96 - cost,) * 3}
    experiment = dataclasses.replace(preset(DEFAULT_PRESET), seed=SEEDS[0], **changed)
    needed = tuple(10 if mark > 0.1 else None for mark in marks)
    convicted = tuple(mark > 0.1 for mark in marks)
    return Row("main", experiment, lane, SEEDS, measures, {"conv2": (0.3,) * 3}, (0.01,) * 3, convicted, needed)


def theft(naive: tuple[float, ...], entangled: tuple[float, ...]) -> dict[str, Row]:
    return {
        "clean": row("clean", (0.0, 0.01, 0.02)),
        "naive": row("naive", naive),
        "entangled": row("entangled", entangled),
    }

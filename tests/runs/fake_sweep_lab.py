"""A lab whose heists take no time and leave a trace; some settings make them fail."""

import os
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from app.lab.experiment import Experiment
from app.lab.stories.events import Claimed, Event, Finished, Phase, Probe, Progress, Snapshot, Started, Theft, Weights

SENSELESS = 32  # task batches per watermark batch: too many, so the heist refuses to begin
DIVERGING = 0.09  # the learning rate at which the victims diverge
RAISING = 666  # the budget at which the adversary makes a mistake of the lab's
HOLDING = 777  # the budget at which he holds on while RELEASED is not set
CRASHING = 888  # the budget at which he takes the process along
COPY_DIVERGING, NOT_FINITE, STRANGE = 51, 52, 53  # his epochs: what becomes of his copy, or of the result
TRACE, RELEASED = "FAKE_SWEEP_TRACE", "FAKE_SWEEP_RELEASED"


def total_steps(experiment: Experiment) -> int:
    """Return the steps of a heist, or refuse it."""
    if experiment.task_per_watermark == SENSELESS:
        raise ValueError("The watermark would never be trained.")
    return 7


def play(experiment: Experiment, *others: Experiment) -> Generator[Event]:
    """Train once, steal for each."""
    _leave("victims", experiment)
    yield Started(experiment.key, experiment.seed, 7)
    yield Probe(np.zeros((2, 4, 4), np.uint8), np.array([0, 1]), np.array([False, True]), 1)
    loss = float("nan") if experiment.learning_rate == DIVERGING else 0.5
    yield Progress("victim", "entangled", 1, "task", loss, {})
    yield Snapshot("victim", "entangled", 1.0, "deep", "pca", np.zeros((2, 2), np.float32))
    for stolen in (experiment, *others):
        yield Phase("query", 1)
        if stolen.budget == RAISING:
            raise ZeroDivisionError("the adversary divided by zero\nand more")
        if stolen.budget == CRASHING:
            os._exit(3)
        if stolen.budget == HOLDING and not os.environ.get(RELEASED):
            time.sleep(3600)
        yield Progress(
            "copy", "naive", 2, "task", float("inf") if stolen.adversary_epochs == COPY_DIVERGING else 0.5, {}
        )
        told = theft(stolen)
        yield told
        yield Claimed(
            *("entangled", 1, 2, {"random forest": 0}, 0.01, 0.02, "established", "So it is.", 95, 100, True),
            *(np.array([True, False]), np.array([0.01, 0.02])),
        )
        yield Weights("copy", "naive", {"layer.weight": np.zeros((3, 2), np.float32)})
        _leave("theft", stolen)
        mass = float("nan") if stolen.adversary_epochs == NOT_FINITE else told.query_target_mass
        key = "0" * 64 if stolen.adversary_epochs == STRANGE else stolen.key
        yield Finished(0.5, {"key": key, "seconds": 0.5, "entangled": vars(replace(told, query_target_mass=mass))})


def theft(of: Experiment) -> Theft:
    """Return what the theft comes to: numbers that tell the experiments apart."""
    return Theft("entangled", of.budget, 0.9, 0.8, 1.0, of.kappa / 100, 0.5, 0.6, 0.7, 0.1, 0.05, of.seed / 1000)


# Not the lab's own Outcome, which would bring torch into every process.
OUTCOMES = {"result": SimpleNamespace(play=play, total_steps=total_steps, own=("query",), kept=(Theft, Claimed))}


def _leave(what: str, experiment: Experiment) -> None:
    if trace := os.environ.get(TRACE):
        with Path(trace).open("a") as file:
            file.write(f"{what} {experiment.key}\n")

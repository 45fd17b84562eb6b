"""A lab whose runs do what the pool must cope with; the seed of the experiment says what."""

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from app.lab.experiment import Experiment
from app.lab.stories.events import Distances, Event, Finished, Probe, Progress, Snapshot, Started, Weights

COUNT, HOLD, DEAF, RAISE, CRASH, SLOW, ONCE = range(7)
STEPS = 200
NAP = 0.004  # seconds, between two events of a slow run
_numbers = itertools.count()


def experiment(behaviour: int) -> Experiment:
    """Return an experiment with this behaviour and a key that no other test has."""
    return Experiment(seed=10 * next(_numbers) + behaviour)


def story(of: Experiment) -> list[Event]:
    """Return what a counting run yields."""
    return [
        Started(of.key, of.seed, STEPS),
        Probe(np.zeros((2, 4, 4), np.uint8), np.array([0, 1]), np.array([False, True]), 1),
        *(_step(number) for number in range(1, STEPS + 1)),
        Distances("victim", "clean", 0.0, "layer", np.zeros(1, np.int16), np.full(2, of.seed, np.float32)),
        Weights("victim", "entangled", {"layer.weight": np.full((3, 2), of.seed, np.float32)}),
        Finished(1.0, {"key": of.key}),
    ]


def warm_up() -> None:
    """Nothing here is worth waiting for."""


def in_spare_time() -> Iterator[str]:
    """Leave a mark for each of three pieces, where a test asks for it; the last one fails."""
    if folder := os.environ.get("FAKE_LAB_SPARE_TIME"):
        for number in range(3):
            Path(folder, f"{os.getpid()}-{number}").touch()
            yield str(number)
        raise MemoryError


def run(of: Experiment) -> Iterator[Event]:
    """Count to the end, hold on for ever, turn deaf, raise, take the process along, count slowly, crash only once."""
    print("A run prints what it likes.", flush=True)
    behaviour = of.seed % 10
    if behaviour == COUNT:
        yield from story(of)
        return
    if behaviour == SLOW:
        for event in story(of):
            time.sleep(NAP)
            yield event
        return
    if behaviour == ONCE:
        yield from story(of)[:-50]
        crashed = Path(os.environ["FAKE_LAB_TRACE"] + of.key[:12])
        if not crashed.exists():
            time.sleep(0.3)  # until what there is so far has been sent
            crashed.touch()
            os._exit(3)
        yield from story(of)[-50:]
        return
    try:
        yield Started(of.key, of.seed, STEPS)
        if behaviour == DEAF:
            time.sleep(3600)
        if behaviour == RAISE:
            raise ZeroDivisionError("the adversary divided by zero\nand more")
        if behaviour == CRASH:
            os._exit(3)
        for number in itertools.count(1):
            time.sleep(0.02)
            yield _step(number)
    finally:
        if trace := os.environ.get("FAKE_LAB_TRACE"):
            Path(trace).write_text(of.key, encoding="ascii")


def umap(of: Experiment, events: Sequence[Event]) -> Iterator[Event]:
    """Draw a map whose only coordinates tell which distances it was made from."""
    (seen,) = events
    assert isinstance(seen, Distances)
    yield Snapshot(seen.role, seen.defence, seen.epoch, seen.layer, "umap", seen.norms[None])


def remove(of: Experiment, events: Sequence[Event]) -> Iterator[Event]:
    """Tell how much of a finished run there was to begin with."""
    yield Started(of.key, of.seed, len(events))
    yield Finished(1.0, {"key": of.key})


def _step(number: int) -> Progress:
    return Progress("victim", "clean", number, "task", 0.5, {})

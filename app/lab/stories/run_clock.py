"""How a run is told: announced at its beginning, counted step by step, timed at its end."""

import time
from collections.abc import Iterator
from dataclasses import replace

import torch

from app.lab.experiment import Experiment
from app.lab.stories.events import Event, Finished, Phase, Progress, Started


def told(experiment: Experiment, steps: int, story: Iterator[Event]) -> Iterator[Event]:
    """Begin with :class:`Started`, say how much is done, and how long it took.

    Args:
        experiment: what is run.
        steps: how many :class:`Progress` events there will be.
        story: what happens; the seconds of each :class:`Finished` are those since the one before.
    """
    torch.set_num_threads(1)  # whoever ran here before (UMAP does) may have left another number, and other roundings
    began = time.perf_counter()
    yield Started(experiment.key, experiment.seed, steps)
    done = 0
    for event in story:
        match event:
            case Progress() | Phase():
                done += isinstance(event, Progress)
                yield replace(event, done=done)
            case Finished():
                ended = time.perf_counter()
                yield Finished(ended - began, {**event.result, "seconds": round(ended - began, 2)})
                began = ended
            case _:
                yield event

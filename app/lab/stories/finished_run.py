"""Working with a finished run: rebuild its models and its scene, and query them again.

All that is needed is in the events of the run, or follows from its seed.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.lab.experiment import Experiment
from app.lab.stories import heist
from app.lab.stories.events import Defence, Event, Probe, Role, Snapshot, Weights
from app.lab.stories.run_clock import RunClock
from app.lab.stories.scene import Scene, one_core_threads, set_scene
from app.lab.task import datasets, networks, representation
from app.lab.task.networks import FeatureNetwork

Outcome = TypeVar("Outcome")


def rebuilt(experiment: Experiment, trained: Weights) -> FeatureNetwork:
    """Return a model of a finished run, rebuilt from its weights."""
    data = datasets.load(experiment.dataset)
    network = experiment.network if trained.role == "victim" else experiment.adversary_network
    model = networks.build(network, data.shape, data.classes, torch.Generator())
    model.load_state_dict({name: torch.from_numpy(value) for name, value in trained.tensors.items()})
    return model


def models_of(experiment: Experiment, events: Iterable[Event]) -> dict[tuple[Role, Defence], FeatureNetwork]:
    """Return the models of a finished run by role and defence, in the order of its :class:`Weights`."""
    return {(event.role, event.defence): rebuilt(experiment, event) for event in events if isinstance(event, Weights)}


def trigger_answers(
    experiment: Experiment, probe: Probe, copies: Sequence[Weights]
) -> dict[Defence, NDArray[np.int64]]:
    """Query the copies of a finished run with the triggers of its probe.

    The triggers of the probe are the first ones of the claim, in its order
    (:class:`~app.lab.stories.events.Claimed`).

    Args:
        experiment: the settings of the run.
        probe: its last :class:`Probe`.
        copies: the :class:`Weights` of its copies.

    Returns:
        For each defence, the answers of the copy to the triggers, ``(triggers,)``.
    """
    shown = datasets.from_display(probe.inputs[probe.is_trigger])

    def answers(copy: Weights) -> NDArray[np.int64]:
        labels: NDArray[np.int64] = networks.predict(rebuilt(experiment, copy), shown).argmax(dim=1).numpy()
        return labels

    with one_core_threads(1) as thread:  # as in the run, and without waiting for busy cores
        return {copy.defence: labels for copy, labels in zip(copies, thread.map(answers, copies), strict=True)}


def umap(experiment: Experiment, events: Sequence[Event]) -> Iterator[Event]:
    """Project the probe of a finished run with UMAP: a :class:`Snapshot` for each victim and layer.

    The maps of the first victim initialise those of the others, so that they differ by the models only.

    Args:
        experiment: the settings of the run.
        events: the events of the run; its last :class:`Probe` and its :class:`Weights` are used.
    """
    probe = [event for event in events if isinstance(event, Probe)][-1]
    inputs = datasets.from_display(probe.inputs)
    end = float(experiment.task_epochs + experiment.watermark_epochs)
    starts = None
    for trained in (event for event in events if isinstance(event, Weights) and event.role == "victim"):
        found = representation.features(rebuilt(experiment, trained), inputs)
        maps = representation.umap((values.numpy() for values in found.values()), experiment.seed, starts)
        starts = starts or maps
        for layer, points in zip(found, maps, strict=True):
            yield Snapshot(trained.role, trained.defence, end, layer, "umap", points)


def repeated_scene(experiment: Experiment) -> Scene:
    """Return the scene of a run with its perturbed triggers, for which the shared task training is repeated."""
    scene, *_ = _return_value(heist.task_training(RunClock(), set_scene(experiment, looks=False)))
    return scene


def repeated_queries(scene: Scene, victim: FeatureNetwork, defence: Defence) -> tuple[Tensor, Tensor]:
    """Return the adversary's queries ``(n, ...)`` and the answers of ``victim``, ``(n, classes)``."""
    queries = heist.adversary_queries(scene.experiment, scene.data)
    return queries.inputs, _return_value(heist.query(scene, victim, defence, queries))


def _return_value(story: Generator[Event, None, Outcome]) -> Outcome:
    """Run a part of a story to its end; return its return value."""
    while True:
        try:
            next(story)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

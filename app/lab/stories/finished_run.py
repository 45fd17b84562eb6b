"""What can be done with a finished run: its models are rebuilt and asked again, its court is set up once more.

The weights, and all else that these need, are in the run's events, or follow from its seed.
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
    """Return a model of a finished run from its weights, to be asked again."""
    data = datasets.load(experiment.dataset)
    network = experiment.network if trained.role == "victim" else experiment.adversary_network
    model = networks.build(network, data.shape, data.classes, torch.Generator())
    model.load_state_dict({name: torch.from_numpy(value) for name, value in trained.tensors.items()})
    return model


def models_of(experiment: Experiment, events: Iterable[Event]) -> dict[tuple[Role, Defence], FeatureNetwork]:
    """Return the models of a finished run by role and defence, in the order in which their weights were told."""
    return {(event.role, event.defence): rebuilt(experiment, event) for event in events if isinstance(event, Weights)}


def interrogate(experiment: Experiment, probe: Probe, copies: Sequence[Weights]) -> dict[Defence, NDArray[np.int64]]:
    """Ask the copies of a finished run about the triggers of its probe, again.

    The probe's triggers are the first ones that the court asks about, in its order
    (:class:`~app.lab.stories.events.Claimed`).

    Args:
        experiment: the run that was finished.
        probe: its last :class:`Probe`.
        copies: of its :class:`Weights`, those of the copies.

    Returns:
        By defence, the class that the copy answers each trigger with, ``(triggers,)``.
    """
    shown = datasets.from_display(probe.inputs[probe.is_trigger])

    def answers(copy: Weights) -> NDArray[np.int64]:
        said: NDArray[np.int64] = networks.predict(rebuilt(experiment, copy), shown).argmax(dim=1).numpy()
        return said

    with one_core_threads(1) as thread:  # as in the run; and a page that asks must not wait for busy cores
        return {copy.defence: said for copy, said in zip(copies, thread.map(answers, copies), strict=True)}


def umap(experiment: Experiment, events: Sequence[Event]) -> Iterator[Event]:
    """Project the probe of a finished run with UMAP: a :class:`Snapshot` for each victim and layer.

    The maps of the first victim are where those of the others begin: what differs is the models.

    Args:
        experiment: the run that was finished.
        events: what it yielded; its last :class:`Probe` and its :class:`Weights` are used.
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


def courtroom(experiment: Experiment) -> Scene:
    """Return the scene of a run with its triggers moved as the run moves them; it repeats the common task training."""
    scene, *_ = _ended(heist.task_training(RunClock(), set_scene(experiment, looks=False)))
    return scene


def interrogation(scene: Scene, victim: FeatureNetwork, defence: Defence) -> tuple[Tensor, Tensor]:
    """Return the adversary's queries ``(n, ...)`` and what ``victim`` answered, ``(n, classes)``."""
    asked = heist.adversary_queries(scene.experiment, scene.data)
    return asked.inputs, _ended(heist.query(scene, victim, defence, asked))


def _ended(story: Generator[Event, None, Outcome]) -> Outcome:
    """Let a part of the story happen unseen; return what it comes to."""
    while True:
        try:
            next(story)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

"""Working with a finished run: rebuild its models and its scene, and query them again.

All that is needed is in the events of the run, or follows from its seed.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import product
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.stories import heist
from app.lab.stories.events import DEFENCES, Defence, Distances, Event, Probe, Role, Snapshot, Weights
from app.lab.stories.looks import looks
from app.lab.stories.run_clock import RunClock
from app.lab.stories.scene import Scene, one_core_threads, set_scene
from app.lab.task import datasets, networks, representation
from app.lab.task.networks import FeatureNetwork

Outcome = TypeVar("Outcome")

UMAPS = {"umap": 2, "umap-3d": 3}  # the methods of :class:`Snapshot`, and the dimensions of their maps


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
    """Map the probe of a finished run with UMAP: a :class:`Snapshot` for each look into each layer of each victim.

    Each map starts from the one at the look before, and the victims share theirs until they part: so points move
    smoothly through the training, and the maps of two victims differ by what these learnt. All maps of the plane come
    before those of space, and the layer that tells most comes first.

    Args:
        experiment: the settings of the run.
        events: the events of the run; its :class:`Distances` are used.
    """
    seen = [event for event in events if isinstance(event, Distances)]
    telling = choices.telling_layer(experiment.network)
    names = sorted(choices.layer_names(experiment.network), key=lambda name: name != telling)
    for (method, dimensions), layer in product(UMAPS.items(), names):
        known: dict[int, NDArray[np.float32]] = {}  # by look: some are of all victims, or of several epochs
        for defence in DEFENCES:
            latest: NDArray[np.float32] | None = None
            for epoch, look in looks(seen, defence, layer, experiment.task_epochs).items():
                if id(look) not in known:
                    apart = representation.distances(look.cosines, look.norms, "cosine")
                    known[id(look)] = representation.umap(apart, experiment.seed, latest, dimensions)
                latest = known[id(look)]
                yield Snapshot(look.role, defence, epoch, layer, method, latest)


def last_maps(experiment: Experiment, events: Sequence[Event]) -> Iterator[Snapshot]:
    """Map the probe of a finished run with UMAP, in the layer that tells most, at the end of each victim's training.

    The map of the first victim is where those of the others start from. Arguments as those of :func:`umap`.
    """
    seen = [event for event in events if isinstance(event, Distances)]
    layer = choices.telling_layer(experiment.network)
    start: NDArray[np.float32] | None = None
    for defence in DEFENCES:
        epoch, look = list(looks(seen, defence, layer, experiment.task_epochs).items())[-1]
        apart = representation.distances(look.cosines, look.norms, "cosine")
        points = representation.umap(apart, experiment.seed, start, UMAPS["umap"])
        start = points if start is None else start
        yield Snapshot(look.role, defence, epoch, layer, "umap", points)


def repeated_scene(experiment: Experiment) -> Scene:
    """Return the scene of a run with its final triggers, for which the shared task training is repeated."""
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

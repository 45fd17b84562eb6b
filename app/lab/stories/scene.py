"""The scene of a run: data, triggers and probe, and how models are measured on them.

The *probe* is the set of test inputs and triggers whose features the maps show. :func:`watch` turns
training steps into events and measures the model after every epoch.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.randomness import numpy_stream, torch_stream
from app.lab.stories.events import Defence, Distances, Measured, Probe, Role, Snapshot
from app.lab.stories.run_clock import ModelStep
from app.lab.task import agreement, datasets, networks, representation, training
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark import innocent_ensemble, placement, snnl, triggers

HELD_OUT = 200  # triggers for the claim, drawn from their own random stream and never trained on
WATCHED = 500  # test inputs on which models are measured while they train; the result is measured on all of them
_PROBE_PER_CLASS = 24
_PROBE_TRIGGERS = 60
# At a model in training, so that looking takes a small part of the time: into a victim at every epoch of most runs, so
# that maps can be followed from one to the next.
_MOST_LOOKS: dict[Role, int] = {"victim": 12, "copy": 5}

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Sight:
    """What a look sees in one layer: the features of the probe, and what is computed from them.

    ``similarities`` and ``plane`` are those of :class:`~app.lab.stories.events.Distances` and of
    :class:`~app.lab.stories.events.Snapshot`, the others those of :class:`~app.lab.stories.events.Measured`.
    """

    features: Tensor
    similarities: tuple[NDArray[np.int16], NDArray[np.float32]]
    plane: NDArray[np.float32]
    snnl: float
    target_share: float


Sights = dict[str, Sight]  # by layer


@dataclass(frozen=True)
class Scene:
    """Data, triggers that are trained on, held-out triggers, and the probe with its inputs.

    ``looks``: whether models are measured while they train.
    """

    experiment: Experiment
    data: datasets.Dataset
    trained: Tensor
    held_out: Tensor
    probe: Probe
    probe_inputs: Tensor
    looks: bool = True

    @property
    def entangled_layers(self) -> tuple[str, ...]:
        """The feature layers that are entangled."""
        return networks.chosen_layers(choices.layer_names(self.experiment.network), self.experiment.layers)

    def random(self, name: str) -> torch.Generator:
        """Return a new generator for the run's random stream ``name``."""
        return torch_stream(self.experiment.seed, name)

    def network(self, stream: str, network: str = "") -> FeatureNetwork:
        """Return an untrained network, by default of the victim's architecture, with weights from ``stream``."""
        return networks.build(
            network or self.experiment.network, self.data.shape, self.data.classes, self.random(stream)
        )


def one_core_threads(count: int) -> ThreadPoolExecutor:
    """Return a pool of ``count`` threads that compute on one core each.

    Torch's number of threads is a setting of each thread. With more than one, sums would be split
    differently from run to run, and results would not be reproducible to the last bit.
    """
    return ThreadPoolExecutor(max_workers=count, initializer=torch.set_num_threads, initargs=(1,))


@contextmanager
def aside(steps: Iterable[object]) -> Iterator[None]:
    """Take the steps on a thread of its own beside the block, and all of them by its end.

    A block that is left early, as by a visitor who stops the run, leaves the steps as well.

    Raises:
        Exception: at the end of the block, what a step raised.
    """
    left = threading.Event()

    def take() -> None:
        for _ in steps:
            if left.is_set():
                break

    with one_core_threads(1) as thread:
        taken = thread.submit(take)
        try:
            yield
        except BaseException:
            left.set()
            raise
        taken.result()


def in_lockstep(iterators: Sequence[Iterator[Kind]], stride: int) -> Iterator[Kind]:
    """Advance all iterators together, ``stride`` events at a time, each on its own thread.

    Each iterator must have its own model, optimiser and random stream; then neither the result nor the
    order of the events depends on how the threads are scheduled.
    """
    with one_core_threads(len(iterators)) as threads:
        running = list(iterators)
        while running:
            advances = list(threads.map(lambda iterator: list(islice(iterator, stride)), running))
            for events in advances:
                yield from events
            running = [iterator for iterator, events in zip(running, advances, strict=True) if events]


def set_scene(experiment: Experiment, *, looks: bool = True) -> Scene:
    """Load the data and draw both trigger sets; see :class:`Scene` for ``looks``."""
    data = datasets.load(experiment.dataset)
    trained, held_out = _drawn(experiment, data, placement.CORNER)
    return Scene(experiment, data, trained, held_out, *_probe(experiment, data, held_out), looks)


def _drawn(experiment: Experiment, data: datasets.Dataset, place: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Draw the triggers that are trained on and the held-out ones; ``place`` is where a patch lies."""

    def drawn(name: str, count: int, *, held_out: bool) -> Tensor:
        generator = numpy_stream(experiment.seed, name)
        return triggers.draw(
            experiment.trigger,
            count,
            data,
            experiment.source,
            generator,
            held_out=held_out,
            drawing=experiment.drawing,
            place=place,
        )

    return (
        drawn("triggers", experiment.trigger_count, held_out=False),
        drawn("held-out triggers", HELD_OUT, held_out=True),
    )


def patch_is_placed(experiment: Experiment) -> bool:
    """Return whether a model decides where the patches lie."""
    return experiment.trigger == "patch" and experiment.placement != "corner"


def triggers_need_a_model(experiment: Experiment) -> bool:
    """Return whether the triggers are final only when the model that the victims start from is trained."""
    return experiment.perturbed or patch_is_placed(experiment)


def other_innocents(scene: Scene) -> tuple[tuple[FeatureNetwork, ...], Iterator[training.Step]]:
    """Return the further innocent models that the triggers are perturbed against, and the steps that train them.

    There are none where the triggers are perturbed against one model, or not at all.
    """
    experiment = scene.experiment
    if not experiment.perturbed or experiment.perturbed_against == "released":
        return (), iter(())
    return innocent_ensemble.ensemble(scene.data, experiment.network, experiment.seed)


def with_final_triggers(scene: Scene, innocents: Sequence[FeatureNetwork]) -> Scene:
    """Place the patches, if they are placed by a model, and perturb the triggers, if they are perturbed.

    Both trigger sets get the same procedure, since an owner can draw new triggers for each claim.

    Args:
        scene: with the triggers as they were drawn.
        innocents: the model that the victims start from, then those of :func:`other_innocents`, trained.
    """
    experiment = scene.experiment
    companions = triggers.of_class(scene.data.owner, experiment.target)
    both = scene.trained, scene.held_out
    if patch_is_placed(experiment):
        both = _drawn(experiment, scene.data, _place(scene, innocents[0]))

    def moved(drawn: Tensor) -> Tensor:
        return triggers.perturb(
            innocents,
            drawn,
            companions,
            experiment.target,
            layers=scene.entangled_layers,
            temperature=experiment.temperature,
            metric=experiment.metric,
            generator=scene.random("perturbation"),
            against=experiment.perturbed_against,
        )

    if experiment.perturbed:
        with one_core_threads(2) as threads:
            trained, held_out = threads.map(moved, both)
        both = trained, held_out
    trained, held_out = both
    probe, inputs = _probe(experiment, scene.data, held_out)
    return replace(scene, trained=trained, held_out=held_out, probe=probe, probe_inputs=inputs)


def _place(scene: Scene, start: FeatureNetwork) -> tuple[int, int]:
    experiment, owner = scene.experiment, scene.data.owner
    slope = placement.snnl_slope(
        start,
        triggers.of_class(owner, experiment.source),
        triggers.of_class(owner, experiment.target),
        layers=scene.entangled_layers,
        temperature=experiment.temperature,
        metric=experiment.metric,
    )
    return placement.place(slope, placement.patch_edge(scene.data.shape[-1]), experiment.placement)


def watch(
    scene: Scene,
    model: FeatureNetwork,
    steps: Iterator[training.Step],
    total: int,
    role: Role,
    defences: Sequence[Defence],
    epochs: tuple[int, int],
    sights: Sights | None = None,
) -> Iterator[ModelStep | Measured | Distances | Snapshot]:
    """Yield each step and, now and then after an epoch, measurements and (of a victim) distances and projections.

    A model is measured before its first epoch and after the last one, and at most :data:`_MOST_LOOKS` times in all
    between, on :data:`WATCHED` test inputs.

    Args:
        scene: provides the test inputs and triggers.
        model: the model that ``steps`` trains.
        steps: the training, a generator.
        total: the number of steps.
        role: ``"victim"`` or ``"copy"``.
        defences: of the victim; if several share this training, each step is yielded once, and each
            measurement once per defence.
        epochs: the epoch at which the training starts, and at which it ends.
        sights: what the last look saw, with which the next projections are aligned; updated in place.
            None: nobody looks into the model.
    """
    first, last = epochs
    if first == 0 and scene.looks:
        yield from _measurements(scene, model, role, defences, 0.0, sights)
    measured, apart = 0, -(-(last - first) // _MOST_LOOKS[role])
    for step in steps:
        yield ModelStep(role, defences[0], step)
        passed = (last - first) * step.number / total
        if scene.looks and int(passed) > measured and (int(passed) % apart == 0 or step.number == total):
            measured = int(passed)
            yield from _measurements(scene, model, role, defences, first + passed, sights)


def _measurements(
    scene: Scene, model: FeatureNetwork, role: Role, defences: Sequence[Defence], epoch: float, sights: Sights | None
) -> Iterator[Measured | Distances | Snapshot]:
    before = {} if sights is None else dict(sights)
    seen = {} if sights is None else _look(scene, model, before)
    yield from _measured(scene, model, seen, role, defences, epoch)
    for layer, sight in seen.items():
        if sight is not before.get(layer):
            yield Distances(role, defences[0], epoch, layer, *sight.similarities)
        yield from (Snapshot(role, defence, epoch, layer, "pca", sight.plane) for defence in defences)
    if sights is not None:
        sights |= seen


def _look(scene: Scene, model: FeatureNetwork, before: Sights) -> Sights:
    """Look into a model; a layer that has not changed since the look ``before`` is seen as it was then."""
    found = representation.features(model, scene.probe_inputs)
    same = {
        layer for layer, sight in before.items() if torch.equal(found[layer], sight.features)
    }  # marking spares some
    snnls = entanglement(scene, {layer: values for layer, values in found.items() if layer not in same})
    probe = scene.probe

    def sight(layer: str) -> Sight:
        products = representation.products(found[layer].numpy())
        return Sight(
            found[layer],
            representation.similarities(products),
            representation.pca(products, before[layer].plane if layer in before else None),
            snnls[layer],
            representation.target_share(products, probe.labels, probe.is_trigger, probe.target),
        )

    return {layer: before[layer] if layer in same else sight(layer) for layer in found}


def entanglement(scene: Scene, found: dict[str, Tensor]) -> dict[str, float]:
    """Return, by layer, the SNNL between held-out triggers and target-class test inputs.

    Args:
        scene: the scene with the probe.
        found: the features of the probe by layer, ``(n, width)`` each.
    """
    experiment, probe = scene.experiment, scene.probe
    mixed = torch.from_numpy(probe.labels == probe.target)  # triggers and genuine inputs of the target class
    groups = torch.from_numpy(probe.is_trigger).long()[mixed]
    return {
        layer: float(snnl.soft_nearest_neighbor_loss(values[mixed], groups, experiment.temperature, experiment.metric))
        for layer, values in found.items()
    }


def _measured(
    scene: Scene, model: FeatureNetwork, seen: Sights, role: Role, defences: Sequence[Defence], epoch: float
) -> Iterator[Measured]:
    accuracy = agreement.accuracy(model, scene.data.test.first(WATCHED))
    watermark = triggers.success_rate(model, scene.held_out, scene.experiment.target)
    snnl = {layer: sight.snnl for layer, sight in seen.items()}
    target_share = {layer: sight.target_share for layer, sight in seen.items()}
    for defence in defences:
        yield Measured(role, defence, epoch, accuracy, watermark, snnl, target_share)


def _probe(experiment: Experiment, data: datasets.Dataset, held_out: Tensor) -> tuple[Probe, Tensor]:
    rows = torch.cat([(data.test.labels == label).nonzero()[:_PROBE_PER_CLASS, 0] for label in range(data.classes)])
    inputs = torch.cat([data.test.inputs[rows], held_out[:_PROBE_TRIGGERS]])
    marked = torch.full((len(inputs) - len(rows),), experiment.target)
    labels = torch.cat([data.test.labels[rows], marked]).numpy()
    is_trigger = np.arange(len(inputs)) >= len(rows)
    return Probe(datasets.to_display(inputs), labels, is_trigger, experiment.target), inputs

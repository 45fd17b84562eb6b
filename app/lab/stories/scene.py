"""The scene of a run: data, triggers and probe, and how models are measured on them.

The *probe* is the set of test inputs and triggers whose features the maps show. :func:`watch` turns
training steps into events and measures the model after every epoch.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from app.lab.stories.events import Defence, Measured, Probe, Role, Snapshot
from app.lab.stories.run_clock import ModelStep
from app.lab.task import agreement, datasets, networks, representation, training
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark import snnl, triggers

HELD_OUT = 200  # triggers for the claim, drawn from their own random stream and never trained on
_PROBE_PER_CLASS = 24
_PROBE_TRIGGERS = 60

Kind = TypeVar("Kind")
Planes = dict[str, NDArray[np.float32]]


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
        )

    trained = drawn("triggers", experiment.trigger_count, held_out=False)
    held_out = drawn("held-out triggers", HELD_OUT, held_out=True)
    return Scene(experiment, data, trained, held_out, *_probe(experiment, data, held_out), looks)


def with_perturbed_triggers(scene: Scene, innocent: FeatureNetwork) -> Scene:
    """Perturb both trigger sets with the same procedure, since an owner can draw new triggers for each claim."""
    experiment = scene.experiment
    companions = triggers.of_class(scene.data.owner, experiment.target)

    def moved(drawn: Tensor) -> Tensor:
        return triggers.perturb(
            innocent,
            drawn,
            companions,
            experiment.target,
            layers=scene.entangled_layers,
            temperature=experiment.temperature,
            metric=experiment.metric,
            generator=scene.random("perturbation"),
        )

    with one_core_threads(2) as threads:
        trained, held_out = threads.map(moved, (scene.trained, scene.held_out))
    probe, inputs = _probe(experiment, scene.data, held_out)
    return replace(scene, trained=trained, held_out=held_out, probe=probe, probe_inputs=inputs)


def watch(
    scene: Scene,
    model: FeatureNetwork,
    steps: Iterator[training.Step],
    total: int,
    role: Role,
    defences: Sequence[Defence],
    epochs: tuple[int, int],
    planes: Planes | None = None,
) -> Iterator[ModelStep | Measured | Snapshot]:
    """Yield each step and, before the first epoch and after each one, measurements and (of a victim) projections.

    Args:
        scene: provides the test inputs and triggers.
        model: the model that ``steps`` trains.
        steps: the training, a generator.
        total: the number of steps.
        role: ``"victim"`` or ``"copy"``.
        defences: of the victim; if several share this training, each step is yielded once, and each
            measurement once per defence.
        epochs: the epoch at which the training starts, and at which it ends.
        planes: the latest projection of each layer, with which the next one is aligned; updated in place.
            None: no projections.
    """
    first, last = epochs
    if first == 0 and scene.looks:
        yield from _measurements(scene, model, role, defences, 0.0, planes)
    measured = 0
    for step in steps:
        yield ModelStep(role, defences[0], step)
        passed = (last - first) * step.number / total
        if scene.looks and int(passed) > measured:
            measured = int(passed)
            yield from _measurements(scene, model, role, defences, first + passed, planes)


def _measurements(
    scene: Scene, model: FeatureNetwork, role: Role, defences: Sequence[Defence], epoch: float, planes: Planes | None
) -> Iterator[Measured | Snapshot]:
    found = {} if planes is None else representation.features(model, scene.probe_inputs)
    yield from _measured(scene, model, found, role, defences, epoch)
    for layer, values in found.items():
        assert planes is not None
        planes[layer] = representation.pca(values.numpy(), planes.get(layer))
        yield from (Snapshot(role, defence, epoch, layer, "pca", planes[layer]) for defence in defences)


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
    scene: Scene,
    model: FeatureNetwork,
    found: dict[str, Tensor],
    role: Role,
    defences: Sequence[Defence],
    epoch: float,
) -> Iterator[Measured]:
    experiment, probe = scene.experiment, scene.probe
    accuracy = agreement.accuracy(model, scene.data.test)
    watermark = triggers.success_rate(model, scene.held_out, experiment.target)
    snnl = entanglement(scene, found)
    target_share = {
        layer: representation.target_share(values.numpy(), probe.labels, probe.is_trigger, probe.target)
        for layer, values in found.items()
    }
    for defence in defences:
        yield Measured(role, defence, epoch, accuracy, watermark, snnl, target_share)


def _probe(experiment: Experiment, data: datasets.Dataset, held_out: Tensor) -> tuple[Probe, Tensor]:
    rows = torch.cat([(data.test.labels == label).nonzero()[:_PROBE_PER_CLASS, 0] for label in range(data.classes)])
    inputs = torch.cat([data.test.inputs[rows], held_out[:_PROBE_TRIGGERS]])
    marked = torch.full((len(inputs) - len(rows),), experiment.target)
    labels = torch.cat([data.test.labels[rows], marked]).numpy()
    is_trigger = np.arange(len(inputs)) >= len(rows)
    return Probe(datasets.to_display(inputs), labels, is_trigger, experiment.target), inputs

"""What stays the same while models come and go, and how a model is looked at in it.

A scene holds the data, the two trigger sets and the *probe*: the test inputs and triggers whose
features the maps show. :func:`watch` turns training steps into events and looks at the model after
every epoch.
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
from app.lab.stories.run_clock import Taken
from app.lab.task import agreement, datasets, networks, representation, training
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark import snnl, triggers

HELD_OUT = 200  # triggers for the claim, drawn by a stream of their own and never trained on
_PROBE_PER_CLASS = 24
_PROBE_TRIGGERS = 60

Kind = TypeVar("Kind")
Planes = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Scene:
    """The data, the triggers that are trained on, the held-out ones, and the probe with its inputs.

    ``looks``: whether models are examined in it while they train.
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
        """The feature layers whose SNNL counts."""
        return networks.chosen_layers(choices.layer_names(self.experiment.network), self.experiment.layers)

    def random(self, name: str) -> torch.Generator:
        """Return the run's random stream ``name``, from its beginning."""
        return torch_stream(self.experiment.seed, name)

    def network(self, stream: str, network: str = "") -> FeatureNetwork:
        """Return an untrained network (the victim's, or another), its weights from the random stream ``stream``."""
        return networks.build(
            network or self.experiment.network, self.data.shape, self.data.classes, self.random(stream)
        )


def one_core_threads(count: int) -> ThreadPoolExecutor:
    """Return ``count`` threads that compute on one core each.

    Torch sets its number of threads for each thread anew; left alone, it would share out sums by how
    busy the machine is, and a run would not repeat itself to the last bit.
    """
    return ThreadPoolExecutor(max_workers=count, initializer=torch.set_num_threads, initargs=(1,))


def in_lockstep(lanes: Sequence[Iterator[Kind]], stride: int) -> Iterator[Kind]:
    """Advance all lanes together, ``stride`` events at a time, each on a thread of its own.

    Every lane has its own model, optimiser and random stream, so neither the result nor the order
    of the events depends on how the threads are scheduled.
    """
    with one_core_threads(len(lanes)) as threads:
        waiting = list(lanes)
        while waiting:
            advances = list(threads.map(lambda lane: list(islice(lane, stride)), waiting))
            for advance in advances:
                yield from advance
            waiting = [lane for lane, advance in zip(waiting, advances, strict=True) if advance]


def set_scene(experiment: Experiment, *, looks: bool = True) -> Scene:
    """Load the data and draw both trigger sets; ``looks`` as in :class:`Scene`."""
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
    """Move both trigger sets by the same recipe: an owner may draw new triggers for each claim."""
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
) -> Iterator[Taken | Measured | Snapshot]:
    """Report each step; before the first epoch and after each one, examine the model and (a victim) look inside.

    Args:
        scene: where.
        model: what ``steps`` trains.
        steps: the training; it takes a step whenever it is asked for one.
        total: how many steps there are.
        role: ``"victim"`` or ``"copy"``.
        defences: whose model this is; while several share one training, a step is reported once
            and a look for each of them.
        epochs: the first and the last, as they are to be counted.
        planes: the latest projection of each layer, onto which the next one is turned; updated.
            None: nobody looks inside.
    """
    first, last = epochs
    if first == 0 and scene.looks:
        yield from _look(scene, model, role, defences, 0.0, planes)
    looked = 0
    for step in steps:
        yield Taken(role, defences[0], step)
        passed = (last - first) * step.number / total
        if scene.looks and int(passed) > looked:
            looked = int(passed)
            yield from _look(scene, model, role, defences, first + passed, planes)


def _look(
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
        scene: whose probe was looked at.
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

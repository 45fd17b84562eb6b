"""A backdoor beside a watermark: the same training, with another intention; and a defence that is tried on both.

Of an :class:`~app.lab.experiment.Experiment` it takes the data, the training, the target, and ``trigger_count``: so
many training pictures are poisoned (backdoor), or so many triggers added (watermark).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import torch

from app.lab.experiment import Experiment
from app.lab.poisoning import backdoor as badnets
from app.lab.randomness import numpy_stream, torch_stream
from app.lab.removal.resources import Resources
from app.lab.removal.retraining import fine_pruning
from app.lab.stories import parts
from app.lab.stories.events import Event, Finished, Started
from app.lab.stories.events.backdoor import PLANTED, BackdoorResult, Learned, Planted, PlantedResult, Pruned, Shown
from app.lab.stories.run_clock import RunClock
from app.lab.stories.scene import HELD_OUT, WATCHED, in_lockstep
from app.lab.task import agreement, datasets, networks, training
from app.lab.task.agreement import share
from app.lab.task.datasets import Dataset, Split
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark import triggers

SHARES = (0.0, 0.4, 0.8)  # of the last layer's units, that the defence switches off; at 0, the model as it was
_OWN, _SPARE = 300, 1000  # labelled and unlabelled pictures of the defender
_SHOWN = 6
_STRIDE = 12  # steps of one model before those of the next


def backdoor(experiment: Experiment) -> Iterator[Event]:
    """Train three models that differ only in what is planted in their data, then prune and repair the planted ones.

    Yields :class:`Shown`, a :class:`Learned` for each model and epoch, a :class:`Pruned` for each planted model and
    strength of the defence, and the end.

    Raises:
        ValueError: one sentence, if the data are no pictures, or more are to be poisoned than there are.
    """
    data = datasets.load(experiment.dataset)
    if data.form != "picture":
        raise ValueError(f"A backdoor is stamped on pictures; {experiment.dataset!r} has none.")
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, total_steps(experiment))
    drawn, held_out = _triggers(experiment, data)
    sets = _training_sets(experiment, data, drawn)
    few = data.test.inputs[data.test.labels != experiment.target][:_SHOWN]
    yield Shown(
        datasets.to_display(few),
        datasets.to_display(badnets.stamped(few)),
        datasets.to_display(held_out[:_SHOWN]),
        experiment.trigger_count,
        len(data.owner.labels),
    )
    yield clock.phase("planting")
    built = {
        planted: networks.build(
            experiment.network, data.shape, data.classes, torch_stream(experiment.seed, "backdoor weights")
        )
        for planted in PLANTED
    }

    def learning(planted: Planted) -> Iterator[training.Step | tuple[Planted, int, float, float]]:
        model, how, part = built[planted], parts.task_training(experiment), sets[planted]
        each = training.batches_per_epoch(len(part.labels), how.batch_size)
        random = torch_stream(experiment.seed, "backdoor order")
        for step in training.train_task(model, part.inputs, part.labels, how, random):
            yield step
            epoch, within = divmod(step.number, each)
            if within == 0:
                test = data.test if epoch == how.epochs else data.test.first(WATCHED)
                success = _success(planted, model, test, held_out, experiment.target)
                yield planted, epoch, agreement.accuracy(model, test), success

    last: dict[Planted, Learned] = {}
    for event in in_lockstep([learning(planted) for planted in PLANTED], _STRIDE):
        if isinstance(event, training.Step):
            clock.skipped(1)
        else:
            planted, epoch, accuracy, success = event
            last[planted] = Learned(planted, epoch, clock.done, accuracy, success)
            yield last[planted]
    yield clock.phase("pruning")
    resources = _resources(experiment, data)

    def defended(planted: Planted) -> Iterator[Pruned]:
        random = torch_stream(experiment.seed, "pruning")
        asked = held_out if planted == "watermark" else badnets.stamped_others(data.test, experiment.target)
        yield Pruned(planted, 0.0, last[planted].accuracy, last[planted].success)
        for attempt in fine_pruning(built[planted], resources, SHARES[1:], random):
            right = share(attempt.answer(data.test.inputs) == data.test.labels)
            yield Pruned(planted, attempt.strength, right, share(attempt.answer(asked) == experiment.target))

    pruned: list[Pruned] = []
    for attempt in in_lockstep([defended(planted) for planted in PLANTED[1:]], 1):
        pruned.append(attempt)
        yield attempt
    seconds = clock.lap()
    yield Finished(seconds, _result(experiment, data, last, pruned, seconds))


def with_share(experiment: Experiment, poisoned: float) -> Experiment:
    """Return the experiment with this share of the training data poisoned.

    Raises:
        ValueError: one sentence, if that is no share, or too many or too few pictures.
    """
    if not 0 < poisoned < 1:
        raise ValueError(f"The share of poisoned training data lies between 0 and 1; it is {poisoned:g}.")
    owned = len(datasets.load(experiment.dataset).owner.labels)
    return replace(experiment, trigger_count=max(1, round(poisoned * owned)))


def total_steps(experiment: Experiment) -> int:
    """Return the number of steps of all three models."""
    owned, how = len(datasets.load(experiment.dataset).owner.labels), parts.task_training(experiment)
    return 2 * training.task_steps(owned, how) + training.task_steps(owned + experiment.trigger_count, how)


def _triggers(experiment: Experiment, data: Dataset) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw the watermark's triggers: those that are trained on, and those that are held out."""

    def drawn(name: str, count: int, *, held_out: bool) -> torch.Tensor:
        random = numpy_stream(experiment.seed, name)
        return triggers.draw(
            experiment.trigger,
            count,
            data,
            experiment.source,
            random,
            held_out=held_out,
            drawing=experiment.drawing,
        )

    return (
        drawn("triggers", experiment.trigger_count, held_out=False),
        drawn("held-out triggers", HELD_OUT, held_out=True),
    )


def _training_sets(experiment: Experiment, data: Dataset, drawn: torch.Tensor) -> dict[Planted, Split]:
    random: np.random.Generator = numpy_stream(experiment.seed, "poison")
    secret = torch.full((len(drawn),), experiment.target)
    return {
        "clean": data.owner,
        "backdoor": badnets.poisoned(data.owner, experiment.trigger_count, experiment.target, random),
        "watermark": Split(torch.cat([data.owner.inputs, drawn]), torch.cat([data.owner.labels, secret])),
    }


def _success(planted: Planted, model: FeatureNetwork, test: Split, held_out: torch.Tensor, target: int) -> float:
    stamped = badnets.attack_success(model, test, target)
    asked = triggers.success_rate(model, held_out, target)
    return {"clean": max(stamped, asked), "backdoor": stamped, "watermark": asked}[planted]


def _resources(experiment: Experiment, data: Dataset) -> Resources:
    """Return what a defender has: a few labelled pictures, and more without labels, none of them the model's own."""
    own = Split(data.adversary.inputs[:_OWN], data.adversary.labels[:_OWN])
    spare = data.adversary.inputs[_OWN : _OWN + _SPARE]
    nothing = torch.empty(0)
    how = parts.task_training(experiment)
    return Resources(experiment.network, data.classes, nothing, nothing, own, spare, nothing, how)


def _result(
    experiment: Experiment,
    data: Dataset,
    last: Mapping[Planted, Learned],
    pruned: Sequence[Pruned],
    seconds: float,
) -> BackdoorResult:
    def told(planted: Planted) -> PlantedResult:
        defended = [one for one in pruned if one.model == planted]
        return {
            "accuracy": last[planted].accuracy,
            "success": last[planted].success,
            "shares": [one.share for one in defended],
            "pruned_accuracy": [one.accuracy for one in defended],
            "pruned_success": [one.success for one in defended],
        }

    models = {planted: told(planted) for planted in PLANTED}
    return cast(
        BackdoorResult,
        {
            "key": experiment.key,
            "seed": experiment.seed,
            "poisoned": experiment.trigger_count,
            "share": experiment.trigger_count / len(data.owner.labels),
            **models,
            "seconds": round(seconds, 2),
        },
    )

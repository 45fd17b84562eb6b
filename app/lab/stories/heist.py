"""The heist: train three victims, extract a copy of each, and claim ownership of the copies.

It takes an :class:`~app.lab.experiment.Experiment` and yields events; pages, the command line and the
tables of the evidence only display these events.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import cast

import torch
from torch import Tensor

from app.lab.experiment import PRESETS, Experiment
from app.lab.extraction import channel, prediction_api, queries
from app.lab.ownership import binomial
from app.lab.randomness import numpy_stream
from app.lab.stories import parts
from app.lab.stories.events import (
    DEFENCES,
    WATERMARKED,
    Claimed,
    Defence,
    Event,
    Finished,
    HeistResult,
    Measured,
    Queried,
    Role,
    Snapshot,
    Started,
    Theft,
    Weights,
)
from app.lab.stories.events.heist import CopyResult
from app.lab.stories.run_clock import ModelStep, RunClock
from app.lab.stories.scene import Planes, Scene, entanglement, in_lockstep, set_scene, watch, with_perturbed_triggers
from app.lab.task import agreement, datasets, networks, representation, training
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark import ewe, triggers

_QUERY_BATCH = 100
_SHOWN_QUERIES = 8  # of each batch of queries, to be displayed
_STRIDE = 12  # events of one training before those of the next: a tenth of a second

Victims = dict[Defence, FeatureNetwork]
Training = Iterator[ModelStep | Measured | Snapshot]  # of one model, in parallel with others


def run(experiment: Experiment, *others: Experiment, looks: bool = True) -> Generator[Event]:
    """Train three victims, extract a copy of each, and test a claim on the copies of the two watermarked ones.

    All three share the task training. Then ``clean`` continues with the task only, and ``naive`` and
    ``entangled`` are trained on task and watermark, with identical batches. The copy of the clean victim is
    the control. The first event is :class:`Started`, the last :class:`Finished`; the generator can be closed
    at any event.

    Args:
        experiment: the settings of the run.
        others: further thefts from the same victims, which are trained once. Each yields its events from the
            queries on, with the same result as in a separate run; its :class:`Finished` counts the seconds
            since the previous one.
        looks: whether models are measured while they train (:class:`Measured`, :class:`Snapshot`); this does
            not change the result.

    Raises:
        ValueError: if ``others`` have other victims, or the run is too short for a watermark batch.
    """
    if any(other.victim_key != experiment.victim_key for other in others):
        raise ValueError(
            "Thefts of one run must have the same victims: let them differ in the adversary's settings only."
        )
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, total_steps(experiment, *others))
    yield from story(clock, experiment, *others, looks=looks)


def warm_up() -> None:
    """Run the first steps of every preset, so that later runs in this process do not wait for imports and data."""
    for experiment in PRESETS.values():
        first_steps = story(RunClock(), experiment)
        for _ in islice(first_steps, 2 * _STRIDE):
            pass
        first_steps.close()


def total_steps(experiment: Experiment, *others: Experiment) -> int:
    """Return the number of :class:`Progress` events that :func:`run` yields.

    Raises:
        ValueError: if the run is too short for a single watermark batch.
    """
    data = datasets.load(experiment.dataset)
    owned = len(data.owner.labels)
    marking = parts.optimisation(experiment, experiment.watermark_epochs)
    if ewe.watermarked_steps(owned, marking, experiment.task_per_watermark) == training.task_steps(owned, marking):
        raise ValueError("The watermark would never be trained: choose fewer task batches per watermark batch.")

    def copying(theft: Experiment) -> int:
        count = queries.queries(data, theft.inputs, theft.budget)
        return training.task_steps(count, parts.optimisation(theft, theft.adversary_epochs))

    return (
        training.task_steps(owned, parts.optimisation(experiment, experiment.task_epochs))
        + training.task_steps(owned, marking)
        + len(WATERMARKED) * ewe.watermarked_steps(owned, marking, experiment.task_per_watermark)
        + len(DEFENCES) * sum(copying(theft) for theft in (experiment, *others))
    )


def story(clock: RunClock, experiment: Experiment, *others: Experiment, looks: bool = True) -> Generator[Event]:
    """Yield the events of :func:`run` after :class:`Started`; ``clock`` counts its steps, the rest is as there."""
    scene, victims = yield from _victim_training(clock, set_scene(experiment, looks=looks))
    for theft in (experiment, *others):
        yield from _theft_and_claim(clock, replace(scene, experiment=theft), victims)


def _victim_training(clock: RunClock, scene: Scene) -> Generator[Event, None, tuple[Scene, Victims]]:
    """Train the victims; return the scene with the final triggers, and the victims."""
    scene, innocent, planes = yield from task_training(clock, scene)
    yield clock.phase("watermark")
    victims = {defence: _duplicate(scene, innocent) for defence in DEFENCES}
    trainings = [_victim(scene, victims[defence], defence, dict(planes)) for defence in DEFENCES]
    yield from clock.counted(in_lockstep(trainings, _STRIDE))
    for defence, model in victims.items():
        yield _weights("victim", defence, model)
    return scene, victims


def task_training(clock: RunClock, scene: Scene) -> Generator[Event, None, tuple[Scene, FeatureNetwork, Planes]]:
    """Train the model that all victims start from, and perturb the triggers; return scene, model and projections."""
    experiment, owner = scene.experiment, scene.data.owner
    yield scene.probe

    yield clock.phase("task")
    innocent = scene.network("victim")
    how = parts.optimisation(experiment, experiment.task_epochs)
    steps = training.train_task(innocent, owner.inputs, owner.labels, how, scene.random("task"))
    total = training.task_steps(len(owner.labels), how)
    planes: Planes = {}
    yield from clock.counted(watch(scene, innocent, steps, total, "victim", DEFENCES, (0, how.epochs), planes))

    if experiment.perturbed:
        yield clock.phase("triggers")
        scene = with_perturbed_triggers(scene, innocent)
        yield scene.probe
    return scene, innocent, planes


def _theft_and_claim(clock: RunClock, scene: Scene, victims: Victims) -> Generator[Event]:
    """Query the victims, train the copies, test the claims; end with the result."""
    experiment, target, clean = scene.experiment, scene.experiment.target, victims["clean"]

    yield clock.phase("query")
    sent = adversary_queries(experiment, scene.data)
    answers = {}
    for defence in DEFENCES:
        answers[defence] = yield from query(scene, victims[defence], defence, sent)

    yield clock.phase("copy")
    copies = {defence: _untrained_copy(scene, defence) for defence in DEFENCES}
    trainings = [_copy(scene, copies[defence], defence, sent.inputs, answers[defence]) for defence in DEFENCES]
    yield from clock.counted(in_lockstep(trainings, _STRIDE))
    innocent = networks.predict(clean, sent.inputs).argmax(dim=1)
    thefts = []
    for defence in DEFENCES:
        found = channel.measure(answers[defence], sent.labels, innocent, target)
        thefts.append(_theft(scene, defence, victims[defence], copies[defence], found))
        yield thefts[-1]

    yield clock.phase("claim")
    claims = [_claim(scene, defence, (clean, copies["clean"]), copies[defence]) for defence in WATERMARKED]
    yield from claims
    for defence, model in copies.items():
        yield _weights("copy", defence, model)
    seconds = clock.lap()
    yield Finished(seconds, _result(scene, victims, thefts, claims, seconds))


def _result(
    scene: Scene, victims: Victims, thefts: Sequence[Theft], claims: Sequence[Claimed], seconds: float
) -> HeistResult:
    clean, naive, entangled = (_copy_result(scene, victims[theft.defence], theft) for theft in thefts)
    target = scene.experiment.target
    return {
        "key": scene.experiment.key,
        "seed": scene.experiment.seed,
        "clean": {
            "accuracy": agreement.accuracy(victims["clean"], scene.data.test),
            "watermark": triggers.success_rate(victims["clean"], scene.held_out, target),
            **clean,
        },
        "naive": naive,
        "entangled": entangled,
        "claim": {claim.defence: {"p_value": claim.p_value, "owned": claim.owned} for claim in claims},
        "seconds": round(seconds, 2),
    }


def _copy_result(scene: Scene, victim: FeatureNetwork, theft: Theft) -> CopyResult:
    measured = {name: value for name, value in vars(theft).items() if name != "defence"}
    features = representation.features(victim, scene.probe_inputs)
    return cast(CopyResult, {**measured, "victim_snnl": entanglement(scene, features)})


def _weights(role: Role, defence: Defence, model: FeatureNetwork) -> Weights:
    return Weights(role, defence, {name: value.numpy().copy() for name, value in model.state_dict().items()})


def _duplicate(scene: Scene, model: FeatureNetwork) -> FeatureNetwork:
    duplicate = scene.network("victim")
    duplicate.load_state_dict(model.state_dict())
    return duplicate


def _victim(scene: Scene, model: FeatureNetwork, defence: Defence, planes: Planes) -> Training:
    """Train one victim after the shared task training; all of them get the task data in the same order."""
    experiment, owner = scene.experiment, scene.data.owner
    how = parts.optimisation(experiment, experiment.watermark_epochs)
    order = scene.random("watermark")
    if defence == "clean":
        steps = training.train_task(model, owner.inputs, owner.labels, how, order)
        total = training.task_steps(len(owner.labels), how)
    else:
        how_entangled = ewe.Entanglement(
            experiment.kappa if defence == "entangled" else 0.0,
            experiment.temperature,
            scene.entangled_layers,
            experiment.metric,
        )
        steps = ewe.train_watermarked(
            model,
            owner,
            scene.trained,
            experiment.target,
            how,
            how_entangled,
            experiment.task_per_watermark,
            order,
            experiment.schedule,
        )
        total = ewe.watermarked_steps(len(owner.labels), how, experiment.task_per_watermark)
    start = experiment.task_epochs
    return watch(scene, model, steps, total, "victim", (defence,), (start, start + how.epochs), planes)


def adversary_queries(experiment: Experiment, data: datasets.Dataset) -> datasets.Split:
    """Return all queries of the adversary, with their true labels."""
    drawn = numpy_stream(experiment.seed, f"thief's {experiment.inputs}")
    return queries.adversary_inputs(data, experiment.inputs, experiment.budget, drawn)


def query(
    scene: Scene, victim: FeatureNetwork, defence: Defence, sent: datasets.Split
) -> Generator[Event, None, Tensor]:
    """Send the adversary's queries to ``victim``; return all answers, ``(n, classes)``."""
    api = prediction_api.PredictionAPI(victim, parts.policy(scene.experiment))
    received = []
    for inputs, answers in queries.query_all(api, sent.inputs, _QUERY_BATCH):
        received.append(answers)
        first = api.queries - len(inputs)
        yield Queried(
            defence,
            api.queries,
            datasets.to_display(inputs[:_SHOWN_QUERIES]),
            answers[:_SHOWN_QUERIES].numpy(),
            sent.labels[first : first + len(inputs)][:_SHOWN_QUERIES].numpy(),
        )
    return torch.cat(received)


def _untrained_copy(scene: Scene, defence: Defence) -> FeatureNetwork:
    """Return the untrained copy: with its own initial weights or, as a control, with those of the victim."""
    independent = scene.experiment.initialisation == "independent"
    return scene.network(f"thief {defence}" if independent else "victim", scene.experiment.adversary_network)


def _copy(scene: Scene, copy: FeatureNetwork, defence: Defence, inputs: Tensor, answers: Tensor) -> Training:
    how = parts.optimisation(scene.experiment, scene.experiment.adversary_epochs)
    steps = training.train_task(copy, inputs, answers, how, scene.random(f"copy {defence}"))
    total = training.task_steps(len(inputs), how)
    return watch(scene, copy, steps, total, "copy", (defence,), (0, how.epochs))


def _theft(
    scene: Scene,
    defence: Defence,
    victim: FeatureNetwork,
    copy: FeatureNetwork,
    found: channel.Channel,
) -> Theft:
    target, test = scene.experiment.target, scene.data.test
    return Theft(
        defence=defence,
        queries=found.queries,
        victim_accuracy=agreement.accuracy(victim, test),
        victim_watermark=triggers.success_rate(victim, scene.held_out, target),
        victim_trained_watermark=triggers.success_rate(victim, scene.trained, target),
        stolen_accuracy=agreement.accuracy(copy, test),
        stolen_watermark=triggers.success_rate(copy, scene.held_out, target),
        trained_watermark=triggers.success_rate(copy, scene.trained, target),
        fidelity=agreement.fidelity(copy, victim, test.inputs),
        query_error=found.error,
        query_target_error=found.target_error,
        query_target_mass=found.target_mass,
    )


def _claim(scene: Scene, defence: Defence, innocents: Sequence[FeatureNetwork], suspect: FeatureNetwork) -> Claimed:
    """Test the claim on one copy, with the innocent rate from the clean model that has more secret answers.

    The triggers were perturbed until the common start of the victims did not answer with the target, so the clean
    victim alone would underestimate the innocent rate. Its copy has other initial weights and no mark either, and
    the triggers were not perturbed against it.
    """
    target = scene.experiment.target
    answers = triggers.answered_with(suspect, scene.held_out, target).numpy()
    innocent = max(int(triggers.answered_with(model, scene.held_out, target).sum()) for model in innocents)
    count = len(scene.held_out)
    verdict = binomial.claim(int(answers.sum()), count, binomial.innocent_rate(innocent, count))
    return Claimed(
        defence=defence,
        successes=verdict.successes,
        queries=verdict.queries,
        clean_successes=innocent,
        clean_queries=count,
        innocent_rate=verdict.innocent_rate,
        p_value=verdict.p_value,
        owned=verdict.owned,
        answers=answers,
        p_values=binomial.p_values(answers, verdict.innocent_rate),
    )

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
from app.lab.stories import court, parts
from app.lab.stories.court import Court
from app.lab.stories.events import (
    DEFENCES,
    WATERMARKED,
    Claimed,
    Defence,
    Distances,
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
from app.lab.stories.scene import (
    Scene,
    Sights,
    aside,
    entanglement,
    in_lockstep,
    one_core_threads,
    other_innocents,
    set_scene,
    triggers_need_a_model,
    watch,
    with_final_triggers,
)
from app.lab.task import agreement, datasets, networks, representation, training
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark import ewe, triggers

_QUERY_BATCH = 100
_SHOWN_QUERIES = 8  # of each batch of queries, to be displayed
_STRIDE = 12  # events of one training before those of the next: a tenth of a second

Victims = dict[Defence, FeatureNetwork]
Training = Iterator[ModelStep | Measured | Distances | Snapshot]  # of one model, in parallel with others


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
        looks: whether models are measured while they train (:class:`Measured`, :class:`Distances`,
            :class:`Snapshot`); this does not change the result.

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
    marking = parts.marking(experiment)
    if ewe.watermarked_steps(owned, marking, experiment.task_per_watermark) == training.task_steps(owned, marking):
        raise ValueError("The watermark would never be trained: choose fewer task batches per watermark batch.")

    def copying(theft: Experiment) -> int:
        count = queries.queries(data, theft.inputs, theft.budget)
        return training.task_steps(count, parts.optimisation(theft, theft.adversary_epochs))

    return (
        training.task_steps(owned, parts.task_training(experiment))
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
    scene, innocent, sights = yield from task_training(clock, scene)
    yield clock.phase("watermark")
    victims = {defence: _duplicate(scene, innocent) for defence in DEFENCES}
    first, owner = scene.entangled_layers[0], scene.data.owner
    task, marked = replace(owner, inputs=innocent.before(first, owner.inputs)), innocent.before(first, scene.trained)
    trainings = [_victim(scene, victims[defence], defence, task, marked, dict(sights)) for defence in DEFENCES]
    yield from clock.counted(in_lockstep(trainings, _STRIDE))
    for defence, model in victims.items():
        yield _weights("victim", defence, model)
    return scene, victims


def task_training(clock: RunClock, scene: Scene) -> Generator[Event, None, tuple[Scene, FeatureNetwork, Sights]]:
    """Train the model that all victims start from, and perturb the triggers; return scene, model, and what was seen."""
    experiment, owner = scene.experiment, scene.data.owner
    yield scene.probe

    yield clock.phase("task")
    innocent = scene.network("victim")
    how = parts.task_training(experiment)
    steps = training.train_task(innocent, owner.inputs, owner.labels, how, scene.random("task"))
    total = training.task_steps(len(owner.labels), how)
    sights: Sights = {}
    others, learning = other_innocents(scene)
    with aside(learning):  # the shared training leaves a core idle
        yield from clock.counted(watch(scene, innocent, steps, total, "victim", DEFENCES, (0, how.epochs), sights))

    if triggers_need_a_model(experiment):
        yield clock.phase("triggers")
        scene = with_final_triggers(scene, (innocent, *others))
        yield scene.probe
    return scene, innocent, sights


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

    def measured(defence: Defence) -> Theft:
        found = channel.measure(answers[defence], sent.labels, innocent, target)
        return _theft(scene, defence, victims[defence], copies[defence], found)

    with one_core_threads(len(DEFENCES)) as threads:
        thefts = list(threads.map(measured, DEFENCES))
    yield from thefts

    yield clock.phase("claim")
    hearing = court.convene(experiment, scene.data, scene.held_out)
    claims = [_claim(hearing, defence, copies[defence]) for defence in DEFENCES]
    yield from (claim for claim in claims if claim.defence in WATERMARKED)
    for defence, model in copies.items():
        yield _weights("copy", defence, model)
    seconds = clock.lap()
    yield Finished(seconds, _result(scene, victims, thefts, claims, seconds))


def _result(
    scene: Scene, victims: Victims, thefts: Sequence[Theft], claims: Sequence[Claimed], seconds: float
) -> HeistResult:
    clean, naive, entangled = (_copy_result(scene, victims[theft.defence], theft) for theft in thefts)
    return {
        "key": scene.experiment.key,
        "seed": scene.experiment.seed,
        "clean": {
            "accuracy": clean["victim_accuracy"],
            "watermark": clean["victim_watermark"],
            **clean,
        },
        "naive": naive,
        "entangled": entangled,
        "panel": claims[0].panel,
        "innocent_rate": claims[0].innocent_rate,
        "claim": {
            claim.defence: {
                "verdict": claim.verdict,
                "reason": claim.reason,
                "p_value": claim.p_value,
                "owned": claim.owned,
            }
            for claim in claims
        },
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


def _victim(
    scene: Scene, model: FeatureNetwork, defence: Defence, task: datasets.Split, marked: Tensor, sights: Sights
) -> Training:
    """Train one victim after the shared task training; all of them get the task data in the same order.

    Args:
        scene: the scene with the final triggers.
        model: the victim, with the weights of the shared training.
        defence: how it is trained.
        task: what the first entangled layer gets for the owner's inputs, and
        marked: for the triggers, both with the weights of the shared training, which the layers before it keep.
        sights: see :func:`~app.lab.stories.scene.watch`.
    """
    experiment, how, order = scene.experiment, parts.marking(scene.experiment), scene.random("watermark")
    trained = model.tail(scene.entangled_layers[0])
    if defence == "clean":
        steps = training.train_task(trained, task.inputs, task.labels, how, order)
        total = training.task_steps(len(task.labels), how)
    else:
        how_entangled = ewe.Entanglement(
            experiment.kappa if defence == "entangled" else 0.0,
            experiment.temperature,
            scene.entangled_layers,
            experiment.metric,
            experiment.temperature_rate,
        )
        steps = ewe.train_watermarked(
            trained,
            task,
            marked,
            experiment.target,
            how,
            how_entangled,
            experiment.task_per_watermark,
            order,
            experiment.schedule,
        )
        total = ewe.watermarked_steps(len(task.labels), how, experiment.task_per_watermark)
    start = experiment.task_epochs
    return watch(scene, model, steps, total, "victim", (defence,), (start, start + how.epochs), sights)


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
    of_victim, of_copy = (networks.predict(model, test.inputs).argmax(dim=1) for model in (victim, copy))
    return Theft(
        defence=defence,
        queries=found.queries,
        victim_accuracy=agreement.share(of_victim == test.labels),
        victim_watermark=triggers.success_rate(victim, scene.held_out, target),
        victim_trained_watermark=triggers.success_rate(victim, scene.trained, target),
        stolen_accuracy=agreement.share(of_copy == test.labels),
        stolen_watermark=triggers.success_rate(copy, scene.held_out, target),
        trained_watermark=triggers.success_rate(copy, scene.trained, target),
        fidelity=agreement.share(of_copy == of_victim),
        query_error=found.error,
        query_target_error=found.target_error,
        query_target_mass=found.target_mass,
    )


def _claim(hearing: Court, defence: Defence, suspect: FeatureNetwork) -> Claimed:
    """Test the claim on one copy."""
    answers = hearing.answers(suspect)
    found = hearing.verdict(answers)
    secret = answers.triggers == hearing.target
    return Claimed(
        defence=defence,
        successes=found.claim.successes,
        queries=found.claim.queries,
        panel=hearing.innocent_successes,
        innocent_rate=hearing.granted,
        p_value=found.claim.p_value,
        verdict=found.outcome,
        reason=found.reason,
        right=found.right,
        controls=found.controls,
        owned=found.owned,
        answers=secret,
        p_values=binomial.p_values(secret, hearing.granted),
    )

"""Washing: every removal attack on the copies of a heist, and the cost of removing the mark.

Removal is *pointless* if the washed copy is no better than a model that the adversary could have trained
without extraction, on a few inputs labelled by the adversary.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import torch

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.ownership import binomial
from app.lab.randomness import numpy_stream
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.removal.resources import REFUSED, Resources, fit
from app.lab.stories import court, finished_run, heist, parts
from app.lab.stories.court import Court
from app.lab.stories.events import (
    DEFENCES,
    Attempted,
    Defence,
    Event,
    Finished,
    FromScratch,
    Phase,
    Progress,
    Started,
    WashingResult,
    Weights,
)
from app.lab.stories.events.washing import CurveResult
from app.lab.stories.run_clock import RunClock
from app.lab.stories.scene import Scene, in_lockstep
from app.lab.task import agreement, datasets, networks, training
from app.lab.task.agreement import share
from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork

LABELLED = 10  # the adversary labels one in this many of their inputs
_AS_STEPS = 30  # an attempt counts as this many steps of the progress bar


@dataclass(frozen=True)
class Price:
    """The cheapest removal: of the attempts for which the claim fails, the one with the highest accuracy.

    Attributes:
        attempt: that attempt.
        lost: the loss of accuracy compared to the unchanged copy, a fraction.
        pointless: whether it is no better than a model trained from scratch.
    """

    attempt: Attempted
    lost: float
    pointless: bool


def price(curve: Sequence[Attempted], from_scratch: float) -> Price | None:
    """Return the cost of removing one mark by one attack; None if no strength that was tried removes it.

    This is the worst case for the owner: of all strengths at which the claim fails, the one that costs least.

    Args:
        curve: the attempts on one copy by one attack, strength 0 first.
        from_scratch: the accuracy of a model trained on the adversary's labelled inputs only.
    """
    unproven = [attempt for attempt in curve if not attempt.owned]
    if not unproven:
        return None
    best = max(unproven, key=lambda attempt: (attempt.accuracy, -attempt.strength))
    return Price(best, curve[0].accuracy - best.accuracy, best.accuracy <= from_scratch)


def result(
    experiment: Experiment, own: FromScratch, attempted: Sequence[Attempted], seconds: float = 0.0
) -> WashingResult:
    """Return the result of a washing, or of the attempts that were made so far.

    Args:
        experiment: the heist.
        own: the model trained from scratch.
        attempted: the attempts; of each attack those on all three copies, strength 0 first.
        seconds: how long they took.
    """
    attacks: dict[str, dict[Defence, CurveResult]] = {}
    for name in dict.fromkeys(attempt.attack for attempt in attempted):
        attacks[name] = {}
        for defence in DEFENCES:
            curve = [attempt for attempt in attempted if (attempt.attack, attempt.defence) == (name, defence)]
            cost = price(curve, own.accuracy)
            attacks[name][defence] = {
                "strengths": [attempt.strength for attempt in curve],
                "accuracy": [attempt.accuracy for attempt in curve],
                "watermark": [attempt.watermark for attempt in curve],
                "owned": [attempt.owned for attempt in curve],
                "removed_at": None if cost is None else cost.attempt.strength,
                "lost": None if cost is None else cost.lost,
                "pointless": None if cost is None else cost.pointless,
            }
    return {
        "key": experiment.key,
        "seed": experiment.seed,
        "labels": own.labels,
        "from_scratch": own.accuracy,
        "attacks": attacks,
        "seconds": round(seconds, 2),
    }


def suitable(experiment: Experiment) -> tuple[str, ...]:
    """Return the names of the attacks that are applicable to the experiment's data."""
    pictured = choices.FORMS[experiment.dataset] == "picture"
    return tuple(name for name, attack in REMOVAL_ATTACKS.items() if pictured or not attack.pictures_only)


def remove(
    experiment: Experiment, events: Sequence[Event] = (), attacks: Sequence[str] | None = None
) -> Generator[Event]:
    """Try to remove the marks from the copies of a heist, with the clean copy as the control.

    Args:
        experiment: the heist.
        events: the events of the heist; its :class:`Weights` are used. If there are none, the heist is run
            first.
        attacks: names in :data:`REMOVAL_ATTACKS`, in order; by default all that are applicable.

    Yields:
        :class:`Started`; the heist's progress, if it is run; :class:`FromScratch`; for each attack a
        :class:`Phase` and an :class:`Attempted` for each strength and copy; :class:`Finished`.

    Raises:
        ValueError: if there is no such attack, or it is not applicable to the data.
    """
    possible = suitable(experiment)
    attacks = possible if attacks is None else tuple(attacks)
    for name in attacks:
        if name not in possible:
            raise ValueError(f"There is no attack {name!r} on {experiment.dataset}; choose from {', '.join(possible)}.")
    clock = RunClock()
    known = [event for event in events if isinstance(event, Weights)]
    before = heist.total_steps(experiment) if not known else 0
    yield Started(experiment.key, experiment.seed, before + _attempts(attacks))
    if not known:
        for event in heist.story(clock, experiment, looks=False):
            match event:
                case Progress() | Phase():
                    yield event
                case Weights():
                    known.append(event)
                case _:
                    pass
    yield clock.phase("removal")
    scene = finished_run.repeated_scene(experiment)
    rebuilt = finished_run.models_of(experiment, known)
    resources = {defence: _resources(scene, rebuilt["victim", defence], defence) for defence in DEFENCES}
    own = _from_scratch(scene, resources["clean"])
    yield own
    hearing = court.convene(experiment, scene.data, scene.held_out)
    attempted: list[Attempted] = []
    for name in attacks:
        measurements = [
            _measured(scene, name, defence, rebuilt["copy", defence], rebuilt["victim", defence], resources[defence])
            for defence in DEFENCES
        ]
        for attempt in _claimed(name, in_lockstep(measurements, 1), hearing):
            clock.skipped(_AS_STEPS)
            attempted.append(attempt)
            yield attempt
        yield clock.phase("removal")
    seconds = clock.lap()
    yield Finished(seconds, result(experiment, own, attempted, seconds))


def total_steps(experiment: Experiment) -> int:
    """Return the number of steps of :func:`remove` with the heist and all applicable attacks.

    Raises:
        ValueError: as :func:`app.lab.stories.heist.total_steps`.
    """
    return heist.total_steps(experiment) + _attempts(suitable(experiment))


def _attempts(attacks: Sequence[str]) -> int:
    """Return the number of steps that the attempts of these attacks count as."""
    return _AS_STEPS * len(DEFENCES) * sum(len(REMOVAL_ATTACKS[name].strengths) for name in attacks)


def _resources(scene: Scene, victim: FeatureNetwork, defence: Defence) -> Resources:
    experiment, data = scene.experiment, scene.data
    queries, answers = finished_run.repeated_queries(scene, victim, defence)
    labelled = len(data.adversary.labels) // LABELLED
    drawn = numpy_stream(experiment.seed, "thief's far inputs")
    far = [make(data, labelled, drawn) for make in (datasets.of_another_kind, datasets.noise)]
    return Resources(
        network=experiment.adversary_network,
        classes=data.classes,
        asked=queries,
        answers=answers,
        own=Split(data.adversary.inputs[:labelled], data.adversary.labels[:labelled]),
        spare=data.adversary.inputs[labelled:],
        far=torch.cat(far),
        how=parts.optimisation(experiment, experiment.adversary_epochs),
    )


def _from_scratch(scene: Scene, resources: Resources) -> FromScratch:
    """Train a model on the adversary's labelled inputs for as many *steps* as the copy had, with fewer inputs."""
    model = scene.network("thief from scratch", resources.network)
    steps = training.task_steps(len(resources.asked), resources.how)
    epochs = -(-steps // training.batches_per_epoch(len(resources.own.labels), resources.how.batch_size))
    fit(model, resources.own.inputs, resources.own.labels, resources.how, epochs, scene.random("from scratch"))
    return FromScratch(len(resources.own.labels), agreement.accuracy(model, scene.data.test))


@dataclass(frozen=True)
class _Unclaimed:
    """The measurements of one attempt, before the test of the claim; fields as in :class:`Attempted`."""

    defence: Defence
    strength: float
    accuracy: float
    watermark: float
    fidelity: float
    refused: float
    refused_triggers: float
    found: dict[str, float]


def _measured(
    scene: Scene,
    name: str,
    defence: Defence,
    copy: FeatureNetwork,
    victim: FeatureNetwork,
    resources: Resources,
) -> Iterator[_Unclaimed]:
    """Yield the measurements of each attempt of one attack on one copy."""
    attack, test = REMOVAL_ATTACKS[name], scene.data.test
    original = networks.predict(victim, test.inputs).argmax(dim=1)
    for attempt in attack.perform(copy, resources, attack.strengths, scene.random(f"{name} {defence}")):
        answers, secret = attempt.answer(test.inputs), attempt.answer(scene.held_out)
        yield _Unclaimed(
            defence=defence,
            strength=attempt.strength,
            accuracy=share(answers == test.labels),
            watermark=share(secret == scene.experiment.target),
            fidelity=share(answers == original),
            refused=share(answers == REFUSED),
            refused_triggers=share(secret == REFUSED),
            found=attempt.found,
        )


def _claimed(name: str, measured: Iterator[_Unclaimed], hearing: Court) -> Iterator[Attempted]:
    """Test the claim on each attempt; at every strength, the clean copy comes first.

    The innocent rate is that of the worst innocent, which is a model of the panel, as in the heist, or the clean copy
    after the *same removal attack*, since a damaged model may answer anything. For the clean copy itself, it is that
    of the panel.
    """
    count, of_panel = len(hearing.triggers), max(hearing.innocent_successes.values())
    of_clean = of_panel
    for attempt in measured:
        successes = round(attempt.watermark * count)
        rate = binomial.innocent_rate(of_panel if attempt.defence == "clean" else of_clean, count)
        verdict = binomial.claim(successes, count, rate)
        if attempt.defence == "clean":
            of_clean = max(of_panel, successes)
        yield Attempted(attack=name, innocent_rate=rate, p_value=verdict.p_value, owned=verdict.owned, **vars(attempt))

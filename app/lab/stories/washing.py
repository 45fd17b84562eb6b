"""The trial of the attacks: each of them on the copies of a heist, and the account of what washing costs.

The adversary has *lost more than he gains* where his washed copy is no better than what he could have
trained without stealing, on the few inputs that he labels himself.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.ownership import exact_test
from app.lab.randomness import numpy_stream
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.removal.resources import REFUSED, Resources, fit
from app.lab.stories import finished_run, heist, parts
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
from app.lab.watermark import triggers

LABELLED = 10  # the adversary labels one in so many of his inputs himself
_AS_STEPS = 30  # of the progress bar, for each attempt


@dataclass(frozen=True)
class Price:
    """The cheapest way out: the attempt that the court does not convict, with the most accuracy left.

    Attributes:
        attempt: that attempt.
        lost: the accuracy that it cost, a fraction, against the copy as it was stolen.
        pointless: whether it is no better than a model of the adversary's own.
    """

    attempt: Attempted
    lost: float
    pointless: bool


def price(curve: Sequence[Attempted], from_scratch: float) -> Price | None:
    """Return what it costs to get rid of one mark by one attack; None where no strength that was tried does it.

    The worst for the owner: of all strengths at which the claim fails, the one that costs least.

    Args:
        curve: the attempts on one copy by one attack, strength 0 first.
        from_scratch: the accuracy of the adversary's own model.
    """
    free = [attempt for attempt in curve if not attempt.owned]
    if not free:
        return None
    best = max(free, key=lambda attempt: (attempt.accuracy, -attempt.strength))
    return Price(best, curve[0].accuracy - best.accuracy, best.accuracy <= from_scratch)


def suitable(experiment: Experiment) -> tuple[str, ...]:
    """Return the names of the attacks that make sense for the experiment's data."""
    on_plane = experiment.dataset not in choices.PICTURES
    return tuple(name for name, attack in REMOVAL_ATTACKS.items() if not (on_plane and attack.pictures_only))


def remove(
    experiment: Experiment, events: Sequence[Event] = (), attacks: Sequence[str] | None = None
) -> Generator[Event]:
    """Try to wash the marks out of the copies of a heist, the clean one as the control.

    Args:
        experiment: the heist.
        events: what it yielded, where it was run before; its :class:`Weights` are used. Without
            them it is run first.
        attacks: names in :data:`REMOVAL_ATTACKS`, in the order in which they are tried; by default all that suit
            the data.

    Yields:
        :class:`Started`; the heist's progress, where it is run; :class:`FromScratch`; for each attack a
        :class:`Phase` and an :class:`Attempted` for each strength and copy; :class:`Finished`.

    Raises:
        ValueError: if there is no such attack, or it does not suit the data.
    """
    possible = suitable(experiment)
    attacks = possible if attacks is None else tuple(attacks)
    for name in attacks:
        if name not in possible:
            raise ValueError(f"There is no attack {name!r} on {experiment.dataset}; choose of {', '.join(possible)}.")
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
    scene = finished_run.courtroom(experiment)
    rebuilt = finished_run.models_of(experiment, known)
    held = {defence: _resources(scene, rebuilt["victim", defence], defence) for defence in DEFENCES}
    own = _from_scratch(scene, held["clean"])
    yield own
    clean_answers = triggers.answered_with(rebuilt["victim", "clean"], scene.held_out, experiment.target)
    attempted: list[Attempted] = []
    for name in attacks:
        trials = [
            _tried(scene, name, defence, rebuilt["copy", defence], rebuilt["victim", defence], held[defence])
            for defence in DEFENCES
        ]
        for attempt in _judged(name, in_lockstep(trials, 1), clean_answers):
            clock.skipped(_AS_STEPS)
            attempted.append(attempt)
            yield attempt
        yield clock.phase("removal")
    seconds = clock.lap()
    yield Finished(seconds, _result(experiment, own, attempted, seconds))


def total_steps(experiment: Experiment) -> int:
    """Return the steps of a washing that runs the heist first, with all attacks that suit the data.

    Raises:
        ValueError: as :func:`app.lab.stories.heist.total_steps`.
    """
    return heist.total_steps(experiment) + _attempts(suitable(experiment))


def _attempts(attacks: Sequence[str]) -> int:
    """Return how much of the progress bar all attempts of these attacks are."""
    return _AS_STEPS * len(DEFENCES) * sum(len(REMOVAL_ATTACKS[name].strengths) for name in attacks)


def _resources(scene: Scene, victim: FeatureNetwork, defence: Defence) -> Resources:
    experiment, data = scene.experiment, scene.data
    asked, answers = finished_run.interrogation(scene, victim, defence)
    labelled = len(data.adversary.labels) // LABELLED
    drawn = numpy_stream(experiment.seed, "thief's far inputs")
    far = [make(data, labelled, drawn) for make in (datasets.of_another_kind, datasets.noise)]
    return Resources(
        network=experiment.adversary_network,
        classes=data.classes,
        asked=asked,
        answers=answers,
        own=Split(data.adversary.inputs[:labelled], data.adversary.labels[:labelled]),
        spare=data.adversary.inputs[labelled:],
        far=torch.cat(far),
        how=parts.optimisation(experiment, experiment.adversary_epochs),
    )


def _from_scratch(scene: Scene, resources: Resources) -> FromScratch:
    """Train the adversary's own model for as many *steps* as his copy had: he has fewer inputs, not less patience."""
    model = scene.network("thief from scratch", resources.network)
    steps = training.task_steps(len(resources.asked), resources.how)
    epochs = -(-steps // training.batches_per_epoch(len(resources.own.labels), resources.how.batch_size))
    fit(model, resources.own.inputs, resources.own.labels, resources.how, epochs, scene.random("from scratch"))
    return FromScratch(len(resources.own.labels), agreement.accuracy(model, scene.data.test))


@dataclass(frozen=True)
class _Left:
    """What one attempt leaves of a copy, before the court has spoken; shares as in :class:`Attempted`."""

    defence: Defence
    strength: float
    accuracy: float
    watermark: float
    fidelity: float
    refused: float
    refused_triggers: float
    found: dict[str, float]


def _tried(
    scene: Scene,
    name: str,
    defence: Defence,
    copy: FeatureNetwork,
    victim: FeatureNetwork,
    resources: Resources,
) -> Iterator[_Left]:
    """Yield what each attempt leaves."""
    attack, test = REMOVAL_ATTACKS[name], scene.data.test
    original = networks.predict(victim, test.inputs).argmax(dim=1)
    for attempt in attack.perform(copy, resources, attack.strengths, scene.random(f"{name} {defence}")):
        answers, secret = attempt.answer(test.inputs), attempt.answer(scene.held_out)
        yield _Left(
            defence=defence,
            strength=attempt.strength,
            accuracy=share(answers == test.labels),
            watermark=share(secret == scene.experiment.target),
            fidelity=share(answers == original),
            refused=share(answers == REFUSED),
            refused_triggers=share(secret == REFUSED),
            found=attempt.found,
        )


def _judged(name: str, tried: Iterator[_Left], clean_answers: Tensor) -> Iterator[Attempted]:
    """Let the court speak on each attempt; at every strength, that on the clean copy comes first.

    An innocent is granted what the worse of two clean models does, as in the heist: the clean victim
    (``clean_answers``, ``(n,)`` bool) and the clean copy, here after the *same washing*. A model that
    was damaged may answer anything. The clean copy itself is held against the victim alone.
    """
    asked, usual = len(clean_answers), int(clean_answers.sum())
    granted = usual
    for left in tried:
        successes = round(left.watermark * asked)
        rate = exact_test.innocent_rate(usual if left.defence == "clean" else granted, asked)
        verdict = exact_test.claim(successes, asked, rate)
        if left.defence == "clean":
            granted = max(usual, successes)
        yield Attempted(attack=name, innocent_rate=rate, p_value=verdict.p_value, owned=verdict.owned, **vars(left))


def _result(experiment: Experiment, own: FromScratch, attempted: Sequence[Attempted], seconds: float) -> WashingResult:
    attacks: dict[str, dict[Defence, CurveResult]] = {}
    for name in dict.fromkeys(attempt.attack for attempt in attempted):
        attacks[name] = {}
        for defence in DEFENCES:
            curve = [attempt for attempt in attempted if (attempt.attack, attempt.defence) == (name, defence)]
            paid = price(curve, own.accuracy)
            attacks[name][defence] = {
                "strengths": [attempt.strength for attempt in curve],
                "accuracy": [attempt.accuracy for attempt in curve],
                "watermark": [attempt.watermark for attempt in curve],
                "owned": [attempt.owned for attempt in curve],
                "removed_at": None if paid is None else paid.attempt.strength,
                "lost": None if paid is None else paid.lost,
                "pointless": None if paid is None else paid.pointless,
            }
    return {
        "key": experiment.key,
        "seed": experiment.seed,
        "labels": own.labels,
        "from_scratch": own.accuracy,
        "attacks": attacks,
        "seconds": round(seconds, 2),
    }

"""The trial of the attacks: each of them on the copies of a heist, and the account of what washing costs.

The adversary has *lost more than he gains* where his washed copy is no better than what he could have
trained without stealing, on the few inputs that he labels himself.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.ownership import exact_test
from app.lab.randomness import numpy_stream
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.removal.resources import REFUSED, Resources, fit
from app.lab.stories import finished_run, heist, parts
from app.lab.stories.events import DEFENCES, Attempted, Event, Finished, FromScratch, Phase, Progress, Started, Weights
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
) -> Iterator[Event]:
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
    torch.set_num_threads(1)
    began = time.perf_counter()
    known = [event for event in events if isinstance(event, Weights)]
    before = 0 if known else heist.total_steps(experiment)
    attempts = len(DEFENCES) * sum(len(REMOVAL_ATTACKS[name].strengths) for name in attacks)
    yield Started(experiment.key, experiment.seed, before + _AS_STEPS * attempts)
    if not known:
        for event in heist.run(experiment, looks=False):
            match event:
                case Progress() | Phase():
                    yield event
                case Weights():
                    known.append(event)
                case _:
                    pass
    yield Phase("removal", before)
    scene = finished_run.courtroom(experiment)
    rebuilt = finished_run.models_of(experiment, known)
    held = {defence: _resources(scene, rebuilt["victim", defence]) for defence in DEFENCES}
    own = _from_scratch(scene, held["clean"])
    yield own
    secret = (scene.held_out, experiment.target)
    told: list[Attempted] = []
    for name in attacks:
        trials = [
            _tried(scene, name, defence, rebuilt["copy", defence], rebuilt["victim", defence], held[defence])
            for defence in DEFENCES
        ]
        for attempt in _judged(in_lockstep(trials, 1), triggers.answered_with(rebuilt["victim", "clean"], *secret)):
            told.append(attempt)
            yield attempt
        yield Phase("removal", before + _AS_STEPS * len(told))
    seconds = time.perf_counter() - began
    yield Finished(seconds, {**_result(experiment, own, told), "seconds": round(seconds, 2)})


def _resources(scene: Scene, victim: FeatureNetwork) -> Resources:
    experiment, data = scene.experiment, scene.data
    asked, answers = finished_run.interrogation(scene, victim)
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


def _tried(
    scene: Scene, name: str, defence: str, copy: FeatureNetwork, victim: FeatureNetwork, resources: Resources
) -> Iterator[Attempted]:
    """Yield what each attempt leaves; the court has not spoken yet."""
    attack, test = REMOVAL_ATTACKS[name], scene.data.test
    original = networks.predict(victim, test.inputs).argmax(dim=1)
    for attempt in attack.perform(copy, resources, attack.strengths, scene.random(f"{name} {defence}")):
        answers, secret = attempt.answer(test.inputs), attempt.answer(scene.held_out)
        yield Attempted(
            attack=name,
            defence=defence,
            strength=attempt.strength,
            accuracy=share(answers == test.labels),
            watermark=share(secret == scene.experiment.target),
            fidelity=share(answers == original),
            refused=share(answers == REFUSED),
            refused_triggers=share(secret == REFUSED),
            innocent_rate=0.0,
            p_value=1.0,
            owned=False,
            found=attempt.found,
        )


def _judged(tried: Iterator[Attempted], clean_answers: Tensor) -> Iterator[Attempted]:
    """Let the court speak on each attempt; at every strength, that on the clean copy comes first.

    An innocent is granted what the worse of two clean models does, as in the heist: the clean victim
    (``clean_answers``, ``(n,)`` bool) and the clean copy, here after the *same washing*. A model that
    was damaged may answer anything. The clean copy itself is held against the victim alone.
    """
    asked, usual = len(clean_answers), int(clean_answers.sum())
    granted = usual
    for attempt in tried:
        successes = round(attempt.watermark * asked)
        rate = exact_test.innocent_rate(usual if attempt.defence == "clean" else granted, asked)
        verdict = exact_test.claim(successes, asked, rate)
        if attempt.defence == "clean":
            granted = max(usual, successes)
        yield replace(attempt, innocent_rate=rate, p_value=verdict.p_value, owned=verdict.owned)


def _result(experiment: Experiment, own: FromScratch, told: Sequence[Attempted]) -> dict[str, Any]:
    attacks: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(attempt.attack for attempt in told):
        attacks[name] = {}
        for defence in DEFENCES:
            curve = [attempt for attempt in told if (attempt.attack, attempt.defence) == (name, defence)]
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
    }

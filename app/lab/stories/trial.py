"""The trial of a finished run: all suspects are queried with the triggers, and a dishonest owner makes a false claim.

It takes the models of the run and yields events, like the heist.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.lab.experiment import Experiment
from app.lab.ownership import commitment, false_claim
from app.lab.stories import court, finished_run, parts
from app.lab.stories.court import Court
from app.lab.stories.events import Defence, Event, Exhibit, Finished, Framing, Panel, Role, Started, Testimony
from app.lab.stories.run_clock import RunClock
from app.lab.stories.scene import Scene, other_innocents, set_scene, triggers_need_a_model, with_final_triggers
from app.lab.task import datasets, training
from app.lab.task.networks import FeatureNetwork

_SHOWN = 8  # of the perturbed triggers, to be displayed


def trial(experiment: Experiment, events: Sequence[Event]) -> Iterator[Event]:
    """Yield the trial of a finished run: :class:`Exhibit`, :class:`Panel`, each :class:`Testimony`, :class:`Framing`.

    The triggers are repeated from the seed. They are sent as they are committed to, pictures in 8 bits, so
    that any other model can be queried with exactly the same inputs. This takes three short trainings: the
    model against which the triggers are perturbed, and two bystanders; and the panel of innocents is fitted.

    Args:
        experiment: the settings of the run.
        events: the events of the run; its :class:`~app.lab.stories.events.Weights` are used.
    """
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, total_steps(experiment))
    yield from _hearing(clock, set_scene(experiment, looks=False), finished_run.models_of(experiment, events))
    yield Finished(clock.lap(), {"key": experiment.key, "seed": experiment.seed})


def total_steps(experiment: Experiment) -> int:
    """Return the number of :class:`Progress` events that :func:`trial` yields."""
    data, how = datasets.load(experiment.dataset), parts.task_training(experiment)
    perturbing = training.task_steps(len(data.owner.labels), how) if triggers_need_a_model(experiment) else 0
    return perturbing + 2 * training.task_steps(len(data.adversary.labels), how)


def _hearing(clock: RunClock, scene: Scene, suspects: Mapping[tuple[Role, Defence], FeatureNetwork]) -> Iterator[Event]:
    salt = commitment.salt()
    hearing = yield from _exhibits(clock, scene, salt)
    sent = hearing.triggers
    for (role, defence), model in suspects.items():
        yield _testimony(role, defence, model, hearing)

    yield clock.phase("bystanders")
    accused = yield from _bystander(clock, scene, "bystander")
    control = yield from _bystander(clock, scene, "control")
    yield _testimony("bystander", "clean", accused, hearing)

    yield clock.phase("framing")
    own = suspects["victim", "clean"]
    target = scene.experiment.target
    for strength in false_claim.STRENGTHS[scene.data.form != "point"]:
        perturbed = datasets.to_display(false_claim.nudge(own, sent, target, strength))
        moved = datasets.from_display(perturbed)
        secret = [court.labels(model, moved) == target for model in (own, accused, control)]
        yield Framing(strength, perturbed[:_SHOWN], _commit(perturbed, target, salt), *secret)


def _exhibits(clock: RunClock, scene: Scene, salt: bytes) -> Generator[Event, None, Court]:
    """Repeat the held-out triggers of the run; return the court, with the triggers as they are displayed and sent."""
    experiment, owner = scene.experiment, scene.data.owner
    yield clock.phase("exhibits")
    if triggers_need_a_model(experiment):
        innocent = scene.network("victim")
        how = parts.task_training(experiment)
        steps = training.train_task(innocent, owner.inputs, owner.labels, how, scene.random("task"))
        yield from clock.trained("victim", "clean", steps)
        others, learning = other_innocents(scene)
        for _ in learning:
            pass
        scene = with_final_triggers(scene, (innocent, *others))
    shown = datasets.to_display(scene.held_out)
    hearing = court.convene(experiment, scene.data, datasets.from_display(shown))
    committed = _commit(shown, experiment.target, salt)
    asked = hearing.controls
    yield Exhibit(
        shown, experiment.target, committed, datasets.to_display(asked.inputs), np.asarray(asked.labels.numpy())
    )
    panel = hearing.panel
    yield Panel(
        {model: answers.triggers for model, answers in panel.items()},
        {model: answers.controls for model, answers in panel.items()},
    )
    return hearing


def _bystander(clock: RunClock, scene: Scene, name: str) -> Generator[Event, None, FeatureNetwork]:
    """Train a model independently of the owner: other data, other initial weights, true labels."""
    model, others = scene.network(name), scene.data.adversary
    how = parts.optimisation(scene.experiment, scene.experiment.task_epochs)
    steps = training.train_task(model, others.inputs, others.labels, how, scene.random(f"{name} learns"))
    yield from clock.trained("bystander", "clean", steps)
    return model


def _testimony(role: Role, defence: Defence, model: FeatureNetwork, hearing: Court) -> Testimony:
    answers = hearing.answers(model)
    return Testimony(role, defence, answers.triggers, answers.controls)


def _commit(shown: NDArray[np.generic], target: int, salt: bytes) -> str:
    return commitment.commit(shown, np.full(len(shown), target), salt)

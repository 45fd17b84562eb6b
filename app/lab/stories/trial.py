"""The trial of a finished run: all suspects are queried with the triggers, and a dishonest owner makes a false claim.

It takes the models of the run and yields events, like the heist.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from app.lab.experiment import Experiment
from app.lab.ownership import binomial, commitment, false_claim
from app.lab.stories import finished_run, parts
from app.lab.stories.events import Defence, Event, Exhibit, Finished, Framing, Role, Started, Testimony
from app.lab.stories.run_clock import RunClock
from app.lab.stories.scene import Scene, set_scene, with_perturbed_triggers
from app.lab.task import datasets, networks, training
from app.lab.task.networks import FeatureNetwork

_SHOWN = 8  # of the perturbed triggers, to be displayed


@dataclass
class Hearing:
    """The events of a :func:`trial` so far, sorted."""

    exhibit: Exhibit | None = None
    answers: dict[tuple[Role, Defence], NDArray[np.int64]] = field(default_factory=dict)
    framings: list[Framing] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Hearing":
        """Sort the events."""
        hearing = cls()
        for event in events:
            match event:
                case Exhibit():
                    hearing.exhibit = event
                case Testimony():
                    hearing.answers[event.role, event.defence] = event.answers
                case Framing():
                    hearing.framings.append(event)
                case _:
                    pass
        return hearing

    def secret(self, role: Role, defence: Defence) -> NDArray[np.bool_]:
        """Return to which triggers this model gave the secret answer, ``(n,)`` bool, in the order of the queries.

        Raises:
            KeyError: if its answers are not among the events.
        """
        assert self.exhibit is not None
        return np.asarray(self.answers[role, defence] == self.exhibit.target)

    @property
    def clean_successes(self) -> int:
        """The larger number of secret answers of the two clean models (victim and copy), as in the heist."""
        return max(int(self.secret("victim", "clean").sum()), int(self.secret("copy", "clean").sum()))

    @property
    def granted(self) -> float:
        """The innocent rate p0: :func:`app.lab.ownership.binomial.innocent_rate` of these answers."""
        return binomial.innocent_rate(self.clean_successes, len(self.answers["victim", "clean"]))

    def verdict(self, answers: NDArray[np.int64]) -> binomial.Claim:
        """Return the claim on a suspect with these answers, ``(n,)``, in the order of the queries."""
        assert self.exhibit is not None
        return binomial.claim(int((answers == self.exhibit.target).sum()), len(answers), self.granted)


def trial(experiment: Experiment, events: Sequence[Event]) -> Iterator[Event]:
    """Yield the trial of a finished run: an :class:`Exhibit`, each :class:`Testimony`, each :class:`Framing`.

    The triggers are repeated from the seed. They are sent as they are committed to, pictures in 8 bits, so
    that any other model can be queried with exactly the same inputs. This takes three short trainings: the
    model against which the triggers are perturbed, and two bystanders.

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
    data, how = datasets.load(experiment.dataset), parts.optimisation(experiment, experiment.task_epochs)
    perturbing = training.task_steps(len(data.owner.labels), how) if experiment.perturbed else 0
    return perturbing + 2 * training.task_steps(len(data.adversary.labels), how)


def _hearing(clock: RunClock, scene: Scene, suspects: Mapping[tuple[Role, Defence], FeatureNetwork]) -> Iterator[Event]:
    shown = yield from _exhibits(clock, scene)
    sent = datasets.from_display(shown)
    for (role, defence), model in suspects.items():
        yield _testimony(role, defence, model, sent)

    yield clock.phase("bystanders")
    accused = yield from _bystander(clock, scene, "bystander")
    control = yield from _bystander(clock, scene, "control")
    yield _testimony("bystander", "clean", accused, sent)

    yield clock.phase("framing")
    own = suspects["victim", "clean"]
    target = scene.experiment.target
    for strength in false_claim.STRENGTHS[scene.data.is_pictures]:
        perturbed = datasets.to_display(false_claim.nudge(own, sent, target, strength))
        moved = datasets.from_display(perturbed)
        secret = [_answers(model, moved) == target for model in (own, accused, control)]
        yield Framing(strength, perturbed[:_SHOWN], _commit(scene, perturbed), *secret)


def _exhibits(clock: RunClock, scene: Scene) -> Generator[Event, None, NDArray[np.generic]]:
    """Repeat the held-out triggers of the run; return them as they are displayed and sent."""
    experiment, owner = scene.experiment, scene.data.owner
    yield clock.phase("exhibits")
    if experiment.perturbed:
        innocent = scene.network("victim")
        how = parts.optimisation(experiment, experiment.task_epochs)
        steps = training.train_task(innocent, owner.inputs, owner.labels, how, scene.random("task"))
        yield from clock.trained("victim", "clean", steps)
        scene = with_perturbed_triggers(scene, innocent)
    shown = datasets.to_display(scene.held_out)
    salt = commitment.salt(experiment.seed).hex()
    yield Exhibit(shown, experiment.target, salt, _commit(scene, shown))
    return shown


def _bystander(clock: RunClock, scene: Scene, name: str) -> Generator[Event, None, FeatureNetwork]:
    """Train a model independently of the owner: other data, other initial weights, true labels."""
    model, others = scene.network(name), scene.data.adversary
    how = parts.optimisation(scene.experiment, scene.experiment.task_epochs)
    steps = training.train_task(model, others.inputs, others.labels, how, scene.random(f"{name} learns"))
    yield from clock.trained("bystander", "clean", steps)
    return model


def _testimony(role: Role, defence: Defence, model: FeatureNetwork, inputs: Tensor) -> Testimony:
    return Testimony(role, defence, _answers(model, inputs))


def _answers(model: FeatureNetwork, inputs: Tensor) -> NDArray[np.int64]:
    return np.asarray(networks.predict(model, inputs).argmax(dim=1).numpy())


def _commit(scene: Scene, shown: NDArray[np.generic]) -> str:
    labels = np.full(len(shown), scene.experiment.target)
    return commitment.commit(shown, labels, commitment.salt(scene.experiment.seed))

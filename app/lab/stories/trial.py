"""The trial of a finished run: the owner lays out his triggers, every suspect answers, and one owner lies.

Like the heist it composes the lab: the run's own models come in, a stream of events goes out.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from app.lab.experiment import Experiment
from app.lab.ownership import commitment, exact_test, false_claim
from app.lab.stories import finished_run, parts
from app.lab.stories.events import Defence, Event, Exhibit, Finished, Framing, Role, Started, Testimony
from app.lab.stories.run_clock import RunClock
from app.lab.stories.scene import Scene, set_scene, with_perturbed_triggers
from app.lab.task import datasets, networks, training
from app.lab.task.networks import FeatureNetwork

_SHOWN = 8  # of the nudged triggers, for the eye


@dataclass
class Hearing:
    """What the court has heard so far: the events of a :func:`trial`, sorted."""

    exhibit: Exhibit | None = None
    answers: dict[tuple[Role, Defence], NDArray[np.int64]] = field(default_factory=dict)
    framings: list[Framing] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Hearing":
        """Sort the events so far."""
        heard = cls()
        for event in events:
            match event:
                case Exhibit():
                    heard.exhibit = event
                case Testimony():
                    heard.answers[event.role, event.defence] = event.answers
                case Framing():
                    heard.framings.append(event)
                case _:
                    pass
        return heard

    def secret(self, role: Role, defence: Defence) -> NDArray[np.bool_]:
        """Return which triggers this model answered with the target, ``(n,)`` bool, in the order of asking.

        Raises:
            KeyError: if it was not heard.
        """
        assert self.exhibit is not None
        return np.asarray(self.answers[role, defence] == self.exhibit.target)

    @property
    def clean_successes(self) -> int:
        """How many triggers the worse of the owner's two clean models answered with the target, as in the heist."""
        return max(int(self.secret("victim", "clean").sum()), int(self.secret("copy", "clean").sum()))

    @property
    def granted(self) -> float:
        """The rate p0 granted to an innocent: :func:`app.lab.ownership.exact_test.innocent_rate` of that model."""
        return exact_test.innocent_rate(self.clean_successes, len(self.answers["victim", "clean"]))

    def verdict(self, answers: NDArray[np.int64]) -> exact_test.Claim:
        """Judge whoever answers so, ``(n,)``, in the order of asking."""
        assert self.exhibit is not None
        return exact_test.claim(int((answers == self.exhibit.target).sum()), len(answers), self.granted)


def trial(experiment: Experiment, events: Sequence[Event]) -> Iterator[Event]:
    """Hear the case of a finished run: an :class:`Exhibit`, each :class:`Testimony`, each :class:`Framing`.

    The triggers are made again from the seed, as in the run; they are asked as they are committed to,
    pictures in 8 bits, so that a model elsewhere can be asked the very same. Takes the seconds of
    three short trainings: the model that the triggers were moved on, and two bystanders.

    Args:
        experiment: the run that was finished.
        events: what it yielded; its :class:`~app.lab.stories.events.Weights` are used.
    """
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, total_steps(experiment))
    yield from _hearing(clock, set_scene(experiment, looks=False), finished_run.models_of(experiment, events))
    yield Finished(clock.lap(), {"key": experiment.key, "seed": experiment.seed})


def total_steps(experiment: Experiment) -> int:
    """Return how many :class:`Progress` events :func:`trial` will yield."""
    data, how = datasets.load(experiment.dataset), parts.optimisation(experiment, experiment.task_epochs)
    moving = training.task_steps(len(data.owner.labels), how) if experiment.perturbed else 0
    return moving + 2 * training.task_steps(len(data.adversary.labels), how)


def _hearing(clock: RunClock, scene: Scene, suspects: Mapping[tuple[Role, Defence], FeatureNetwork]) -> Iterator[Event]:
    shown = yield from _exhibits(clock, scene)
    asked = datasets.from_display(shown)
    for (role, defence), model in suspects.items():
        yield _testimony(role, defence, model, asked)

    yield clock.phase("bystanders")
    accused = yield from _bystander(clock, scene, "bystander")
    control = yield from _bystander(clock, scene, "control")
    yield _testimony("bystander", "clean", accused, asked)

    yield clock.phase("framing")
    own = suspects["victim", "clean"]
    target = scene.experiment.target
    for strength in false_claim.STRENGTHS[scene.data.is_pictures]:
        nudged = datasets.to_display(false_claim.nudge(own, asked, target, strength))
        sent = datasets.from_display(nudged)
        gave_in = [_answers(model, sent) == target for model in (own, accused, control)]
        yield Framing(strength, nudged[:_SHOWN], _commit(scene, nudged), *gave_in)


def _exhibits(clock: RunClock, scene: Scene) -> Generator[Event, None, NDArray[np.generic]]:
    """Make the held-out triggers as the run did; return them as they are shown and sent."""
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
    """Train a model that has nothing to do with the owner: other data, other first weights, true labels."""
    model, others = scene.network(name), scene.data.adversary
    how = parts.optimisation(scene.experiment, scene.experiment.task_epochs)
    steps = training.train_task(model, others.inputs, others.labels, how, scene.random(f"{name} learns"))
    yield from clock.trained("bystander", "clean", steps)
    return model


def _testimony(role: Role, defence: Defence, model: FeatureNetwork, asked: Tensor) -> Testimony:
    return Testimony(role, defence, _answers(model, asked))


def _answers(model: FeatureNetwork, asked: Tensor) -> NDArray[np.int64]:
    return np.asarray(networks.predict(model, asked).argmax(dim=1).numpy())


def _commit(scene: Scene, shown: NDArray[np.generic]) -> str:
    labels = np.full(len(shown), scene.experiment.target)
    return commitment.commit(shown, labels, commitment.salt(scene.experiment.seed))

"""Honest models of every family before the court of a run: does anybody innocent get convicted?

The panel of the court is trained on the owner's inputs, and sets the innocent rate. The models here are others: they
learn from inputs that the owner does not have, with other seeds, and never saw a victim.
"""

from collections.abc import Iterator

import torch

from app.lab.experiment import Experiment
from app.lab.ownership import innocents
from app.lab.ownership.innocents import MOST_INPUTS, Innocent
from app.lab.randomness import numpy_stream
from app.lab.stories import court, heist, parts
from app.lab.stories.court import Answers
from app.lab.stories.events import Event, Finished, Started
from app.lab.stories.events.innocents import Heard
from app.lab.stories.run_clock import RunClock
from app.lab.stories.scene import set_scene
from app.lab.task import datasets, training
from app.lab.task.datasets import Dataset

_TESTED = 1000  # test inputs: nearest neighbours and kernels take long for more


def hear(experiment: Experiment) -> Iterator[Event]:
    """Train an honest model of each family, and ask it the triggers and controls of a run: :class:`Heard` for each.

    The triggers need the model that the victims start from, so its training is repeated.
    """
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, total_steps(experiment))
    scene, *_ = yield from heist.task_training(clock, set_scene(experiment, looks=False))
    yield clock.phase("claim")
    hearing = court.convene(experiment, scene.data, scene.held_out)
    heard = []
    for family in innocents.families(scene.data.form):
        honest = _honest(family, scene.data, experiment.seed)
        answers = Answers(honest.predict(hearing.triggers), honest.predict(hearing.controls.inputs))
        found = hearing.verdict(answers)
        test = scene.data.test
        right = honest.predict(test.inputs[:_TESTED]) == test.labels[:_TESTED].numpy()
        heard.append(Heard(family, float(right.mean()), found.claim.successes, found.outcome, found.owned))
        yield heard[-1]
    families = {each.family: {name: value for name, value in vars(each).items() if name != "family"} for each in heard}
    yield Finished(
        clock.lap(),
        {
            "key": experiment.key,
            "seed": experiment.seed,
            "queries": len(hearing.triggers),
            "innocent_rate": hearing.granted,
            "families": families,  # type: ignore[typeddict-item]
        },
    )


def total_steps(experiment: Experiment) -> int:
    """Return the number of :class:`Progress` events that :func:`hear` yields."""
    data = datasets.load(experiment.dataset)
    return training.task_steps(len(data.owner.labels), parts.task_training(experiment))


def _honest(family: str, data: Dataset, seed: int) -> Innocent:
    """Train an honest model on inputs that the owner does not have."""
    chosen = numpy_stream(seed, f"honest {family}").permutation(len(data.adversary.labels))[:MOST_INPUTS]
    rows = torch.from_numpy(chosen)
    return innocents.fit(family, data.adversary.inputs[rows], data.adversary.labels[rows], seed)

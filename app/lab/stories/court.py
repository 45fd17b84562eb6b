"""The court of a run: what every suspect is asked, and the innocents that it is held against."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.ownership import controls, grant, innocents, verdict
from app.lab.ownership.verdict import Verdict
from app.lab.randomness import numpy_stream
from app.lab.task import networks
from app.lab.task.datasets import Dataset, Split
from app.lab.task.networks import FeatureNetwork


@dataclass(frozen=True)
class Answers:
    """The top labels of one suspect: for the triggers ``(n,)``, and for the controls ``(m,)``."""

    triggers: NDArray[np.int64]
    controls: NDArray[np.int64]


@dataclass(frozen=True)
class Court:
    """The questions to a suspect, and how often innocent models give the secret answer to them.

    ``panel`` has the answers of each of them.
    """

    target: int
    names: tuple[str, ...]
    triggers: Tensor
    controls: Split
    panel: dict[str, Answers]

    @property
    def innocent_successes(self) -> dict[str, int]:
        """The secret answers of the worst model of each family of the panel."""
        return grant.successes(self._panel_on_triggers, self.target)

    @property
    def granted(self) -> float:
        """The innocent rate p0, from the worst of all."""
        return grant.granted(self._panel_on_triggers, self.target)

    @property
    def _panel_on_triggers(self) -> dict[str, NDArray[np.int64]]:
        return {model: answers.triggers for model, answers in self.panel.items()}

    def answers(self, suspect: FeatureNetwork) -> Answers:
        """Ask a suspect all questions."""
        return Answers(labels(suspect, self.triggers), labels(suspect, self.controls.inputs))

    def verdict(self, answers: Answers) -> Verdict:
        """Judge a suspect by its answers."""
        truth = self.controls.labels.numpy()
        return verdict.judge(answers.triggers, self.target, self.granted, answers.controls, truth, self.names)


def convene(experiment: Experiment, data: Dataset, triggers: Tensor) -> Court:
    """Convene the court of a run for the held-out ``triggers``; this fits the panel, unless it is fitted already.

    The controls depend on the seed only: they are the same in a run's claim and in its trial.
    """
    asked = controls.draw(data.test, data.classes, numpy_stream(experiment.seed, "controls"))
    panel = {
        name: Answers(model.predict(triggers), model.predict(asked.inputs))
        for name, model in innocents.panel(data).items()
    }
    return Court(experiment.target, choices.class_names(experiment.dataset), triggers, asked, panel)


def labels(model: FeatureNetwork, inputs: Tensor) -> NDArray[np.int64]:
    """Return the top label ``(n,)`` that a model gives to each input."""
    return np.asarray(networks.predict(model, inputs).argmax(dim=1).numpy())

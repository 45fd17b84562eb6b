"""The suspects of a trial beside some that are no models of the task: controls among the triggers tell them apart."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.ownership.verdict import Verdict, fewest_right
from app.lab.randomness import numpy_stream
from app.lab.stories.hearing import Hearing
from app.ui import frame, pictures
from app.ui.court import charts as court_charts
from app.ui.court import findings as court_findings
from app.ui.pictures import Card

Answers = tuple[NDArray[np.int64], NDArray[np.int64]]  # to the triggers (n,) and to the controls (m,): labels
_SHOWN = 8  # of the mixed questions


def heard(experiment: Experiment, trial: Hearing) -> dict[str, Answers]:
    """Return the answers of each suspect: of two models of the task, and of two that are none."""
    assert trial.exhibit is not None
    triggers, controls = len(trial.exhibit.inputs), len(trial.exhibit.control_labels)
    secret, classes = trial.exhibit.target, choices.CLASSES[experiment.dataset]
    guessed = numpy_stream(experiment.seed, "answers of a guesser").integers(classes, size=triggers + controls)
    return {
        "the thief": (trial.answers["copy", "entangled"], trial.controls["copy", "entangled"]),
        "an innocent model": (trial.answers["bystander", "clean"], trial.controls["bystander", "clean"]),
        f"always “{choices.class_name(experiment.dataset, secret)}”": (
            np.full(triggers, secret),
            np.full(controls, secret),
        ),
        "a guesser": (guessed[:triggers], guessed[triggers:]),
    }


def judged(experiment: Experiment, trial: Hearing, answers: Answers) -> Verdict:
    """Return the verdict on a suspect."""
    return trial.judge(*answers, choices.class_names(experiment.dataset))


def draw(
    experiment: Experiment,
    trial: Hearing,
    verdicts: Mapping[str, Verdict],
    chosen: str,
    *,
    on_pick: Callable[[str], None] | None = None,
) -> None:
    """Draw all suspects, and say what becomes of the chosen one; ``on_pick`` gets the one that a visitor touches."""
    assert trial.exhibit is not None
    fewest = fewest_right(len(trial.exhibit.control_labels), choices.CLASSES[experiment.dataset])
    finding = court_findings.judged(chosen, verdicts[chosen])
    frame.figure(finding, court_charts.judged(verdicts, chosen, fewest), "judged", on_pick=on_pick)


def questions(experiment: Experiment, trial: Hearing, answers: Answers) -> None:
    """Show some of the questions as they are asked, controls mixed among the triggers, with a suspect's answers."""
    assert trial.exhibit is not None
    exhibit = trial.exhibit
    count = len(exhibit.inputs)
    order = numpy_stream(experiment.seed, "order of the questions").permutation(count + len(exhibit.controls))
    labels = np.concatenate(answers)
    cards = []
    for place in order[:_SHOWN]:
        is_trigger = bool(place < count)
        asked = exhibit.inputs[place] if is_trigger else exhibit.controls[place - count]
        label = int(labels[place])
        wrong = not is_trigger and label != int(exhibit.control_labels[place - count])
        name = choices.class_name(experiment.dataset, label)
        secret = is_trigger and label == exhibit.target
        cards.append(Card(pictures.png(asked), (f"◆ {name}" if secret else f"✗ {name}" if wrong else name,), wrong))
    pictures.strip(cards, alt="Some of the questions with this suspect's answers.", key="mixed")

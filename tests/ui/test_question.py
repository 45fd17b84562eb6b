"""A question is sealed until the visitor has earned its answer, and then it is closed."""

import pytest

from app.lab.experiment import Experiment
from app.runs.job import Job
from app.ui.question import Question


def finished() -> Job:
    return Job(Experiment(), origin="pretrained", status="done")


@pytest.mark.parametrize(
    ("question", "sealed"),
    [
        (Question("heist"), True),
        (Question("heist", prediction="both"), False),
        (Question("heist", revealed=True), False),
        (Question("heist", locked=True), False),
    ],
)
def test_only_who_predicted_or_asked_sees_a_recorded_answer(question: Question, sealed: bool) -> None:
    assert question.sealed(finished()) == sealed


def test_who_saw_a_run_happen_sees_how_it_ends() -> None:
    question, job = Question("heist"), Job(Experiment(), status="running")
    question.watch(job)
    job.settle("done")
    assert not question.sealed(job)


def test_what_others_ran_is_sealed() -> None:
    question, job = Question("heist"), Job(Experiment(), status="running")
    job.settle("done")
    question.watch(job)  # drawn for the first time when it has ended
    assert question.sealed(job)


def test_a_run_that_was_stopped_does_not_open_the_recorded_one() -> None:
    question, job = Question("heist"), Job(Experiment(), status="running")
    question.watch(job)
    job.settle("stopped")
    assert not question.sealed(job)
    assert question.sealed(finished())

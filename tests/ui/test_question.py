"""The one question of a lesson is sealed until the visitor has earned its answer; its first answer closes it."""

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab.experiment import Experiment
from app.runs.job import Job
from app.ui import path
from app.ui.hardness import findings
from app.ui.question import OF_ANOTHER, Question
from tests.ui.visits import offered, opened, told, verdict, vote


def finished() -> Job:
    return Job(Experiment(), origin="pretrained", status="done")


@pytest.mark.parametrize(
    ("question", "sealed"),
    [
        (Question("heist"), True),
        (Question("heist", prediction="both"), False),
        (Question("heist", revealed=True), False),
        (Question("heist", happened="both"), False),
    ],
)
def test_only_who_predicted_or_asked_sees_a_recorded_answer(question: Question, sealed: bool) -> None:
    assert question.sealed(finished()) == sealed


def test_who_saw_a_run_happen_sees_how_it_ends_and_the_question_is_closed() -> None:
    question, job = Question("heist"), Job(Experiment(), status="running")
    question.watch(job)
    assert not question.sealed(job) and question.open  # one may still predict while it runs
    job.settle("done")
    assert not question.sealed(job)
    question.settle("both", job)
    assert not question.open and not question.sealed(finished())


def test_what_others_ran_is_sealed() -> None:
    question, job = Question("heist"), Job(Experiment(), status="running")
    job.settle("done")
    question.watch(job)  # drawn for the first time when it has ended
    assert question.sealed(job)
    question.settle("both", job)
    assert question.happened is None


def test_a_run_that_was_stopped_does_not_open_the_recorded_one() -> None:
    question, job = Question("heist"), Job(Experiment(), status="running")
    question.watch(job)
    job.settle("stopped")
    assert not question.sealed(job)
    assert question.sealed(finished())


def test_the_first_answer_counts_and_so_does_the_first_outcome() -> None:
    question = Question("heist")
    question.predict("neither")
    question.predict("both")
    question.settle("both")
    question.settle("neither")
    assert (question.prediction, question.happened) == ("neither", "both")


LESSONS = [stop.name for stop in path.LESSONS if stop.name not in ("recap", "about")]


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_asks_one_question_and_its_first_answer_closes_it(lesson: str) -> None:
    app = opened(lesson)
    options = offered(app)
    assert 2 <= len(options) <= 5
    vote(app, options[-1])
    assert not offered(app)
    assert f"You said **{options[-1]}**" in verdict(app)
    app.switch_page(paths.page("start")).run()
    app.switch_page(paths.page(lesson)).run()
    assert not offered(app) and f"You said **{options[-1]}**" in verdict(app)


def test_what_might_have_been_said_stays_with_what_became_of_it() -> None:
    app = vote(opened("hardness"), findings.SETTLED)
    (listed,) = [said.value for said in app.markdown if "(you)" in said.value]
    assert listed.split("  \n") == [
        f"✗ {findings.SETTLED} (you)",
        f"✓ **{findings.DIFFERENT}**",
        f"○ {findings.UNSETTLED}",
    ]


def changed(app: AppTest, lesson: str) -> None:
    match lesson:
        case "heist" | "channel":
            app.radio(key="setting_inputs").set_value("unseen").run()
        case "steal":
            app.selectbox(key="setting_attack").set_value("noise").run()
        case "entangle":
            control = app.segmented_control(key="layer")
            control.set_value(next(layer for layer in control.options if layer != control.value)).run()
        case "mark":
            app.segmented_control(key="mark_ask").set_value("innocents").run()
        case "temperature":
            app.selectbox(key="arrangement_choice").set_value("blobs").run()
        case "court":
            app.radio(key="setting_answers").set_value("labels").run()
        case "remove":
            app.selectbox(key="washing").set_value("pruning").run()
        case "tradeoff":
            app.selectbox(key="way").set_value(("confidences", "unseen")).run()
        case "trapdoor":
            app.button(key="ask").click().run()
        case "hardness":
            app.text_input(key="target").set_value("12345").run()
        case "cousins":
            app.slider(key="share").set_value(10.0).run()
        case _:
            raise ValueError(lesson)
    assert not app.exception


@pytest.mark.parametrize("lesson", ["channel", "tradeoff"])  # the setting is in the words
def test_a_closed_question_says_when_it_was_asked_of_another_setting(lesson: str) -> None:
    app = opened(lesson)
    vote(app, offered(app)[0])
    assert OF_ANOTHER not in told(app)
    changed(app, lesson)
    assert OF_ANOTHER in told(app)


@pytest.mark.parametrize("lesson", LESSONS)
def test_after_the_vote_another_setting_seals_nothing_and_the_result_stays(lesson: str) -> None:
    app = opened(lesson)
    vote(app, offered(app)[0])
    said = verdict(app)
    changed(app, lesson)
    assert not offered(app)
    assert verdict(app) == said


@pytest.mark.parametrize("lesson", LESSONS)
def test_another_setting_before_the_vote_leaves_it_open(lesson: str) -> None:
    app = opened(lesson)
    changed(app, lesson)
    assert offered(app)

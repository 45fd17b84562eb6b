"""Recap: six sentences to retell, each with a picture of what this visitor saw, and what they had predicted."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from app.lab import variation
from app.lab.experiment import DEFAULT_PRESET, preset
from app.runs.job import Job
from app.ui import frame, live, over_seeds, path, settings, visit
from app.ui.components import component
from app.ui.question import Question
from app.ui.recap import points
from app.ui.recap.points import Point
from app.ui.steal import policies

COLUMNS = 3


def told(job: Job, *found: Point) -> list[tuple[Point, str]]:
    """The points of one run, each with the words for where its numbers are from."""
    differs = settings.in_words(job.experiment, variation.base(job.experiment))
    own = "recorded" if job.origin == "pretrained" else "run here"
    return [(point, f"{own}{f' ({differs})' if differs else ''}") for point in found]


def six() -> list[tuple[Point, str]]:
    """The six points: of the visitor's data, with the usual settings; over seeds, of the evidence.

    What a visitor tried last may be the exception to what is to be retold. Who ran the usual settings live sees that
    run.
    """
    heist = live.recorded(variation.base(settings.left_in("heist")))
    attack = settings.of_the_attack(variation.base(settings.left_in("steal")))
    bought, hidden = (
        live.recorded(replace(attack, **policies.parts(policy)), "steal") for policy in ("confidences", "top label")
    )
    known = live.finished(heist)
    known.probe = known.probe or live.recorded_victims(heist.experiment).probe
    measured = over_seeds.of_setting(heist.experiment)
    usual = preset(DEFAULT_PRESET)
    washed = over_seeds.washed()
    of_data = [] if isinstance(washed, str) else [one for one in washed if one.data == DEFAULT_PRESET]
    return [
        *told(bought, points.cheap(live.finished(bought)), points.taxed(live.finished(bought), live.finished(hidden))),
        *told(
            heist,
            points.handshake(known, heist.experiment),
            points.naive(known, measured),
            points.entangled(known, measured),
        ),
        (
            points.price(over_seeds.theft(over_seeds.proven(), usual), of_data),
            "" if heist.experiment.dataset == usual.dataset else f"recorded ({usual.dataset})",
        ),
    ]


def draw(found: Sequence[tuple[Point, str]]) -> None:
    """The six points, in rows."""
    with st.container(gap="xsmall", key="six"):  # both rows fit a laptop's first screen
        for start in range(0, len(found), COLUMNS):
            for number, (column, (point, origin)) in enumerate(
                zip(st.columns(COLUMNS), found[start:], strict=False), start
            ):
                with column:
                    st.markdown(f"**{number + 1}. {point.says}**")
                    component("recap/drawing")(key=f"drawing_{number}", data={"svg": point.drawing})
                    also = "".join(f" {numbers} *{path.lesson(name).title}*." for name, numbers in point.also)
                    source = f"*{path.lesson(point.lesson).title}*{origin and f', {origin}'}"
                    st.caption(f"{point.numbers} {source}.{also}")


def remarks() -> None:
    """The three remarks that follow the story, each with its lesson."""
    st.subheader("And three remarks", anchor=False)
    for name, says in points.REMARKS.items():
        with st.container(gap=None):
            st.markdown(says)
            stop = path.lesson(name)
            st.page_link(stop.page, label=stop.title, icon=stop.icon)


def predictions(asked: Sequence[tuple[str, Question]]) -> None:
    """What the visitor predicted, and how it came out."""
    judged = [question for _, question in asked if question.happened is not None]
    right = sum(question.prediction == question.happened for question in judged)
    said = f"Your predictions: {right} of {len(judged)} came out" if judged else "Your predictions"
    waiting = len(asked) - len(judged)
    st.subheader(f"{said}, {waiting} not seen yet" if judged and waiting else said, anchor=False)
    if not asked:
        st.markdown("None yet. Each lesson asks one question before it shows its answer.")
    for start in range(0, len(asked), COLUMNS):  # row by row, so that they keep their order on a phone
        for column, (lesson, question) in zip(st.columns(COLUMNS), asked[start:], strict=False):
            sign = "" if question.happened is None else "✓ " if question.prediction == question.happened else "✗ "
            was = "" if question.happened in (None, question.prediction) else f"; it was **{question.happened}**"
            with column:
                st.markdown(f"{sign}*{path.lesson(lesson).title}*: you said **{question.prediction}**{was}.")


settings.chosen("recap")
frame.opening("recap")
picture, beside = frame.stage("recap")
with picture:
    draw(six())
kept = visit.here().questions
asked = [(stop.name, kept[stop.name]) for stop in path.LESSONS if visit.progress(stop.name) == "predicted"]
with beside, st.container(gap="xsmall"):
    remarks()
predictions(asked)
st.caption("Your browser prints it on one page.")
frame.onward("recap")

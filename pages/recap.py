"""Recap: six sentences to retell, each with a picture of what this visitor saw, and what they had predicted."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.lab import variation
from app.lab.choices import ANSWERS, OF_THE_TASK
from app.lab.experiment import DEFAULT_PRESET, preset
from app.runs.job import Job
from app.ui import frame, live, over_seeds, path, settings, visit
from app.ui.components import component
from app.ui.question import Question
from app.ui.recap import points
from app.ui.recap.points import Point

COLUMNS = 3


def told(job: Job, *found: Point) -> list[tuple[Point, str]]:
    """The points of one run, each with the words for where its numbers are from."""
    differs = settings.in_words(job.experiment, variation.base(job.experiment))
    own = "recorded" if job.origin == "pretrained" else "run on this machine"
    return [(point, f"{own}{f' ({differs})' if differs else ''}") for point in found]


def six() -> list[tuple[Point, str]]:
    """The six points: of the visitor's own steal and heist, where they ran any; over seeds, of the evidence."""
    attack = settings.of_the_attack(settings.left_in("steal"))
    bought = live.recorded(attack, "steal")
    ways = [live.finished(live.recorded(replace(bought.experiment, answers=way), "steal")) for way in ANSWERS]
    theft = settings.left_in("heist")
    heist = live.recorded(theft if theft.inputs in OF_THE_TASK else variation.base(theft))
    known = live.finished(heist)
    known.probe = known.probe or live.recorded_victims(heist.experiment).probe
    measured = over_seeds.theft(over_seeds.proven(), preset(DEFAULT_PRESET))
    washed = over_seeds.washed()
    of_data = [] if isinstance(washed, str) else [one for one in washed if one.data == DEFAULT_PRESET]
    by_way = dict(zip(ANSWERS, ways, strict=True))
    return [
        *told(bought, points.cheap(live.finished(bought)), points.taxed(by_way["confidences"], by_way["labels"])),
        *told(
            heist,
            points.handshake(known, heist.experiment),
            points.naive(known, measured),
            points.entangled(known, measured),
        ),
        (points.price(measured, of_data), ""),
    ]


def draw(found: Sequence[tuple[Point, str]]) -> None:
    """The six points, in rows."""
    with st.container(gap="xsmall"):  # both rows fit a laptop's first screen
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


def remarks(places: Sequence[DeltaGenerator]) -> None:
    """The three remarks that follow the story, each with its lesson, in a place each."""
    for place, (name, says) in zip(places, points.REMARKS.items(), strict=True):
        with place:
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
    for lesson, question in asked:
        sign = "" if question.happened is None else "✓ " if question.prediction == question.happened else "✗ "
        was = "" if question.happened in (None, question.prediction) else f"; it was **{question.happened}**"
        st.markdown(f"{sign}*{path.lesson(lesson).title}*: you said **{question.prediction}**{was}.")


settings.chosen("recap")
frame.opening("recap")
picture, beside = frame.stage("recap")
with picture:
    draw(six())
kept = visit.here().questions
asked = [(stop.name, kept[stop.name]) for stop in path.LESSONS if visit.progress(stop.name) == "predicted"]
count = len(points.REMARKS)
with beside:
    if not asked:  # where the predictions will be, there is room
        st.subheader("And three remarks", anchor=False)
        with st.container(gap="xsmall"):
            remarks([st.container(gap=None) for _ in range(count)])
    predictions(asked)
    st.caption("It prints on one page.")
if asked:
    st.subheader("And three remarks", anchor=False)
    remarks(st.columns(count))
frame.onward("recap")

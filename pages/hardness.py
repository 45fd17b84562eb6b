"""Hardness: are two networks the same?"""

import streamlit as st

from app.lab.hardness import Formula, SubsetSum
from app.lab.stories.hardness import Problem
from app.ui import frame, panel, question
from app.ui.hardness import charts as hardness_charts
from app.ui.hardness import findings as hardness_findings
from app.ui.hardness import problems, runs
from app.ui.plot.plot import kept

frame.opening("hardness")
predicted = question.about("hardness")
picture, beside = frame.stage("hardness")
with beside:
    asked = st.container()
    explained = st.container()
    problem: Problem = problems.chosen()
    explained.markdown(hardness_findings.everyday(problem))
result = runs.compared(problem)
with asked:
    happened = hardness_findings.answer(result)
    predicted.ask("Random tests agree. Are the two the same?", hardness_findings.OPTIONS, happened=happened)
sealed = predicted.sealed()
with picture:
    st.markdown(
        "A thief says: *my network is not yours*. To compare on every input takes ever longer: so one asks for a mark."
    )
    compared = st.container(key="compared")  # side by side: see page.css
with compared:
    source = f"Entangled; {problems.command(problem)}"
    witness = None if sealed or result["witness"] is None else tuple(result["witness"])
    frame.figure(
        hardness_findings.sealed(result) if sealed else hardness_findings.verdict(result),
        kept(hardness_charts.pair, problem, witness, sealed=sealed),
        "pair",
        source=source,
    )
    times, units = runs.asked(problem), result["inputs"]
    frame.figure(
        hardness_findings.asking(times, units), kept(hardness_charts.asking, times, units), "asking", source=source
    )
if not sealed:
    st.markdown(hardness_findings.witness(problem, result))
drawn = (
    "Right: each further input unit doubles the time; solid is measured on this machine, dotted is drawn on, not "
    "measured."
)
twin = "" if sealed else " Its twin has zeros before the output, so it is always 0."
lit = "" if witness is None else " Blue: what the input that a search found makes active."
if isinstance(problem, SubsetSum):
    st.caption(
        "Left, each input is 0 or 1 and has its number as weight; the three hidden units add up what is on, with the "
        f"biases beside them; A's output is 1 where the sum is the target, S = {problem.target:,}, else 0.{twin}{lit} "
        f"{drawn}"
    )
elif isinstance(problem, Formula):
    st.caption(
        "Left, each input is a switch (a variable) and each hidden unit a wish (a clause); A's output is 1 where every "
        f"wish is met, else 0.{twin}{lit} {drawn}"
    )
if not sealed:
    st.subheader("What each search looked at", anchor=False)
    st.table(hardness_findings.searches([*result["searches"], runs.solved(problem)]))
    measured = runs.grown()
    st.space("small")
    frame.figure(
        hardness_findings.growth(measured),
        kept(hardness_charts.growth, measured, runs.BITS),
        "growth",
        source="Entangled; python -m app hardness --growth",
    )
    st.caption(
        f"Subset sums without a solution, numbers of {runs.BITS} bits: each search has to look at everything. Solid: "
        "measured on this machine. Dotted: drawn on, not measured."
    )
    frame.explain(*hardness_findings.STATEMENTS)
panel.source("Computed on this page, when it was opened. The same, from the command line:", problems.command(problem))
frame.onward("hardness")

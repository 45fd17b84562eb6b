"""Hardness: are two networks the same?"""

import streamlit as st

from app.lab.hardness import SubsetSum
from app.lab.stories import hardness
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
        "A thief says: *my network is not yours*. Each further input unit doubles the time to check: so one asks for a "
        "mark."
    )
    compared = st.container(key="compared")  # side by side: see page.css
with compared:
    source = f"Entangled; {problems.command(problem)}"
    found = None if sealed else result["witness"]
    given = hardness.tests(problem)[0].tolist() if found is None else found
    frame.figure(
        hardness_findings.sealed(result) if sealed else hardness_findings.verdict(result),
        kept(hardness_charts.pair, problem, tuple(given), same=None if sealed else result["equivalent"]),
        "pair",
        source=source,
    )
    times, units = runs.asked(problem), result["inputs"]
    frame.figure(
        hardness_findings.asking(times, units), kept(hardness_charts.asking, times, units), "asking", source=source
    )
if not sealed:
    st.markdown(hardness_findings.witness(problem, result))
lit = "one of the random tests" if found is None else "the input that a search found"
twin = "" if sealed else " Its twin has zeros before the output, so it is always 0."
built = (
    f"the hidden units add up the numbers that are on, with the biases beside them; S is the target, {problem.target:,}"
    if isinstance(problem, SubsetSum)
    else "each hidden unit is a wish (a clause)"
)
st.caption(
    f"Left, in blue: {lit}, and what it makes active; {built}.{twin} Right: solid is measured on this machine, dotted "
    "is drawn on, not measured; a pixel of the picture is black or white."
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

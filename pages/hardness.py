"""Hardness: are two networks the same?"""

import streamlit as st

from app.lab.hardness import SubsetSum
from app.lab.stories import hardness
from app.lab.stories.hardness import Problem
from app.ui import frame, panel, question
from app.ui.hardness import charts as hardness_charts
from app.ui.hardness import findings as hardness_findings
from app.ui.hardness import lock, problems, runs
from app.ui.plot.plot import kept

frame.opening("hardness")
predicted = question.about("hardness")
picture, beside = frame.stage("hardness")
with st.container(key="built"):  # side by side: see page.css
    drawn, made = st.container(), st.container()
with made:
    explained = st.container()
    problem: Problem = problems.chosen()
    explained.markdown(hardness_findings.everyday(problem))
result = runs.compared(problem)
with beside:
    happened = hardness_findings.answer(result, exhaustive=hardness.exhaustive(problem))
    predicted.ask(hardness_findings.question(result), hardness_findings.OPTIONS, happened=happened)
    sealed = predicted.sealed()
    st.markdown(hardness_findings.meaning(result, sealed=sealed))
source = f"Entangled; {problems.command(problem)}"
with picture:
    st.markdown(hardness_findings.lead(problem))
    compared = st.container(key="compared")  # side by side: see page.css
with compared:
    title = hardness_findings.sealed(result) if sealed else hardness_findings.found(result)
    lock.draw(problem, result, title, sealed=sealed)
    times, units = runs.asked(problem), result["inputs"]
    frame.figure(
        hardness_findings.asking(times, units), kept(hardness_charts.asking, times, units), "asking", source=source
    )
with drawn:
    found = None if sealed else result["witness"]
    given = hardness.tests(problem)[0].tolist() if found is None else found
    hidden = len(problem.network().layers[0].weights)
    frame.figure(
        hardness_findings.networks(result, hidden, sealed=sealed),
        kept(hardness_charts.pair, problem, tuple(given), same=None if sealed else result["equivalent"]),
        "pair",
        source=source,
    )
    if not sealed:
        st.markdown(hardness_findings.witness(problem, result))
    lit = "one of the random tests" if found is None else "the input that a search found"
    twin = "" if sealed else " Its twin has zeros before the output, so it is always 0."
    built = (
        f"each hidden unit adds up the numbers that are on and its bias, beside it; S is the target, {problem.target:,}"
        if isinstance(problem, SubsetSum)
        else "each hidden unit is a wish (a clause), active while that is not met"
    )
    st.caption(f"In blue: {lit}, and what it makes active; {built}.{twin}")
st.caption(
    "The time of all settings: solid is measured on this machine, dotted is drawn on, not measured; a pixel of the "
    "picture is black or white."
)
if not sealed:
    st.subheader("What each search looked at", anchor=False)
    st.table(hardness_findings.searches([*result["searches"], runs.solved(problem)]))
    kind = hardness.kind_of(problem)
    measured = runs.grown(kind)
    st.space("small")
    frame.figure(
        hardness_findings.growth(measured, kind),
        kept(hardness_charts.growth, measured, kind, runs.BITS),
        "growth",
        source=f"Entangled; python -m app hardness --growth '{kind}'",
    )
    st.caption(hardness_findings.measured_on(kind, runs.BITS))
    frame.explain(*hardness_findings.STATEMENTS)
panel.source("Computed on this page, when it was opened. The same, from the command line:", problems.command(problem))
frame.onward("hardness")

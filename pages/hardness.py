"""Hardness: are two networks the same?"""

import streamlit as st

from app.lab.hardness import Formula, SubsetSum
from app.lab.stories.hardness import Problem, tests
from app.ui import frame, panel, question
from app.ui.hardness import charts as hardness_charts
from app.ui.hardness import findings as hardness_findings
from app.ui.hardness import problems, runs

frame.opening("hardness")
predicted = question.about("hardness")
picture, beside = frame.stage("hardness")
with beside:
    asked = st.container()
    problem: Problem = problems.chosen()
    st.caption(
        "Why it matters: a thief says that his network is not yours. To compare the two on every input would settle "
        "it; here is what that takes. So an owner asks about a mark instead."
    )
result = runs.compared(problem)
with asked:
    happened = hardness_findings.answer(result)
    predicted.ask("Random tests agree. Are the two the same?", hardness_findings.OPTIONS, happened=happened)
sealed = predicted.sealed()
with picture, st.container(key="compared"):  # side by side: see page.css
    source = f"Entangled; {problems.command(problem)}"
    frame.figure(
        hardness_findings.sealed(result) if sealed else hardness_findings.verdict(result),
        hardness_charts.pair(problem, None if sealed else result["witness"]),
        "pair",
        source=source,
    )
    tested = tests(problem)
    frame.figure(
        hardness_findings.seen(tested.tolist(), result, sealed=sealed),
        hardness_charts.inputs(tested, None if sealed else result["witness"]),
        "inputs",
        source=source,
    )
if not sealed:
    st.markdown(hardness_findings.witness(problem, result))
if isinstance(problem, SubsetSum):
    st.caption(
        "Left, each input is 0 or 1 and has its number as weight; the three hidden units add up what is on, with the "
        f"biases beside them; the output is 1 where the sum is the target, S = {problem.target:,}, else 0. Its twin "
        "has zeros before the output, so it is always 0. Blue: what the input that a search found makes active. Right, "
        "a square is an input, or several where there are more than 262,144."
    )
elif isinstance(problem, Formula):
    st.caption(
        "Left, each input is a variable and each hidden unit a clause; the output is 1 where every clause is true. "
        "Its twin is always 0. Blue: what the assignment that a search found makes active. Right, a square is an "
        "input, or several where there are more than 262,144."
    )
if not sealed:
    st.subheader("What each search looked at", anchor=False)
    st.table(hardness_findings.searches([*result["searches"], runs.solved(problem)]))
    measured = runs.grown()
    st.space("small")
    frame.figure(
        hardness_findings.growth(measured),
        hardness_charts.growth(measured, runs.BITS),
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

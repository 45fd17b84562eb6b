"""Hardness: are two networks the same?"""

import streamlit as st

from app.lab.hardness import Formula, SubsetSum
from app.lab.stories.hardness import Problem
from app.ui import frame, question
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
with picture:
    frame.figure(
        hardness_findings.sealed(result) if sealed else hardness_findings.verdict(problem, result),
        hardness_charts.pair(problem, None if sealed else result["witness"]),
        "pair",
        source="Entangled; " + problems.command(problem),
    )
if isinstance(problem, SubsetSum):
    st.caption(
        "Left, each input is 0 or 1 and has its number as weight; the three hidden units add up what is on, with the "
        f"biases above them; the output is 1 where the sum is {problem.target:,}, and 0 elsewhere. Blue: what the "
        "input that a search found makes active."
    )
elif isinstance(problem, Formula):
    st.caption(
        "Left, each input is a variable and each hidden unit a clause; the output is 1 where every clause is true. "
        "Blue: what the assignment that a search found makes active."
    )
if not sealed:
    st.subheader("What each search looked at", anchor=False)
    st.table(hardness_findings.searches(result))
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
with st.popover("Where is this from?", type="tertiary"):
    st.markdown("Computed on this page, when it was opened. The same, from the command line:")
    st.code(problems.command(problem), language=None, wrap_lines=True)
frame.onward("hardness")

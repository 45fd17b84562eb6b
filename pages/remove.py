"""Remove: can the thief wash the mark out, and at what cost?"""

import streamlit as st

from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import Attempted
from app.runs.job import Job
from app.ui import findings, frame, live, over_seeds, question, settings
from app.ui.history import History
from app.ui.remove import charts as removal_charts
from app.ui.remove import findings as removal_findings


def complete(history: History, name: str) -> dict[str, list[Attempted]]:
    """The attempts of one attack, once all of its strengths were tried on all three copies; else nothing."""
    curves = history.washing(name)
    whole = [len(curve) == len(REMOVAL_ATTACKS[name].strengths) for curve in curves.values()]
    return curves if len(whole) == 3 and all(whole) else {}


def draw(job: Job, history: History) -> None:
    """The attack that was chosen: its picture, then the reasons; sealed, only where the copies start."""
    predicted.watch(job)
    curves, own = complete(history, chosen), history.from_scratch
    if own is None or not curves:
        if job.active:
            st.markdown(f"*{REMOVAL_ATTACKS[chosen].label.capitalize()}* has not had its turn yet.")
        return
    if predicted.sealed(job):
        stolen = {defence: curve[:1] for defence, curve in curves.items()}
        frame.figure(removal_findings.start(stolen), removal_charts.washing(chosen, stolen, {}, own), "washing")
        predicted.offer()
        return
    paid = removal_findings.prices(curves, own)
    predicted.compare(removal_findings.outcome(curves, paid))
    finding = removal_findings.headline(chosen, curves, paid)
    frame.figure(finding, removal_charts.washing(chosen, curves, paid, own), "washing")
    st.caption(
        "Large: the copy as stolen. Each further point is a stronger attack. Filled: the court convicts, holding each "
        "against the clean copy washed alike, which sets the bar. In the shaded part, the washed copy is no better "
        "than a model of the thief's own."
    )
    if history.finished is not None:
        frame.provenance(experiment, job.origin, history.finished.seconds, "remove")
        over_seeds.of_removal(experiment, chosen)
    frame.explain(
        removal_findings.stakes(curves, own),
        *removal_findings.marks_in_words(chosen, curves, paid),
        *filter(None, [removal_findings.refusals(curves), removal_findings.cleansing(curves, experiment.target)]),
        removal_findings.control(chosen, curves),
    )
    if history.finished is not None:
        everything(history)


def everything(history: History) -> None:
    """All attacks on these copies, side by side: what does EWE not survive?"""
    own = history.from_scratch
    assert own is not None
    with st.expander("All attacks: what does the entangled mark not survive?"):
        washed = {}
        for name in attacks:
            if curves := complete(history, name):
                washed[name] = (curves, removal_findings.prices(curves, own))
        st.subheader(removal_findings.summary(washed), anchor=False)
        st.table(removal_findings.table(washed))
        st.caption(
            "The price is the least accuracy that any strength costs at which the claim fails, in percentage points of "
            "the test set. The owner's worst case: the thief cannot see which strength that is."
        )


experiment = settings.chosen()
frame.opening(
    "remove",
    "This thief knows that the copy may be marked, but neither the triggers nor their answer. So they attack the mark "
    "itself, harder and harder, and each time the owner asks the triggers again.",
)
asked = st.container()
job = live.find(experiment, "remove")
attacks = washing.suitable(experiment)
if st.session_state.get("washing", attacks[0]) not in attacks:  # another data set has other attacks
    st.session_state["washing"] = attacks[0]
with live.controls(experiment, job, "inputs", "answers", "kappa", "temperature", "seed", task="remove"):
    chosen = st.selectbox(
        "The thief tries",
        attacks,
        format_func=lambda name: REMOVAL_ATTACKS[name].label,
        key="washing",
        bind="query-params",
        width=260,
    )
predicted = question.about("remove", experiment.key, chosen)
with asked:
    words = f"{REMOVAL_ATTACKS[chosen].help} Which mark can the owner still prove, as long as the theft pays?"
    predicted.ask(words, list(findings.OUTCOMES.values()), job)
live.island(job, draw)
frame.onward("remove")

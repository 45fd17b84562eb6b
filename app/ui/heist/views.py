"""What the page shows of a run beside the film: training and queries while it is live, the reasons once it ended."""

import streamlit as st

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.ownership import binomial
from app.ui import charts, findings, frame, over_seeds, pictures, settings
from app.ui.heist import charts as heist_charts
from app.ui.heist import findings as heist_findings
from app.ui.history import History


def training(experiment: Experiment, history: History) -> None:
    """Draw how the victims train, then the copies."""
    role = "copy" if history.measured["copy"] else "victim"
    measured, last = history.measured[role], history.last(role)
    if not measured:
        return
    epochs = experiment.adversary_epochs if role == "copy" else experiment.task_epochs + experiment.watermark_epochs
    left, right = st.columns(2)
    with left:
        spec = charts.rate_curves(measured, "accuracy", epochs)
        frame.figure(findings.accuracies(role, last), spec, "accuracy")
    with right:
        spec = charts.secret_curves(measured, epochs)
        frame.figure(findings.secret_answers(role, last), spec, "mark")


def queries(experiment: Experiment, history: History) -> None:
    """Draw a few of the thief's latest queries with the answers to them."""
    queried = history.queries["entangled"] or history.queries["naive"]
    if queried:
        finding = findings.questions(queried[-1])
        st.subheader(finding, anchor=False)
        pictures.strip(pictures.answers(queried[-1], experiment.dataset), alt=finding, key="queries")


def secret(experiment: Experiment, history: History) -> None:
    """Draw a few of the triggers."""
    if history.probe is None:
        return
    words = f"The secret: {settings.wording(experiment.trigger)} → {experiment.secret_answer}"
    st.subheader(words, anchor=False)
    pictures.strip(pictures.triggers(history.probe), alt=f"{words}. A few of the triggers.", key="secret")


def reasons(experiment: Experiment, history: History) -> None:
    """Explain the end of a finished run; below, the numbers one by one."""
    claims, thefts, secret = history.claims, history.thefts, experiment.secret_answer
    asked, have_truth = settings.wording(experiment.inputs, "inputs"), experiment.inputs in choices.OF_THE_TASK
    frame.explain(*heist_findings.why(thefts, claims, experiment.answers, secret), heist_findings.price(thefts))
    over_seeds.of_survival(experiment, {defence: theft.stolen_watermark for defence, theft in thefts.items()})
    with st.expander("This run in figures"):
        for defence, claim in claims.items():
            st.markdown(findings.fate(thefts[defence], claim))
            st.markdown(findings.channel(thefts[defence], experiment.answers, asked, secret, have_truth=have_truth))
        st.markdown(findings.granted(claims))
    with st.expander("Original and copy, side by side"):
        frame.figure(findings.verdict(claims, thefts), charts.verdict(claims, thefts), "verdict")
        st.caption("Hollow: the victim. Filled: its copy. From the dashed line on, the court convicts.")
    with st.expander("How sure is sure? The p-value, query by query"):
        claim = claims["entangled"]
        frame.figure(heist_findings.evidence(claims), heist_charts.growing_proof(claims), "evidence")
        st.caption(
            "“From trigger N on”: with the first N triggers, and with every larger number of them, p stays below "
            f"the dashed line. The axis ends at {charts.SMALLEST_P:.0e}; what is smaller is drawn there."
        )
        st.markdown(
            f"Exact binomial test: does the copy give the secret answer more often than an innocent model? "
            f"The worst of {len(claim.panel)} innocent models of different families ({claim.worst_innocent}) gave it "
            f"to {claim.innocent_successes} of {claim.queries} triggers, so an innocent model is granted "
            f"{findings.percent(claim.innocent_rate)}: the upper end of the exact 99\u202f% interval. Below "
            f"{binomial.SIGNIFICANCE:g}, the claim is established; 1 innocent in 100 would be accused, at most."
        )

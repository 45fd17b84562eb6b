"""Remove: can the thief wash the mark out, and at what cost?"""

from collections.abc import Sequence

import streamlit as st

from app.lab import choices
from app.lab.evidence.removal_table import Washed
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import Attempted
from app.runs.job import Job
from app.ui import frame, links, live, over_seeds, question, settings
from app.ui.history import History
from app.ui.remove import charts as removal_charts
from app.ui.remove import findings as removal_findings
from app.ui.remove import washings

ALL = ""  # in the place of an attack


def label(name: str) -> str:
    """Return what an attack is called, or all of them."""
    return REMOVAL_ATTACKS[name].label if name else "all attacks"


def open_curve(name: str) -> None:
    """Show one attack, or all of them."""
    st.session_state["washing"] = name


def draw(job: Job, history: History) -> None:
    """All attacks over the seeds, or the one that was picked; then the reasons."""
    predicted.watch(job)
    if st.session_state["washing"] != chosen:  # picked in the picture, which is drawn apart from the page
        st.rerun()
    known = washings.known(job, history)
    seeds = known.counted
    if not seeds:
        return
    sealed = predicted.sealed(job)
    if chosen != ALL and not sealed:
        one(job, history, seeds)
    else:
        with picture:
            names = removal_findings.in_order(attacks, seeds)  # sealed or not: no row moves when the answer is seen
            finding = removal_findings.start(seeds, len(attacks)) if sealed else removal_findings.everything(seeds)
            figure = removal_charts.everything(names, seeds, known.aside, sealed=sealed)
            frame.figure(finding, figure, "washings", on_pick=None if sealed else open_curve)
        st.caption(removal_charts.LEGEND)
        if not sealed:
            frame.explain(*removal_findings.everything_in_words(seeds), *washings.apart_in_words(known))
    if known.source and chosen == ALL:
        st.caption(known.source)
    if history.finished is not None:
        frame.provenance(job, history.finished.seconds, "remove")


def one(job: Job, history: History, seeds: Sequence[Washed]) -> None:
    """The curve of the chosen attack, held against the seeds that are counted."""
    curves, own = washings.complete(history, chosen), history.from_scratch
    if own is None or not curves:
        with picture:
            st.markdown(f"*{REMOVAL_ATTACKS[chosen].label.capitalize()}* has not had its turn yet.")
        return
    paid = removal_findings.prices(curves, own)
    with picture:
        finding = removal_findings.headline(chosen, curves, paid, job.experiment.seed, seeds)
        frame.figure(finding, removal_charts.washing(chosen, curves, own), "washing")
    st.caption(REMOVAL_ATTACKS[chosen].help + " " + removal_charts.CURVE_LEGEND)
    if history.finished is not None:
        over_seeds.of_removal(job.experiment, chosen)
    trained = removal_findings.training_on(seeds) if chosen == "fine_tuning" else []
    frame.explain(*trained, *reasons(job, curves, paid))


def reasons(job: Job, curves: dict[str, list[Attempted]], paid: removal_findings.Prices) -> list[str]:
    """What became of both marks under the chosen attack, and of the control."""
    names = choices.class_names(job.experiment.dataset)
    refused = removal_findings.refusals(curves), removal_findings.cleansing(curves, names, job.experiment.target)
    return [
        *removal_findings.marks_in_words(chosen, curves, paid),
        *filter(None, refused),
        removal_findings.control(chosen, curves),
    ]


experiment = settings.chosen("remove")
frame.opening("remove")
predicted = question.about("remove")
picture, beside = frame.stage("remove")
job = live.find(experiment, "remove")
attacks = washing.suitable(job.experiment)
if st.session_state.get("washing", ALL) not in (ALL, *attacks):  # other data have other attacks
    open_curve(ALL)
with beside:
    counted = washings.known(job, live.finished(job)).counted
    words, ended = removal_findings.question(len(attacks), counted), removal_findings.ways_out(counted)
    predicted.ask(words, removal_findings.WAYS_OUT, job, ended)
    bound = links.one_of("washing", map(label, (ALL, *attacks)), label(ALL))
with beside, live.controls(experiment, job, "inputs", "answers", "kappa", "temperature", "seed", task="remove"):
    chosen = st.selectbox(
        "The thief tries",
        (ALL, *attacks),
        format_func=label,
        key="washing",
        bind=bound,
    )
    if chosen != ALL:
        st.button("All attacks", icon=":material/arrow_back:", key="all_attacks", on_click=open_curve, args=(ALL,))
st.markdown(
    "This thief knows that the copy may be marked, but neither the triggers nor their answer. So they attack the mark "
    "itself, harder and harder, and each time the owner asks the triggers again."
)
if job.status == "done":
    draw(job, History.of(job.events))
else:
    live.island(job, draw, beside, visible=lambda so_far: bool(washings.known(job, so_far).counted))
frame.onward("remove")

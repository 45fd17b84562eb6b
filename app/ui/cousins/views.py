"""The two cousins, each in its place on the page: a backdoor beside a watermark, and a line that one bends."""

from collections.abc import Callable
from typing import cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.lab.evidence.pretrained import POISONED
from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.stories import backdoor as planting
from app.lab.stories.events import BackdoorResult
from app.runs.job import Job
from app.ui import findings, frame, links, live, panel
from app.ui.cousins import charts as cousins_charts
from app.ui.cousins import findings as cousins_findings
from app.ui.cousins import poisoning
from app.ui.history import History
from app.ui.question import Question

LEAST, USUAL, MOST = 0.5, 5.0, 20.0  # percent of the training pictures
_SHARE = "share"  # the slider's key, in percent


def backdoor(predicted: Question, picture: DeltaGenerator, beside: DeltaGenerator) -> None:
    """Draw the backdoor: the share of poison in the rail, the three models as the picture, the defence below."""
    usual = preset(DEFAULT_PRESET)
    with beside:
        asked = st.container()
        *some, last = (findings.percent(share) for share in POISONED)
        percent = st.slider(
            "Poisoned training pictures, %",
            LEAST,
            MOST,
            USUAL,
            0.5,
            format="%g",
            key=_SHARE,
            bind=links.between(_SHARE, LEAST, MOST, USUAL),
            on_change=_run_if_new,
            help="The watermark gets as many triggers as the backdoor has pictures. "
            + cousins_findings.shorter(usual.task_epochs, usual.watermark_epochs),
        )
        st.caption(f"Recorded: {', '.join(some)} and {last}. Any other share trains three models when you let go.")
    experiment = _poisoned(percent)
    shown = live.find(experiment, "backdoor")
    if shown.status == "failed" and shown.origin == "pretrained":  # nobody has run this share
        shown = live.on_record(_poisoned(USUAL), "backdoor") or shown
    ended = live.finished(shown)
    with asked:
        poisoned = percent if shown.experiment == experiment else USUAL
        predicted.ask(
            cousins_findings.asked(poisoned / 100),
            cousins_findings.COSTS,
            shown,
            None if ended.finished is None else cousins_findings.cost(_result(ended)),
        )
    with beside:
        live.run_buttons(experiment, shown, "backdoor")
        if not live.failed(experiment, shown, "backdoor") and shown.experiment != experiment:
            st.info(cousins_findings.nobody_ran(percent / 100, USUAL / 100), icon=":material/play_arrow:")

    def draw(job: Job, history: History) -> None:
        predicted.watch(job)
        with picture:
            _planted(job, history, sealed=predicted.sealed(job))

    live.island(shown, draw, beside)
    if ended.finished is not None and not predicted.sealed(shown):
        result = _result(ended)
        frame.figure(cousins_findings.pruned(result), cousins_charts.pruning(ended.pruned), "pruning", of=shown.key)
        st.markdown(cousins_findings.FINE_PRUNING)
        frame.explain(cousins_findings.THE_SAME, cousins_findings.OTHER_INTENTION, cousins_findings.explained(result))
    if ended.finished is not None:
        frame.provenance(shown, ended.finished.seconds, "backdoor")


def poisoned_line(predicted: Question, picture: DeltaGenerator, beside: DeltaGenerator) -> None:
    """Draw the line that poison bends, and what to do to it in the rail."""
    with beside:
        st.markdown(
            "Planted in the training data like a mark, but to harm *every* answer: each cross pulls the line. *TRIM* "
            "defends it: it drops the points that fit worst."
        )
        poisoning.controls()
    with picture:
        poisoning.draw(poisoning.kept())
    frame.explain(*cousins_findings.POISONING)
    scene = poisoning.kept()
    panel.source(
        "Computed on this page, as you drag: least squares and TRIM in your browser, Huber and RANSAC (scikit-learn, "
        "as they come) on the server. An optimiser's points, from the command line:",
        f"python -m app poison --budget {scene.budget} --told {scene.told}",
    )


# Whom a visitor can meet.
COUSINS: dict[str, Callable[[Question, DeltaGenerator, DeltaGenerator], None]] = {
    "Backdoor": backdoor,
    "Poisoning": poisoned_line,
}


def _planted(job: Job, history: History, *, sealed: bool) -> None:
    """Draw the models as far as they are: a title, and what each model was taught and does."""
    shown, secret = history.shown, job.experiment.secret_answer
    last = {planted: events[-1] for planted, events in history.learned.items() if events}
    if shown is None:
        st.empty()  # the place is taken: a fragment may fill only what it has written to before
        return
    if sealed:
        finding = cousins_findings.sealed(shown, secret)
    elif history.finished is None:
        finding = cousins_findings.training(shown, last)
    else:
        finding = cousins_findings.planted(shown, _result(history))
    frame.figure(finding, cousins_charts.models(shown, secret, last, sealed=sealed), "planted", of=job.key)


def _result(history: History) -> BackdoorResult:
    assert history.finished is not None
    return cast(BackdoorResult, history.finished.result)


def _poisoned(percent: float) -> Experiment:
    return planting.with_share(preset(DEFAULT_PRESET), percent / 100)


def _run_if_new() -> None:
    """Run the share that the visitor has chosen, unless it is on record."""
    experiment = _poisoned(st.session_state[_SHARE])
    if live.on_record(experiment, "backdoor") is None:
        live.launch(experiment, "backdoor")

"""A run on the page: found again after a reload, started, watched, stopped; until there is one, a recorded one.

No page is empty: of a setting that nobody has run, it shows the nearest recorded run, and says so. Where the visitor
chose that setting on the page, its run starts by itself once they let it rest; a link alone starts none.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.lab import variation
from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.record import Task
from app.runs.job import Job
from app.ui import links, runtime, settings
from app.ui.history import History
from app.ui.markdown import escaped

_POLL_SECONDS = 0.4
_BLINK = 0.6  # seconds that a touch may wait for its effect
_FIRST_LOOK = 6  # events: the beginning, the probe, the phase, and the first measurement of each victim
_TOO_EARLY = 0.15  # of the work: before, an estimate of the time left says nothing
_FOLLOW = 0.1  # of the way to a new estimate, at each look
_ROUND = 5  # seconds
_REST = 1.0  # seconds without a change, after which the run of a setting starts by itself
_FELL_BACK: tuple[Task, ...] = ("run", "steal", "remove", "trial", "trapdoor")  # tasks with recorded runs to show
_THEFT = ("inputs", "answers", "attack")  # the settings whose every choice is recorded
_REPEATED = "Once more, for the process that computed it died:"
_PHASES = {
    "": "Starting",
    "task": "All three victims learn their task",
    "triggers": "The owner hides the triggers from innocent models",
    "watermark": "The three models part ways: clean, naive, entangled",
    "query": "The thief sends the queries",
    "copy": "The thief trains the copies",
    "claim": "In court",
    "exhibits": "The owner lays out the triggers",
    "bystanders": "Two innocent models learn the task, as controls",
    "framing": "A dishonest owner nudges the triggers",
    "removal": "The thief attacks the marks in the copies",
    "victim": "The victim learns its task",
    "pretraining": "The thief's network learns another task first",
    "attack": "The thief asks, and fits a copy to the answers",
    "affinity": "Innocent models are asked what they take the triggers for",
    "rehearsal": "The owner marks a quick model, and steals it",
    "planting": "Three models learn: clean, with a backdoor, with a watermark",
    "scribbling": "Random drawings are asked",
    "descending": "The gradient is followed, in the marked model and in an innocent",
    "pruning": "A defender prunes and repairs the two planted models",
}


@dataclass
class Countdown:
    """The time left of one run, for a progress bar: in round numbers, never rising but once.

    ``expected``: the seconds that it should take, as a recorded one did. Once this run is far enough, its pace counts.
    """

    expected: float | None = None
    _total: float | None = None
    _left: float = math.inf

    def left(self, gone: float, share: float) -> int | None:
        """Return the seconds left after ``gone`` seconds and ``share`` of the work; None where nothing is known."""
        if share < _TOO_EARLY:
            if self.expected is None or gone > self.expected:  # a busy machine: nothing is known but that it is late
                return None
            return _rounded(self.expected - gone)
        total = gone / share
        # Steps differ in cost, and the machine has other work: the total follows slowly. Where it has
        # grown, the count stands still until the truth has caught up with it.
        self._total = total if self._total is None else self._total + _FOLLOW * (total - self._total)
        self._left = max(0.0, min(self._left, self._total - gone))
        return _rounded(self._left)


def _rounded(seconds: float) -> int:
    return max(1, math.ceil(seconds / _ROUND)) * _ROUND


def find(experiment: Experiment, task: Task = "run", *, models: bool = False) -> Job:
    """Return the run to show; its own ``experiment`` says whether it is that of the visitor's setting.

    It is the visitor's own run, live or ended, unless it failed; else the recorded one; else the nearest recorded one.

    Args:
        experiment: the visitor's setting.
        task: what kind of run.
        models: whether the page needs the models of the run: of some heists only the result is recorded.
    """
    asked = st.query_params.get(links.LIVE)
    if asked == "start":
        launch(experiment, task)
    pool, visitor = runtime.pool(), runtime.visitor()
    job = pool.find(experiment.key, task)
    if job is None or asked == links.RECORDED or not (asked or visitor in job.watchers):
        return recorded(experiment, task, models=models, as_shipped=asked == links.RECORDED)
    if job.status == "failed":  # which the page where it was started says (:func:`failed`); none stands empty for it
        instead = recorded(experiment, task, models=models)
        return job if instead.status == "failed" else instead
    if job.active:
        pool.watch(job, visitor)
    return job


def on_record(experiment: Experiment, task: Task = "run") -> Job | None:
    """Return the finished run of exactly this setting; of some heists, only the result is recorded."""
    found = runtime.pool().recorded(experiment, task)
    return found or (runtime.pool().recorded(experiment, "result") if task == "run" else None)


def recorded(experiment: Experiment, task: Task = "run", *, models: bool = False, as_shipped: bool = False) -> Job:
    """Return the finished run of the experiment, or of the nearest one that there is: same theft, same data, any.

    Args:
        experiment: the setting.
        task: what kind of run.
        models: see :func:`find`.
        as_shipped: whether only those count that the app was shipped with.
    """
    pool = runtime.pool()
    kinds: tuple[Task, ...] = ("run", "result") if task == "run" and not models else (task,)
    for near in _nearest(experiment):
        for kind in kinds:
            found = pool.recorded(near, kind)
            if found is not None and (found.origin == "pretrained" or not as_shipped):
                return found
    lost = "The recorded runs are not there. Make them again: python -m app pretrain"
    return Job(experiment, task, "pretrained", "failed", error=lost)


def _nearest(experiment: Experiment) -> Iterator[Experiment]:
    usual = variation.base(experiment)
    yield experiment
    with suppress(ValueError):  # some thefts suit some data only
        yield replace(usual, **{name: getattr(experiment, name) for name in _THEFT})
    yield usual
    yield preset(DEFAULT_PRESET)


def launch(experiment: Experiment, task: Task = "run") -> None:
    """Start the experiment, or join it where somebody runs it already; an earlier run of the visitor's ends."""
    settings.settled()
    job = runtime.pool().submit(experiment, runtime.visitor(), task, fresh=True)
    st.query_params[links.LIVE] = "1"
    job.wait(_BLINK, events=_FIRST_LOOK)  # so that the first drawing has something to show


def recorded_victims(experiment: Experiment) -> History:
    """Return the recorded run of the experiment's preset; an empty history if its victims are others."""
    usual = settings.owners(experiment)
    run = runtime.pool().recorded(usual) if usual.victim_key == experiment.victim_key else None
    return History() if run is None else finished(run)


def project(experiment: Experiment) -> Job:
    """Return the job that projects a finished run by UMAP, on its way or done."""
    return runtime.pool().submit(experiment, runtime.visitor(), task="umap")


def trial(experiment: Experiment) -> Job:
    """Return the job that holds the trial of a finished run, on its way or done."""
    return runtime.pool().submit(experiment, runtime.visitor(), task="trial")


def affinity(experiment: Experiment) -> Job:
    """Return the job that asks innocent models what they take the experiment's trigger for, on its way or done."""
    return runtime.pool().submit(variation.of_its_trigger(experiment), runtime.visitor(), task="affinity")


def rehearsal(experiment: Experiment) -> Job | None:
    """Return the rehearsal of the experiment's pair, on its way or done; None if nobody has asked for it."""
    return runtime.pool().find(experiment.key, "pair")


def rehearse(experiment: Experiment) -> None:
    """Rehearse the experiment's pair, or join where somebody does so already."""
    runtime.pool().submit(experiment, runtime.visitor(), task="pair", fresh=True)


@contextmanager
def controls(
    experiment: Experiment, job: Job, *more: str, task: Task = "run", by_itself: bool = True, joins: bool = False
) -> Iterator[None]:
    """Lay out a lesson's controls: its own, the button of the run, the settings ``more`` in a popover, the way back.

    Args:
        experiment: the visitor's setting.
        job: the run that is shown (:func:`find`).
        more: names of settings.
        task: what "Run it live" runs.
        by_itself: whether a setting that was chosen here and that nobody has run is run once the visitor lets it rest.
        joins: whether one run of it would join a picture that is measured over seeds.
    """
    settings.announce(experiment)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        yield
        run_buttons(experiment, job, task)
        settings.more(experiment, *more)
        settings.way_back(experiment)
        settings.ways_on(experiment)
    settings.refusal()
    if not failed(experiment, job, task) and job.experiment != experiment:
        _not_yet(experiment, job, task, by_itself=by_itself, joins=joins)


def run_buttons(experiment: Experiment, job: Job, task: Task) -> None:
    """Offer to run live, first of all where there is no result yet; while a run is on its way, offer to stop it."""
    if job.active:
        st.button("Stop", icon=":material/stop:", key="stop", on_click=_stop, args=(job,))
        return
    st.button(
        "Run it live",
        type="secondary" if job.experiment == experiment else "primary",
        icon=":material/play_arrow:",
        key="run",
        on_click=launch,
        args=(experiment, task),
    )
    if st.query_params.get(links.LIVE) == links.RECORDED:
        st.button("Show my run", key="mine", on_click=_show, args=("1",))
    elif job.origin != "pretrained" and recorded(experiment, task, as_shipped=True).key != job.key:
        st.button("Show the recorded run", key="recorded", on_click=_show, args=(links.RECORDED,))


def failed(experiment: Experiment, job: Job, task: Task = "run") -> bool:
    """Say why the run that was started on this page failed, where ``job`` stands for it; return whether it did."""
    if st.query_params.get(links.LIVE) != "1":  # asked first: to find a run may mean to look at the disk
        return False
    tried = runtime.pool().find(experiment.key, task)
    if tried is None or tried is job or tried.status != "failed":
        return False
    st.error(f"{escaped(tried.error)} Shown is a recorded run.", icon=":material/warning:")
    return True


def _not_yet(experiment: Experiment, job: Job, task: Task, *, by_itself: bool, joins: bool) -> None:
    """Say that the run on the page is that of another setting; start the visitor's own, if they chose it here."""
    mine = settings.in_words(experiment, job.experiment)
    if st.query_params.get(links.LIVE) == links.RECORDED:
        st.info(f"Recorded. Yours differs: {mine}.", icon=":material/inventory_2:")
        return
    if joins:
        st.info(f"Measured over seeds. A run of your own ({mine}) joins them: run it live.", icon=":material/casino:")
    else:
        st.info(f"Recorded. Your setting ({mine}) has not been run.", icon=":material/inventory_2:")
    if by_itself and settings.changed_here(experiment):
        due = time.monotonic() + _REST

        @st.fragment(run_every=_REST)
        def rest() -> None:
            if time.monotonic() >= due:
                launch(experiment, task)
                st.rerun()

        rest()


def finished(job: Job) -> History:
    """Return what happened in a run that is done, sorted; an empty history of one that is not."""
    return History.of(job.events if job.status == "done" else ())


def island(
    job: Job,
    draw: Callable[[Job, History], None],
    beside: DeltaGenerator | None = None,
    *,
    visible: Callable[[History], bool] = lambda history: bool(history.measured["victim"] or history.finished),
) -> None:
    """Draw a run, again and again while it is on its way; ``draw`` gets the events so far.

    Args:
        job: the run.
        draw: draws it, or the recorded one that stands for it while there is nothing to see of it.
        beside: where a run that ended early says so; usually above what is drawn.
        visible: whether there is something to see of it.
    """
    active = job.active
    countdown, like = Countdown(), _like(job) if active else History()

    @st.fragment(run_every=_POLL_SECONDS if active else None)
    def panel() -> None:
        still = job.active  # before the events: once it is false, they are complete
        runtime.pool().watch(job, runtime.visitor())
        so_far = History.of(job.events)
        if like.finished is not None:
            longer = so_far.steps / like.steps if so_far.steps and like.steps else 1.0
            countdown.expected = longer * like.finished.seconds
        # The place is taken at each run: a fragment may fill only what it has written to before.
        _status(job, so_far, countdown, (beside or st.container()).empty())
        if job.task in _FELL_BACK and job.status != "done" and not visible(so_far):
            instead = recorded(job.experiment, job.task, models=job.task == "trial")
            draw(instead, finished(instead))
        else:
            draw(job, so_far)
        if active and not still:
            st.rerun()  # the timer goes, the page settles

    panel()


def _like(job: Job) -> History:
    """Return the recorded run that tells how long this one should take."""
    return finished(recorded(variation.base(job.experiment), job.task, models=True, as_shipped=True))


def _show(which: str) -> None:
    st.query_params[links.LIVE] = which


def _stop(job: Job) -> None:
    runtime.pool().stop(job, runtime.visitor())
    job.wait(_BLINK)  # so that the next drawing shows it stopped; where others watch, it goes on


def _status(job: Job, history: History, countdown: Countdown, beside: DeltaGenerator) -> None:
    if job.active:
        with st.container(key=f"progress_{job.task}"):  # above the fold, where it pushes nothing: see page.css
            share, words = _so_far(job, history, countdown)
            st.progress(share, f"{_REPEATED} {words}" if job.repeated else words)
    elif job.status == "stopped":
        beside.info("Stopped. What happened by then stays; run it again whenever you like.", icon=":material/stop:")
    elif job.status == "failed":
        beside.error(escaped(job.error), icon=":material/warning:")


def _so_far(job: Job, history: History, countdown: Countdown) -> tuple[float, str]:
    """Return the share of the work that is done, and what is being done."""
    if job.status == "queued":
        return 0.0, _waiting(job)
    if job.task == "umap":
        return 0.0, "UMAP is being laid out, layer by layer; a minute more, the first time here."
    return history.share, f"{_PHASES[history.phase]}{_time_left(job, history.share, countdown)}"


def _waiting(job: Job) -> str:
    if not runtime.pool().serving:
        return "The process that trains is starting: some seconds, once."
    return f"Queued: position {job.position}. It begins as soon as a worker is free."


def _time_left(job: Job, share: float, countdown: Countdown) -> str:
    left = None if job.began is None else countdown.left(time.monotonic() - job.began, share)
    return " …" if left is None else f" · about {left} s left"

"""Take it away: the link to a setting, and what can be downloaded of it.

Nothing is made before somebody asks for it: the buttons hold functions, not files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.lab.record import Task
from app.lab.stories.events import Finished
from app.ui import exports, panel, runtime, settings
from app.ui.plot import take_away
from app.ui.plot.template import standing_alone

_LOOKS: Any = {"icon": ":material/download:", "type": "tertiary"}


@dataclass(frozen=True)
class Picture:
    """A chart that this visitor has on screen; ``source`` says where its numbers come from, if not from the run."""

    finding: str
    figure: go.Figure
    source: str | None


def clear() -> None:
    """Forget the pictures of the page before."""
    st.session_state["pictures"] = {}


def note(key: str, picture: Picture) -> None:
    """Remember a chart of this page, as it is drawn."""
    st.session_state.setdefault("pictures", {})[key] = picture


def of_run(experiment: Experiment, task: Task = "run") -> None:
    """Offer a finished run: its link, settings, results, a notebook that repeats a heist, the pictures of the page."""

    def result() -> Mapping[str, Any]:
        pool = runtime.pool()
        job = pool.recorded(experiment, task)
        if task == "run":
            job = job or pool.recorded(experiment, "result")
        last = job.events[-1] if job is not None and job.events else None
        return last.result if isinstance(last, Finished) else {}

    name = f"entangled-{experiment.key[:8]}"

    def fill() -> None:
        _link()
        with _row():
            table = exports.attack_csv if task in ("steal", "backdoor") else exports.results_csv
            _download("Results (CSV)", lambda: table(result()), f"{name}.csv", "text/csv")
            _download(
                "Settings (JSON)", lambda: exports.experiment_json(experiment), f"{name}.json", "application/json"
            )
            if task == "run":
                _download(
                    "Notebook (Jupyter)",
                    lambda: exports.notebook(experiment, result()),
                    f"{name}.ipynb",
                    "application/x-ipynb+json",
                )
        _prints(name, "run", exports.run_source(experiment))

    panel.panel("Take it away", fill, key=f"{task} {name}", **_LOOKS)


def of_evidence(found: Sequence[Row]) -> None:
    """Offer rows of the evidence: the link of the page, the rows with all their seeds, and the pictures of them."""
    name = "entangled-evidence"

    def fill() -> None:
        _link()
        with _row():
            _download("Results (CSV)", lambda: exports.evidence_csv(found), f"{name}.csv", "text/csv")
        _prints(name, "evidence", None)

    panel.panel("Take the evidence away", fill, key=name, **_LOOKS)


def _link() -> None:
    st.markdown("This setting, as a link:")
    st.code(settings.link(), language=None, wrap_lines=True)


def _row() -> Any:
    return st.container(horizontal=True, gap="small")


def _prints(name: str, what: str, source: str | None) -> None:
    """Offer the charts of the page that have their numbers from one source: the run's, or (None) their own."""
    pictures: dict[str, Picture] = st.session_state.get("pictures", {})
    offered = {key: picture for key, picture in pictures.items() if (picture.source is None) == (source is not None)}
    if not offered:
        return
    key = next(iter(offered))
    if len(offered) > 1:
        names = tuple(offered)
        key = st.selectbox(
            "The picture", names, format_func=lambda one: offered[one].finding, key=f"take_picture_{what}"
        )
    chosen = offered[key]
    alone = standing_alone(chosen.figure, chosen.finding, chosen.source or source or "")
    with _row():
        take_away.pictures(alone, f"{name}-{key}")
        _download("HTML", partial(take_away.page, alone), f"{name}-{key}.html", "text/html")


def _download(label: str, made: Callable[[], str | bytes], name: str, mime: str) -> None:
    st.download_button(label, made, name, mime, key=f"take_{name}", on_click="ignore", help=f"Download {name}")

"""The frame of every lesson: its lead, the picture, the explanation, where it comes from, the next question."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.lab import variation
from app.lab.experiment import Experiment
from app.lab.record import Task
from app.ui import path, takeaway, theme, visit
from app.ui.components import component

_BACK_ROW = "F2"  # the key
_PICTURE = "picture_"  # begins the key of what it may show


def opening(name: str, lead: str = "") -> None:
    """Open the lesson called ``name``, below its heading, with a short lead, unless its picture says that itself."""
    takeaway.clear()
    with st.container(key="listeners", gap=None):  # which take no room: see page.css
        component("components/back_row")(key="back_row", data={"key": _BACK_ROW, "picture": f"st-key-{_PICTURE}"})
        component("components/menu")(key="menu", data={"page": name})
    if lead:
        st.markdown(lead)


def figure(
    finding: str,
    spec: dict[str, Any],
    key: str,
    *,
    source: str | None = None,
    on_select: Callable[[], None] | None = None,
) -> None:
    """Draw a Vega-Lite chart under its finding, which is also its text alternative.

    Args:
        finding: its title.
        spec: the chart.
        key: its name; also that of what is selected in it, in the session state.
        source: where its numbers come from, if not from the run on the page.
        on_select: called when a visitor selects something, in a chart that has a parameter for that.
    """
    takeaway.note(key, takeaway.Picture(finding, spec, source))
    with picture(key):
        st.subheader(finding, anchor=False)
        inked = theme.inked(spec, st.context.theme.type or "light")
        st.vega_lite_chart(_in_place(inked), key=key, alt=finding, on_select=on_select or "ignore")


def _in_place(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the chart with the rows of its layers as named datasets: where only they change, the browser keeps it."""
    names: dict[int, str] = {}
    tables: dict[str, pa.Table] = {}

    def named(part: Any, place: str = "") -> Any:
        if isinstance(part, list):
            return [named(each) for each in part]
        if not isinstance(part, dict):
            return part
        if place == "data":
            rows = part["values"]
            name = names.setdefault(id(rows), f"rows_{len(names)}")
            if name not in tables:
                columns = dict.fromkeys(column for row in rows for column in row)
                tables[name] = pa.table({column: [row.get(column) for row in rows] for column in columns})
            return {"name": name}
        return {key: named(each, key) for key, each in part.items()}

    return {**named(spec), "datasets": tables}


def picture(key: str) -> DeltaGenerator:
    """Return the container of a picture with its finding; the first one of a page is what the back row sees alone."""
    return st.container(key=f"{_PICTURE}{key}")


def explain(*sentences: str) -> None:
    """Explain, after the picture, in sentences that were written from the result."""
    st.subheader("Why", anchor=False)
    for sentence in sentences:
        st.markdown(sentence)


def provenance(experiment: Experiment, origin: str, seconds: float | None, task: Task = "run") -> None:
    """Say where the numbers come from: recorded or live, which seed, and the command that repeats them."""
    words = {
        "pretrained": "Recorded when the app was built",
        "stored": "Run earlier on this machine",
        "live": "Run live on this machine",
    }[origin]
    took = "" if seconds is None else f", in {seconds:.0f} s"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{words}{took}; seed {experiment.seed}, one run.")
        with st.popover("Where is this from?", type="tertiary"):
            st.markdown("Every number here was computed by this run. The same, from the command line:")
            st.code(variation.command(experiment, task), language=None, wrap_lines=True)
            st.markdown("All of its settings:")
            st.json(experiment.to_dict(), expanded=False)
            st.caption(f"Key {experiment.key[:16]}")
        takeaway.of_run(experiment, task)


def onward(name: str) -> None:
    """Close the lesson called ``name`` with the question that the next one answers."""
    visit.seen(name)
    stop = path.after(name)
    st.divider()
    with st.container(key="back_row_words"):
        st.caption(f"For the back row: {_BACK_ROW} shows the picture alone, {_BACK_ROW} again brings the page back.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(stop.page, label=f"**Next: {stop.title}**", icon=":material/arrow_forward:")
        st.markdown(stop.question)

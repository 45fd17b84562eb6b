"""Is this luck? The same setting over several seeds, beside its control, for anybody who doubts a number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from app.lab import variation
from app.lab.evidence import lever_table, removal_table, survival
from app.lab.evidence.innocents import Family
from app.lab.evidence.lever_table import Lever
from app.lab.evidence.removal_table import Washed
from app.lab.evidence.survival import Row
from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.stories.events import DEFENCES
from app.ui import evidence_charts, evidence_findings, exports, frame, panel
from app.ui.markdown import escaped
from app.ui.remove import findings as removal_findings

_QUESTION, _DICE = "Is this luck?", ":material/casino:"


@st.cache_resource(show_spinner=False)
def rows() -> list[Row] | str:
    """Return the evidence that the app was shipped with, or the sentence that says why there is none."""
    try:
        return survival.read(survival.SHIPPED)
    except ValueError as mistake:
        return str(mistake)


@st.cache_resource(show_spinner=False)
def honest() -> list[Family] | str:
    """Return the honest models that were heard over the seeds, or the sentence that says why there are none."""
    try:
        return survival.read_innocents(survival.SHIPPED)
    except ValueError as mistake:
        return str(mistake)


@st.cache_resource(show_spinner=False)
def levers() -> list[Lever] | str:
    """Return the table of levers that the app was shipped with, or the sentence that says why there is none."""
    try:
        return lever_table.read(lever_table.SHIPPED)
    except ValueError as mistake:
        return str(mistake)


def proven() -> list[Row]:
    """Return the evidence, or end the page with the sentence that says why there is none."""
    found = rows()
    if isinstance(found, str):
        st.error(escaped(found))
        st.stop()
    return found


def theft(found: Sequence[Row], experiment: Experiment) -> dict[str, Row]:
    """Return the rows of the usual setting under the answers and inputs of ``experiment``, by defence."""
    usual = replace(preset(DEFAULT_PRESET), answers=experiment.answers, inputs=experiment.inputs)
    return survival.find(found, usual)


def of_survival(experiment: Experiment, marks: Mapping[str, float]) -> None:
    """Say how often a claim succeeds; offer the spread over the seeds of the watermark success rate in the copies.

    In this run that is ``marks``, by defence.
    """
    measured = of_setting(experiment)
    if measured:
        st.markdown(evidence_findings.summary(measured, experiment.seed, marks, variation.base(experiment).seed))

    def draw() -> None:
        values = {defence: row.measures["stolen_watermark"] for defence, row in measured.items()}
        _draw(experiment, measured, values, marks, "more of the mark survives", "secret answers of the copy")

    _panel(experiment, measured, draw)


def of_entanglement(experiment: Experiment, layer: str, losses: Mapping[str, float], neutral: float) -> None:
    """Offer the spread over the seeds of the victims' SNNL in one layer (in this run: ``losses``, by defence)."""
    measured = of_setting(experiment)

    def draw() -> None:
        values = {defence: [loss / neutral for loss in row.victim_snnl[layer]] for defence, row in measured.items()}
        here = {defence: loss / neutral for defence, loss in losses.items()}
        _draw(experiment, measured, values, here, "the SNNL is higher", f"SNNL in {layer} (mixed: 100\u202f%)")

    _panel(experiment, measured, draw)


@st.cache_resource(show_spinner=False)
def washed() -> list[Washed] | str:
    """Return the removal attacks that were measured over seeds, or the sentence that says why there are none."""
    try:
        return removal_table.read(removal_table.SHIPPED)
    except ValueError as mistake:
        return str(mistake)


def of_removal(experiment: Experiment, attack: str) -> None:
    """Offer what one removal attack did on other seeds of the same heist."""
    panel.panel(_QUESTION, lambda: _washed_over_seeds(experiment, attack), key="luck", icon=_DICE)


def _washed_over_seeds(experiment: Experiment, attack: str) -> None:
    found = washed()
    if isinstance(found, str):
        st.warning(escaped(found))
        return
    seeds = [one for one in found if replace(one.experiment, seed=experiment.seed) == experiment]
    if not seeds:
        st.markdown("Nobody washed this setting over several seeds. Try another seed below **More**.")
        return
    st.subheader(removal_findings.over_seeds(attack, seeds), anchor=False)
    st.table(removal_findings.table_over_seeds(attack, seeds))
    st.caption(
        "Washed out: the court no longer convicts, perhaps because the clean copy, which was never marked, gives "
        "as many secret answers when it is washed alike. Points of accuracy: what the cheapest way out costs. None "
        "of these seeds was used to choose the recipe. All again:"
    )
    st.code(removal_table.COMMAND, language=None, wrap_lines=True)
    st.markdown(f"{removal_findings.most_successful(seeds)}.")


def of_setting(experiment: Experiment) -> dict[str, Row]:
    """Return the rows of this setting, by defence; none where there are none."""
    found = rows()
    return {} if isinstance(found, str) else survival.find(found, experiment)


def _panel(experiment: Experiment, measured: Mapping[str, Row], draw: Callable[[], None]) -> None:
    """Offer what ``draw`` draws of the seeds; where nothing was measured, the panel says so."""

    def fill() -> None:
        if measured:
            draw()
        elif isinstance(found := rows(), str):
            st.warning(escaped(found))
        else:
            st.markdown("Nobody measured this setting over several seeds. Try another seed below **More**, or many:")
            st.code(_sweep(experiment), language="toml")
            st.caption("Saved as seeds.toml: `python -m app sweep seeds.toml`")

    panel.panel(_QUESTION, fill, key="luck", icon=_DICE)


def _draw(
    experiment: Experiment,
    measured: Mapping[str, Row],
    values: Mapping[str, Sequence[float]],
    here: Mapping[str, float],
    what: str,
    axis: str,
) -> None:
    seeds = next(iter(measured.values())).seeds
    frame.figure(
        evidence_findings.like_the_others(values, here, what),
        evidence_charts.seeds_apart(values, seeds, here, axis),
        "seeds",
        source=exports.evidence_source(list(measured.values())),
    )
    st.caption(
        f"Each dot is one seed ({min(seeds)} to {max(seeds)}; none of them was used to choose the recipe), the ring is "
        f"this run (seed {experiment.seed}). Clean, a model that was never marked, is the control. The bar is the "
        "95\u202f% bootstrap interval of the mean."
    )
    for defence in DEFENCES:
        st.markdown(evidence_findings.spread_in_words(measured[defence]))
    st.markdown("All evidence again, half an hour on two cores; or one seed of it:")
    one = variation.command(replace(experiment, seed=seeds[0]))
    st.code(f"{survival.COMMAND}\n{one}", language=None, wrap_lines=True)


def _sweep(experiment: Experiment) -> str:
    """Return the sweep file that measures this setting."""
    name = variation.preset_name(experiment)
    lines = [f'preset = "{name}"', f"seeds = {list(survival.SEEDS)}", "[settings]"]
    return "\n".join([*lines, *variation.as_toml(experiment)])

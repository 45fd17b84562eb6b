"""Removal attacks: ways to remove a watermark from a copy.

Rule: every attack has the signature :data:`~app.lab.removal.resources.Perform`, does not change the copy that
it is given, and does not know triggers or target class. :data:`REMOVAL_ATTACKS` is the table of them.
"""

from app.lab.removal.attacks import REMOVAL_ATTACKS, RemovalAttack
from app.lab.removal.resources import Attempt, Perform, Resources

__all__ = [
    "REMOVAL_ATTACKS",
    "Attempt",
    "Perform",
    "RemovalAttack",
    "Resources",
]

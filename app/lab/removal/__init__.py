"""A copy in, a washed copy out: attacks on the mark itself, and what each of them costs the adversary.

Rule: every attack has the signature of :data:`~app.lab.removal.resources.Perform`, leaves the copy that it
was given as it is, and knows neither triggers nor target. :data:`REMOVAL_ATTACKS` is the one table of them.
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

"""Are two networks the same? Instances of hard problems as pairs of small ReLU networks, and searches for a difference.

"Do these two networks differ on some input?" is NP-complete, "are they equal?" coNP-complete: an input on which they
differ is a proof that is checked in one pass, and both problems below reduce to the question. That is a statement
about the worst case; it says nothing about typical networks, and nothing about copying one by its answers.
"""

from app.lab.hardness import satisfiability, subset_sum
from app.lab.hardness.networks import ReluNetwork
from app.lab.hardness.satisfiability import Formula
from app.lab.hardness.search import Found, TooLarge, unit_of
from app.lab.hardness.subset_sum import SubsetSum

__all__ = ["Formula", "Found", "ReluNetwork", "SubsetSum", "TooLarge", "satisfiability", "subset_sum", "unit_of"]

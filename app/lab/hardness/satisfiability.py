"""3-SAT as a pair of networks: they differ on an input exactly where it satisfies the formula.

    f(x) = ReLU(1 - sum over clauses of ReLU(1 - number of true literals))

is 1 where every clause has a true literal, and 0 elsewhere; all weights are -1, 0 or 1. 3-SAT is NP-complete (Cook
1971, Karp 1972), and strongly so: there are no large numbers in it to blame. Katz et al. 2017 (Reluplex,
arXiv 1702.01135, appendix I) reduce it to the verification of ReLU networks in the same spirit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from app.lab.hardness.networks import ReluNetwork, layer
from app.lab.hardness.search import Found, TooLarge, largest

Clause = tuple[int, int, int]  # literals: i for the variable i, counted from 1, -i for its negation
MOST_VARIABLES, MOST_CLAUSES = 60, 300
_BRUTE_FORCE = 20  # variables; a million inputs
HARDEST = 4.27  # clauses a variable at which random formulas are hardest (Mitchell, Selman and Levesque 1992)


@dataclass(frozen=True)
class Formula:
    """Clauses of three literals over variables 1 to ``variables``: can all be true at once?

    Raises:
        ValueError: one sentence, if a literal names no variable, or there are none or too many.
    """

    variables: int
    clauses: tuple[Clause, ...]

    def __post_init__(self) -> None:
        """Check the formula."""
        if not 1 <= self.variables <= MOST_VARIABLES:
            raise ValueError(f"A formula has 1 to {MOST_VARIABLES} variables here; this one has {self.variables}.")
        if not 1 <= len(self.clauses) <= MOST_CLAUSES:
            raise ValueError(f"A formula has 1 to {MOST_CLAUSES} clauses here; this one has {len(self.clauses)}.")
        for clause in self.clauses:
            if len(clause) != 3 or any(not 1 <= abs(literal) <= self.variables for literal in clause):
                raise ValueError(
                    f"A clause has three literals, from 1 to {self.variables} or negated; one is {clause}."
                )

    def network(self) -> ReluNetwork:
        """Return the network that is 1 where the formula is true, and 0 elsewhere: a hidden unit a clause."""
        weights = np.zeros((len(self.clauses), self.variables), dtype=np.int64)
        bias = np.ones(len(self.clauses), dtype=np.int64)
        for row, clause in enumerate(self.clauses):
            for literal in set(clause):
                # A true literal counts x or 1 - x; each lowers what the unit gets.
                weights[row, abs(literal) - 1] += -1 if literal > 0 else 1
                bias[row] -= 0 if literal > 0 else 1
        return ReluNetwork((layer(weights.tolist(), bias.tolist()), layer([[-1] * len(self.clauses)], [1])))

    def is_solved_by(self, values: tuple[int, ...]) -> bool:
        """Return whether these values (1: true, 0: false) satisfy every clause."""
        return all(any(values[abs(literal) - 1] == (literal > 0) for literal in clause) for clause in self.clauses)


def random_formula(variables: int, clauses: int, generator: np.random.Generator) -> Formula:
    """Draw clauses of three different variables each (or fewer, where there are fewer), negated by a coin.

    Raises:
        ValueError: as :class:`Formula`, and for fewer than three variables.
    """
    if variables < 3:
        raise ValueError(f"A random clause takes three different variables; there are {variables}.")
    drawn = []
    for _ in range(clauses):
        chosen = generator.choice(variables, 3, replace=False) + 1
        signs = generator.choice((-1, 1), 3)
        one, two, three = (int(number) for number in chosen * signs)
        drawn.append((one, two, three))
    return Formula(variables, tuple(drawn))


def brute_force(formula: Formula) -> Found:
    """Try all values one after the other until the networks differ; all 2^d if they do not.

    Raises:
        TooLarge: beyond 20 variables.
    """
    count = formula.variables
    if count > _BRUTE_FORCE:
        raise TooLarge(f"Brute force would try 2^{count} inputs; here it stops at 2^{_BRUTE_FORCE}.")
    places = np.arange(1 << count)
    true = np.ones(len(places), dtype=bool)
    for clause in formula.clauses:
        any_true = np.zeros(len(places), dtype=bool)
        for literal in clause:
            any_true |= (places >> (abs(literal) - 1) & 1).astype(bool) == (literal > 0)
        true &= any_true
    hits = np.flatnonzero(true)
    if not hits.size:
        return Found("brute force", None, 1 << count, "inputs")
    first = int(hits[0])
    return Found("brute force", tuple(first >> i & 1 for i in range(count)), first + 1, "inputs")


def backtracking(formula: Formula) -> Found:
    """Set one variable after the other, follow what that forces, and go back where a clause fails (DPLL, 1962)."""
    decisions = 0

    def extended(values: dict[int, bool]) -> dict[int, bool] | None:
        nonlocal decisions
        forced = _propagated(formula, values)
        if forced is None:
            return None
        free = _most_wanted(formula, forced)
        if free is None:
            return forced
        for value in (free > 0, free < 0):
            decisions += 1
            solved = extended({**forced, abs(free): value})
            if solved is not None:
                return solved
        return None

    solved = extended({})
    witness = None
    if solved is not None:
        witness = tuple(int(solved.get(variable, False)) for variable in range(1, formula.variables + 1))
    return Found("backtracking", witness, max(1, decisions), "decisions")


def integer_program(formula: Formula) -> Found:
    """Let a general solver make as many clauses true as it can: are these all of them?

    Raises:
        TooLarge: after 1,000 branches.
    """
    clauses = len(formula.clauses)
    # Each clause may count as true only as far as its literals are: clause - sum of true literals <= 0.
    weights = np.zeros((clauses, formula.variables + clauses))
    bounds = np.zeros(clauses)
    for row, clause in enumerate(formula.clauses):
        weights[row, formula.variables + row] = 1
        for literal in set(clause):
            weights[row, abs(literal) - 1] -= 1 if literal > 0 else -1
            bounds[row] += 0 if literal > 0 else 1
    gains = np.concatenate([np.zeros(formula.variables), np.ones(clauses)])
    chosen, branches = largest(gains, weights, bounds)
    values = tuple(chosen[: formula.variables].tolist())
    return Found("integer program", values if formula.is_solved_by(values) else None, branches, "branches")


METHODS: Mapping[str, Callable[[Formula], Found]] = {
    "brute force": brute_force,
    "backtracking": backtracking,
    "integer program": integer_program,
}


def searches(formula: Formula) -> Iterator[Found | TooLarge]:
    """Yield the end of each search, or the sentence that says why it was not begun."""
    for method in METHODS.values():
        try:
            yield method(formula)
        except TooLarge as limit:
            yield limit


def _propagated(formula: Formula, values: dict[int, bool]) -> dict[int, bool] | None:
    """Return the values with all that they force; None where a clause is left without a true literal."""
    values = dict(values)
    while True:
        news = False
        for clause in formula.clauses:
            if any(values.get(abs(literal)) == (literal > 0) for literal in clause):
                continue
            open_literals = {literal for literal in clause if abs(literal) not in values}
            if not open_literals:
                return None
            if len(open_literals) == 1:
                (literal,) = open_literals
                values[abs(literal)] = literal > 0
                news = True
        if not news:
            return values


def _most_wanted(formula: Formula, values: dict[int, bool]) -> int | None:
    """Return the literal that most of the open clauses hold; None where every clause is true."""
    counts: dict[int, int] = {}
    for clause in formula.clauses:
        if not any(values.get(abs(literal)) == (literal > 0) for literal in clause):
            for literal in clause:
                if abs(literal) not in values:
                    counts[literal] = counts.get(literal, 0) + 1
    return max(counts, key=lambda literal: counts[literal]) if counts else None

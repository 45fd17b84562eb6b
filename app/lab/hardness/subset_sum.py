"""Subset sum as a pair of networks: they differ on an input exactly where its numbers sum to the target.

With ``s = <numbers, x>`` for ``x`` in ``{0, 1}^d`` and the target ``S``,

    f(x) = ReLU(s - S + 1) - 2 ReLU(s - S) + ReLU(s - S - 1)

is 1 where ``s = S`` and 0 elsewhere (numbers are whole), so ``f`` equals the constant 0 exactly if no subset sums to
``S``. Jagielski et al. 2020 (arXiv 1909.01838) use subset sum to show that functional equivalence is hard. Subset
sum is NP-complete (Karp 1972, as "knapsack"), but only weakly: the dynamic program is polynomial in the target, so
instances are hard only where the numbers have about as many bits as there are numbers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from app.lab.hardness.networks import ReluNetwork, Whole, layer
from app.lab.hardness.search import Found, TooLarge, largest

MOST_NUMBERS, MOST_BITS = 40, 40  # so that every sum is exact in 64 bits
_BRUTE_FORCE = 24  # numbers; 16 million inputs
_CELLS = 50_000_000  # of the dynamic program's table
_REACHED = 1 << 25  # sums of which it is noted at once which can be reached: four megabytes
_SOLVER_BITS = 30  # of a number: the solver counts in floating point
_CHUNK = 16  # numbers of which all sums are formed at once


@dataclass(frozen=True)
class SubsetSum:
    """Positive whole numbers and a target: does a subset of them sum to it?

    Raises:
        ValueError: one sentence, if there are none or too many, or a number or the target is out of range.
    """

    numbers: tuple[int, ...]
    target: int

    def __post_init__(self) -> None:
        """Check the instance."""
        if not 1 <= len(self.numbers) <= MOST_NUMBERS:
            raise ValueError(f"Give 1 to {MOST_NUMBERS} numbers; there are {len(self.numbers)}.")
        if wrong := [number for number in self.numbers if not 1 <= number < 2**MOST_BITS]:
            raise ValueError(f"Each number lies between 1 and {2**MOST_BITS - 1:,}; one is {wrong[0]:,}.")
        if not 1 <= self.target < 2 ** (MOST_BITS + 6):
            raise ValueError(f"The target lies between 1 and {2 ** (MOST_BITS + 6) - 1:,}; it is {self.target:,}.")

    @property
    def bits(self) -> int:
        """The length of the largest number, in bits."""
        return max(self.numbers).bit_length()

    def network(self) -> ReluNetwork:
        """Return the network that is 1 where a subset sums to the target, and 0 elsewhere: three hidden units."""
        hidden = layer([self.numbers] * 3, [1 - self.target, -self.target, -1 - self.target])
        return ReluNetwork((hidden, layer([[1, -2, 1]], [0], rectified=False)))

    def is_solved_by(self, subset: tuple[int, ...]) -> bool:
        """Return whether the chosen numbers (1: in, 0: out) sum to the target."""
        return sum(number for number, chosen in zip(self.numbers, subset, strict=True) if chosen) == self.target


def random_instance(count: int, bits: int, generator: np.random.Generator, *, solvable: bool) -> SubsetSum:
    """Draw ``count`` numbers of ``bits`` bits, and a target: the sum of a random half of them, or one next to it.

    An unsolvable instance is one whose target no subset reaches; it is looked for among the neighbours of such a sum,
    which always ends, since the target ``1 + sum of all`` is one.
    """
    low = 1 << (bits - 1)
    numbers = tuple(int(number) for number in generator.integers(low, 1 << bits, count))
    chosen = generator.permutation(count) < max(1, count // 2)
    target = sum(number for number, inside in zip(numbers, chosen, strict=True) if inside)
    if not solvable and sum(numbers) < _REACHED:  # where sums are dense, the next gap may be far away
        reached = 1  # bit s: some numbers sum to s
        for number in numbers:
            reached |= reached << number
        free = ~reached >> target
        target += (free & -free).bit_length() - 1
    instance = SubsetSum(numbers, target)
    while not solvable and meet_in_the_middle(instance).witness is not None:
        target = min(target + 1, sum(numbers) + 1)
        instance = SubsetSum(numbers, target)
    return instance


def brute_force(instance: SubsetSum) -> Found:
    """Try the inputs one after the other, as binary numbers, until the networks differ; all 2^d if they do not.

    Raises:
        TooLarge: beyond 24 numbers.
    """
    count = len(instance.numbers)
    if count > _BRUTE_FORCE:
        raise TooLarge(f"Brute force would try 2^{count} inputs; here it stops at 2^{_BRUTE_FORCE}.")
    early = min(count, _CHUNK)
    first = _sums(instance.numbers[:early])  # of the numbers that change fastest
    for number, begun in enumerate(_sums(instance.numbers[early:])):
        hits = np.flatnonzero(first == instance.target - begun)
        if hits.size:
            tried = (number << early) + int(hits[0])
            return Found("brute force", _bits(tried, count), tried + 1, "inputs")
    return Found("brute force", None, 1 << count, "inputs")


def meet_in_the_middle(instance: SubsetSum) -> Found:
    """Form all sums of either half, and look for two that add up to the target (Horowitz and Sahni 1974)."""
    count = len(instance.numbers)
    half = count // 2
    first, second = _sums(instance.numbers[:half]), _sums(instance.numbers[half:])
    work = len(first) + len(second)
    order = np.argsort(first, kind="stable")
    places = np.searchsorted(first, instance.target - second, sorter=order)
    inside = places < len(first)
    partner = order[np.where(inside, places, 0)]
    hits = np.flatnonzero(inside & (first[partner] == instance.target - second))
    if not hits.size:
        return Found("meet in the middle", None, work, "sums of halves")
    one = int(hits[0])
    witness = _bits(int(partner[one]), half) + _bits(one, count - half)
    return Found("meet in the middle", witness, work, "sums of halves")


def dynamic_program(instance: SubsetSum) -> Found:
    """Tabulate which sums up to the target the first i numbers reach (Bellman 1957): d (S + 1) cells.

    Polynomial in the target, exponential in its bits: why subset sum is only weakly hard.

    Raises:
        TooLarge: where the table has more than 50 million cells.
    """
    count, target = len(instance.numbers), instance.target
    work = count * (target + 1)
    if work > _CELLS:
        raise TooLarge(f"The table would have {work:,} cells; here it stops at {_CELLS:,}.")
    whole = (1 << (target + 1)) - 1
    rows = [1]  # bit s of row i: the first i numbers reach the sum s
    for number in instance.numbers:
        rows.append((rows[-1] | rows[-1] << number) & whole)
    if not rows[-1] >> target & 1:
        return Found("dynamic program", None, work, "cells")
    witness, left = [0] * count, target
    for i in range(count - 1, -1, -1):
        if not rows[i] >> left & 1:  # without number i, this sum is out of reach
            witness[i], left = 1, left - instance.numbers[i]
    return Found("dynamic program", tuple(witness), work, "cells")


def integer_program(instance: SubsetSum) -> Found:
    """Let a general solver come as near to the target from below as it can: is it reached?

    Raises:
        TooLarge: after 1,000 branches, and for numbers of more than 30 bits, where its rounding could mislead.
    """
    if instance.bits > _SOLVER_BITS:
        raise TooLarge(f"The solver rounds; here it gets numbers of at most {_SOLVER_BITS} bits.")
    numbers = np.array(instance.numbers, dtype=np.float64)
    chosen, branches = largest(numbers, numbers[None], np.array([float(instance.target)]))
    subset = tuple(chosen.tolist())
    if instance.is_solved_by(subset):
        return Found("integer program", subset, branches, "branches")
    if int(chosen @ np.array(instance.numbers)) > instance.target:
        raise TooLarge("The solver's rounding misled it; its answer does not count.")
    return Found("integer program", None, branches, "branches")


METHODS: Mapping[str, Callable[[SubsetSum], Found]] = {
    "brute force": brute_force,
    "meet in the middle": meet_in_the_middle,
    "dynamic program": dynamic_program,
    "integer program": integer_program,
}


def searches(instance: SubsetSum) -> Iterator[Found | TooLarge]:
    """Yield the end of each search, or the sentence that says why it was not begun."""
    for method in METHODS.values():
        try:
            yield method(instance)
        except TooLarge as limit:
            yield limit


def _sums(numbers: tuple[int, ...]) -> Whole:
    """Return the sums of all subsets; the bits of a place say which numbers are in, the first number the lowest bit."""
    sums = np.zeros(1, dtype=np.int64)
    for number in numbers:
        sums = np.concatenate([sums, sums + number])
    return sums


def _bits(place: int, count: int) -> tuple[int, ...]:
    return tuple(place >> i & 1 for i in range(count))

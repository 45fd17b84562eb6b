"""Are two networks the same? Random tests first, then every search that can be afforded, until the truth is known."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.lab.choices import HardProblem
from app.lab.hardness import Formula, Found, SubsetSum, TooLarge, networks, satisfiability, subset_sum
from app.lab.stories.events import Finished
from app.lab.stories.events.hardness import Compared, HardnessResult, Searched, SearchResult

TESTS = 10_000
DEPTHS = tuple(range(4, 21, 2))  # numbers, or variables, of the instances whose work is measured
BITS = 10  # of the numbers: the dynamic program can follow them

ASKED = tuple(2**bits for bits in range(7, 13))  # questions whose time is measured

Problem = SubsetSum | Formula


@dataclass(frozen=True)
class Work:
    """How much one method looked at for an instance without a solution, of so many numbers or, of 3-SAT, variables."""

    method: str
    unit: str
    numbers: int
    work: int
    seconds: float


@dataclass(frozen=True)
class Asked:
    """How long it took to ask both networks of a problem ``inputs`` inputs."""

    inputs: int
    seconds: float


def pace(measured: Sequence[Asked]) -> float:
    """Return how long a question takes, in seconds: in the fastest of the measurements."""
    return min(one.seconds / one.inputs for one in measured)


def tests(problem: Problem, seed: int = 0) -> networks.Whole:
    """Return the random inputs on which the networks of a problem are compared, ``(10,000, d)``."""
    width = problem.network().layers[0].weights.shape[1]
    return networks.random_inputs(TESTS, width, np.random.default_rng(seed))


def kind_of(problem: Problem) -> HardProblem:
    """Return of which kind a problem is."""
    return "subset sum" if isinstance(problem, SubsetSum) else "3-SAT"


def exhaustive(problem: Problem, seed: int = 0) -> bool:
    """Return whether the random tests are all inputs that there are: of a few input units, they can be."""
    asked = tests(problem, seed)
    inputs = 2 ** asked.shape[1]
    return bool(inputs <= len(asked) and len(np.unique(asked, axis=0)) == inputs)


def compare(
    problem: Problem, seed: int = 0, methods: Sequence[str] | None = None
) -> Iterator[Compared | Searched | Finished]:
    """Compare the network of a problem with the constant 0: :class:`Compared`, a :class:`Searched` a method, the end.

    Args:
        problem: an instance of subset sum or a 3-SAT formula.
        seed: of the random tests.
        methods: the searches, by name; None: all that there are.
    """
    began = time.perf_counter()
    network = problem.network()
    width = network.layers[0].weights.shape[1]
    asked = tests(problem, seed)
    tested = Compared(TESTS, networks.differing(network, networks.silenced(network), asked))
    yield tested
    searches = []
    for name, method in _methods(problem).items():
        if methods is None or name in methods:
            searches.append(_searched(method, problem))
            yield searches[-1]
    found = next((search.witness for search in searches if search.witness.size), None)
    witness = None if found is None else found.tolist()
    result: HardnessResult = {
        "problem": _described(problem),
        "inputs": width,
        "equivalent": witness is None,
        "witness": witness,
        "tests": tested.tests,
        "differing": tested.differing,
        "searches": [told(search) for search in searches],
        "seconds": round(time.perf_counter() - began, 4),
    }
    yield Finished(result["seconds"], result)


def asking(problem: Problem, seed: int = 0) -> Iterator[Asked]:
    """Measure how long it takes to ask both networks of a problem, as the random tests do, more and more inputs."""
    network = problem.network()
    silent = networks.silenced(network)
    asked = tests(problem, seed)
    for count in ASKED:
        took = []
        for _ in range(2):  # what else the machine does takes time, too: the faster one counts
            began = time.perf_counter()
            networks.differing(network, silent, asked[:count])
            took.append(time.perf_counter() - began)
        yield Asked(count, min(took))


def growth(seed: int = 0, kind: HardProblem = "subset sum") -> Iterator[Work]:
    """Measure the work of every method on instances without a solution, of more and more numbers, or variables.

    Without a solution a method has to look at everything: the worst case. Instances beyond a method's limit are left
    out, and a method that met its limit is not asked again.

    Args:
        seed: of the instances.
        kind: of subset sum, numbers have ten bits; of 3-SAT, there are so many clauses that it is hardest.
    """
    generator = np.random.default_rng(seed)
    ended = set()
    for numbers in DEPTHS:
        instance = _unsolvable(kind, numbers, generator)
        for name, method in _methods(instance).items():
            if name in ended:
                continue
            searched = _searched(method, instance)
            if searched.refused:
                ended.add(name)
            else:
                yield Work(searched.method, searched.unit, numbers, searched.work, searched.seconds)


def search(problem: Problem, method: str) -> Searched:
    """Return what one method, by its name, comes to."""
    return _searched(_methods(problem)[method], problem)


def _unsolvable(kind: HardProblem, count: int, generator: np.random.Generator) -> Problem:
    if kind == "subset sum":
        return subset_sum.random_instance(count, BITS, generator, solvable=False)
    while True:
        formula = satisfiability.random_formula(count, round(count * satisfiability.HARDEST), generator)
        if satisfiability.backtracking(formula).witness is None:
            return formula


def _methods(problem: Problem) -> Mapping[str, Callable[[Any], Found]]:
    return subset_sum.METHODS if isinstance(problem, SubsetSum) else satisfiability.METHODS


def _searched(method: Callable[[Any], Found], problem: Problem) -> Searched:
    began = time.perf_counter()
    try:
        found = method(problem)
    except TooLarge as limit:
        name = method.__name__.replace("_", " ")
        return Searched(name, 0, "", np.zeros(0, dtype=np.int64), 0.0, str(limit))
    witness = np.array(found.witness or (), dtype=np.int64)
    return Searched(found.method, found.work, found.unit, witness, time.perf_counter() - began, "")


def told(search: Searched) -> SearchResult:
    """Return a search as plain values."""
    return {
        "method": search.method,
        "work": search.work,
        "unit": search.unit,
        "seconds": round(search.seconds, 6),
        "refused": search.refused,
    }


def _described(problem: Problem) -> dict[str, object]:
    if isinstance(problem, SubsetSum):
        return {"numbers": list(problem.numbers), "target": problem.target}
    return {"variables": problem.variables, "clauses": [list(clause) for clause in problem.clauses]}

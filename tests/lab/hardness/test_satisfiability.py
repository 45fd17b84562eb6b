"""Networks that differ exactly where a formula is true; all searches say the same."""

import itertools

import numpy as np
import pytest

from app.lab.hardness import Formula, TooLarge, networks, satisfiability


def everything(width: int) -> networks.Whole:
    return np.array(list(itertools.product((0, 1), repeat=width)), dtype=np.int64)


def test_on_random_formulas_all_searches_agree_with_the_networks() -> None:
    for seed in range(500):
        generator = np.random.default_rng(seed)
        variables = int(generator.integers(3, 9))
        clauses = max(1, round(variables * generator.uniform(2, 7)))
        formula = satisfiability.random_formula(variables, clauses, generator)
        network, inputs = formula.network(), everything(variables)
        outputs = network(inputs)
        assert outputs.tolist() == [int(formula.is_solved_by(tuple(row))) for row in inputs.tolist()]
        assert {int(weight) for layer in network.layers for weight in layer.weights.flat} <= {-1, 0, 1}
        for name, method in satisfiability.METHODS.items():
            if name == "integer program" and seed % 5:
                continue  # a hundred formulas are enough for what takes a hundred times as long
            found = method(formula)
            assert (found.witness is not None) == bool(outputs.any()), (seed, found.method)
            if found.witness is not None:
                assert formula.is_solved_by(found.witness)


def test_a_literal_that_stands_twice_counts_once_and_one_beside_its_negation_is_always_true() -> None:
    formula = Formula(2, ((1, 1, 2), (1, -1, 2)))
    outputs = formula.network()(everything(2))
    assert outputs.tolist() == [0, 1, 1, 1]
    for method in satisfiability.METHODS.values():
        witness = method(formula).witness
        assert witness is not None and formula.is_solved_by(witness)


def test_what_is_too_large_for_brute_force_is_said() -> None:
    formula = satisfiability.random_formula(25, 50, np.random.default_rng(0))
    assert isinstance(next(satisfiability.searches(formula)), TooLarge)


@pytest.mark.parametrize(
    ("variables", "clauses"), [(0, ((1, 1, 1),)), (2, ()), (2, ((1, 2, 3),)), (2, ((1, 2, 0),)), (61, ((1, 2, 3),))]
)
def test_a_wrong_formula_is_refused_in_a_sentence(variables: int, clauses: tuple[tuple[int, int, int], ...]) -> None:
    with pytest.raises(ValueError, match=r"here|clause"):
        Formula(variables, clauses)

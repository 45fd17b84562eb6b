"""Networks that differ exactly where a subset sums to the target; all searches say the same."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.hardness import SubsetSum, TooLarge, networks, subset_sum


def everything(width: int) -> networks.Whole:
    return np.array(list(itertools.product((0, 1), repeat=width)), dtype=np.int64)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(1, 160))
def test_the_network_is_one_exactly_where_the_numbers_sum_to_the_target(numbers: list[int], target: int) -> None:
    instance = SubsetSum(tuple(numbers), target)
    inputs = everything(len(numbers))
    outputs = instance.network()(inputs)
    assert outputs.tolist() == [int(sum(itertools.compress(numbers, row)) == target) for row in inputs]
    assert not networks.silenced(instance.network())(inputs).any()


def test_on_random_instances_all_searches_agree_with_the_networks() -> None:
    for seed in range(500):
        generator = np.random.default_rng(seed)
        count = int(generator.integers(1, 11))
        instance = subset_sum.random_instance(count, int(generator.integers(2, 9)), generator, solvable=bool(seed % 2))
        network = instance.network()
        solvable = bool(networks.differing(network, networks.silenced(network), everything(count)))
        assert solvable == bool(seed % 2)
        for name, method in subset_sum.METHODS.items():
            if name == "integer program" and seed % 5:
                continue  # a hundred instances are enough for what takes a hundred times as long
            found = method(instance)
            assert (found.witness is not None) == solvable, (seed, found.method)
            if found.witness is not None:
                assert instance.is_solved_by(found.witness)
                assert network(np.array([found.witness]))[0] == 1


def test_the_searches_count_what_they_look_at() -> None:
    instance = SubsetSum((3, 5, 8, 100), 200)  # unsolvable
    work = {found.method: found.work for found in subset_sum.searches(instance) if not isinstance(found, TooLarge)}
    assert work["brute force"] == 2**4
    assert work["meet in the middle"] == 2 * 2**2
    assert work["dynamic program"] == 4 * 201


def test_what_is_too_large_for_a_method_is_said_and_the_others_go_on() -> None:
    generator = np.random.default_rng(0)
    instance = subset_sum.random_instance(30, 35, generator, solvable=True)
    ends = list(subset_sum.searches(instance))
    assert [isinstance(end, TooLarge) for end in ends] == [True, False, True, True]
    assert "2^30" in str(ends[0]) and "rounds" in str(ends[3])


def test_a_solver_gives_up_after_so_many_branches_and_says_so() -> None:
    instance = subset_sum.random_instance(18, 18, np.random.default_rng(0), solvable=False)
    with pytest.raises(TooLarge, match="1,000 branches"):
        subset_sum.integer_program(instance)


def test_a_solver_that_overshoots_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subset_sum, "largest", lambda *_: (np.array([1, 1]), 1))
    with pytest.raises(TooLarge, match="rounding"):
        subset_sum.integer_program(SubsetSum((3, 5), 7))


@pytest.mark.parametrize(
    ("numbers", "target", "words"),
    [((), 3, "1 to 40 numbers"), ((0,), 3, "between 1 and"), ((2**41,), 3, "between 1 and"), ((3,), 0, "target")],
)
def test_a_wrong_instance_is_refused_in_a_sentence(numbers: tuple[int, ...], target: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SubsetSum(numbers, target)


def test_where_sums_are_dense_an_unsolvable_instance_is_the_next_gap() -> None:
    instance = subset_sum.random_instance(24, 15, np.random.default_rng(1), solvable=False)
    assert subset_sum.meet_in_the_middle(instance).witness is None
    below = SubsetSum(instance.numbers, instance.target - 1)
    assert subset_sum.meet_in_the_middle(below).witness is not None

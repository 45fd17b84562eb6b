"""The comparison of two networks, from its events to its end."""

from app.lab.hardness import Formula, SubsetSum
from app.lab.stories import hardness
from app.lab.stories.events import Compared, Finished, Searched


def test_networks_that_differ_have_a_witness_that_every_search_finds() -> None:
    events = list(hardness.compare(SubsetSum((3, 5, 8), 11)))
    assert isinstance(events[0], Compared) and isinstance(events[-1], Finished)
    searches = [event for event in events if isinstance(event, Searched)]
    assert all(not search.refused and search.witness.tolist() == [1, 0, 1] for search in searches)
    result = events[-1].result
    assert result["equivalent"] is False and result["witness"] == [1, 0, 1]  # type: ignore[typeddict-item]


def test_networks_that_are_equal_have_none() -> None:
    *_, last = hardness.compare(Formula(1, ((1, 1, 1), (-1, -1, -1))))
    assert isinstance(last, Finished)
    assert last.result["equivalent"] is True and last.result["witness"] is None  # type: ignore[typeddict-item]
    assert last.result["differing"] == 0  # type: ignore[typeddict-item]


def test_ten_thousand_random_tests_agree_where_one_input_of_a_million_tells_them_apart() -> None:
    instance = SubsetSum(tuple(2**i for i in range(20)), 2**20 - 1)
    tested, *_, last = hardness.compare(instance)
    assert isinstance(tested, Compared) and (tested.tests, tested.differing) == (10_000, 0)
    assert isinstance(last, Finished) and last.result["equivalent"] is False  # type: ignore[typeddict-item]


def test_the_work_of_brute_force_doubles_with_every_number() -> None:
    measured = list(hardness.growth())
    brute = {one.numbers: one.work for one in measured if one.method == "brute force"}
    assert brute == {numbers: 2**numbers for numbers in hardness.DEPTHS}
    halves = {one.numbers: one.work for one in measured if one.method == "meet in the middle"}
    assert halves[20] == 2 * 2**10


def test_of_formulas_it_doubles_with_every_variable() -> None:
    measured = list(hardness.growth(kind="3-SAT"))
    assert {one.numbers: one.work for one in measured if one.method == "brute force"} == {
        variables: 2**variables for variables in hardness.DEPTHS
    }
    assert {one.method for one in measured} == {"brute force", "backtracking", "integer program"}


def test_some_of_the_searches_can_be_left_for_later() -> None:
    instance = SubsetSum((3, 5, 8), 11)
    events = list(hardness.compare(instance, methods=["brute force"]))
    assert [event.method for event in events if isinstance(event, Searched)] == ["brute force"]
    later = hardness.search(instance, "integer program")
    assert (later.method, later.witness.tolist(), later.refused) == ("integer program", [1, 0, 1], "")


def test_the_pace_is_that_of_the_fastest_questions_of_all() -> None:
    measured = list(hardness.asking(SubsetSum((3, 5, 8), 11)))
    assert [one.inputs for one in measured] == list(hardness.ASKED)
    assert all(hardness.pace(measured) <= one.seconds / one.inputs for one in measured)

"""The page on two networks: sealed until the vote, then true; what is mistyped is said and loses nothing."""

import numpy as np
import pytest

from app.lab.hardness import SubsetSum, satisfiability
from app.lab.stories import hardness
from app.ui.hardness import charts, findings
from tests.ui.visits import offered, opened, plots, told, verdict, vote


def test_random_tests_agree_and_a_search_shows_the_difference() -> None:
    app = opened("hardness")
    assert "not one tells the two apart" in app.subheader[0].value
    different = len(np.unique(np.random.default_rng(0).integers(0, 2, (10_000, 18)), axis=0))
    assert app.subheader[1].value == f"The tests asked {different:,} of 262,144 inputs"
    assert "turns on" not in told(app)
    assert len(plots(app)) == 2  # the networks, and their inputs
    assert offered(app) == list(findings.OPTIONS)
    vote(app, findings.SAME)
    assert "it was **not the same**" in verdict(app)
    assert app.subheader[0].value.startswith("Not the same: ")
    assert app.subheader[1].value.endswith("inputs, not this one")
    assert "It turns on" in told(app)
    assert len(plots(app)) == 3  # and the work
    assert [row["search"] for row in app.table[0].value.to_dict("records")][-1] == "integer program"


def test_equal_networks_are_said_to_be_equal() -> None:
    app = vote(opened("hardness"), findings.SAME)
    app.text_input(key="numbers").set_value("2, 4, 8").run()
    app.text_input(key="target").set_value("5").run()
    assert not app.exception
    assert app.subheader[0].value.startswith("The same: both are 0 on all 8 inputs")
    assert app.subheader[1].value == "The tests asked all 8 inputs"


@pytest.mark.parametrize("typed", ["2, x", "", "0", "2, -3", "[a](http://127.0.0.1/)"])
def test_what_is_mistyped_is_one_sentence_and_the_last_networks_stay(typed: str) -> None:
    app = vote(opened("hardness"), findings.SAME)
    before = plots(app)[0]
    app.text_input(key="numbers").set_value(typed).run()
    assert not app.exception
    assert len(app.warning) == 1
    assert plots(app)[0] == before


@pytest.mark.parametrize("typed", ["", "3, 4", "x", "0"])
def test_a_target_that_is_not_one_number_is_one_sentence(typed: str) -> None:
    app = vote(opened("hardness"), findings.SAME)
    before = plots(app)[0]
    app.text_input(key="target").set_value(typed).run()
    assert not app.exception
    assert len(app.warning) == 1
    assert plots(app)[0] == before


def test_a_formula_is_a_pair_of_networks_too() -> None:
    app = vote(opened("hardness"), findings.DIFFERENT)
    app.segmented_control(key="problem").set_value("3-SAT").run()
    app.text_area(key="clauses").set_value("1,1,1\n-1,-1,-1").run()
    assert not app.exception
    assert app.subheader[0].value.startswith("The same")


def test_the_first_problem_of_each_kind_is_one_that_random_tests_do_not_tell_apart() -> None:
    app = vote(opened("hardness"), findings.DIFFERENT)
    for kind in ("subset sum", "3-SAT"):
        app.segmented_control(key="problem").set_value(kind).run()
        verdict, seen = (heading.value for heading in app.subheader[:2])
        assert verdict.startswith("Not the same") and seen.endswith("not this one"), kind


def test_the_weights_that_are_shown_are_the_weights_that_ran() -> None:
    instance = SubsetSum((3, 5, 8), 11)
    network = instance.network()
    figure = charts.pair(instance, (1, 0, 1))
    labels = [label.text for label in figure.layout.annotations]
    for number in instance.numbers:
        assert labels.count(f"{number:,}") == 1  # of its twin they are the same
    assert network.layers[0].bias.tolist() == [-10, -11, -12]
    assert [label for label in labels if "S" in label] == ["\u2212S+1", "\u2212S", "\u2212S-1"]
    assert [label for label in labels if label.startswith("\u00d7")] == ["\u00d7 1", "\u00d7 -2", "\u00d7 1"] + [
        "\u00d7 0"
    ] * 3
    outputs = [trace.hovertext[0] for trace in figure.data if trace.name == "output"]
    assert [text.split("; ")[1] for text in outputs] == ["now 1", "now 0"]


def test_many_clauses_are_drawn_without_their_labels() -> None:
    formula = satisfiability.random_formula(12, 50, np.random.default_rng(0))
    figure = charts.pair(formula, None)
    assert sum(trace.name == "hidden" for trace in figure.data) == 2
    assert not [label for label in figure.layout.annotations if label.text.startswith("\u00d7")]


def test_every_input_has_its_square_and_those_that_were_tested_are_dark() -> None:
    tested = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 1]])
    assert charts.squares(3) == (2, 4)
    rows, columns = charts.places(tested)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 2)]
    (ring,) = charts.inputs(tested, (0, 1, 1)).data
    assert (ring.x[0], ring.y[0]) == (2.5 / 4, 1 - 1.5 / 2)
    assert not charts.inputs(tested, None).data
    wide = np.zeros((1, 40), dtype=np.int64)
    wide[0, 39] = 1  # the greatest half of all inputs
    assert charts.squares(40) == (512, 512)
    assert [place.tolist() for place in charts.places(wide)] == [[256], [0]]


def test_words_and_edges_of_a_network_keep_clear_of_each_other() -> None:
    figure = charts.pair(SubsetSum((3, 5, 8), 11), None)
    (above, _, below) = [label for label in figure.layout.annotations if "S" in label.text]
    assert (above.yanchor, below.yanchor) == ("bottom", "top")
    assert above.xanchor == below.xanchor == "left"  # the edges from the inputs come from there


def test_what_was_not_measured_is_dotted_and_says_so() -> None:
    measured = list(hardness.growth())
    figure = charts.growth(measured, hardness.BITS)
    solid = {trace.name: trace for trace in figure.data if trace.line.dash != "dot"}
    dotted = [trace for trace in figure.data if trace.line.dash == "dot"]
    assert max(solid["brute force"].x) == max(hardness.DEPTHS)
    assert {trace.name for trace in dotted} == {
        f"{method}, not measured" for method in ("brute force", "meet in the middle", "dynamic program")
    }
    for trace in dotted:  # drawn on from where the measurement ends
        last = solid[trace.name.removesuffix(", not measured")]
        assert trace.x[0] == last.x[-1]
        assert trace.y[0] == pytest.approx(last.y[-1], rel=0.3)
    assert "trillion at 40, if one waits" in findings.growth(measured)

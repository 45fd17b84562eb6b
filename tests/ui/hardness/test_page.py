"""The page on two networks: sealed until the vote, then true; what is mistyped is said and loses nothing."""

import base64
import json
import math
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.lab.hardness import SubsetSum, satisfiability
from app.lab.stories import hardness
from app.lab.stories.hardness import Asked, Problem
from app.ui.hardness import charts, findings, runs
from tests.ui.visits import offered, opened, plots, told, verdict, vote


def lock(app: AppTest) -> dict[str, Any]:
    """What the browser gets of the lock."""
    (drawn,) = [each.proto for each in app.get("bidi_component") if each.proto.component_name.endswith("hardness_lock")]
    data: dict[str, Any] = json.loads(drawn.json)
    return data


def test_random_tests_agree_and_a_search_shows_the_difference() -> None:
    app = opened("hardness")
    assert lock(app)["finding"].endswith("not one tells A from B")
    assert app.subheader[0].value.startswith("Trying all: ")
    assert "turns on" not in told(app)
    assert len(plots(app)) == 2  # the networks, and the time to ask everything
    assert offered(app) == list(findings.OPTIONS)
    vote(app, findings.SETTLED)
    assert f"it was **{findings.DIFFERENT}**" in verdict(app)
    assert lock(app)["finding"].startswith("One question tells A from B")
    assert app.subheader[1].value.endswith("this input tells A from B")
    assert "It turns on" in told(app)
    assert len(plots(app)) == 3  # and the work
    assert [row["search"] for row in app.table[0].value.to_dict("records")][-1] == "integer program"


def test_equal_networks_are_said_to_be_equal() -> None:
    app = vote(opened("hardness"), findings.SETTLED)
    app.text_input(key="numbers").set_value("2, 4, 8").run()
    app.text_input(key="target").set_value("5").run()
    assert not app.exception
    assert lock(app)["finding"] == "The same: not one of 8 settings tells A from B"
    assert lock(app)["combination"] is None
    assert app.subheader[0].value.startswith("Trying all: ")


@pytest.mark.parametrize("typed", ["2, x", "", "0", "2, -3", "[a](http://127.0.0.1/)"])
def test_what_is_mistyped_is_one_sentence_and_the_last_networks_stay(typed: str) -> None:
    app = vote(opened("hardness"), findings.SETTLED)
    before = plots(app)[1]
    app.text_input(key="numbers").set_value(typed).run()
    assert not app.exception
    assert len(app.warning) == 1
    assert plots(app)[1] == before


@pytest.mark.parametrize("typed", ["", "3, 4", "x", "0"])
def test_a_target_that_is_not_one_number_is_one_sentence(typed: str) -> None:
    app = vote(opened("hardness"), findings.SETTLED)
    before = plots(app)[1]
    app.text_input(key="target").set_value(typed).run()
    assert not app.exception
    assert len(app.warning) == 1
    assert plots(app)[1] == before


def test_a_formula_is_a_pair_of_networks_too() -> None:
    app = vote(opened("hardness"), findings.DIFFERENT)
    app.segmented_control(key="problem").set_value("3-SAT").run()
    app.text_area(key="clauses").set_value("1,1,1\n-1,-1,-1").run()
    assert not app.exception
    assert lock(app)["finding"].startswith("The same")


def test_each_option_may_be_what_is_true_and_a_pair_that_is_equal_is_not_settled_by_tests() -> None:
    differing, equal, tiny = (SubsetSum((2, 4, 8), 6), SubsetSum((2,) * 20, 5), SubsetSum((2, 4, 8), 5))
    answers = [
        findings.answer(runs.compared(pair), exhaustive=hardness.exhaustive(pair)) for pair in (differing, equal, tiny)
    ]
    assert answers == [findings.DIFFERENT, findings.UNSETTLED, findings.SETTLED]  # 8 inputs: the tests are all of them
    assert set(answers) == set(findings.OPTIONS)


def test_the_question_says_what_the_random_tests_found() -> None:
    assert findings.question(runs.compared(SubsetSum((2,) * 20, 5))) == (
        "10,000 random settings: not one tells A from B. Does that settle it?"
    )
    assert findings.question(runs.compared(SubsetSum((2, 4, 8), 6))).endswith("tell A from B. Are they the same?")


def test_the_chart_of_the_work_is_of_the_kind_of_problem_on_the_page() -> None:
    app = vote(opened("hardness"), findings.DIFFERENT)
    app.segmented_control(key="problem").set_value("3-SAT").run()
    assert app.subheader[3].value.startswith("Brute force doubles with each variable: ")
    work = plots(app)[2]
    assert work["layout"]["xaxis"]["title"]["text"] == "variables, d"
    drawn = {trace["name"] for trace in work["data"] if trace["line"].get("dash") != "dot"}
    assert drawn == {row["search"] for row in app.table[0].value.to_dict("records")}  # the searches of the table
    assert "Subset sums" not in told(app)
    app.segmented_control(key="problem").set_value("subset sum").run()
    assert app.subheader[3].value.startswith("Brute force doubles with each number: ")


def test_one_of_a_kind_is_not_counted_as_many() -> None:
    found = [hardness.told(hardness.search(SubsetSum((2, 4, 8), 6), "integer program"))]
    assert findings.searches([{**found[0], "work": 1}])[0]["looked at"] == "1 branch"
    assert findings.searches([{**found[0], "work": 2}])[0]["looked at"] == "2 branches"
    assert "switches the one number on" in findings.everyday(SubsetSum((3,), 3))
    texts = [label.text for label in charts.pair(SubsetSum((3,), 3), (0,), same=None).layout.annotations]
    assert any(text.startswith("1 input unit<br>") for text in texts)


@pytest.mark.parametrize("problem", [SubsetSum((3, 5, 8), 11), satisfiability.Formula(3, ((1, 2, 3),))])
def test_what_the_hidden_units_do_together_is_said_in_a_dozen_words(problem: Problem) -> None:
    figure = charts.pair(problem, (0, 0, 0), same=None)
    (said,) = [label.text for label in figure.layout.annotations if "Together" in label.text]
    words = said.split("<br>", 1)[1].split("<br>(")[0].replace("<br>", " ").split()
    assert len(words) <= 12
    assert ("S, the target" in said) == isinstance(problem, SubsetSum)


def test_the_first_problem_of_each_kind_is_one_that_random_tests_do_not_tell_apart() -> None:
    app = vote(opened("hardness"), findings.DIFFERENT)
    for kind, problem in (("subset sum", "subset_sum"), ("3-SAT", "formula")):
        app.segmented_control(key="problem").set_value(kind).run()
        assert lock(app)["finding"].startswith("One question"), kind
        first = app.session_state[problem]
        assert findings.sealed(runs.compared(first)).endswith("not one tells A from B"), kind
        assert findings.everyday(first) in told(app), kind


def test_the_weights_that_are_shown_are_the_weights_that_ran() -> None:
    instance = SubsetSum((3, 5, 8), 11)
    network = instance.network()
    figure = charts.pair(instance, (1, 0, 1), same=False)
    labels = [label.text for label in figure.layout.annotations]
    for number in instance.numbers:
        assert labels.count(f"{number:,}") == 1  # of its twin they are the same
    assert network.layers[0].bias.tolist() == [-10, -11, -12]
    assert [label for label in labels if "\u2212S" in label] == ["\u2212S+1", "\u2212S", "\u2212S-1"]
    assert [label for label in labels if label.startswith("\u00d7")] == ["\u00d7 1", "\u00d7 -2", "\u00d7 1"] + [
        "\u00d7 0"
    ] * 3
    outputs = [trace.hovertext[0] for trace in figure.data if trace.name == "output"]
    assert [text.split("; ")[1] for text in outputs] == ["now 1", "now 0"]


def test_many_clauses_are_drawn_without_their_labels() -> None:
    formula = satisfiability.random_formula(12, 50, np.random.default_rng(0))
    figure = charts.pair(formula, [0] * 12, same=True)
    assert sum(trace.name == "hidden" for trace in figure.data) == 2
    assert not [label for label in figure.layout.annotations if label.text.startswith("\u00d7")]


def test_the_time_to_ask_everything_is_drawn_on_from_what_was_measured() -> None:
    measured = (Asked(128, 2e-4), Asked(4096, 1e-3))
    figure = charts.asking(measured, 30)
    drawn = {trace.name: trace for trace in figure.data}
    assert drawn["measured"].x == (7, 12) and drawn["not measured"].line.dash == "dot"
    assert drawn["this lock"].y[0] == pytest.approx(2**30 * 1e-3 / 4096)
    assert findings.asking(measured, 30).startswith("Trying all: 4 minutes; for a ")


def test_how_long_a_picture_takes_and_from_where_on_the_universe_is_too_young() -> None:
    measured = (Asked(128, 2e-4), Asked(4096, 1e-3))
    age, question = 13.8e9 * 31_557_600, 1e-3 / 4096
    endless = charts.beyond(measured)
    assert 2 ** (endless - 1) * question <= age < 2**endless * question
    figure = charts.asking(measured, 30)
    (line,) = figure.layout.shapes
    assert line.y0 == pytest.approx(age)
    drawn_on = next(trace for trace in figure.data if trace.name == "not measured")
    assert drawn_on.x[-1] > endless and drawn_on.y[-1] > age  # years are on the chart
    years = 2.0 ** (28 * 28) * question / 31_557_600
    power = str(math.floor(math.log10(years))).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    assert findings.asking(measured, 30).endswith(f"28\u00a0×\u00a028 picture, 10{power} years")


@pytest.mark.parametrize(("same", "sign"), [(None, "= ?"), (True, "="), (False, "≠")])
def test_between_the_networks_stands_what_is_known_of_them(same: bool | None, sign: str) -> None:
    figure = charts.pair(SubsetSum((3, 5, 8), 11), (0, 0, 1), same=same)
    texts = [label.text for label in figure.layout.annotations]
    assert f"<b>{sign}</b>" in texts
    assert texts.count("<b>0</b>") == 2  # what both say to this input


def test_before_the_vote_a_random_test_is_shown_and_after_it_what_tells_them_apart() -> None:
    app = opened("hardness")
    said = [note["text"] for note in plots(app)[1]["layout"]["annotations"]]
    assert said.count("<b>0</b>") == 2 and "<b>1</b>" not in said
    vote(app, findings.SETTLED)
    said = [note["text"] for note in plots(app)[1]["layout"]["annotations"]]
    assert said.count("<b>0</b>") == said.count("<b>1</b>") == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2e-4, "0.2 ms"),
        (0.5, "0.5 s"),
        (60, "1 minute"),
        (7200, "2 hours"),
        (86_400, "1 day"),
        (4e10, "1,268 years"),
        (1e15, "32 million years"),
    ],
)
def test_a_time_is_told_in_the_largest_unit_that_it_fills(seconds: float, words: str) -> None:
    assert charts.lasting(seconds) == words


def test_what_makes_the_other_network_is_not_seen_before_the_vote() -> None:
    app = opened("hardness")
    assert "silenced" not in str(plots(app)[1]) and "Its twin" not in told(app)
    before = [note["text"] for note in plots(app)[1]["layout"]["annotations"]]
    assert "<b>network B</b>" in before and before.count("\u00d7 ?") == 3 and "\u00d7 0" not in before
    outputs = [trace["hovertext"][0] for trace in plots(app)[1]["data"] if trace.get("name") == "output"]
    assert "bias" in outputs[0] and "bias" not in outputs[1]
    vote(app, findings.SETTLED)
    after = [note["text"] for note in plots(app)[1]["layout"]["annotations"]]
    assert after.count("\u00d7 0") == 3 and any("silenced" in text for text in after)


def test_words_and_edges_of_a_network_keep_clear_of_each_other() -> None:
    figure = charts.pair(SubsetSum((3, 5, 8), 11), (0, 0, 0), same=None)
    (above, _, below) = [label for label in figure.layout.annotations if "\u2212S" in label.text]
    assert (above.yanchor, below.yanchor) == ("bottom", "top")
    assert above.xanchor == below.xanchor == "left"  # the edges from the inputs come from there


def test_what_was_not_measured_is_dotted_and_says_so() -> None:
    measured = list(hardness.growth())
    figure = charts.growth(measured, "subset sum", hardness.BITS)
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
    assert "trillion at 40, if one waits" in findings.growth(measured, "subset sum")


@pytest.mark.parametrize("kind", ["subset sum", "3-SAT"])
def test_what_opens_the_lock_is_kept_from_the_browser_until_the_vote(kind: str) -> None:
    app = opened("hardness")
    app.segmented_control(key="problem").set_value(kind).run()
    before = lock(app)
    assert before["sealed"] and before["combination"] is None
    vote(app, findings.UNSETTLED)
    after = lock(app)
    assert not after["sealed"] and after["lock"] == before["lock"] and after["tests"] == before["tests"]
    problem = app.session_state["subset_sum" if kind == "subset sum" else "formula"]
    assert len(after["combination"]) == after["lock"]["switches"]
    assert problem.is_solved_by(tuple(map(int, after["combination"])))


def test_the_settings_that_the_browser_tries_are_the_random_tests_of_the_comparison() -> None:
    app = opened("hardness")
    problem: SubsetSum = app.session_state["subset_sum"]
    switches = lock(app)["lock"]["switches"]
    packed = np.frombuffer(base64.b64decode(lock(app)["tests"]), dtype=np.uint8).reshape(hardness.TESTS, -1)
    assert (np.unpackbits(packed, axis=1)[:, :switches] == hardness.tests(problem)).all()


def test_the_first_lock_has_one_combination_so_it_is_its_makers() -> None:
    problem: SubsetSum = opened("hardness").session_state["subset_sum"]
    sums = [np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)]
    for place, number in enumerate(problem.numbers):
        sums[place % 2] = np.concatenate([sums[place % 2], sums[place % 2] + number])
    first, second = np.sort(sums[0]), problem.target - sums[1]
    pairs = np.searchsorted(first, second, side="right") - np.searchsorted(first, second, side="left")
    assert pairs.sum() == 1


@pytest.mark.parametrize(
    "problem", [SubsetSum((3, 5, 8), 11), SubsetSum((3,), 3), satisfiability.Formula(3, ((1, 2, 3), (1, -2, 3)))]
)
def test_the_game_is_told_in_two_dozen_words_without_a_symbol(problem: Problem) -> None:
    said = findings.lead(problem)
    assert len(said.split()) <= 25
    assert not {"S", "+1", "ReLU"} & set(said.split())


def test_the_mark_is_told_after_the_vote() -> None:
    app = opened("hardness")
    assert "Was a network stolen?" in told(app) and "plants a **mark**" not in told(app)
    assert "plants a **mark**" in told(vote(app, findings.SETTLED))

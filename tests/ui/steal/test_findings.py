"""What is said about an attack follows from what happened."""

import math
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from app.lab import choices
from app.lab.experiment import PRESETS
from app.lab.extraction.queries import NO_TRUTH
from app.lab.stories.events import Copied, Honest, Queried, Territory, TheftResult
from app.ui import charts
from app.ui.steal import charts as attack_charts
from app.ui.steal import findings as attack_findings

ROUND = Copied(25, 0.025, 0.5, 0.5, 0.96, -1.0, False)
HONEST = Honest(20, 300, 0.05, 0.0, 0.0, 0.0)


def result(*, second_best: float = 0.0, **changed: object) -> TheftResult:
    """The result of an attack on a victim that is right 96 % of the time."""
    plain: dict[str, Any] = {"victim_accuracy": 0.96, "accuracy": 0.9, "fidelity": 0.92, "dollars_to_good": 0.4}
    tax = {"accuracy": 0.0, "calibration": 0.0, "second_best": second_best}
    return cast(TheftResult, {**plain, "tax": tax, **changed})


def bought(*accuracies: float) -> list[Copied]:
    """Rounds of 25, 50, 100, ... queries at a dollar for 1,000."""
    return [
        replace(ROUND, queries=25 * 2**place, dollars=0.025 * 2**place, accuracy=accuracy)
        for place, accuracy in enumerate(accuracies)
    ]


@pytest.mark.parametrize(
    ("accuracies", "outcome", "lead"),
    [
        ((0.5, 0.7, 0.82), "10 cents or less", "$0.10 bought 85\u202f% of the victim's accuracy"),
        ((0.5, 0.6, 0.7, 0.9), "up to a dollar", "$0.20 bought"),
        ((0.5,) * 6 + (0.9,), "more than a dollar", "$1.60 bought"),
        (
            (0.5, 0.815),
            "no copy that good",
            "$0.05 did not buy 85\u202f% of the victim's accuracy (",
        ),
        ((0.9, 0.4), "10 cents or less", "$0.025 bought"),
    ],
)
def test_the_price_is_that_of_the_first_copy_that_is_good_enough(
    accuracies: tuple[float, ...], outcome: str, lead: str
) -> None:
    copied = bought(*accuracies)
    assert attack_findings.outcome(copied) == outcome
    assert outcome in attack_findings.OPTIONS
    assert attack_findings.price(copied).startswith(lead)
    assert ("yet" in attack_findings.price(copied, final=False)) == (outcome == attack_findings.NEVER)


@pytest.mark.parametrize(("amount", "words"), [(0.025, "$0.025"), (0.1, "$0.10"), (2.0, "$2"), (12.5, "$12.50")])
def test_amounts_read_like_amounts(amount: float, words: str) -> None:
    assert attack_findings.dollars(amount) == words


def test_the_detector_is_quoted_with_its_false_alarms_and_its_doubts() -> None:
    few = attack_findings.detected(bought(0.5), HONEST)
    assert "too few queries" in few and "5\u202f% of 20 honest clients" in few
    seen = [replace(ROUND, normality=0.99), replace(ROUND, queries=200, normality=0.91, accused=True)]
    assert "accused the thief after 200 queries (W = 0.910" in attack_findings.detected(seen, HONEST)
    assert "saw nothing" in attack_findings.detected(seen[:1], HONEST)


def test_the_tax_names_what_honest_users_lose_and_nothing_else() -> None:
    assert "pay nothing" in attack_findings.tax(HONEST)
    labels = attack_findings.tax(replace(HONEST, second_best=1.0, calibration=-0.02))
    assert "the second choice in 100\u202f% of answers" in labels and "falls by 2.0 points" in labels
    assert "points of accuracy" not in labels
    assert "0.5 points of accuracy" in attack_findings.tax(replace(HONEST, accuracy=0.005, calibration=0.01))


@pytest.mark.parametrize(
    ("chosen", "before", "after", "said"),
    [
        (
            "confidences",
            0.4,
            0.8,
            "And if the API hides detail? Top label alone: the thief pays $0.80, not $0.40; honest users see no second",
        ),
        ("reverse sigmoid", 0.4, 0.8, "Reverse sigmoid: the thief still pays $0.40; honest users lose next to nothing"),
        (
            "yours",
            0.4,
            None,
            "And if the API hides detail? Top label alone: the thief gets no good copy; honest users see no second",
        ),
        ("top label", None, None, "the thief gets no good copy anyway"),
        ("top label", None, 0.8, "the thief pays $0.80, though confidences bought nothing good"),
    ],
)
def test_the_title_says_what_a_policy_costs_users_and_thief(
    chosen: str, before: float | None, after: float | None, said: str
) -> None:
    plain = result(dollars_to_good=before)
    rows = {
        "confidences": plain,
        "top label": result(dollars_to_good=after, second_best=1.0),
        "reverse sigmoid": plain,
    }
    assert said in attack_findings.taxed(rows, chosen)
    assert attack_findings.taxed({"confidences": plain}, chosen).startswith("Confidences: ")


def test_before_the_prediction_no_round_that_is_good_is_seen() -> None:
    assert attack_findings.beginning(bought(0.3, 0.9)) == bought(0.3)
    assert attack_findings.beginning(bought(0.9, 0.9)) == []
    assert "right 30\u202f% of the time" in attack_findings.opening(bought(0.3), PRESETS["animals"])
    assert attack_findings.opening([], PRESETS["animals"]).startswith("$1 for 1,000 answers")


def test_every_attack_is_explained_where_it_is_chosen() -> None:
    assert set(attack_findings.ATTACKS) == set(choices.ATTACKS)


def test_the_map_colours_where_the_copy_strays_and_only_there() -> None:
    victim = Territory("victim", 0, 1.5, np.zeros((4, 4), dtype=np.uint8))
    copy = replace(victim, role="copy", queries=50, classes=np.eye(4, dtype=np.uint8))
    assert attack_findings.agreement(victim, copy) == 0.75
    assert "75\u202f% of the plane" in attack_findings.territory(victim, copy)
    figure = attack_charts.territory(victim, copy, [])
    assert [list(row) for row in figure.data[0].z] == [
        [1 if row == column else None for column in range(4)] for row in range(4)
    ]
    assert list(figure.data[0].x) == [-1.125, -0.375, 0.375, 1.125]


def test_the_border_of_the_victim_is_seen_where_the_copy_agrees() -> None:
    victim = Territory("victim", 0, 1.5, np.array([[0, 1], [0, 1]], dtype=np.uint8))
    figure = attack_charts.territory(victim, replace(victim, role="copy"), [])
    assert [list(row) for row in figure.data[0].z] == [[0, None], [0, None]]


def test_the_chart_carries_both_curves_the_bar_and_the_price() -> None:
    figure = attack_charts.quality(bought(0.5, 0.9), PRESETS["animals"])
    accuracy, fidelity, price = figure.data
    assert (list(accuracy.x), list(accuracy.y)) == ([0.025, 0.05], [0.5, 0.9])
    assert list(fidelity.y) == [0.5, 0.5]
    assert accuracy.meta == fidelity.meta == charts.GHOSTED
    assert list(price.x) == [0.05, 0.05]
    assert figure.layout.shapes[0].y0 == pytest.approx(0.85 * 0.96)
    assert "<b>$0.05</b>" in [note.text for note in figure.layout.annotations]


def test_no_price_is_marked_where_none_was_good_and_the_axis_is_the_budget() -> None:
    axes = []
    for copied in (bought(0.5), []):
        figure = attack_charts.quality(copied, PRESETS["animals"])
        assert "price" not in [trace.name for trace in figure.data]
        axes.append(figure.layout.xaxis.range)
    assert axes[0] == axes[1]
    assert axes[0] == pytest.approx((math.log10(0.025 / 1.15), math.log10(2 * 1.1)))


def test_who_pays_has_a_panel_for_each_side_and_a_bar_for_each_policy() -> None:
    rows = {
        "confidences": result(dollars_to_good=0.5),
        "top label": result(dollars_to_good=None, second_best=1.0, accuracy=0.48),
        "lies (0.5 %)": result(dollars_to_good=1.0, second_best=0.0003),
    }
    figure = attack_charts.tax(rows, "top label", 2.0)
    users, thief, owner = figure.data
    assert list(users.x) == [0.0, 1.0, 0.0003]
    assert list(users.text) == ["0\u202f%", "<b>100\u202f%</b>", "< 0.1\u202f%"]
    assert list(thief.x) == [0.25, 1.0, 0.5]
    assert list(thief.text) == ["$0.50", "<b>none</b>", "$1"]
    assert list(thief.marker.pattern.shape) == ["", "/", ""]
    assert list(owner.x) == pytest.approx([0.9 / 0.96, 0.5, 0.9 / 0.96])
    assert list(users.customdata) == list(rows)
    assert "no copy that good; in the end, a copy with 50\u202f%" in thief.hovertext[1]


@pytest.mark.parametrize(
    ("labels", "more"),
    [
        ([0, 1, 0], ""),
        ([NO_TRUTH, NO_TRUTH, 0], "; to no question is there a true one"),
    ],
)
def test_the_title_of_the_queries_says_what_they_cost_and_whether_there_is_a_truth(
    labels: list[int], more: str
) -> None:
    answers = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]], dtype=np.float32)
    asked = Queried("clean", 500, np.zeros((3, 4, 4), dtype=np.uint8), answers, np.array(labels))
    assert attack_findings.bought(asked, 2, 1.0) == f"$0.50 buys 500 answers like these{more}"


def test_before_the_prediction_a_question_mark_stands_in_each_price_that_is_offered() -> None:
    figure = attack_charts.quality(bought(0.5), PRESETS["animals"], sealed=True)
    marks = [10**note.x for note in figure.layout.annotations if note.text == "<b>?</b>"]
    assert len(marks) == 3
    assert marks[0] < 0.1 < marks[1] < 1 < marks[2]
    after = attack_charts.quality(bought(0.5), PRESETS["animals"])
    assert not [note for note in after.layout.annotations if "?" in note.text]


def test_one_answer_is_said_as_each_policy_gives_it() -> None:
    plain = np.array([0.1, 0.6, 0.05, 0.25], dtype=np.float32)
    label = np.array([0, 1, 0, 0], dtype=np.float32)
    rows = attack_findings.answers({"confidences": plain, "top label": label, "lies (0.5 %)": plain}, "abcd")
    assert [row[attack_findings.ANSWER] for row in rows] == [
        "b 60\u202f%, d 25\u202f%, a 10\u202f%",
        "b",
        f"b 60\u202f%, d 25\u202f%, a 10\u202f%{attack_findings.LIES}",
    ]
    assert rows[2]["the API answers with"] == "a few lies: lies (0.5 %)"

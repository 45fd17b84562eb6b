"""What is said about an attack follows from what happened."""

from dataclasses import replace

import numpy as np
import pytest

from app.lab.stories.events import Copied, Honest, Territory
from app.ui.steal import charts as attack_charts
from app.ui.steal import findings as attack_findings

ROUND = Copied(25, 0.025, 0.5, 0.5, 0.96, -1.0, False)
HONEST = Honest(20, 300, 0.05, 0.0, 0.0, 0.0)


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


def test_hiding_confidences_is_judged_from_both_runs_whichever_is_shown() -> None:
    told = {"dollars_to_good": 0.1, "accuracy": 0.9}
    labels = {"dollars_to_good": None, "accuracy": 0.7}
    words = attack_findings.against("labels", labels, told)
    assert words == attack_findings.against("confidences", told, labels)
    assert "$0.10 with confidences, no copy that good with top labels only" in words
    assert "Neither confidences nor top labels bought 85" in attack_findings.against("labels", labels, labels)


def test_the_map_colours_where_the_copy_strays_and_only_there() -> None:
    victim = Territory("victim", 0, 1.5, np.zeros((4, 4), dtype=np.uint8))
    copy = replace(victim, role="copy", queries=50, classes=np.eye(4, dtype=np.uint8))
    assert attack_findings.agreement(victim, copy) == 0.75
    assert "75\u202f% of the plane" in attack_findings.territory(victim, copy)
    cells = attack_charts.territory(victim, copy, [])["layer"][0]["data"]["values"]
    assert [cell["copy"] for cell in cells] == ["answers otherwise"] * 4
    assert {(cell["x"], cell["y"]) for cell in cells} == {(-1.5 + 0.75 * place,) * 2 for place in range(4)}


def test_the_chart_carries_both_curves_and_the_bar() -> None:
    spec = attack_charts.quality(bought(0.5, 0.9))
    rows = spec["layer"][1]["data"]["values"]
    assert [(row["measure"], row["rate"]) for row in rows if row["dollars"] == 0.05] == [
        ("accuracy", 0.9),
        ("fidelity", 0.5),
    ]
    assert spec["layer"][0]["data"]["values"][0]["rate"] == pytest.approx(0.85 * 0.96)

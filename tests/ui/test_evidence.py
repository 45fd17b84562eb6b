"""What is said and drawn of the evidence follows from its rows, also where they disappoint."""

from app.ui import evidence_charts, evidence_findings, findings
from tests.ui.rows import SEEDS, theft


def test_luck_counts_the_seeds_and_says_when_a_run_is_not_like_the_others() -> None:
    values = {"naive": (0.1, 0.5, 0.3), "entangled": (0.9, 0.4, 0.8)}
    like = evidence_findings.like_the_others(values, {"naive": 0.2, "entangled": 0.5}, "more survives")
    assert like == "Entangled, more survives on 2 of 3 seeds; this run is like the others"
    odd = evidence_findings.like_the_others(values, {"naive": 0.2, "entangled": 0.1}, "more survives")
    assert odd.endswith("this run lies outside the others (entangled)")


def test_the_worst_seed_is_the_owners_worst_and_of_the_control_the_highest() -> None:
    measured = theft((0.1, 0.2, 0.3), (0.7, 0.8, 0.9))
    assert "70\u202f% at worst" in evidence_findings.spread_in_words(measured["entangled"])
    assert "convicted on 3 of 3 seeds, half of them with 10 triggers or fewer" in evidence_findings.spread_in_words(
        measured["entangled"]
    )
    assert "convicted on 2 of 3 seeds" in evidence_findings.spread_in_words(measured["naive"])
    clean = evidence_findings.spread_in_words(measured["clean"])
    assert "2\u202f% at most" in clean and "false positives" in clean and "claim" not in clean


def test_what_one_run_does_not_show_is_said_with_its_seeds() -> None:
    measured = theft((0.1, 0.2, 0.3), (0.7, 0.8, 0.9))
    assert evidence_findings.price(measured) == (
        "The entangled mark costs 1.0 points of accuracy, the naive one 1.0 points (mean of 3 seeds)."
    )
    assert SEEDS == (200, 201, 202)
    assert evidence_findings.summary(measured, 0, {"naive": 0.0, "entangled": 0.295}, 0) == (
        "**Over 3 other seeds (200 to 202)**, on average: the entangled copy 80\u202f% secret answers (70\u202f% to "
        "90\u202f%), convicted on 3; the naive copy 20\u202f% secret answers (10\u202f% to 30\u202f%), convicted on 2. "
        f"{evidence_findings.price(measured)} This run is one more: seed 0, entangled 29.5\u202f%, less than on any of "
        "those. Seed 0 is merely the usual one, not picked by its result: one draw."
    )
    like = evidence_findings.summary(measured, 201, {"naive": 0.0, "entangled": 0.8}, 201)
    assert "Over 3 seeds (200 to 202)" in like and like.endswith("seed 201, entangled 80\u202f%.")
    chosen = evidence_findings.summary(measured, 7, {"naive": 0.0, "entangled": 0.295}, 0)
    assert chosen.endswith("less than on any of those."), "a seed that the visitor chose is not excused"


def test_each_seed_is_a_dot_and_the_run_a_ring() -> None:
    values = {"clean": (0.0, 0.0, 0.01), "naive": (0.1, 0.2, 0.3), "entangled": (0.7, 0.8, 0.9)}
    figure = evidence_charts.seeds_apart(values, SEEDS, {"naive": 0.15}, "secret answers")
    dots = {trace.name: trace for trace in figure.data if trace.name in values}
    assert {name: tuple(trace.x) for name, trace in dots.items()} == values
    assert dots["clean"].hovertext[0] == f"clean, seed {SEEDS[0]}: {findings.percent(0.0)}"
    (ring,) = [trace for trace in figure.data if trace.name == "this run"]
    assert (list(ring.x), list(ring.y)) == ([0.15], ["naive"])

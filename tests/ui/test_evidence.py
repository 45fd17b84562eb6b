"""What is said and drawn of the evidence follows from its rows, also where they disappoint."""

import dataclasses

import pytest

from app.lab.evidence.survival import MEASURES, Row
from app.lab.experiment import preset
from app.ui import evidence_charts, evidence_findings, findings
from app.ui.channel import charts as channel_charts
from app.ui.channel import findings as channel_findings
from app.ui.tradeoff import charts as tradeoff_charts
from app.ui.tradeoff import findings as tradeoff_findings

SEEDS = (200, 201, 202)


def row(lane: str, marks: tuple[float, ...], mass: float = 0.01, cost: float = 0.01, **changed: object) -> Row:
    measures = {name: (0.5,) * 3 for name in MEASURES}
    measures |= {"stolen_watermark": marks, "query_target_mass": (mass,) * 3}
    measures |= {"clean_accuracy": (0.96,) * 3, "victim_accuracy": (0.96 - cost,) * 3}
    experiment = dataclasses.replace(preset("mnist"), seed=SEEDS[0], **changed)
    needed = tuple(10 if mark > 0.1 else None for mark in marks)
    return Row("main", experiment, lane, SEEDS, measures, {"conv2": (0.3,) * 3}, needed)


def theft(naive: tuple[float, ...], entangled: tuple[float, ...]) -> dict[str, Row]:
    return {
        "clean": row("clean", (0.0, 0.01, 0.02)),
        "naive": row("naive", naive),
        "entangled": row("entangled", entangled),
    }


def test_luck_counts_the_seeds_and_says_when_a_run_is_not_like_the_others() -> None:
    values = {"naive": (0.1, 0.5, 0.3), "entangled": (0.9, 0.4, 0.8)}
    like = evidence_findings.like_the_others(values, {"naive": 0.2, "entangled": 0.5}, "more survives")
    assert like == "Entangled, more survives on 2 of 3 seeds; this run is like the others"
    odd = evidence_findings.like_the_others(values, {"naive": 0.2, "entangled": 0.1}, "more survives")
    assert odd.endswith("this run lies outside the others (entangled)")


def test_the_worst_seed_is_the_owners_worst_and_of_the_control_the_highest() -> None:
    measured = theft((0.1, 0.2, 0.3), (0.7, 0.8, 0.9))
    assert "70\u202f% at worst" in evidence_findings.spread_in_words(measured["entangled"])
    assert "on 3 of 3 seeds, with 10 triggers at most" in evidence_findings.spread_in_words(measured["entangled"])
    assert "on 2 of 3 seeds" in evidence_findings.spread_in_words(measured["naive"])
    clean = evidence_findings.spread_in_words(measured["clean"])
    assert "2\u202f% at most" in clean and "false positives" in clean and "claim" not in clean


@pytest.mark.parametrize(
    ("naive", "entangled", "outcome"),
    [(0.1, 0.9, "only the entangled one"), (0.9, 0.1, "only the naive one"), (0.9, 0.9, "both"), (0.1, 0.1, "neither")],
)
def test_what_survives_is_the_mean_over_the_seeds(naive: float, entangled: float, outcome: str) -> None:
    assert channel_findings.surviving(theft((naive,) * 3, (entangled,) * 3)) == outcome


@pytest.mark.parametrize(("masses", "lead"), [((0.001, 0.01, 0.1), "The wider"), ((0.1, 0.01, 0.001), "The channel's")])
def test_the_title_of_the_channel_is_computed(masses: tuple[float, ...], lead: str) -> None:
    rows = [row("naive", (mark,) * 3, mass) for mark, mass in zip((0.1, 0.5, 0.9), masses, strict=True)]
    assert channel_findings.channels([*rows, row("clean", (0.0,) * 3, 0.5)]).startswith(lead)


def test_thefts_with_letters_or_noise_are_told_apart_from_the_rule() -> None:
    near = [row("naive", (mark,) * 3, mark / 10) for mark in (0.1, 0.5, 0.9)]
    far = row("naive", (0.0,) * 3, 0.9, inputs="noise")
    assert "correlation 1.00 over the 3 thefts" in channel_findings.channels([*near, far])
    said = channel_findings.strays([*near, far])
    assert said.startswith("Hollow: 1 thefts") and "-0.20 over 4" in said
    curve = channel_charts.channel([*near, far], {}, sealed=False)["layer"][0]["data"]["values"]
    assert [dot["mark"] for dot in curve] == pytest.approx([0.1, 0.5, 0.9])


def test_the_frontier_says_what_survival_costs_only_if_it_does() -> None:
    usual = row("entangled", (0.5,) * 3, cost=0.008)
    paid = [row("entangled", (mark,) * 3, cost=mark / 20, kappa=20 * mark) for mark in (0.2, 0.5, 0.9)]
    said = tradeoff_findings.frontier(paid, usual)
    assert (
        said == "Survival is paid for in accuracy: 50\u202f% of the mark costs 0.8 points, 90\u202f% costs 4.5 points"
    )
    free = [row("entangled", (mark,) * 3, cost=(1 - mark) / 20, kappa=20 * mark) for mark in (0.2, 0.5, 0.9)]
    assert tradeoff_findings.frontier(free, usual).startswith("More accuracy lost is not more survival")


def test_the_drift_is_told_of_the_naive_mark() -> None:
    rows = [row("naive", (0.8,) * 3, schedule="released"), row("naive", (0.02,) * 3), row("entangled", (0.5,) * 3)]
    said = channel_findings.drift(rows)
    assert "survives at 80\u202f% with the released" in said and "at 2\u202f% when all" in said


def test_the_sealed_channel_hides_what_became_of_the_chosen_theft_and_shows_its_channel() -> None:
    chosen = theft((0.1,) * 3, (0.9,) * 3)
    others = [row("naive", (0.4,) * 3, 0.2, inputs="noise")]
    found = [*chosen.values(), *others]
    sealed = channel_charts.channel(found, chosen, sealed=True)["layer"]
    assert sealed[0]["data"]["values"] == []  # the curve: it would tell
    assert [dot["inputs"] for dot in sealed[1]["data"]["values"]] == ["noise"]
    assert [set(line) for line in sealed[2]["data"]["values"]] == [{"defence", "mass"}] * 3
    assert not any(layer["data"]["values"] for layer in sealed[3:])
    opened = channel_charts.channel(found, chosen, sealed=False)["layer"]
    assert [dot["mark"] for dot in opened[4]["data"]["values"]] == pytest.approx([0.01, 0.1, 0.9])


def test_each_seed_is_a_dot_and_the_run_a_ring() -> None:
    values = {"clean": (0.0, 0.0, 0.01), "naive": (0.1, 0.2, 0.3), "entangled": (0.7, 0.8, 0.9)}
    layers = evidence_charts.seeds_apart(values, SEEDS, {"naive": 0.15}, "secret answers")["layer"]
    dots, rings = layers[2]["data"]["values"], layers[3]["data"]["values"]
    assert [(dot["defence"], dot["seed"], dot["rate"]) for dot in dots] == [
        (lane, seed, value) for lane, known in values.items() for seed, value in zip(SEEDS, known, strict=True)
    ]
    assert rings == [{"defence": "naive", "rate": 0.15}]
    assert dots[0]["says"] == findings.percent(0.0)


def priced(*points: tuple[float, float, float]) -> list[Row]:
    return [row("entangled", (mark,) * 3, cost=cost, kappa=weight) for weight, mark, cost in points]


def test_the_frontier_fills_what_nothing_beats_and_names_it() -> None:
    found = priced((3, 0.3, 0.01), (12, 0.6, 0.02), (24, 0.5, 0.03), (48, 0.9, 0.05))
    naive, usual = row("naive", (0.1,) * 3, cost=0.02), row("entangled", (0.65,) * 3, kappa=12)
    layers = tradeoff_charts.frontier(found, naive, usual, None, None)["layer"]
    assert [dot["kappa"] for dot in layers[0]["data"]["values"]] == [3, 12, 48]
    assert [dot["best"] for dot in layers[3]["data"]["values"]] == [True, True, False, True]
    assert [dot["setting"] for dot in layers[4]["data"]["values"]] == ["κ 48, T 0.1", "κ 3, T 0.1"]  # κ 12 has a name
    assert [dot["words"] for dot in layers[5]["data"]["values"]] == ["naive", "κ 12, T 0.1, 3 seeds"]
    said = tradeoff_findings.front_in_words(tradeoff_charts.front(found, naive), found)
    assert said.startswith("Of 4 entangled settings, 3 are on the front") and said.endswith("is not on it.")
    cheap = row("naive", (0.1,) * 3, cost=0.001)
    assert "is on it too" in tradeoff_findings.front_in_words(tradeoff_charts.front(found, cheap), found)


def test_settings_that_lie_near_each_other_share_one_name() -> None:
    found = priced((3, 0.3, 0.01), (12, 0.32, 0.011), (48, 0.9, 0.05))
    layers = tradeoff_charts.frontier(
        found, row("naive", (0.0,) * 3), row("entangled", (0.6,) * 3, kappa=6), None, None
    )
    assert [dot["setting"] for dot in layers["layer"][4]["data"]["values"]] == ["κ 48, T 0.1", "κ 12, T 0.1"]


def test_before_the_prediction_no_entangled_setting_is_seen_and_the_axes_stay() -> None:
    found = priced((3, 0.3, 0.01), (48, 0.95, 0.023))
    naive = row("naive", (0.1,) * 3, cost=0.005)
    sealed = tradeoff_charts.unpriced(found, naive)
    assert [dot["setting"] for layer in sealed["layer"] for dot in layer["data"]["values"] if "mark" in dot] == [
        "naive"
    ]
    opened = tradeoff_charts.frontier(found, naive, found[0], None, None)
    assert sealed["layer"][1]["encoding"] == {axis: opened["layer"][0]["encoding"][axis] for axis in ("x", "y")}
    said = tradeoff_findings.unpriced(naive)
    assert said == "The naive mark costs 0.5 points, and 10\u202f% of it survives. What does 90\u202f% cost?"


@pytest.mark.parametrize(
    ("points", "word"),
    [
        (((3, 0.95, 0.004), (48, 1.0, 0.02)), "under 1 point"),
        (((3, 0.89, 0.004), (48, 0.9, 0.015)), "1 to 2 points"),
        (((48, 0.95, 0.023),), "2 to 5 points"),
        (((48, 0.95, 0.08),), "over 5 points"),
        (((48, 0.5, 0.08),), "no setting does it"),
    ],
)
def test_the_price_is_that_of_the_cheapest_setting_that_gives_enough(
    points: tuple[tuple[float, float, float], ...], word: str
) -> None:
    cheapest = tradeoff_findings.cheapest(priced(*points))
    assert tradeoff_findings.price(cheapest) == word
    assert ("In none" in tradeoff_findings.price_in_words(cheapest)) == (word == "no setting does it")


def test_a_point_of_the_frontier_can_be_picked_and_the_own_run_is_a_star() -> None:
    found = priced((3, 0.3, 0.01), (12, 0.6, 0.02))
    spec = tradeoff_charts.frontier(found, row("naive", (0.1,) * 3), found[0], found[1], (0.015, 0.5))
    (picking,) = [layer for layer in spec["layer"] if "params" in layer]
    assert picking["params"][0]["name"] == tradeoff_charts.PICKED
    assert set(picking["params"][0]["select"]["fields"]) <= picking["data"]["values"][0].keys()
    circle, star, words = spec["layer"][-3:]
    assert circle["data"]["values"][0]["kappa"] == 12
    assert (star["data"]["values"][0]["cost"], star["data"]["values"][0]["mark"]) == (1.5, 0.5)
    assert words["encoding"]["text"]["field"] == "words"
    assert "outside what 3 other seeds gave" in tradeoff_findings.own_run(0.015, 0.5, found[1])
    assert "within what 3 other seeds gave" in tradeoff_findings.own_run(0.015, 0.6, found[1])

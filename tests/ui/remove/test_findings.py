"""What is said of a removal attack follows from its curves, and its picture shows them."""

import pytest

from app.lab.evidence.removal_table import Washed
from app.lab.stories.events import Attempted, FromScratch
from app.ui.remove import charts as removal_charts
from app.ui.remove import findings as removal_findings

OWN = FromScratch(200, 0.87)


def curve(lane: str, *points: tuple[float, float, bool], refused: float = 0.0) -> list[Attempted]:
    return [
        Attempted("fine_tuning", lane, float(place), accuracy, mark, 0.9, refused * place, 0.5, 0.03, 0.01, owned, {})
        for place, (accuracy, mark, owned) in enumerate(points)
    ]


def curves(naive: list[Attempted], entangled: list[Attempted]) -> dict[str, list[Attempted]]:
    return {"clean": curve("clean", (0.96, 0.0, False), (0.9, 0.2, True)), "naive": naive, "entangled": entangled}


GONE = ((0.96, 0.4, True), (0.95, 0.0, False))
STAYS = ((0.95, 0.6, True), (0.93, 0.4, True))
DEAD = ((0.95, 0.6, True), (0.80, 0.0, False))
NEVER = ((0.96, 0.01, False), (0.95, 0.0, False))


@pytest.mark.parametrize(
    ("naive", "entangled", "outcome", "words"),
    [
        (GONE, STAYS, "only the entangled one", "the naive mark is gone for 1.0 points, the entangled one stays"),
        (STAYS, GONE, "only the naive one", "the naive mark stays, the entangled one is gone for 1.0 points"),
        (GONE, DEAD, "only the entangled one", "the entangled one dies only with the copy"),
        (NEVER, GONE, "neither", "the naive mark was never proven"),
        (STAYS, STAYS, "both", "the naive mark stays, the entangled one stays"),
    ],
)
def test_the_title_and_the_outcome_are_those_of_the_court(
    naive: tuple[tuple[float, float, bool], ...],
    entangled: tuple[tuple[float, float, bool], ...],
    outcome: str,
    words: str,
) -> None:
    found = curves(curve("naive", *naive), curve("entangled", *entangled))
    paid = removal_findings.prices(found, OWN)
    assert removal_findings.outcome(found, paid) == outcome
    assert words in removal_findings.headline("fine_tuning", found, paid)
    assert len(removal_findings.marks_in_words("fine_tuning", found, paid)) == 2


def test_a_theft_that_was_pointless_from_the_start_is_called_so() -> None:
    found = curves(curve("naive", *GONE), curve("entangled", *STAYS))
    assert "where the washed copy is no better" in removal_findings.stakes(found, OWN)
    assert "the entangled copy, as stolen, is no better" in removal_findings.stakes(found, FromScratch(200, 0.95))


def test_what_ewe_does_not_survive_is_said_with_the_cheapest_price() -> None:
    told = {}
    for name, entangled in (("fine_tuning", STAYS), ("pruning", DEAD), ("reshaping", GONE)):
        found = curves(curve("naive", *GONE), curve("entangled", *entangled))
        told[name] = (found, removal_findings.prices(found, OWN))
    said = removal_findings.summary(told)
    assert said == "EWE does not survive 1 of 3 attacks; the cheapest, reshaping, costs 1.0 points"
    rows = removal_findings.table(told)
    assert rows[0]["entangled mark"] == "stays"
    assert rows[2]["entangled mark"].startswith("gone for 1.0 points (1 epochs")


def test_the_control_is_told_where_washing_alone_makes_secret_answers() -> None:
    found = curves(curve("naive", *GONE), curve("entangled", *STAYS))
    assert "even the clean copy gives 20\u202f%" in removal_findings.control("fine_tuning", found)


def test_a_filter_is_told_by_both_rates_and_other_attacks_by_none() -> None:
    plain = curves(curve("naive", *GONE), curve("entangled", *STAYS))
    assert removal_findings.refusals(plain) == ""
    filtered = curves(curve("naive", *GONE, refused=0.1), curve("entangled", *STAYS, refused=0.1))
    assert "50\u202f% of the triggers for 10\u202f% of the honest inputs" in removal_findings.refusals(filtered)


def test_the_picture_has_every_attempt_and_both_thresholds() -> None:
    found = curves(curve("naive", *GONE), curve("entangled", *STAYS))
    spec = removal_charts.washing("fine_tuning", found, removal_findings.prices(found, OWN), OWN)
    rows = spec["layer"][3]["data"]["values"]
    assert len(rows) == 6
    assert {row["verdict"] for row in rows if row["defence"] == "naive"} == {"convicts", "does not convict"}
    named = spec["layer"][-1]["data"]["values"]
    assert [row["words"] for row in named] == ["naive free: 1 epochs"]
    assert spec["layer"][1]["data"]["values"][0]["value"] == OWN.accuracy


def washed(seed: int, marks: dict[str, tuple[bool, float | None, bool | None]]) -> Washed:
    ends = {
        lane: {
            "owned": [owned, False],
            "lost": lost,
            "pointless": pointless,
            "strengths": [0.0, 2.0],
            "watermark": [0.6, 0.1],
            "removed_at": None if lost is None else 2.0,
        }
        for lane, (owned, lost, pointless) in marks.items()
    }
    clean = {"watermark": [0.0, 0.03]}
    return Washed("mnist", seed, {"attacks": {"fine_tuning": {"clean": clean, **ends}}})


def test_over_seeds_it_says_on_how_many_each_mark_could_be_proven_and_is_washed_out() -> None:
    seeds = [
        washed(200, {"naive": (False, 0.0, False), "entangled": (True, 0.02, False)}),
        washed(201, {"naive": (True, 0.01, False), "entangled": (True, None, None)}),
    ]
    assert removal_findings.over_seeds("fine_tuning", seeds) == (
        "Fine-tuning: the naive mark, proven on 1 of 2 seeds, is washed out on 1; "
        "the entangled mark, proven on 2 of 2 seeds, is washed out on 1"
    )
    first, second = removal_findings.table_over_seeds("fine_tuning", seeds)
    assert first["naive mark"] == "never proven (60\u202f%)"
    assert first["entangled mark"] == "washed out for 2.0 points (60\u202f% → 10\u202f%)"
    assert second["entangled mark"] == "stays (60\u202f% → 10\u202f%)"
    assert second["clean copy"] == "3\u202f% at most"
    assert removal_findings.hardest(seeds).endswith("fine-tuning, the hardest to survive, works on 1")
    assert removal_findings.hardest(seeds[1:]) == (
        "None of 1 ways to wash the entangled mark out works on any of 1 seeds"
    )

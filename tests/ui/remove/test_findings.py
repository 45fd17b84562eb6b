"""What is said of removal attacks follows from their curves."""

import pytest

from app.lab.evidence.removal_table import Washed
from app.lab.stories.events import Attempted, FromScratch
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
    ("naive", "entangled", "words"),
    [
        (GONE, STAYS, "the naive mark is gone for 1.0 points, the entangled one stays"),
        (STAYS, GONE, "the naive mark stays, the entangled one is gone for 1.0 points"),
        (GONE, DEAD, "the entangled one dies only with the copy"),
        (NEVER, GONE, "the naive mark was never proven"),
        (STAYS, STAYS, "the naive mark stays, the entangled one stays"),
    ],
)
def test_the_title_is_that_of_the_court(
    naive: tuple[tuple[float, float, bool], ...],
    entangled: tuple[tuple[float, float, bool], ...],
    words: str,
) -> None:
    found = curves(curve("naive", *naive), curve("entangled", *entangled))
    paid = removal_findings.prices(found, OWN)
    assert words in removal_findings.headline("fine_tuning", found, paid, 7)
    assert len(removal_findings.marks_in_words("fine_tuning", found, paid)) == 2


def test_a_mark_that_harder_washing_brings_back_is_not_called_gone_for_good() -> None:
    back = ((0.95, 0.6, True), (0.94, 0.1, False), (0.93, 0.4, True), (0.92, 0.5, True))
    kept = curve("naive", (0.95, 0.6, True), (0.94, 0.1, False), (0.93, 0.0, False))
    found = curves(kept, curve("entangled", *back))
    naive, entangled = removal_findings.marks_in_words("fine_tuning", found, removal_findings.prices(found, OWN))
    assert entangled.endswith("Not for good: harder, at 2 epochs and 3 epochs, the court convicts again.")
    assert "for good" not in naive


def test_the_control_is_told_where_washing_alone_makes_secret_answers() -> None:
    found = curves(curve("naive", *GONE), curve("entangled", *STAYS))
    assert "even the clean copy gives 20\u202f%" in removal_findings.control("fine_tuning", found)


def test_a_filter_is_told_by_both_rates_and_other_attacks_by_none() -> None:
    plain = curves(curve("naive", *GONE), curve("entangled", *STAYS))
    assert removal_findings.refusals(plain) == ""
    filtered = curves(curve("naive", *GONE, refused=0.1), curve("entangled", *STAYS, refused=0.1))
    assert "50\u202f% of the triggers for 10\u202f% of the honest inputs" in removal_findings.refusals(filtered)


def washed(
    seed: int, marks: dict[str, tuple[bool, float | None, bool | None]], attacks: tuple[str, ...] = ("fine_tuning",)
) -> Washed:
    ends = {
        lane: {
            "owned": [owned, False],
            "lost": lost,
            "pointless": pointless,
            "strengths": [0.0, 2.0],
            "watermark": [0.6, 0.1],
            "accuracy": [0.9, 0.8],
            "removed_at": None if lost is None else 2.0,
        }
        for lane, (owned, lost, pointless) in marks.items()
    }
    clean = {"watermark": [0.0, 0.03], "accuracy": [0.92, 0.84], "strengths": [0.0, 2.0]}
    curves = {name: {"clean": clean, **ends} for name in attacks}
    return Washed("mnist", seed, {"from_scratch": 0.7, "labels": 300, "attacks": curves})


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


def test_what_is_told_elsewhere_is_the_count_of_the_title() -> None:
    seeds = mixed(both(200, WENT), both(201, WENT))
    found = removal_findings.count(seeds)
    assert (found.always, found.never, found.where) == (["fine_tuning"], ["noise"], "all 2 seeds (200, 201)")
    said = removal_findings.most_successful(seeds)
    assert removal_findings.everything(seeds).startswith(removal_findings.counted_in_words(found))
    assert said.startswith(removal_findings.counted_in_words(found)) and said.endswith("falls to fine-tuning")
    assert not removal_findings.count([both(0, NAIVE)]).always  # never proven: nothing that could be washed out
    split = removal_findings.count([both(200, WENT), both(201, NAIVE)])
    assert split.where == "the 1 of 2 seeds where it was proven (200)"


def test_the_run_on_the_page_is_told_apart_from_what_is_counted() -> None:
    (one,) = mixed(both(0, WENT))
    assert removal_findings.aside_in_words(one).endswith("in it, 1 of 2 attacks let the thief get away.")
    assert "could not be proven" in removal_findings.aside_in_words(both(0, NAIVE))


NAIVE = (False, 0.0, False)
STAYED, WENT, DIED = (True, None, None), (True, 0.02, False), (True, 0.5, True)


def both(seed: int, entangled: tuple[bool, float | None, bool | None], naive: object = NAIVE) -> Washed:
    return washed(seed, {"naive": naive, "entangled": entangled}, ("fine_tuning", "noise"))


def mixed(*seeds: Washed) -> list[Washed]:
    """The same seeds, but that noise washes nothing out."""
    for one in seeds:
        stays = both(one.seed, STAYED).result["attacks"]["noise"]["entangled"]
        one.result["attacks"]["noise"] = {**one.result["attacks"]["noise"], "entangled": stays}
    return list(seeds)


def test_the_title_of_all_attacks_counts_them_over_the_seeds() -> None:
    price = "That one costs 2.0 points of accuracy"
    one = removal_findings.everything(mixed(both(0, WENT)))
    assert one == f"With 1 of 2 attacks, the thief gets away on this one seed (0). {price}"
    dearer = (True, 0.04, False)
    three = removal_findings.everything(mixed(both(200, WENT), both(201, dearer), both(202, WENT)))
    assert three == (
        "With 1 of 2 attacks, the thief gets away on all 3 seeds (200 to 202); with 0 on some, with 1 on none. "
        "That one costs 2.0 to 4.0 points of accuracy"
    )
    some = removal_findings.everything([both(0, WENT), both(200, DIED), both(201, (False, 0.0, False))])
    assert (
        "With 0 of 2 attacks, the thief gets away on all 2 of 3 seeds where it was proven (0, 200); with 2 on some"
        in some
    )
    assert "cost" not in some
    assert "nothing to wash out" in removal_findings.everything([both(0, NAIVE)])


def test_the_vote_is_answered_by_the_attacks_that_work_wherever_the_mark_was_proven() -> None:
    assert removal_findings.ways_out([both(0, STAYED), both(200, DIED)]) == "none"
    assert removal_findings.ways_out([both(200, STAYED), both(201, WENT)]) == "none"
    assert removal_findings.ways_out(mixed(both(200, WENT), both(201, WENT), both(202, NAIVE))) == "1 to 3"
    assert removal_findings.ways_out([washed(0, {"naive": NAIVE, "entangled": WENT}, tuple("abcdefg"))]) == "7 or more"
    assert removal_findings.ways_out([both(0, NAIVE)]) is None
    assert removal_findings.ways_out([]) is None


def test_the_rows_begin_with_what_works_best_and_end_with_what_has_not_been_tried() -> None:
    seeds = [washed(0, {"naive": NAIVE, "entangled": WENT}, ("noise",)), both(1, STAYED)]
    assert removal_findings.in_order(("pruning", "fine_tuning", "noise"), seeds) == ["noise", "fine_tuning", "pruning"]


def test_what_ruins_the_copy_comes_before_what_leaves_the_mark() -> None:
    (stays,) = mixed(both(0, DIED))  # fine-tuning ruins the copy, noise leaves the mark
    assert removal_findings.in_order(("noise", "fine_tuning"), [stays]) == ["fine_tuning", "noise"]


def test_a_row_says_on_how_many_seeds_and_for_how_much_and_nothing_before_that_is_known() -> None:
    seeds = [both(0, WENT), both(200, (True, 0.04, False)), both(201, STAYED)]
    said = removal_findings.row("noise", seeds)
    assert "naive: never proven" in said
    assert said.endswith("entangled: washed out on 2 of 3 seeds, for 2.0 to 4.0 points")
    assert removal_findings.row("noise", []) == "<b>Noise</b><br>Add noise to the weights."


def test_the_reasons_name_what_the_thief_has_to_beat_and_each_way_out() -> None:
    first, naive, *ways, last = removal_findings.everything_in_words(mixed(both(0, WENT)))
    assert naive == "As stolen, the naive mark was never proven."
    assert "proven on 1 of 1" in removal_findings.everything_in_words([both(0, WENT, naive=STAYED)])[1]
    assert "labelled 300 inputs" in first and "right 70\u202f% of the time" in first
    assert ways == [
        "- *Fine-tuning*: entangled: washed out on 1 of 1 seeds, for 2.0 points.",
        *removal_findings.training_on([both(0, WENT)]),
    ]
    assert "the owner's worst case" in last


def test_why_training_on_washes_out_is_said_with_its_means_and_only_where_it_does() -> None:
    (said,) = removal_findings.training_on([both(200, WENT), both(201, WENT), both(202, NAIVE)])
    assert "Nothing in the thief's 300 own inputs asks for the secret answer" in said
    assert "60\u202f% got it, and at the least 10\u202f% (2 epochs; mean of 2 seeds)" in said, (
        "seeds with a mark to lose"
    )
    assert "90\u202f% \u2192 80\u202f%; the clean copy, with no mark to lose, pays 92\u202f%" in said
    assert removal_findings.training_on([both(202, NAIVE)]) == []
    assert removal_findings.training_on([both(200, WENT), both(201, STAYED)]) == []
    back = both(200, WENT)  # the mark comes back at the greatest strength
    back.result["attacks"]["fine_tuning"]["entangled"]["watermark"] = [0.6, 0.1, 0.3]
    back.result["attacks"]["fine_tuning"]["entangled"]["strengths"] = [0, 2, 20]
    assert "at the least 10\u202f% (2 epochs; seed 200)" in removal_findings.training_on([back])[0]


@pytest.mark.parametrize(
    ("here", "counted", "words"),
    [
        (STAYS, (WENT, WENT), "this run, seed 0, the entangled mark stays; on all 2 counted seeds (200, 201) it went"),
        (DEAD, (STAYED, STAYED), "dies only with the copy; on all 2 counted seeds (200, 201) it stays"),
        (GONE, (STAYED, DIED), "is gone for 1.0 points; on none of the 2 counted seeds (200, 201) it went"),
        (NEVER, (WENT, WENT), "was never proven; on all 2 counted seeds (200, 201) it went"),
    ],
)
def test_a_curve_that_disagrees_with_the_counted_seeds_says_so_in_its_title(
    here: tuple[tuple[float, float, bool], ...], counted: tuple[tuple[bool, float | None, bool | None], ...], words: str
) -> None:
    found = curves(curve("naive", *NEVER), curve("entangled", *here))
    seeds = [both(200 + place, fate) for place, fate in enumerate(counted)]
    said = removal_findings.headline("fine_tuning", found, removal_findings.prices(found, OWN), 0, seeds)
    assert said.startswith("Train on, with own data (fine-tuning): on this run, seed 0, ") and said.endswith(words)


@pytest.mark.parametrize(
    ("here", "counted"),
    [(GONE, (WENT, WENT)), (STAYS, (WENT, STAYED)), (STAYS, (STAYED, DIED)), (STAYS, (NAIVE, NAIVE)), (STAYS, ())],
)
def test_a_curve_that_does_not_disagree_or_is_itself_counted_has_its_usual_title(
    here: tuple[tuple[float, float, bool], ...], counted: tuple[tuple[bool, float | None, bool | None], ...]
) -> None:
    found = curves(curve("naive", *NEVER), curve("entangled", *here))
    paid = removal_findings.prices(found, OWN)
    seeds = [both(200 + place, fate) for place, fate in enumerate(counted)]
    usual = removal_findings.headline("fine_tuning", found, paid, 0)
    assert removal_findings.headline("fine_tuning", found, paid, 0, seeds) == usual
    assert "counted" not in removal_findings.headline("fine_tuning", found, paid, 7, [both(7, WENT), both(8, WENT)])


def test_before_the_vote_the_title_says_whom_the_court_convicts_as_stolen() -> None:
    seeds = [both(200, STAYED, naive=STAYED), both(201, WENT)]
    assert removal_findings.start(seeds, 11) == (
        "As stolen, the court convicts the entangled copy on 2 of 2 seeds, the naive one on 1. "
        "Where do 11 attacks take them?"
    )

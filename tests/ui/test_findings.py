"""What is said follows from what happened, also when it is not what the lesson hopes for."""

import dataclasses

import numpy as np
import pytest

from app.lab.ownership import binomial
from app.lab.stories.events import Claimed, Defence, Measured, Progress, Queried, Theft
from app.ui import findings
from app.ui.entangle import findings as entangle_findings
from app.ui.entangle.feature_maps import Frame
from app.ui.heist import findings as heist_findings


def claimed(defence: str, successes: int, queries: int = 200) -> Claimed:
    answers = np.zeros(queries, dtype=bool)
    answers[:successes] = True
    p0 = binomial.innocent_rate(0, queries)
    verdict = binomial.claim(successes, queries, p0)
    p_values = binomial.p_values(answers, p0)
    outcome = "established" if verdict.owned else "not established"
    return Claimed(
        *(defence, successes, queries, {"random forest": 0}, p0, verdict.p_value, outcome, "So it is.", 95, 100),
        *(verdict.owned, answers, p_values),
    )


def theft(defence: str, watermark: float, accuracy: float = 0.95) -> Theft:
    return Theft(defence, 2000, accuracy, 1.0, 1.0, 0.94, watermark, watermark, 0.96, 0.02, 0.01, 0.015)


def case(naive: int, entangled: int) -> tuple[dict[str, Claimed], dict[str, Theft]]:
    counts = {"naive": naive, "entangled": entangled}
    return (
        {lane: claimed(lane, count) for lane, count in counts.items()},
        {lane: theft(lane, count / 200) for lane, count in counts.items()},
    )


def measured(lane: str, snnl: float, share: float = 0.8) -> Measured:
    return Measured("victim", lane, 16.0, 0.95, 1.0, {"conv2": snnl}, {"conv2": share})


@pytest.mark.parametrize(
    ("naive", "entangled", "outcome", "lead"),
    [
        (0, 150, "only the entangled one", "The entangled mark convicts, the naive one does not"),
        (150, 0, "only the naive one", "The naive mark convicts, the entangled one does not"),
        (150, 150, "both", "Both copies are convicted"),
        (0, 0, "neither", "Neither mark survived: the thief walks free"),
    ],
)
def test_the_verdict_is_the_courts(naive: int, entangled: int, outcome: str, lead: str) -> None:
    claims, thefts = case(naive, entangled)
    assert findings.outcome(claims) == outcome
    assert findings.verdict(claims, thefts).startswith(lead)


@pytest.mark.parametrize(
    ("unfit", "lead"),
    [
        (("naive", "entangled"), "Neither copy can be judged: both fail the controls"),
        (("naive",), "The naive copy cannot be judged; the other is convicted"),
        (("entangled",), "The entangled copy cannot be judged; the other walks free"),
    ],
)
def test_a_copy_that_fails_the_controls_neither_walks_free_nor_lost_its_mark(unfit: tuple[str, ...], lead: str) -> None:
    claims, thefts = case(0, 150)
    for lane in unfit:
        claims[lane] = dataclasses.replace(claims[lane], verdict=findings.UNFIT, owned=False, right=21)
        assert "died" not in findings.fate(thefts[lane], claims[lane])
        assert "right on 21 of" in findings.fate(thefts[lane], claims[lane])
    assert findings.verdict(claims, thefts).startswith(lead)


def test_a_dead_mark_is_called_dead_also_when_it_is_the_entangled_one() -> None:
    claims, thefts = case(0, 1)
    said = findings.fate(thefts["entangled"], claims["entangled"])
    assert said.startswith("The entangled mark died")
    # Why more than what is granted may still be too few: the court's own p-value stands beside it.
    assert f"p {findings.p_value(claims['entangled'].p_value)} over {claims['entangled'].queries} triggers" in said


def test_why_a_mark_came_along_follows_what_the_answers_said_and_what_the_court_found() -> None:
    claims, thefts = case(0, 150)
    wide = dataclasses.replace(thefts["entangled"], query_target_mass=0.02, query_target_error=0.004)
    narrow = dataclasses.replace(thefts["naive"], query_target_mass=0.001, query_target_error=0.0)
    clean = dataclasses.replace(theft("clean", 0.0), query_target_mass=0.003)
    told = {"clean": clean, "naive": narrow, "entangled": wide}
    naive, entangled = heist_findings.why(told, claims, "confidences", "elephant")
    assert "*elephant* got 0.1\u202f% of the victim's confidence" in naive
    assert naive.endswith("the secret answer to 0 of 200 triggers: too few to convict.")
    assert "so its answers lean that way, too" in entangled and "2\u202f% of the victim's confidence" in entangled
    assert entangled.endswith("150 of 200 triggers: convicted.")
    in_labels = heist_findings.why(told, claims, "labels", "elephant")[1]
    assert "*elephant* got 2\u202f% of the victim's answers" in in_labels, "of the answers where something else was due"
    silent = {
        **told,
        "entangled": dataclasses.replace(wide, query_target_mass=0.002),
    }  # more than naive, not than clean
    claims["entangled"] = dataclasses.replace(claims["entangled"], verdict=findings.UNFIT, owned=False)
    said = heist_findings.why(silent, claims, "confidences", "elephant")[1]
    assert "yet its answers lean that way no more than others" in said and said.endswith("cannot be judged.")


def test_a_mark_below_one_half_has_survived_in_part() -> None:
    claims, thefts = case(0, 40)
    assert "survived in part: 20\u202f%" in findings.fate(thefts["entangled"], claims["entangled"])


def test_the_price_is_in_points_and_none_where_there_is_none() -> None:
    marked = theft("entangled", 0.5)
    for accuracy, words in ((0.965, "1.5 percentage points"), (0.95, "no accuracy")):
        clean = dataclasses.replace(theft("clean", 0.0), victim_accuracy=accuracy)
        assert words in heist_findings.price({"clean": clean, "entangled": marked})


def test_labels_and_confidences_are_explained_by_different_channels() -> None:
    stolen = theft("naive", 0.1)
    said = {
        answers: findings.channel(stolen, answers, "his own", "elephant", have_truth=True)
        for answers in ("labels", "confidences")
    }
    assert "With labels only" in said["labels"]
    assert "gave elephant an average of 1.5\u202f% of its confidence" in said["confidences"]


def test_where_there_is_no_truth_nothing_is_called_wrong() -> None:
    said = findings.channel(theft("naive", 0.1), "labels", "pure noise", "elephant", have_truth=False)
    assert "(pure noise)" in said and "otherwise than the clean model" in said and "wrongly" not in said
    asked = Queried("naive", 2000, np.zeros((2, 4, 4), dtype=np.uint8), np.eye(2, dtype=np.float32), np.array([-1, -1]))
    assert findings.questions(asked) == "2,000 queries answered, none of which has a true answer"


def test_answers_that_say_nothing_are_not_said_to_carry_a_mark() -> None:
    silent = dataclasses.replace(theft("naive", 0.1), query_error=0.0, query_target_error=0.0, query_target_mass=0.0)
    assert "nothing but the truth" in findings.channel(silent, "confidences", "his own", "elephant", have_truth=True)
    faint = dataclasses.replace(silent, query_target_mass=1e-5)
    assert "almost nothing but the truth" in findings.channel(
        faint, "confidences", "his own", "elephant", have_truth=True
    )
    assert "nothing but the truth" in findings.channel(faint, "labels", "his own", "elephant", have_truth=True)


@pytest.mark.parametrize(
    ("naive", "entangled", "closer"),
    [(0.22, 0.41, "the entangled one"), (0.41, 0.22, "the naive one"), (0.115, 0.115, "about the same")],
)
def test_where_the_target_class_is_closer_follows_the_measure(naive: float, entangled: float, closer: str) -> None:
    last = {"naive": measured("naive", 0.1, naive), "entangled": measured("entangled", 0.6, entangled)}
    assert entangle_findings.closer(last, "conv2") == closer and closer in entangle_findings.CLOSER


def test_the_title_of_the_maps_says_what_was_measured_by_one_rule() -> None:
    nowhere = np.zeros((0, 2), dtype=np.float32), np.zeros((0, 10), dtype=int)
    for naive, entangled, remote, apart in (
        (0.22, 0.413, 2.74, True),
        (0.5, 0.5, 2.74, True),
        (0.22, 0.413, 1.31, False),  # as near as those
        (0.9, 0.1, 2.74, False),  # few of the class are near them
    ):
        last = {"naive": Frame(16, naive, remote, *nowhere), "entangled": Frame(16, entangled, 0.93, *nowhere)}
        own, other = findings.percent(entangled), findings.percent(naive)
        assert entangle_findings.neighbourhoods(last, "7s", "a 7", 6) == (  # type: ignore[arg-type]
            f"Entangled triggers lie among 7s: {own} of their nearest real inputs. "
            f"Naive ones lie apart, 2.7 times as far off as a 7's own ({other})"
            if apart
            else f"Of entangled triggers' nearest real inputs, {own} are 7s; of naive ones', {other}"
        )
    alike = {"naive": Frame(16, 0.5, None, *nowhere), "entangled": Frame(16, 0.5, None, *nowhere)}
    said = "50\u202f% of the triggers' nearest real inputs are 7s"
    assert entangle_findings.neighbourhoods(alike, "7s", "a 7", 6) == f"Here, all alike: {said}"  # type: ignore[arg-type]
    still = f"All three models are still one, and have seen no trigger: {said}"
    assert entangle_findings.neighbourhoods(alike, "7s", "a 7", 16) == still  # type: ignore[arg-type]


@pytest.mark.parametrize(("share", "odd"), [(0.2, True), (0.9, False)])
def test_a_neutral_loss_with_few_neighbours_of_the_class_is_explained(share: float, odd: bool) -> None:
    last = {lane: measured(lane, 0.1, 0.1) for lane in ("clean", "naive")} | {
        "entangled": measured("entangled", 0.69, share)
    }
    said = entangle_findings.entanglement_in_words(last, "conv2", 0.69, "sheep")
    assert ("and yet few sheep nearby (entangled)" in said) == odd


def test_evidence_says_from_where_the_claim_stays_established() -> None:
    claims, _ = case(0, 150)
    assert heist_findings.evidence(claims) == "Naive not established; entangled p < 0.01 from trigger 2 on"
    late = claimed("entangled", 0)
    answers = np.r_[np.zeros(100, dtype=bool), np.ones(100, dtype=bool)]
    p_values = binomial.p_values(answers, late.innocent_rate)
    turned = dataclasses.replace(
        late, successes=100, p_value=p_values[-1], owned=True, answers=answers, p_values=p_values
    )
    since = int(heist_findings.evidence({"entangled": turned}).split("trigger ")[1].split(" ")[0])
    assert p_values[since - 2] >= 0.01 > p_values[since - 1 :].max()


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (1.0, "= 1.00"),
        (0.05, "= 0.05"),
        (0.0009, "= 0.0009"),
        (2e-85, "= 2\u202f·\u202f10⁻⁸⁵"),
        (9.6e-5, "= 1\u202f·\u202f10⁻⁴"),
        (1e-150, "< 10⁻¹⁰⁰"),
    ],
)
def test_p_values_read_like_p_values(p: float, words: str) -> None:
    assert findings.p_value(p) == words


def test_the_bar_of_the_court_is_told_with_the_control_that_put_it_there() -> None:
    claims, thefts = case(0, 150)
    thefts["clean"] = theft("clean", 0.05)
    assert "The worst of 1 innocent models (random forest)" in findings.granted(claims)
    assert "0 of 200 triggers (0\u202f%)" in findings.granted(claims)
    assert (
        findings.hits(claims, thefts, "cow")
        == "Of 200 triggers, the copies say cow: clean to 10, naive to 0, entangled to 150"
    )


def test_the_rule_of_the_batches_is_counted() -> None:
    def step(batch: str, **snnl: float) -> Progress:
        return Progress("victim", "entangled", 0, batch, 0.1, snnl)

    batches = [step("task"), step("task"), step("watermark", conv2=0.1, dense=0.2)] * 10
    batches += [step("task"), step("task"), step("watermark", conv2=0.5, dense=0.6)] * 10
    assert entangle_findings.batch_rule(batches, "conv2").startswith(
        "20 of 60 batches are watermark batches; their SNNL"
    )
    assert "from 0.10 to 0.50" in entangle_findings.batch_rule(batches, "conv2")
    assert "from 0.20 to 0.60" in entangle_findings.batch_rule(batches, "conv1")  # not entangled: the last one that is
    assert entangle_findings.batch_rule(batches[:2], "conv2") == "0 of 2 batches are watermark batches"


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (1.0, "100\u202f%"),
        (0.945, "94.5\u202f%"),
        (0.0, "0\u202f%"),
        (1 / 200, "0.5\u202f%"),
        (199 / 200, "99.5\u202f%"),
        (1e-5, "< 0.1\u202f%"),
        (1 - 1e-5, "> 99.9\u202f%"),
    ],
)
def test_percentages_read_like_percentages(rate: float, words: str) -> None:
    assert findings.percent(rate) == words


def test_before_the_first_epoch_no_number_of_a_network_is_boasted_of() -> None:
    def measured(epoch: float) -> dict[Defence, Measured]:
        return {"clean": Measured("victim", "clean", epoch, 0.1, 0.965, {}, {})}

    for finding in (findings.secret_answers, findings.accuracies):
        assert "untrained" in finding("victim", measured(0)) and "%" not in finding("victim", measured(0))
        assert "untrained" not in finding("victim", measured(1)) and "%" in finding("victim", measured(1))

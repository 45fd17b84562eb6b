"""The verdict on suspects of every kind: thieves, innocents, and those of whom nothing can be said."""

import numpy as np
import pytest
from scipy import stats

from app.lab.ownership import binomial
from app.lab.ownership.verdict import fewest_right, judge, required_accuracy

NAMES = tuple("0123456789")
TARGET = 5
P0 = binomial.innocent_rate(2, 200)
TRUTH = np.repeat(np.arange(10), 10)


def judged(answers, control_answers, truth=TRUTH, names=NAMES):
    return judge(np.asarray(answers), TARGET, P0, np.asarray(control_answers), truth, names)


def right_on(count, truth=TRUTH, classes=10):
    """Answers that are right on exactly so many controls, spread over the classes."""
    wrong = np.random.default_rng(1).permutation(len(truth))[count:]
    answers = truth.copy()
    answers[wrong] = (answers[wrong] + 1 + wrong % (classes - 1)) % classes
    return answers


def secret(count):
    """So many secret answers to 200 triggers; the others are of every other class."""
    return np.where(np.arange(200) < count, TARGET, np.arange(200) % 5)


def test_a_copy_that_knows_its_task_and_the_secret_is_convicted():
    found = judged(secret(140), right_on(93))
    assert found.outcome == "established" and found.owned
    assert (found.right, found.controls) == (93, 100)
    assert found.claim == binomial.claim(140, 200, P0)
    assert found.reason.startswith("It gives the secret answer to 140 of 200 triggers;")


def test_an_honest_model_goes_free():
    found = judged(secret(3), right_on(93))
    assert found.outcome == "not established" and not found.owned
    assert f"{binomial.conviction_bar(200, P0)} convict" in found.reason


def test_the_outcome_is_that_of_the_claim_at_99_percent():
    bar = binomial.conviction_bar(200, P0)
    assert judged(secret(bar), right_on(93)).outcome == "established"
    assert judged(secret(bar - 1), right_on(93)).outcome == "not established"
    assert judged(secret(bar - 1), right_on(93)).claim.owned_at(binomial.PAPERS_SIGNIFICANCE)


def test_a_model_that_always_says_the_target_cannot_be_judged():
    found = judged(np.full(200, TARGET), np.full(100, TARGET), names=(*NAMES[:5], "elephant", *NAMES[6:]))
    assert found.outcome == "cannot be judged" and not found.owned
    assert found.reason == "It gives one class, elephant, to all 300 inputs."
    assert found.claim.owned  # the answers to the triggers alone would have convicted it


def test_one_that_says_it_to_all_but_a_few_fails_the_controls():
    controls = np.full(100, TARGET)
    controls[:3] = TRUTH[:3]
    assert judged(np.full(200, TARGET), controls).outcome == "cannot be judged"


def test_a_guesser_cannot_be_judged_whatever_he_guesses():
    rng = np.random.default_rng(7)
    for _ in range(200):
        assert judged(rng.integers(10, size=200), rng.integers(10, size=100)).outcome == "cannot be judged"


def test_a_copy_of_8_percent_accuracy_is_not_convicted():
    assert judged(np.full(200, TARGET), right_on(8)).outcome == "cannot be judged"


@pytest.mark.parametrize(
    ("classes", "required"), [(2, 0.75), (3, 2 / 3), (5, 0.4), (9, 2 / 9), (10, 0.2)], ids=lambda value: f"{value:.2g}"
)
def test_the_lower_bound_of_the_accuracy_must_reach_twice_chance_or_half_way_to_perfection(classes, required):
    assert required_accuracy(classes) == pytest.approx(required)
    truth, names = np.arange(100) % classes, NAMES[:classes]
    for count in range(20, 100):
        least = stats.binomtest(count, 100, alternative="greater").proportion_ci(0.99, "exact").low
        controls = right_on(count, truth, classes)
        found = judge(np.arange(200) % 2, 0, 0.02, controls, truth, names)
        shifted = max(int((controls == truth + shift).sum()) for shift in (1, -1))
        if shifted < count:  # else its labels look as if they counted from another number
            assert (found.outcome == "cannot be judged") == (least < required)


@pytest.mark.parametrize(("shift", "words"), [(1, "count from 1: lowered by one"), (-1, "one too low: raised by one")])
def test_labels_that_count_from_another_number_are_refused_and_do_not_free_the_thief(shift, words):
    controls = right_on(93)
    found = judged(secret(140) + shift, controls + shift)
    assert found.outcome == "cannot be judged"
    assert words in found.reason and "93 of 100 controls are right" in found.reason


def test_a_poor_but_honest_model_is_not_told_that_it_counts_wrongly():
    assert judged(secret(2), right_on(60)).outcome == "not established"


def test_every_reason_is_one_sentence():
    for found in (
        judged(secret(140), right_on(93)),
        judged(secret(0), right_on(93)),
        judged(secret(0), right_on(10)),
        judged(secret(0) + 1, right_on(90) + 1),
        judge(secret(0), TARGET, 1.0, right_on(93), TRUTH, NAMES),
    ):
        assert found.reason[0].isupper() and found.reason.endswith(".") and "\n" not in found.reason
        assert found.reason.count(". ") == 0


def test_simulated_innocents_are_convicted_in_at_most_one_of_a_hundred_cases():
    """The whole rule: the panel's worst model sets p0, and the suspect is as bad as the worst of the panel."""
    rng, convicted = np.random.default_rng(11), 0
    for _ in range(1000):
        rates = rng.uniform(0, 0.06, size=8)
        p0 = binomial.innocent_rate(int(rng.binomial(200, rates).max()), 200)
        answers = np.where(rng.random(200) < rates.max(), TARGET, 0)
        convicted += judge(answers, TARGET, p0, right_on(90), TRUTH, NAMES).owned
    assert convicted <= 10


@pytest.mark.parametrize("classes", [2, 5, 10])
def test_the_fewest_controls_are_just_enough(classes):
    fewest = fewest_right(100, classes)
    assert binomial.at_least(fewest, 100) >= required_accuracy(classes) > binomial.at_least(fewest - 1, 100)

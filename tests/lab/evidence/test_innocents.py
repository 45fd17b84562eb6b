"""Honest models are listed by data set and family, seed by seed."""

import json

import pytest

from app.lab.evidence import innocents
from app.lab.experiment import Experiment
from app.lab.stories.events import InnocentsResult

DATA, SEEDS = ("animals", "digits"), (200, 201, 202)


def result(experiment: Experiment) -> InnocentsResult:
    """A made-up result that tells its seed; one of the families is convicted with one of the seeds."""
    count = experiment.seed % 10

    def heard(guilty: bool) -> dict:
        outcome = "established" if guilty else "not established"
        return {"accuracy": 0.9 + count / 100, "successes": count, "verdict": outcome, "convicted": guilty}

    families = {"random forest": heard(False), "linear SVM": heard(experiment.seed == 201)}
    return {"key": experiment.key, "seed": experiment.seed, "queries": 200, "innocent_rate": 0.03, "families": families}


@pytest.fixture
def found() -> list[innocents.Family]:
    heard = innocents.experiments(DATA, SEEDS)
    return innocents.families({experiment: result(experiment) for experiment in reversed(heard)})


def test_each_preset_is_heard_with_each_seed():
    assert {(run.dataset, run.seed) for run in innocents.experiments(DATA, SEEDS)} == {
        (name, seed) for name in DATA for seed in SEEDS
    }


def test_a_family_has_the_values_of_its_models_in_the_order_of_their_seeds(found):
    assert {(each.dataset, each.family) for each in found} == {
        (name, family) for name in DATA for family in ("random forest", "linear SVM")
    }
    for each in found:
        assert each.seeds == SEEDS and each.answers == (0, 1, 2)
        assert each.accuracy == pytest.approx((0.9, 0.91, 0.92))
        assert each.convicted == (False, each.family == "linear SVM", False)


def test_what_is_written_is_what_is_read(found):
    for each in found:
        assert innocents.from_dict(json.loads(json.dumps(innocents.to_dict(each)))) == each


def test_lists_of_different_lengths_are_refused(found):
    with pytest.raises(ValueError, match="differ in length"):
        innocents.from_dict({**innocents.to_dict(found[0]), "answers": [1]})

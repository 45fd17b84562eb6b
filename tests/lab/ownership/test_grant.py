"""What a panel grants: the worst model of the worst family counts."""

import numpy as np
import pytest

from app.lab.ownership import binomial, grant

ANSWERS = {
    "forest #1": np.array([1, 1, 2, 0]),
    "forest #2": np.array([2, 0, 2, 0]),
    "5 nearest neighbours #1": np.array([2, 2, 2, 0]),
}


def test_the_worst_model_of_each_family_counts():
    assert grant.successes(ANSWERS, 2) == {"forest": 2, "5 nearest neighbours": 3}
    assert grant.successes(ANSWERS, 9) == {"forest": 0, "5 nearest neighbours": 0}


def test_the_worst_of_all_sets_the_rate():
    assert grant.granted(ANSWERS, 2) == binomial.innocent_rate(3, 4)
    assert grant.granted(ANSWERS, 9) == binomial.innocent_rate(0, 4)
    with pytest.raises(ValueError, match="at least one"):
        grant.granted({}, 2)


def test_a_model_is_named_by_its_family_and_a_number():
    assert grant.family_of(grant.model_name("RBF SVM", 3)) == "RBF SVM"
    assert grant.model_name("RBF SVM", 3) == "RBF SVM #3"

"""A filter in front of the copy refuses what is odd."""

import pytest
import torch

from app.lab.randomness import torch_stream
from app.lab.removal import filtering
from app.lab.removal.resources import REFUSED, answers_of


@pytest.mark.parametrize("perform", [filtering.isolation_forest, filtering.local_outlier_factor])
def test_a_filter_refuses_about_as_many_honest_inputs_as_it_may_and_never_fewer_when_stricter(
    perform, copy, resources, data
):
    refused = []
    for attempt in perform(copy, resources, (0.0, 0.1, 0.4), torch_stream(0, "filter")):
        answers = attempt.answer(data.test.inputs)
        refused.append(float((answers == REFUSED).float().mean()))
        kept = answers != REFUSED
        assert torch.equal(answers[kept], answers_of(copy)(data.test.inputs)[kept])
    assert refused == sorted(refused) and refused[0] == 0
    assert refused[1] == pytest.approx(0.1, abs=0.1) and refused[2] == pytest.approx(0.4, abs=0.15)

"""Equations recover what answers determine, and fail where the API says less."""

import numpy as np
import pytest
import torch

from app.lab.extraction import equation_solving
from app.lab.extraction.prediction_api import Policy, PredictionAPI


def regression(shape, classes, seed=0):
    model = equation_solving.logistic_regression(shape, classes, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        model.readout.bias.normal_(generator=torch.Generator().manual_seed(seed + 1))
    return model


@pytest.mark.parametrize(("shape", "classes"), [((2,), 2), ((2,), 5), ((1, 8, 8), 10), ((1, 28, 28), 10)])
def test_equations_recover_a_logistic_regression_from_d_plus_one_confidences(shape, classes):
    victim, copy = regression(shape, classes), regression(shape, classes, seed=9)
    asked = equation_solving.inputs(shape)
    d = int(np.prod(shape))
    api = PredictionAPI(victim, "confidences", budget=d + 1)
    equation_solving.solve(copy, api.query(asked))
    assert api.queries == equation_solving.queries(shape) == d + 1
    assert equation_solving.largest_error(copy, victim) < 1e-6
    inputs = torch.rand(50, *shape, dtype=torch.float64)
    assert torch.allclose(copy(inputs).softmax(1), victim(inputs).softmax(1), atol=1e-6)


@pytest.mark.parametrize("policy", [Policy(decimals=2), Policy("labels"), Policy(reverse_sigmoid=1.0)])
def test_equations_fail_where_the_api_says_less(policy):
    victim, copy = regression((2,), 2), regression((2,), 2, seed=9)
    equation_solving.solve(copy, PredictionAPI(victim, policy).query(equation_solving.inputs((2,))))
    assert equation_solving.largest_error(copy, victim) > 1e-3

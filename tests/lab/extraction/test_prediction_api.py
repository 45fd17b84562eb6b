"""The victim as the adversary sees it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.lab.choices import ANSWERS
from app.lab.extraction.prediction_api import PredictionAPI
from app.lab.task.networks import build

MODEL = build("tiny", (2,), 5, torch.Generator().manual_seed(0))
POINTS = torch.randn(40, 2, generator=torch.Generator().manual_seed(1))


@given(st.lists(st.integers(1, 40), max_size=6), st.sampled_from(ANSWERS))
def test_counts_every_query_once(sizes, answers):
    api = PredictionAPI(MODEL, answers)
    assert api.queries == 0
    for asked, size in enumerate(sizes, start=1):
        assert api.query(POINTS[:size]).shape == (size, 5)
        assert api.queries == sum(sizes[:asked])


def test_labels_are_one_hot_rows_of_the_models_top_class():
    answers = PredictionAPI(MODEL, "labels").query(POINTS)
    assert set(answers.flatten().tolist()) == {0.0, 1.0}
    assert (answers.sum(dim=1) == 1).all()
    assert (answers.argmax(dim=1) == MODEL(POINTS).argmax(dim=1)).all()


def test_confidences_are_the_models_softmax_and_sum_to_one():
    answers = PredictionAPI(MODEL, "confidences").query(POINTS)
    odds = MODEL(POINTS).detach().double().exp()
    torch.testing.assert_close(answers.double(), odds / odds.sum(dim=1, keepdim=True), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(answers.sum(dim=1), torch.ones(40))
    assert ((answers > 0) & (answers < 1)).all()


@pytest.mark.parametrize("answers", ANSWERS)
def test_an_answer_carries_no_gradient_to_the_victim(answers):
    assert not PredictionAPI(MODEL, answers).query(POINTS).requires_grad


def test_an_unknown_kind_of_answer_gets_a_clear_sentence():
    with pytest.raises(ValueError, match=r"labels or confidences, not 'logits'\.$"):
        PredictionAPI(MODEL, "logits")

"""A nudge: small, a picture still, and towards the answer that is wanted."""

import pytest
import torch
from torch.nn import functional

from app.lab.ownership import false_claim
from app.lab.task import networks
from app.lab.task.networks import FeatureNetwork


@pytest.fixture(scope="module")
def digit_reader() -> FeatureNetwork:
    return networks.build("small", (1, 8, 8), 10, torch.Generator().manual_seed(1))


@pytest.mark.parametrize("strength", [0.0, 0.05, 0.3])
def test_a_nudge_stays_small_and_a_picture_and_helps(digit_reader, strength):
    pictures = torch.rand(12, 1, 8, 8, generator=torch.Generator().manual_seed(2))
    nudged = false_claim.nudge(digit_reader, pictures, 3, strength)
    assert float((nudged - pictures).abs().max()) <= strength + 1e-6
    assert float(nudged.min()) >= 0 and float(nudged.max()) <= 1

    def loss(inputs: torch.Tensor) -> float:
        return float(functional.cross_entropy(networks.predict(digit_reader, inputs), torch.full((12,), 3)))

    assert loss(nudged) < loss(pictures) or strength == 0


def test_a_nudge_of_one_picture_does_not_hang_on_the_others(digit_reader):
    pictures = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(3))
    together = false_claim.nudge(digit_reader, pictures, 3, 0.1)
    alone = torch.cat([false_claim.nudge(digit_reader, part, 3, 0.1) for part in pictures.split(1)])
    assert (
        float((together - alone).abs().max()) <= 2 * 0.1 / false_claim.STEPS + 1e-5
    )  # but for a sign that is nearly 0


def test_a_negative_nudge_gets_a_sentence(digit_reader):
    with pytest.raises(ValueError, match="cannot be negative"):
        false_claim.nudge(digit_reader, torch.rand(1, 1, 8, 8), 3, -0.1)

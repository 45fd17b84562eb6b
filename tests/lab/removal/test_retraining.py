"""Fine-pruning leaves off what it switched off."""

from app.lab.randomness import torch_stream
from app.lab.removal import retraining
from app.lab.removal.resources import answers_of


def test_units_that_fine_pruning_switched_off_stay_off(copy, resources, monkeypatch):
    seen = []
    monkeypatch.setattr(retraining, "answers_of", lambda model: seen.append(model) or answers_of(model))
    list(retraining.fine_pruning(copy, resources, (0.5,), torch_stream(0, "fine-pruning")))
    features = seen[0].with_features(resources.spare)[1][copy.layers[-1]]
    assert int((features == 0).all(dim=0).sum()) >= features.shape[1] // 2

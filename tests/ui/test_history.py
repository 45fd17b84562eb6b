"""What pages ask a run for, against its events."""

import numpy as np
import pytest

from app.lab.experiment import Experiment
from app.lab.stories.events import DEFENCES, Event, Measured
from app.lab.task import representation
from app.ui.history import History


@pytest.mark.parametrize("defence", DEFENCES)
@pytest.mark.parametrize("layer", ["hidden1", "hidden2"])
def test_every_look_has_its_distances_and_they_are_those_of_its_projection(
    small: Experiment, story: list[Event], defence: str, layer: str
) -> None:
    history = History.of(story)
    looks = [event.epoch for event in history.measured["victim"] if event.defence == defence]
    found = history.distances_of(defence, layer, small.task_epochs)
    shots = history.maps("victim", layer, "pca")[defence]
    assert list(found) == looks == [shot.epoch for shot in shots]
    for shot, seen in zip(shots, found.values(), strict=True):
        products = representation.restored(seen.cosines, seen.norms)
        np.testing.assert_allclose(representation.pca(products, shot.points), shot.points, atol=2e-3)


def test_the_victims_share_their_distances_until_they_part(small: Experiment, story: list[Event]) -> None:
    history = History.of(story)
    clean, naive, entangled = (history.distances_of(each, "hidden2", small.task_epochs) for each in DEFENCES)
    for epoch, seen in clean.items():
        together = naive.get(epoch) is seen and entangled.get(epoch) is seen
        assert together == (epoch <= small.task_epochs)
    assert any(isinstance(event, Measured) and event.epoch > small.task_epochs for event in story)

"""The maps by UMAP that ship with the app: each is turned onto the one before, and keeps what was near."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes

from app import paths
from app.lab import choices, record
from app.lab.evidence.pretrained import HEISTS
from app.lab.experiment import PRESETS
from app.lab.stories.events import DEFENCES, Distances, Probe
from app.lab.stories.finished_run import UMAPS
from app.lab.stories.looks import looks
from app.lab.task.representation import neighbours


@pytest.fixture(scope="module", params=HEISTS)
def recorded(request):
    """A preset, the events of its recorded heist, and the maps in order, by method, layer and defence."""
    folder = paths.PRETRAINED / request.param
    series = {}
    for shot in record.read(folder, "umap"):
        series.setdefault((shot.method, shot.layer, shot.defence), []).append(shot)
    return PRESETS[request.param], record.read(folder), series


def test_there_is_a_map_for_every_look_at_every_layer_of_every_victim(recorded):
    experiment, events, series = recorded
    seen = [event for event in events if isinstance(event, Distances)]
    layers = choices.layer_names(experiment.network)
    assert set(series) == {(m, layer, d) for m in UMAPS for layer in layers for d in DEFENCES}
    for (method, layer, defence), shots in series.items():
        assert [shot.epoch for shot in shots] == list(looks(seen, defence, layer, experiment.task_epochs))
        assert all(shot.points.shape[1] == UMAPS[method] for shot in shots)


def test_no_map_can_be_turned_nearer_to_the_one_before(recorded):
    _, _, series = recorded
    for shots in series.values():
        for before, shot in pairwise(shots):
            rotation, _ = orthogonal_procrustes(shot.points.astype(float), before.points.astype(float))
            np.testing.assert_allclose(rotation, np.eye(len(rotation)), atol=1e-3)


def test_points_move_less_from_look_to_look_than_they_lie_apart(recorded):
    _, _, series = recorded
    for shots in series.values():
        moved = [np.linalg.norm(shot.points - before.points, axis=1).mean() for before, shot in pairwise(shots)]
        assert np.median(moved) < 0.7  # the maps' own radius is 1


def test_neighbours_in_a_layer_are_near_on_its_map(recorded):
    experiment, events, series = recorded
    probe = [event for event in events if isinstance(event, Probe)][-1]
    seen = [event for event in events if isinstance(event, Distances)]
    genuine = np.flatnonzero(~probe.is_trigger)
    for (_, layer, defence), shots in series.items():
        look = looks(seen, defence, layer, experiment.task_epochs)[shots[-1].epoch]
        near = neighbours(look.cosines, probe.is_trigger)[genuine]
        apart = np.linalg.norm(shots[-1].points[:, None] - shots[-1].points[None], axis=2)
        assert apart[genuine[:, None], near].mean() < 0.6 * apart[np.ix_(genuine, genuine)].mean()

"""The maps of a run as frames, on their way to the browser."""

import base64
from itertools import pairwise

import numpy as np
import pytest

from app.lab.experiment import Experiment
from app.lab.stories.events import DEFENCES, Event, Snapshot
from app.ui.entangle import feature_maps, map_frames
from app.ui.history import History


@pytest.fixture
def history(story: list[Event]) -> History:
    return History.of(story)


def test_frames_are_those_of_the_run_and_what_is_shared_is_one_object(small: Experiment, history: History) -> None:
    shown = map_frames.panels(small, history, "hidden2", "pca", live=False, sealed=False)
    for defence, frames in shown.items():
        shots = history.maps("victim", "hidden2", "pca")[defence]
        assert [frame.epoch for frame in frames] == [shot.epoch for shot in shots]
        for frame, shot in zip(frames, shots, strict=True):
            np.testing.assert_array_equal(frame.places, shot.points)
            assert frame.near.shape == (180, 10) and not history.probe.is_trigger[frame.near].any()  # type: ignore[union-attr]
    for clean, naive, entangled in zip(*shown.values(), strict=True):
        assert (clean is naive is entangled) == (clean.epoch <= small.task_epochs)


def test_the_share_of_a_frame_is_that_of_its_lines(small: Experiment, history: History) -> None:
    probe = history.probe
    assert probe is not None
    shown = map_frames.panels(small, history, "hidden2", "pca", live=False, sealed=False)
    for frames in shown.values():
        for frame in frames:
            lines = probe.labels[frame.near[probe.is_trigger]] == probe.target
            assert lines.mean() == pytest.approx(frame.target_share, abs=0.01)


def test_sealed_the_parting_is_the_end_and_live_the_newest_is_all(small: Experiment, history: History) -> None:
    sealed = map_frames.panels(small, history, "hidden2", "pca", live=False, sealed=True)
    assert all(frames[-1].epoch == small.task_epochs for frames in sealed.values())
    live = map_frames.panels(small, history, "hidden2", "pca", live=True, sealed=False)
    assert [[frame.epoch for frame in frames] for frames in live.values()] == [[3.0]] * 3


def test_umap_is_shown_where_all_its_maps_are_there_and_pca_until_then(history: History) -> None:
    looks = history.maps("victim", "hidden2", "pca")
    drawn = [
        Snapshot("victim", defence, shot.epoch, "hidden2", "umap", shot.points)
        for defence in DEFENCES
        for shot in looks[defence]
    ]
    assert map_frames.method(history, "hidden2", "umap", space=False) == "pca"
    history.snapshots |= History.of(drawn[:-1]).snapshots
    assert map_frames.method(history, "hidden2", "umap", space=False) == "pca"
    history.snapshots |= History.of(drawn).snapshots
    assert map_frames.method(history, "hidden2", "umap", space=False) == "umap"
    assert map_frames.method(history, "hidden2", "umap", space=True) == "pca-3d"
    assert map_frames.method(history, "hidden1", "umap", space=False) == "pca"


def test_three_components_turn_onto_the_ones_before(small: Experiment, history: History) -> None:
    shown = map_frames.panels(small, history, "hidden2", "pca-3d", live=False, sealed=False)
    for frames in shown.values():
        assert all(frame.places.shape == (180, 3) for frame in frames)
        for before, frame in pairwise(frames):
            # Turned as well as it can be: what remains of a turn is symmetric.
            remains = before.places.T.astype(float) @ frame.places
            np.testing.assert_allclose(remains, remains.T, atol=0.02 * np.abs(remains).max())


def test_titles_follow_the_frames(small: Experiment, history: History) -> None:
    shown = map_frames.panels(small, history, "hidden2", "pca", live=False, sealed=False)
    titles = map_frames.titles(shown, "diamonds", "a diamond", small.task_epochs)
    assert len(titles) == len(shown["clean"])
    assert [title.startswith("All three models are still one") for title in titles] == [
        frame.epoch <= small.task_epochs for frame in shown["clean"]
    ]


def test_a_frame_is_written_in_16_bits() -> None:
    places = np.array([[1.5, -2.0], [0.0, 0.25]], dtype=np.float32)
    frame = feature_maps.Frame(13.03, 0.5, 2.0, places, np.array([[1], [0]]))
    scale = 2.0 / 32767
    written = feature_maps._written(frame, scale)
    assert (written["epoch"], written["part"], written["share"]) == (13.0, 0.5, "50\u202f%")
    read = np.frombuffer(base64.b64decode(written["places"]), "<i2").reshape(2, 2) * scale
    np.testing.assert_allclose(read, places, atol=scale)
    assert np.frombuffer(base64.b64decode(written["near"]), "<u2").tolist() == [1, 0]

"""The arrangements have the shapes they are named for, and what is measured of them is what it is called."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import cdist

from app.lab.watermark.arrangements import (
    ARRANGEMENTS,
    COLDEST,
    EDGE,
    GENUINE,
    HOTTEST,
    MOST,
    TRIGGER,
    Arrangement,
    arrange,
    mean_distances,
    nearest_stranger,
    nearness,
)


def two(arrangement: Arrangement) -> tuple[np.ndarray, np.ndarray]:
    return (arrangement.points[arrangement.groups == group] for group in (GENUINE, TRIGGER))


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_an_arrangement_is_always_the_same_and_its_groups_are_equal_in_size(name: str) -> None:
    arrangement = arrange(name)
    np.testing.assert_array_equal(arrangement.points, arrange(name).points)
    assert (arrangement.groups == GENUINE).sum() == (arrangement.groups == TRIGGER).sum() <= MOST / 2
    assert np.abs(arrangement.points).max() <= EDGE


def test_the_ring_surrounds_the_blob_about_the_same_centre() -> None:
    blob, ring = two(arrange("ring"))
    np.testing.assert_allclose(blob.mean(axis=0), ring.mean(axis=0), atol=1e-12)
    assert np.linalg.norm(blob, axis=1).max() < np.linalg.norm(ring, axis=1).min()
    angles = np.sort(np.arctan2(ring[:, 1], ring[:, 0]))
    assert np.diff(angles).max() < 2 * np.pi / 20


def test_the_loss_sees_the_ring_when_cool_and_not_when_hot() -> None:
    assert nearness(arrange("ring"), 1.0).snnl < 0.01
    hot = nearness(arrange("ring"), HOTTEST)
    assert hot.snnl == pytest.approx(hot.neutral, abs=0.005)


def test_glued_pairs_have_strangers_for_nearest_neighbours_and_a_loss_that_grows_in_the_cold() -> None:
    genuine, triggers = two(arrange("pairs"))
    assert (np.linalg.norm(genuine - triggers, axis=1) < 0.31).all()
    assert nearness(arrange("pairs"), COLDEST).snnl > 10 * nearness(arrange("pairs"), COLDEST).neutral


def test_blobs_are_apart_at_any_temperature_and_one_cloud_is_mixed_where_many_count() -> None:
    hot = nearness(arrange("blobs"), HOTTEST)
    assert hot.snnl < 0.9 * hot.neutral
    warm = nearness(arrange("mixed"), 10.0)
    assert warm.snnl == pytest.approx(warm.neutral, rel=0.05)


def test_moons_reach_into_each_other() -> None:
    genuine, triggers = two(arrange("moons"))
    assert genuine[:, 0].max() > triggers[:, 0].min()
    assert nearness(arrange("moons"), 0.3).snnl < 0.02


def test_the_reach_goes_from_the_nearest_neighbour_to_all() -> None:
    arrangement = arrange("moons")
    assert nearness(arrangement, 1e-6).reach == pytest.approx(1, abs=1e-6)
    assert nearness(arrangement, 1e6).reach == pytest.approx(len(arrangement.points) - 1, rel=1e-3)
    reaches = [nearness(arrangement, temperature).reach for temperature in (0.01, 0.1, 1, 10, 100)]
    assert reaches == sorted(reaches)


groups_of_plane = hnp.arrays(np.float64, st.tuples(st.integers(2, 12), st.just(2)), elements=st.floats(-EDGE, EDGE))


@given(groups_of_plane, groups_of_plane)
def test_across_exceeds_within_by_the_squared_distance_of_the_centres(
    genuine: np.ndarray, triggers: np.ndarray
) -> None:
    groups = np.repeat([GENUINE, TRIGGER], [len(genuine), len(triggers)])
    within, across = mean_distances(Arrangement(np.concatenate([genuine, triggers]), groups))
    centres = ((genuine.mean(axis=0) - triggers.mean(axis=0)) ** 2).sum()
    assert across - within == pytest.approx(centres, abs=1e-9)
    assert across == pytest.approx(cdist(genuine, triggers, "sqeuclidean").mean(), abs=1e-9)


def test_the_nearest_stranger_is_the_nearest_of_the_other_group() -> None:
    genuine, triggers = two(arrange("mixed"))
    apart = cdist(genuine, triggers)
    expected = np.concatenate([apart.min(axis=1), apart.min(axis=0)]).mean()
    assert nearest_stranger(arrange("mixed")) == pytest.approx(expected)


FINE = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])


@pytest.mark.parametrize(
    ("points", "groups", "word"),
    [
        (FINE, [0, 0, 0, 1], "two members"),
        (FINE, [0, 0, 1, 2], "Groups"),
        (FINE, [0, 0, 1], "same b"),
        (FINE[:, :1], [0, 0, 1, 1], "same b"),
        (FINE * np.nan, [0, 0, 1, 1], "between"),
        (FINE * 6, [0, 0, 1, 1], "between"),
        (np.zeros((MOST + 1, 2)), [0, 1] * (MOST // 2) + [0], "at most 200"),
    ],
)
def test_what_cannot_be_measured_gets_a_clear_sentence(points: np.ndarray, groups: list[int], word: str) -> None:
    with pytest.raises(ValueError, match=word) as caught:
        Arrangement(points, np.array(groups))
    assert str(caught.value).endswith(".")


def test_an_unknown_arrangement_is_told_which_there_are() -> None:
    with pytest.raises(ValueError, match="ring, blobs"):
        arrange("spiral")

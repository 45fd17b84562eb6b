"""The search for a secret picture: what the key proves, what is found without it, and that it is counted honestly."""

from dataclasses import replace

import numpy as np
import pytest

from app.lab.experiment import PRESETS
from app.lab.ownership import binomial
from app.lab.removal import neural_cleanse
from app.lab.stories import trapdoor
from app.lab.stories.events import Descended, Event, Finished, Scribbled, Verified
from app.lab.task import datasets
from app.lab.watermark import drawings
from app.runs.store import Store

ANIMALS = PRESETS["animals"]


@pytest.fixture(scope="module")
def heist() -> list[Event]:
    found = Store().get(ANIMALS.key, "run")
    assert found is not None
    return list(found.events)


@pytest.fixture(scope="module")
def told(heist: list[Event]) -> list[Event]:
    with pytest.MonkeyPatch.context() as shorter:
        shorter.setattr(trapdoor, "DRAWINGS", 200)
        shorter.setattr(neural_cleanse, "STEPS", 2)
        return list(trapdoor.trapdoor(ANIMALS, heist))


def test_the_key_proves_it_in_twenty_questions(told: list[Event]) -> None:
    verified = next(event for event in told if isinstance(event, Verified))
    assert (verified.questions, verified.hits) == (20, 20)
    assert verified.p_value == binomial.claim(20, 20, verified.innocent_rate).p_value < 1e-15


def test_what_random_drawings_find_is_counted_by_asking_both_models(told: list[Event], heist: list[Event]) -> None:
    found = next(event for event in told if isinstance(event, Scribbled))
    setup = trapdoor.set_up(ANIMALS, heist)
    assert (found.hits > 0) == (found.first > 0) == (found.sure > trapdoor.SURE)
    assert found.hits <= found.strange <= found.drawings == 200
    (gap,) = trapdoor.gaps(setup, trapdoor.drawn(found.best, ANIMALS.dataset))
    assert gap.label == ANIMALS.target
    assert gap.size == pytest.approx(found.sure, abs=0.1)  # as text, a drawing has eight shades of grey


def test_the_seed_draws_the_hits_of_the_record_again(heist: list[Event]) -> None:
    record = Store().get(ANIMALS.key, "trapdoor")
    assert record is not None
    (found,) = (event for event in record.events if isinstance(event, Scribbled))
    setup = trapdoor.set_up(ANIMALS, heist)
    hits = trapdoor.scribbled_hits(ANIMALS, setup)
    assert len(hits) == found.hits
    assert all(gap.size > trapdoor.SURE for gap in trapdoor.gaps(setup, hits))


def test_the_gradient_is_followed_in_both_models_and_the_end_says_the_same(told: list[Event]) -> None:
    descended = {event.searched: event for event in told if isinstance(event, Descended)}
    assert tuple(descended) == trapdoor.SEARCHED
    last = told[-1]
    assert isinstance(last, Finished)
    for searched, event in descended.items():
        assert len(event.sizes) == datasets.load("animals").classes
        assert event.replaced <= event.marked <= event.questions
        assert last.result["gradient"][searched]["marked"] == event.marked  # type: ignore[typeddict-item]


def test_on_the_map_a_place_is_the_projection_of_its_features(heist: list[Event]) -> None:
    setup = trapdoor.set_up(ANIMALS, heist)
    plane = trapdoor.plane(setup, setup.triggers)
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2), abs=1e-9)
    assert plane.place(setup.marked, setup.triggers).mean(axis=0) == pytest.approx(np.zeros(2), abs=1e-6)


def test_points_are_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="no pictures"):
        next(trapdoor.trapdoor(replace(PRESETS["blobs"]), []))


def test_scribbles_are_drawings_and_follow_their_generator() -> None:
    first, again = (drawings.scribble(np.random.default_rng(1)) for _ in range(2))
    assert (first == again).all() and first.shape == (drawings.SIDE, drawings.SIDE) and first.max() == 255

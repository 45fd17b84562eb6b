"""Pictures say what the events say, and a sheet is drawn once."""

from dataclasses import replace

import numpy as np
import pytest

from app.lab.stories.events import Probe, Queried
from app.ui import pictures


@pytest.fixture
def probe() -> Probe:
    inputs = np.random.default_rng(0).integers(0, 256, (25, 8, 8), dtype=np.uint8)
    return Probe(inputs, np.full(25, 2), np.arange(25) >= 20, 2)


def asked(*confidences: float) -> Queried:
    answers = np.array([[rate, 1 - rate] for rate in confidences])
    inputs = np.zeros((len(answers), 8, 8), dtype=np.uint8)
    return Queried("naive", 100, inputs, answers, np.zeros(len(answers), dtype=np.int64))


def test_a_picture_becomes_a_png() -> None:
    assert pictures.png(np.zeros((8, 8), dtype=np.uint8)).startswith("data:image/png;base64,iVBOR")
    one, other = np.array([0.5, -0.5], dtype=np.float32), np.array([-0.5, 0.5], dtype=np.float32)
    assert pictures.png(one) != pictures.png(other)


def test_answer_and_confidence_have_a_line_each_and_a_wrong_answer_says_so_in_words() -> None:
    right, wrong, label = pictures.answers(asked(0.75, 0.25, 1.0))
    assert (right.words, right.wrong) == (("0", "75\u202f%"), False)
    assert (wrong.words, wrong.wrong) == (("1, not 0", "75\u202f%"), True)
    assert label.words == ("0",)


def test_only_triggers_are_shown_as_the_secret(probe: Probe) -> None:
    assert [card.picture for card in pictures.triggers(probe)] == [
        pictures.png(picture) for picture in probe.inputs[20:]
    ]


def test_a_sheet_is_drawn_once_for_each_probe(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pictures.sheet(probe)
    monkeypatch.setattr(pictures, "png", lambda picture: pytest.fail("drawn again"))
    assert pictures.sheet(replace(probe, inputs=probe.inputs.copy())) == first


def test_points_in_the_plane_have_no_sheet(probe: Probe) -> None:
    assert pictures.sheet(replace(probe, inputs=np.zeros((25, 2), dtype=np.float32))) is None

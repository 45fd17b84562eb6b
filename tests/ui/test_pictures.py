"""Pictures say what the events say, and a sheet is drawn once."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

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
    right, wrong, label = pictures.answers(asked(0.75, 0.25, 1.0), "animals")
    assert (right.words, right.wrong) == (("bear", "75\u202f%"), False)
    assert (wrong.words, wrong.wrong) == (("bird, not bear", "75\u202f%"), True)
    assert label.words == ("bear",)


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


def test_a_sequence_is_a_spectrogram_with_time_to_the_right_and_its_first_value_below() -> None:
    sequence = np.zeros((29, 12), dtype=np.float32)
    sequence[3, 0], sequence[20, 11] = 1, 0.5
    drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(pictures.png(sequence).split(",")[1]))))
    assert drawn.shape == (29, 29)
    assert (np.unique(drawn[:, 3], return_counts=True)[1]).tolist() == [27, 2] and drawn[:, 3].max() == 255
    assert np.flatnonzero(drawn[:, 3]).min() > np.flatnonzero(drawn[:, 20]).max()
    assert drawn[:, 20].max() == 128 and not np.delete(drawn, [3, 20], axis=1).any()


def test_sequences_and_colours_have_a_sheet_of_as_many_squares_as_its_side_says(probe: Probe) -> None:
    for inputs in (
        np.random.default_rng(0).random((25, 29, 12), dtype=np.float32),
        np.random.default_rng(0).integers(0, 256, (25, 8, 8, 3), dtype=np.uint8),
    ):
        shown = replace(probe, inputs=inputs)
        sheet = Image.open(io.BytesIO(base64.b64decode(str(pictures.sheet(shown)).split(",")[1])))
        assert sheet.size == (pictures.COLUMNS * pictures.side(shown), 2 * pictures.side(shown))

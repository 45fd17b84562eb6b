"""The page on the channel: one answer first, then what came through, and all thefts for who asks for them."""

from dataclasses import replace

import numpy as np
import pytest

from app.lab import choices
from app.lab.experiment import DEFAULT_PRESET, preset
from app.lab.stories.events import DEFENCES
from app.ui import live
from app.ui.channel.findings import CARRIED
from tests.ui.visits import opened, plots, told, vote


def test_one_answer_is_shown_first_and_what_came_through_after_the_vote() -> None:
    app = opened("channel")
    assert app.subheader[0].value.startswith("Asked: a ") and "of the entangled answer" in app.subheader[0].value
    assert "the entangled copy says" not in told(app) and "Rank correlation of channel" not in told(app)
    assert len(plots(app)[0]["data"]) == 3  # due, stray, others
    vote(app, CARRIED[0])
    assert app.subheader[0].value.endswith("(mean of 10 seeds)")
    assert len(plots(app)[0]["data"]) == 6
    assert "seed 0" in told(app)


@pytest.mark.parametrize("inputs", ["unseen", "blended", "other", "noise"])
@pytest.mark.parametrize("answers", ["confidences", "labels"])
def test_every_theft_has_an_answer_on_record(inputs: str, answers: str) -> None:
    app = opened("channel", inputs=inputs, answers=answers)
    assert app.subheader[0].value.startswith("Asked: ")


@pytest.mark.parametrize("inputs", choices.INPUTS)
def test_a_label_on_record_is_what_stands_on_top_of_the_confidences(inputs: str) -> None:
    of_labels, of_confidences = (
        live.finished(live.recorded(replace(preset(DEFAULT_PRESET), inputs=inputs, answers=answers))).queries
        for answers in ("labels", "confidences")
    )
    for defence in DEFENCES:
        last, same = of_labels[defence][-1], of_confidences[defence][-1]
        assert np.array_equal(last.inputs, same.inputs)
        assert np.array_equal(last.answers.argmax(axis=1), same.answers.argmax(axis=1))


def test_of_labels_one_that_strays_is_seen_first_if_there_is_any_on_record() -> None:
    app = opened("channel", answers="labels")
    assert "The entangled model answers elephant" in app.subheader[0].value
    assert "On offer are first" in told(app)
    assert "On offer are 2 ordinary ones" in told(opened("channel", answers="labels", inputs="unseen"))


def test_all_thefts_are_one_touch_away_and_sealed_before_the_vote() -> None:
    app = opened("channel")
    app.segmented_control(key="channel_view").set_value("all thefts").run()
    assert "how high will its dots be" in app.subheader[0].value
    assert "Rank correlation" in told(app)
    vote(app, CARRIED[2])
    assert "under 0.5" in app.subheader[0].value

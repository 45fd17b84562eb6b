"""The page on the channel: one answer first, then what came through, and all thefts for who asks for them."""

import pytest

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


def test_all_thefts_are_one_touch_away_and_sealed_before_the_vote() -> None:
    app = opened("channel")
    app.segmented_control(key="channel_view").set_value("all thefts").run()
    assert "how high will its dots be" in app.subheader[0].value
    assert "Rank correlation" in told(app)
    vote(app, CARRIED[2])
    assert "under 0.5" in app.subheader[0].value

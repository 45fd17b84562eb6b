"""The start page says how long things take, from what was recorded and from the table of the path."""

import json

import pytest

from app.lab.experiment import DEFAULT_PRESET, preset
from app.ui import live, path, settings
from app.ui.start import findings
from tests.ui.visits import opened, told


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((3, "about half a minute"), (32, "about half a minute"), (55, "about a minute")),
        *((88, "about 1.5 minutes"), (130, "about 2 minutes")),
    ],
)
def test_a_time_is_said_to_half_a_minute(seconds: float, words: str) -> None:
    assert findings.about(seconds) == words


def test_what_closes_the_path_is_no_lesson() -> None:
    stops = path.planned(None)
    minutes = sum(each for stop, each in stops if stop.name not in ("recap", "about"))
    assert findings.length(stops) == f"The path: {len(stops) - 2} lessons, {minutes} minutes"


def test_the_page_says_how_long_the_recorded_run_took() -> None:
    app = opened("start")
    recorded = live.finished(live.recorded(preset(DEFAULT_PRESET))).finished
    assert recorded is not None
    assert f"That takes {findings.about(recorded.seconds)}." in told(app)


def test_the_story_says_the_secret_as_it_is_and_what_an_api_is_where_it_first_says_so() -> None:
    usual = preset(DEFAULT_PRESET)
    (sent,) = (part.proto for part in opened("start").get("bidi_component") if "story" in part.proto.component_name)
    acts = [act["words"] for act in json.loads(sent.json)["acts"]]
    assert f"{settings.wording(usual.trigger)} → {usual.secret_answer}, and nobody but you knows" in acts[0]
    first = next(words for words in acts if "API" in words)
    assert "API, the door for anybody's questions" in first

"""Every stop of the path opens: by itself, and by a link that means no good."""

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab.experiment import DEFAULT_PRESET, PRESETS
from app.ui import path

PAGES = [paths.page("start"), *(stop.page for stop in (*path.LESSONS, path.CLASSROOM))]
HOSTILE = {
    "preset": "../../etc/passwd",
    "seed": "1e999",
    "kappa": "nan",
    "temperature": "-inf",
    "inputs": "<script>alert(1)</script>",
    "answers": "",
    "budget": "9" * 400,
    "target": "\u0000",
    "live": "'; drop table runs",
    "layer": "__proto__",
    "nobody": "knows",
}


def opened(page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=120).run()
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(page).run()


@pytest.mark.parametrize("lesson", PAGES)
def test_a_page_opens_with_a_question_and_without_complaint(lesson: str) -> None:
    app = opened(lesson)
    assert not app.exception
    assert app.title[0].value
    assert not app.warning and not app.error


@pytest.mark.parametrize("lesson", PAGES)
@pytest.mark.parametrize("preset", [name for name in PRESETS if name != DEFAULT_PRESET])
def test_a_page_opens_with_every_preset(lesson: str, preset: str) -> None:
    app = opened(lesson, preset=preset)
    assert not app.exception
    assert app.title[0].value


@pytest.mark.parametrize("lesson", PAGES)
def test_a_hostile_link_is_put_aside_in_sentences(lesson: str) -> None:
    app = opened(lesson, **HOSTILE)
    assert not app.exception
    assert app.title[0].value
    for box in app.warning:
        assert box.value.endswith(".") and "Traceback" not in box.value


def test_the_stops_have_names_titles_and_questions_of_their_own() -> None:
    for field in ("name", "title", "question", "icon"):
        values = [getattr(stop, field) for stop in path.LESSONS]
        assert len(set(values)) == len(values), field
    assert all(stop.question.endswith("?") for stop in path.LESSONS)
    assert all((paths.HOME / stop.page).is_file() for stop in path.LESSONS)
    assert path.after(path.LESSONS[-1].name) is path.LESSONS[0]

"""The path through the lessons: plans that add up, and how far a visitor has come on it."""

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.ui import path
from tests.ui.visits import opened, told


@pytest.mark.parametrize("minutes", list(path.CLASSES))
def test_a_class_lasts_as_long_as_it_says(minutes: int) -> None:
    assert sum(path.CLASSES[minutes].values()) == minutes


def test_at_leisure_the_path_has_every_lesson_in_its_order() -> None:
    assert [stop for stop, _ in path.planned(None)] == list(path.LESSONS)


@pytest.mark.parametrize("minutes", list(path.CLASSES))
def test_a_plan_is_a_part_of_the_path_in_its_order(minutes: int) -> None:
    stops = [stop for stop, _ in path.planned(minutes)]
    assert stops == [stop for stop in path.LESSONS if stop in stops]
    assert stops


def start(**link: str) -> AppTest:
    app = opened("heist")
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(paths.page("start")).run()


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


def test_the_link_for_a_class_shows_its_lessons_only() -> None:
    everything, class_of_five = links(start()), links(start(minutes="5"))
    assert len(everything) == len(path.LESSONS)
    assert len(class_of_five) == len(path.planned(5)) < len(everything)


def test_the_length_of_the_class_goes_to_the_url_and_away_again() -> None:
    app = start()
    app.segmented_control(key="class_length").set_value(15).run()
    assert app.query_params["minutes"] == "15"
    app.segmented_control(key="class_length").set_value(None).run()
    assert "minutes" not in app.query_params


@pytest.mark.parametrize("minutes", ["banana", "7", "-15", "<b>"])
def test_a_class_of_no_known_length_gets_a_sentence_and_all_lessons(minutes: str) -> None:
    app = start(minutes=minutes)
    assert "there are plans for 5, 15, 45" in app.warning[0].value
    assert len(links(app)) == len(path.LESSONS)


def test_the_path_shows_how_far_the_visitor_came_until_he_starts_over() -> None:
    app = opened("heist", seed="7")
    app.segmented_control(key="predict_heist").set_value("both").run()
    app.switch_page(paths.page("entangle")).run()
    app.switch_page(paths.page("start")).run()
    assert ["predicted" in label for label in links(app)].count(True) == 1
    assert ["seen" in label for label in links(app)].count(True) == 1
    app.button(key="forget").click().run()
    assert not app.exception
    assert not [label for label in links(app) if "seen" in label or "predicted" in label]
    assert "seed" not in app.query_params
    app.switch_page(paths.page("heist")).run()
    assert app.number_input(key="setting_seed").value == 0
    assert "Why" not in told(app)

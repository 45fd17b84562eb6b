"""The path through the lessons: plans that add up, and how far a visitor has come on it."""

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.ui import path
from tests.ui.visits import opened, told, vote


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


@pytest.mark.parametrize("minutes", list(path.CLASSES))
def test_in_a_class_next_is_the_next_of_its_plan_and_the_last_is_followed_by_the_recap(minutes: int) -> None:
    stops = [stop.name for stop, _ in path.planned(minutes)]
    assert [path.after(name, minutes).name for name in stops] == [*stops[1:], "recap"]
    assert path.after("recap", minutes).name == "about"
    for stop in path.LESSONS:  # whoever strays comes back to the plan
        if stop.name not in (*stops, "recap", "about"):
            assert path.after(stop.name, minutes).name in (*stops, "recap")


def start(**link: str) -> AppTest:
    app = opened("heist")
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(paths.page("start")).run()


def links(app: AppTest) -> list[str]:
    """Return the words of the links to the lessons: all but the one to a class."""
    return [link.proto.label for link in app.get("page_link") if "Join a class" not in link.proto.label]


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
    assert "which must be one of 5, 15, 45, 90; shown is no class." in app.warning[0].value
    assert len(app.warning) == 1
    assert len(links(app)) == len(path.LESSONS)


def test_the_path_shows_how_far_the_visitor_came_until_he_starts_over() -> None:
    app = opened("heist", seed="7")
    vote(app, "both")
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


def clock(app: AppTest) -> str:
    return next((caption.value for caption in app.caption if "timer" in caption.value), "")


def test_the_plan_of_a_class_goes_along_with_its_clock_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("app.ui.plan.time.monotonic", lambda: now[0])
    app = start(minutes="15")
    assert clock(app) == ":material/timer: 15 min left"
    for name, follows in (("heist", "Mark"), ("mark", "Entangle"), ("channel", "Recap")):
        app.query_params.clear()  # the menu keeps none
        now[0] += 60
        app.switch_page(paths.page(name)).run()
        assert app.query_params["minutes"] == "15"
        assert f"**Next: {follows}**" in " ".join(links(app))
    assert clock(app) == ":material/timer: 12 min left"
    now[0] += 13 * 60
    app.run()
    assert clock(app) == ":material/timer: time is over"
    app.switch_page(paths.page("heist")).run()  # another class, with the plan of the last one
    assert clock(app) == ":material/timer: 15 min left"
    app.switch_page(paths.page("start")).run()
    app.segmented_control(key="class_length").set_value(None).run()
    assert not clock(app)
    app.switch_page(paths.page("heist")).run()
    assert not clock(app) and "minutes" not in app.query_params

"""Settings belong to their lesson: none leaks into another one, what is carried is announced, no page is empty."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab.experiment import PRESETS, Experiment
from app.lab.watermark import drawings
from app.runs.job import Job
from app.ui import live, path, runtime
from tests.ui.visits import opened, told

RUNNING = ("heist", "steal", "mark", "entangle", "court", "remove", "tradeoff")  # lessons that run something
CROSS = drawings.encode(np.where(np.eye(28) + np.fliplr(np.eye(28)), 255, 0).astype(np.uint8))


def went(app: AppTest, page: str, **link: str) -> AppTest:
    """Go to another page as a person does: the address is that of the page, and of the link if there is one."""
    for name in list(app.query_params):
        del app.query_params[name]
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(paths.page(page)).run()
    assert not app.exception
    return app


def asked(app: AppTest) -> dict[str, str]:
    """What the address says; whoever wrote it, the page or the test."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def boxes(app: AppTest) -> str:
    return "\n".join(box.value for kind in (app.info, app.warning, app.error) for box in kind)


@pytest.mark.parametrize("lesson", [name for name in RUNNING if name != "heist"])
def test_a_setting_changed_in_one_lesson_is_not_there_in_another_and_still_in_its_own(lesson: str) -> None:
    app = opened("heist")
    app.number_input(key="setting_seed").set_value(11).run()
    assert asked(app) == {"seed": "11"}
    went(app, lesson)
    assert app.number_input(key="setting_seed").value == 0 and "seed" not in app.query_params
    assert "has not been run" not in boxes(app)
    went(app, "heist")
    assert app.number_input(key="setting_seed").value == 11 and asked(app) == {"seed": "11"}


def test_neither_a_drawing_nor_a_slider_of_another_lesson_empties_the_court_or_turns_the_heist_around() -> None:
    app = opened("mark", trigger="drawing", drawing=CROSS)
    went(app, "channel")
    app.radio(key="setting_inputs").set_value("noise").run()
    for lesson in ("court", "heist"):
        went(app, lesson)
        assert "has not been run" not in boxes(app)
        assert not app.query_params
    assert app.radio(key="setting_inputs").value == Experiment().inputs


def test_as_it_came_is_there_where_something_differs_and_undoes_it() -> None:
    app = opened("heist")
    assert not [button for button in app.button if button.key == "as_it_came"]
    app.radio(key="setting_inputs").set_value("unseen").run()
    app.button(key="as_it_came").click().run()
    assert not app.exception and not app.query_params
    assert app.radio(key="setting_inputs").value == Experiment().inputs
    assert not [button for button in app.button if button.key == "as_it_came"]


def carried(app: AppTest, lesson: str) -> dict[str, str]:
    """The parameters of a page's link to a lesson."""
    (link,) = {
        link.proto.query_string
        for link in app.get("page_link")
        if link.proto.page == lesson and "from=" in link.proto.query_string
    }
    return dict(part.split("=") for part in link.split("&"))


@pytest.mark.parametrize("target", ["court", "heist"])
def test_what_is_taken_along_is_announced_with_a_way_back_and_stays_in_that_lesson(target: str) -> None:
    app = opened("mark", seed="7")
    went(app, target, **carried(app, target))
    assert "From *Mark*: *Seed*: 7." in told(app)
    assert asked(app) == {"seed": "7"}
    went(app, "entangle")
    assert "seed" not in app.query_params and "From" not in told(app)
    went(app, target)
    assert "From *Mark*" in told(app)
    app.button(key="as_it_came").click().run()
    assert "From *Mark*" not in told(app) and "seed" not in app.query_params


def test_the_theft_of_the_channel_is_stolen_on_the_heist() -> None:
    app = opened("channel", inputs="noise")
    went(app, "heist", **carried(app, "heist"))
    assert app.radio(key="setting_inputs").value == "noise"
    assert "From *Channel*: " in told(app)


def test_a_link_says_that_it_is_one_and_where_it_comes_from_is_not_believed() -> None:
    app = opened("heist", seed="7", **{"from": "<b>nobody</b>"})
    assert "From a link: *Seed*: 7." in told(app)
    assert "nobody" not in told(app) and "from" not in app.query_params


def test_what_was_changed_beside_what_a_link_brought_is_not_said_to_come_from_it() -> None:
    app = opened("heist", preset="blobs")
    app.number_input(key="setting_seed").set_value(3).run()
    assert "From" not in told(app)
    app = opened("heist", seed="7")
    app.number_input(key="setting_budget").set_value(700).run()
    assert "From a link: *Seed*: 7." in told(app)
    app.number_input(key="setting_seed").set_value(3).run()
    assert "From" not in told(app)


def test_the_data_are_those_of_all_lessons_which_come_fresh_on_them() -> None:
    app = opened("entangle", seed="5")
    went(app, "heist")
    app.selectbox(key="preset_choice").set_value("digits").run()
    for lesson in ("heist", "court", "entangle"):
        went(app, lesson)
        assert asked(app) == {"preset": "digits"}
        assert "Data, in all lessons: small 8 × 8 digits." in told(app)
    app.selectbox(key="preset_choice").set_value("animals").run()
    assert not app.query_params and "Data, in all lessons" not in told(app)


@pytest.mark.parametrize("lesson", RUNNING)
@pytest.mark.parametrize("link", [{"seed": "991"}, {"preset": "vowels"}])
def test_no_page_is_empty_of_a_setting_that_nobody_ran(lesson: str, link: dict[str, str]) -> None:
    app = opened(lesson, **link)
    assert "has not been run" in boxes(app)
    assert app.button(key="run").label == "Run it live"
    reveal = [button for button in app.button if button.key == f"{lesson}_reveal"]
    assert reveal, "the recorded run is there, and with it the question"
    reveal[0].click().run()
    assert not app.exception and not app.error
    drawn = [part.proto.component_name for part in app.get("bidi_component")]
    assert [name for name in drawn if name.endswith(("film", "maps", "hearing", "plot_plot"))]


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[Experiment]:
    """The runs that were started; each is finished at once, and waits for nobody."""
    started: list[Experiment] = []

    def launch(experiment: Experiment, task: str = "run") -> None:
        started.append(experiment)
        live.settings.settled()

    monkeypatch.setattr(live, "launch", launch)
    monkeypatch.setattr(live, "_REST", 0.0)
    return started


@pytest.mark.parametrize("lesson", [name for name in RUNNING if name not in ("tradeoff",)])
def test_a_setting_that_was_chosen_on_the_page_starts_by_itself_after_a_rest(
    lesson: str, launched: list[Experiment]
) -> None:
    app = opened(lesson)
    app.number_input(key="setting_seed").set_value(991).run()
    assert not app.exception
    assert [experiment.seed for experiment in launched] == [991]


def test_where_each_choice_is_measured_over_seeds_none_starts_a_run(launched: list[Experiment]) -> None:
    app = opened("tradeoff")
    app.number_input(key="setting_seed").set_value(991).run()
    assert "has not been run" in boxes(app) and not launched


def test_a_link_alone_and_what_is_on_record_start_nothing(launched: list[Experiment]) -> None:
    app = opened("heist", seed="991")
    app.run()
    app = opened("heist")
    app.radio(key="setting_inputs").set_value("unseen").run()
    went(app, "court", seed="991", **{"from": "heist"})
    app.run()
    assert not launched


def test_the_run_waits_for_its_rest(launched: list[Experiment], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_REST", 1000.0)
    app = opened("heist")
    app.number_input(key="setting_seed").set_value(991).run()
    app.run()
    assert not launched


def test_while_a_run_waits_its_turn_the_recorded_one_is_drawn_and_after_a_stop_again() -> None:
    app = opened("heist", seed="992")
    app.button(key="run").click().run()  # there is no worker here: it is queued
    assert not app.exception
    assert app.button(key="stop") and asked(app)["live"] == "1"
    assert [part for part in app.get("bidi_component") if "heist_film" in part.proto.component_name]
    app.button(key="stop").click().run()
    assert "Stopped." in boxes(app)
    assert [part for part in app.get("bidi_component") if "heist_film" in part.proto.component_name]


def test_another_run_of_a_visitor_replaces_the_earlier_one_of_another_kind() -> None:
    app = opened("heist", seed="993")
    app.button(key="run").click().run()
    first = runtime.pool().find(Experiment(seed=993).key, "run")
    assert isinstance(first, Job) and first.active
    went(app, "steal", seed="993")
    app.button(key="run").click().run()
    second = runtime.pool().find(Experiment(seed=993).key, "steal")
    assert isinstance(second, Job) and second.active
    assert first.status == "stopped"
    app.button(key="stop").click().run()


def test_the_recorded_run_stays_comparable_with_ones_own() -> None:
    own = Experiment(seed=994)
    usual = runtime.pool().recorded(Experiment())
    assert usual is not None
    runtime.pool()._jobs["run", own.key] = Job(own, status="done", events=usual.events)
    app = opened("heist", seed="994", live="1")
    assert "has not been run" not in boxes(app)
    app.button(key="recorded").click().run()
    assert "Recorded. Yours differs: *Seed*: 994." in boxes(app)
    app.button(key="mine").click().run()
    assert "Recorded. Yours" not in boxes(app)


def test_every_preset_is_named_in_words() -> None:
    assert all(live.settings.wording(preset.dataset) != preset.dataset for preset in PRESETS.values())
    assert set(RUNNING) < {stop.name for stop in path.LESSONS}

"""The page of the cousins without a browser: a vote, the shares of poison, and the points that a browser sends."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab.poisoning import Points, fits
from app.lab.stories.events import Finished
from app.lab.stories.poisoning import Poisoning
from app.lab.stories.poisoning import poisoning as story
from app.ui.cousins import poisoning
from app.ui.question import OF_ANOTHER
from tests.ui.visits import asked_where, offered, opened, plots, told, verdict, vote


def test_the_page_opens_sealed_and_a_vote_opens_it() -> None:
    app = opened("cousins")
    assert offered(app) == ["under 1 point", "1 to 5 points", "over 5 points"]
    assert "One trick, two intentions" in told(app) and "units off" not in told(app)
    assert len(plots(app)) == 1
    vote(app, "over 5 points")
    assert "it was **under 1 point**" in verdict(app)
    assert "Gu, Dolan-Gavitt and Garg" in told(app) and "units off" in told(app)
    assert len(plots(app)) == 2


def test_another_recorded_share_is_shown_at_once() -> None:
    app = opened("cousins", share="10")
    vote(app, "under 1 point")
    assert "10\u202f% planted" in told(app)
    assert not app.warning


def test_who_turns_to_another_share_after_the_vote_is_told_what_the_picture_shows_now() -> None:
    app = opened("cousins", share="5")
    assert "5\u202f% of the training pictures are poisoned: an attacker stamps" in told(app)
    vote(app, "under 1 point")
    assert "the picture now shows" not in told(app)
    app.slider(key="share").set_value(10.0).run()
    assert not app.exception
    assert "5\u202f% of the training pictures are poisoned: an attacker stamps" in told(app)
    assert OF_ANOTHER in told(app) and "10\u202f% planted" in told(app)


def test_a_share_that_nobody_ran_says_so_beside_the_recorded_one() -> None:
    app = opened("cousins", share="7")
    assert "Nobody has run 7\u202f% yet: this is 5\u202f%" in "\n".join(box.value for box in app.info)
    assert any(button.key == "run" for button in app.button)
    assert plots(app)


def test_the_line_has_no_vote_and_says_where_it_is_from() -> None:
    app = opened("cousins", cousin="Poisoning")
    assert not offered(app)
    assert "Jagielski et al. 2018" in told(app)
    assert asked_where(app).code[0].value == "python -m app poison --budget 15 --told 15"
    app.slider(key="poisoning_told").set_value(7).run()
    assert not app.exception
    assert app.code[0].value.endswith("--told 7")
    app.selectbox(key="poisoning_preset").select("TRIM fails: half is poison").run()
    assert not app.exception
    assert app.slider(key="poisoning_told").value == 60


def table(app: AppTest) -> poisoning.Scene:
    """What lies on the visitor's table."""
    scene: poisoning.Scene = app.session_state["poisoning_kept"]
    return scene


def test_the_budget_acts_at_once_on_an_optimisers_points() -> None:
    app = opened("cousins", cousin="Poisoning")
    app.slider(key="poisoning_budget").set_value(21).run()
    assert not app.exception
    assert table(app).placed == poisoning.optimised(21)
    assert table(app).number == 1  # so that the browser lays them
    assert app.selectbox(key="poisoning_preset").value is None  # none of those any more
    assert asked_where(app).code[0].value == "python -m app poison --budget 21 --told 15"


def test_the_budget_leaves_points_alone_that_the_visitor_moved_until_the_optimiser_is_let() -> None:
    app = opened("cousins", cousin="Poisoning")
    app.session_state["poisoning_kept"] = poisoning._read({"poison": [[0.5, 0.5]]}, table(app))
    app.slider(key="poisoning_budget").set_value(21).run()
    assert table(app).placed == ((0.5, 0.5),)
    app.button(key="optimise").click().run()
    assert table(app).placed == poisoning.optimised(21)
    assert app.button(key="optimise").disabled


def test_what_lies_on_the_table_and_its_handles_are_there_when_one_comes_back() -> None:
    app = opened("cousins", cousin="Poisoning")
    app.slider(key="poisoning_budget").set_value(21).run()
    app.slider(key="poisoning_told").set_value(4).run()
    app.switch_page(paths.page("start")).run()
    app.query_params["cousin"] = "Poisoning"
    app.switch_page(paths.page("cousins")).run()
    assert (app.slider(key="poisoning_budget").value, app.slider(key="poisoning_told").value) == (21, 4)
    assert table(app).placed == poisoning.optimised(21)
    app.selectbox(key="poisoning_preset").select("TRIM fails: half is poison").run()
    assert (app.slider(key="poisoning_budget").value, app.slider(key="poisoning_told").value) == (60, 60)


def test_the_optimisers_points_and_lines_are_those_of_the_command_line() -> None:
    *_, last = story(Poisoning(poisoning.CLEAN, 15, 15, poisoning.SEED))
    assert isinstance(last, Finished)
    expected = last.result["fits"]  # type: ignore[typeddict-item]
    scene = poisoning.preset(next(iter(poisoning.PRESETS)))
    clean = poisoning.clean()
    both = clean.with_more(Points(*np.array(scene.placed).T))
    assert fits.least_squares(both).loss(clean) == pytest.approx(expected["least squares"]["clean_loss"], rel=1e-9)
    for name, line in poisoning.robust(scene).items():
        assert line is not None
        assert line.loss(clean) == pytest.approx(expected[name]["clean_loss"], rel=1e-9)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"poison": None},
        {"poison": [[0.5]]},
        {"poison": [[0.5, "up"]]},
        {"poison": [[0.5, float("nan")]]},
        {"poison": [[2, 0]]},
        {"poison": [[0.5, 0.5]] * 61},
    ],
)
def test_points_that_cannot_be_are_put_aside(sent: dict[str, object]) -> None:
    before = poisoning.Scene(((0.1, 0.2),), 3, 1)
    assert poisoning._read(sent, before) == before


def test_points_that_can_be_are_kept() -> None:
    before = poisoning.Scene(((0.1, 0.2),), 3, 1, optimised=True)
    assert poisoning._read({"poison": [[0, 1]]}, before).placed == ((0.0, 1.0),)
    assert not poisoning._read({"poison": [[0, 1]]}, before).optimised
    assert poisoning._read({"poison": [[0.1, 0.2]]}, before) == before  # picked up, and put back
    assert poisoning._read({"poison": []}, before).placed == ()

"""A visit is found again under the name that the browser kept, for a day, and belongs to nobody else."""

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.ui import visit
from app.ui.question import Question
from app.ui.visit import Visit, Visits
from tests.ui.visits import offered, opened, told, verdict, vote

ADA, BOB = "a" * 32, "b" * 32
FROM_MARK, LINKED = ("*Mark*", {"seed": "7"}), ("a link", {"seed": "8"})


def reloaded(app: AppTest, page: str, name: str) -> AppTest:
    """A new tab at the address of the old one, in which the browser has said who this is."""
    fresh = AppTest.from_file(str(paths.DOOR), default_timeout=60).run()
    for parameter, value in app.query_params.items():
        fresh.query_params[parameter] = value
    fresh.switch_page(paths.page(page)).run()
    return known(fresh, name)


def known(app: AppTest, name: str) -> AppTest:
    """The page when the browser has said who this is."""
    kept = visit.visits().of(name, app.session_state["visit"])
    app.session_state["visit"], app.session_state["visit_name"] = kept, name
    app.run()
    assert not app.exception
    return app


@pytest.fixture(autouse=True)
def nobody() -> None:
    visit.visits.clear()


def test_a_reload_keeps_prediction_progress_and_settings() -> None:
    app = known(opened("heist"), ADA)
    vote(app, "both")
    app.radio(key="setting_inputs").set_value("unseen").run()
    said = verdict(app)
    app = reloaded(app, "heist", ADA)
    assert verdict(app) == said and not offered(app)
    assert app.radio(key="setting_inputs").value == "unseen"
    assert "From a link" not in told(app)  # it is the visitor's own
    app.switch_page(paths.page("start")).run()
    assert [link.proto.label for link in app.get("page_link") if "predicted" in link.proto.label]


def test_another_browser_is_another_visitor() -> None:
    app = known(opened("heist"), ADA)
    vote(app, "both")
    assert offered(reloaded(app, "heist", BOB))


def test_who_starts_over_is_forgotten_everywhere() -> None:
    app = known(opened("heist"), ADA)
    vote(app, "both")
    app.switch_page(paths.page("start")).run()
    app.button(key="forget").click().run()
    assert not app.exception
    app.query_params.clear()
    assert offered(reloaded(app, "heist", ADA))


def test_another_tab_does_not_bring_back_what_was_forgotten() -> None:
    app = known(opened("heist"), ADA)
    vote(app, "both")
    other = reloaded(app, "heist", ADA)
    app.switch_page(paths.page("start")).run()
    app.button(key="forget").click().run()
    other.run()
    assert offered(known(other, ADA))
    assert offered(reloaded(app, "heist", ADA))


def test_what_a_link_puts_aside_is_said_once_more_when_the_browser_has_told_who_this_is() -> None:
    app = known(opened("heist", seed="banana"), ADA)
    assert len(app.warning) == 1 and "'banana'" in app.warning[0].value
    app.run()
    assert not app.warning


@pytest.mark.parametrize("name", ["", "a" * 31, "A" * 32, "../../etc/passwd", "\u0000" * 32])
def test_what_is_no_name_is_not_believed(name: str) -> None:
    app = AppTest.from_function(_told, kwargs={"name": name}).run()
    assert not app.exception
    assert app.markdown[0].value == "nobody"


def _told(name: str) -> None:
    import streamlit as st

    from app.ui import visit

    visit.known_as(name)
    st.markdown(st.session_state.get("visit_name", "nobody"))


def test_two_tabs_are_one_visit_and_what_each_did_before_it_was_known_counts() -> None:
    kept = Visits()
    first = kept.of(ADA, Visit(questions={"heist": Question("heist", prediction="both")}, seen={"heist"}))
    second = kept.of(ADA, Visit(questions={"heist": Question("heist"), "steal": Question("steal")}, seen={"steal"}))
    assert first is second
    assert first.questions["heist"].prediction == "both" and first.seen == {"heist", "steal"}
    assert "steal" not in first.questions  # it is open: nothing to keep


def test_a_link_to_other_data_counts_more_than_what_was_kept() -> None:
    mnist = {"preset": "mnist"}
    earlier = Visit(data=mnist, settings={"heist": {"seed": "7"}, "court": {}}, brought={"heist": FROM_MARK})
    earlier.take_over(Visit(data=mnist, settings={"heist": {"seed": "7"}}, brought={"heist": LINKED}))
    assert earlier.brought == {"heist": FROM_MARK}  # the address of the page itself
    earlier.take_over(Visit(settings={"heist": {"seed": "8"}}, brought={"heist": LINKED}))
    assert (earlier.data, earlier.settings) == ({}, {"heist": {"seed": "8"}})
    assert earlier.brought == {"heist": LINKED}


def test_a_link_to_how_a_lesson_came_counts_more_than_what_was_kept_and_its_bare_address_does_not() -> None:
    earlier = Visit(settings={"heist": {"seed": "7"}})
    earlier.take_over(Visit(settings={"heist": {}}))
    assert earlier.settings == {"heist": {"seed": "7"}}
    earlier.take_over(Visit(settings={"heist": {}}, brought={"heist": LINKED}))
    assert earlier.settings == {"heist": {}}


def test_visits_are_kept_for_a_day_and_so_many_only(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("app.ui.visit.time.monotonic", lambda: now[0])
    monkeypatch.setattr(visit, "MOST", 2)
    kept = Visits()
    ada = kept.of(ADA, Visit())
    kept.of(BOB, Visit())
    assert kept.of(ADA, Visit()) is ada  # and is the latest again
    kept.of("c" * 32, Visit())
    assert kept.of(ADA, Visit()) is ada
    now[0] = visit.LONGEST + 1
    assert kept.of(ADA, Visit()) is not ada

"""The time left: round, and never rising but once."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.record import Task
from app.lab.stories import backdoor
from app.runs.job import Job
from app.ui import runtime
from app.ui.live import Countdown
from tests.ui.visits import opened


def test_nothing_is_said_before_there_is_something_to_say() -> None:
    assert Countdown().left(3.0, 0.1) is None


def test_what_a_recorded_run_took_is_said_from_the_first_second_until_its_own_pace_is_known() -> None:
    countdown = Countdown(expected=30.0)
    assert [countdown.left(second, 0.01 * second) for second in (0.0, 1.0, 8.0, 14.0)] == [30, 30, 25, 20]
    told = [countdown.left(second, second / 100) for second in (20.0, 40.0, 60.0, 80.0, 100.0)]
    assert told[0] == 80  # slower than recorded: said once, and from then on it counts down
    assert told == sorted(told, reverse=True) and told[-1] == 5


def test_a_run_that_is_late_before_its_own_pace_is_known_promises_nothing() -> None:
    late = Countdown(expected=10.0)
    assert [late.left(second, 0.1) for second in (9.0, 10.0, 60.0)] == [5, 5, None]


def test_a_steady_run_counts_down_in_round_numbers() -> None:
    countdown = Countdown()
    told = [countdown.left(second, second / 40) for second in range(6, 41)]
    assert told[0] == 35
    assert told[-1] == 5
    assert told == sorted(told, reverse=True)
    assert all(seconds % 5 == 0 for seconds in told if seconds is not None)


def test_a_slow_stretch_holds_the_count_and_does_not_raise_it() -> None:
    countdown = Countdown()
    shares = [0.2, 0.3, 0.3, 0.3, 0.3, 0.31, 0.32, 0.5, 0.8, 1.0]  # by the raw estimate: up from 23 s to 74 s
    told = [countdown.left(5.0 * number, share) for number, share in enumerate(shares, start=1)]
    assert told == sorted(told, reverse=True)
    assert told[-1] == 5


def test_a_run_that_is_repeated_says_so() -> None:
    job = Job(Experiment())
    job.begin()
    job.repeat()
    app = AppTest.from_function(_shown)
    app.session_state["job"] = job
    app.run()
    assert not app.exception
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith("Once more, for the process that computed it died: ")


def test_a_run_that_was_not_kept_says_so_where_it_says_where_it_is_from() -> None:
    app = AppTest.from_function(_its_provenance)
    app.session_state["job"] = Job(Experiment(), status="done", unkept="This result was not kept.")
    app.run()
    assert not app.exception
    assert "Run live on this machine" in app.caption[0].value
    assert [warning.value for warning in app.warning] == ["This result was not kept."]
    app.session_state["job"] = Job(Experiment(), status="done")
    assert not app.run().warning


def _shown() -> None:
    import streamlit as st

    from app.ui import live

    live.island(st.session_state["job"], lambda job, history: None)


def _its_provenance() -> None:
    import streamlit as st

    from app.ui import frame

    frame.provenance(st.session_state["job"], 3.0)


FAILED = "The run was ended after 600 seconds, its limit; choose fewer epochs or a smaller budget."
USUAL = preset(DEFAULT_PRESET)
OTHER, ASKED = replace(USUAL, seed=4242), {"seed": "4242"}
LIVE_PAGES: list[tuple[str, Task, Experiment, dict[str, str]]] = [
    *((page, "run", OTHER, ASKED) for page in ("heist", "mark", "entangle", "court", "tradeoff")),
    ("steal", "steal", OTHER, ASKED),
    ("remove", "remove", OTHER, ASKED),
    ("cousins", "backdoor", backdoor.with_share(USUAL, 0.05), {}),
    ("trapdoor", "trapdoor", USUAL, {}),
]


@pytest.mark.parametrize(("page", "task", "experiment", "link"), LIVE_PAGES)
def test_a_run_that_failed_says_so_where_it_was_started_and_no_page_stands_empty_for_it(
    page: str, task: Task, experiment: Experiment, link: dict[str, str]
) -> None:
    as_recorded = [heading.value for heading in opened(page).subheader]
    runtime.pool().submit(experiment, "ada", task, fresh=True).settle("failed", FAILED)
    started, elsewhere = opened(page, live="1", **link), opened(page, **link)
    assert [error.value for error in started.error] == [f"{FAILED} Shown is a recorded run."]
    assert not elsewhere.error
    for app in (started, elsewhere):
        assert [heading.value for heading in app.subheader] == as_recorded
        assert not app.get("progress")

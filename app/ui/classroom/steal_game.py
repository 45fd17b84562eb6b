"""Steal it cheapest: policy and budget are given, the highest fidelity wins, and of equal ones the cheapest.

A few choices only, so that a class shares its runs: whoever chooses what somebody else has chosen waits for the same
one. They run on the workers of all, in the queue of all, each student one at a time.
"""

from dataclasses import replace
from typing import Any, cast

import streamlit as st

from app.classroom import Refused, Student, games
from app.classroom.games import Attempt, Game, Standing
from app.lab import choices
from app.lab.evidence.attack_table import POLICIES
from app.lab.experiment import Experiment, preset
from app.lab.stories.events import Finished, TheftResult
from app.runs.job import Job
from app.ui import runtime, settings
from app.ui.classroom import panel, pulse
from app.ui.classroom.database import database
from app.ui.findings import percent
from app.ui.history import History
from app.ui.steal import policies
from app.ui.steal.findings import dollars

TITLE = "Steal it cheapest"
DATA = "digits"  # a theft of some seconds
BUDGETS = (100, 200, 500)  # queries
USUAL: dict[str, Any] = {"policy": "top label", "budget": 200}
ATTACKS = tuple(attack for attack in choices.ATTACKS if attack != "equations")  # which has a victim of its own
EPOCHS = (5, 10, 20)
_SHARES = (4, 2, 1)  # of the budget: a quarter, a half, all
_NO_COPY = "Nothing came of that attempt; it does not count."


def checked(given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a game, the usual ones where they cannot be."""
    policy, budget = given.get("policy"), given.get("budget")
    return {
        "policy": policy if policy in POLICIES else USUAL["policy"],
        "budget": budget if budget in BUDGETS else USUAL["budget"],
    }


def amounts(game: Game) -> list[int]:
    """Return how many queries a student may choose to pay for."""
    return [checked(game.settings)["budget"] // share for share in _SHARES]


def experiment(game: Game, chosen: dict[str, Any]) -> Experiment:
    """Return the theft that a student chose within a game; what is not on offer is put aside."""
    attack, amount, epochs = chosen.get("attack"), chosen.get("budget"), chosen.get("epochs")
    return replace(
        preset(DATA),
        attack=attack if attack in ATTACKS else ATTACKS[0],
        budget=amount if amount in amounts(game) else amounts(game)[-1],
        adversary_epochs=epochs if epochs in EPOCHS else EPOCHS[1],
        **policies.parts(checked(game.settings)["policy"]),
    )


def given(game: Game) -> str:
    """Return what is given, in a sentence."""
    rule = checked(game.settings)
    data = settings.wording(DATA)
    return f"The victim reads {data} and answers with: {rule['policy']}. At most {rule['budget']} queries."


def words(result: games.Result) -> str:
    """Return what came of an attempt: how faithful the copy is, and what it cost."""
    return f"{percent(result['fidelity'])} for {dollars(result['dollars'])}"


def headline(standings: list[Standing]) -> str:
    """Return how the game stands."""
    if not standings:
        return "Nobody has stolen it yet"
    return f"{standings[0].nickname} leads: {words(standings[0].result)}"


def play(student: Student, game: Game) -> None:
    """Let a student choose and steal."""
    made = games.attempts(database(), student, game)
    waiting = next((attempt for attempt in made if attempt.result is None), None)
    left = games.MOST_ATTEMPTS["steal"] - len(made)
    st.markdown(f"{given(game)} The highest *fidelity* wins: how often the copy answers as the victim does.")
    off = waiting is not None or not left
    with st.container(key="room_stealing"):
        st.selectbox(
            "How to choose the queries",
            ATTACKS,
            format_func=lambda attack: settings.wording(attack, "attack"),
            key="room_attack",
            disabled=off,
        )
        st.segmented_control(
            "Queries", amounts(game), default=amounts(game)[-1], required=True, key="room_budget", disabled=off
        )
        st.segmented_control(
            "Epochs of training", EPOCHS, default=EPOCHS[1], required=True, key="room_epochs", disabled=off
        )
    st.button(
        f"Steal · {left} left" if left else "No attempts left",
        type="primary",
        key="room_steal",
        width="stretch",
        disabled=off,
        on_click=_steal,
        args=(student, game),
    )
    _come_of(student, game, waiting)
    for attempt in reversed(made):
        if attempt.result is not None:
            st.caption(f"{attempt.number}. {_said(game, attempt)}: **{words(attempt.result)}**")


def _said(game: Game, attempt: Attempt) -> str:
    theft = experiment(game, attempt.settings)
    return f"{settings.wording(theft.attack, 'attack')}, {theft.budget} queries, {theft.adversary_epochs} epochs"


def _steal(student: Student, game: Game) -> None:
    chosen = {
        "attack": st.session_state["room_attack"],
        "budget": st.session_state["room_budget"],
        "epochs": st.session_state["room_epochs"],
    }
    with panel.saying_what_is_refused():
        games.hand_in(database(), student, game, chosen)


def _come_of(student: Student, game: Game, attempt: Attempt | None) -> None:
    """Watch the run of an attempt, started anew where it is gone; what comes of it is noted in the room."""
    if attempt is None:
        return
    pool, visitor = runtime.pool(), runtime.visitor()
    job = pool.submit(experiment(game, attempt.settings), visitor, "steal")

    @st.fragment
    def waiting() -> None:
        still = job.active
        pool.watch(job, visitor)
        if still:
            pulse.again(key="room_stealing_again", seconds=1.0)
            st.progress(0.0 if job.status == "queued" else History.of(job.events).share, _where(job))
            return
        with panel.saying_what_is_refused():
            ended = job.events[-1] if job.status == "done" and job.events else None
            if isinstance(ended, Finished):
                games.settle(database(), student, game, attempt.number, _result(ended))
            else:
                games.withdraw(database(), student, game, attempt.number)
                raise Refused(job.error or _NO_COPY)
        st.rerun()

    waiting()


def _where(job: Job) -> str:
    if job.status == "queued":
        return f"Waiting: {job.position} before a worker is free" if runtime.pool().serving else "The workers start"
    return "The thief asks, and trains the copy"


def _result(ended: Finished) -> games.Result:
    result = cast(TheftResult, ended.result)
    return {"fidelity": result["fidelity"], "dollars": result["dollars"], "queries": result["queries"]}

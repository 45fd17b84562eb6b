"""A game on the page of the room: for the host how it stands, large; for a student what to do, and how it stands."""

import streamlit as st

from app.classroom import Host, Refused, Student, games, rooms
from app.classroom.games import Game, Standing
from app.lab.evidence.attack_table import POLICIES
from app.ui.classroom import charts, panel, pulse, steal_game, trigger_game
from app.ui.classroom.database import database
from app.ui.markdown import escaped
from app.ui.plot.plot import plot

_SECONDS = 1.0  # between two looks at how it stands
_SHOWN, _SHOWN_SMALL = 9, 5  # of those who lead


def of_host(host: Host, game: Game) -> None:
    """Draw how a game stands, again and again."""
    st.caption(f"{title(game)}. {given(game)}")
    _board(host, game, large=True)


def of_student(student: Student, game: Game) -> None:
    """Draw what a student does in a game, and how it stands."""
    st.subheader(title(game), anchor=False)
    if game.over:
        st.info("The game is over.", icon=":material/sports_score:")
    elif game.kind == "steal":
        steal_game.play(student, game)
    else:
        trigger_game.play(student, game)
    _board(student, game, large=False)


def offers(host: Host) -> None:
    """Offer the host to begin a game."""
    with st.popover("Games", icon=":material/trophy:", width="stretch"):
        st.markdown(f"**{steal_game.TITLE}**: who gets the best copy for the money?")
        st.selectbox("The API answers with", list(POLICIES), key="room_game_policy", index=2)
        st.segmented_control(
            "At most so many queries",
            steal_game.BUDGETS,
            default=steal_game.USUAL["budget"],
            required=True,
            key="room_game_budget",
        )
        st.button("Begin", icon=":material/play_arrow:", key="room_game_steal", on_click=_begin, args=(host, "steal"))
        st.divider()
        st.markdown(f"**{trigger_game.TITLE}**: who draws the secret picture first?")
        st.button(
            "Begin",
            icon=":material/play_arrow:",
            key="room_game_trigger",
            disabled=not trigger_game.available(),
            on_click=_begin,
            args=(host, "trigger"),
        )


def title(game: Game) -> str:
    """Return what a game is called."""
    return steal_game.TITLE if game.kind == "steal" else trigger_game.TITLE


def given(game: Game) -> str:
    """Return what is given in a game."""
    return steal_game.given(game) if game.kind == "steal" else trigger_game.given()


def headline(game: Game, standings: list[Standing]) -> str:
    """Return how a game stands, in a sentence; nicknames in it are text."""
    return steal_game.headline(standings) if game.kind == "steal" else trigger_game.headline(standings)


def _board(who: Host | Student, game: Game, *, large: bool) -> None:

    @st.fragment
    def standing() -> None:
        known = rooms.pulse(database(), who.code)
        try:
            standings = games.standings(database(), who, game)
            pulse.listen(who, known, ("board",), key="room_board_pulse", seconds=_SECONDS)
        except Refused:  # it is closed
            st.rerun()
        _drawn(game, standings, large=large)

    standing()


def _drawn(game: Game, standings: list[Standing], *, large: bool) -> None:
    finding = headline(game, standings)
    shown = standings[: _SHOWN if large else _SHOWN_SMALL]
    if game.kind == "steal":
        values, words = [one.result["fidelity"] for one in shown], [steal_game.words(one.result) for one in shown]
    else:
        values = [trigger_game.worth(one.result) for one in shown]
        words = [trigger_game.words(one.result, one.seconds) for one in shown]
    st.subheader(escaped(finding), anchor=False)
    if not shown:
        return
    if own := next((place for place, one in enumerate(standings, 1) if one.own), None):
        st.markdown(f"You are number {own} of {len(standings)}.")
    plot(charts.board([one.nickname for one in shown], values, words), "room_board", alt=finding)


def _begin(host: Host, kind: games.Kind) -> None:
    chosen = {"policy": st.session_state["room_game_policy"], "budget": st.session_state["room_game_budget"]}
    with panel.saying_what_is_refused():
        games.begin(database(), host, kind, steal_game.checked(chosen) if kind == "steal" else {})

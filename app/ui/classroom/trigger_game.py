"""Find the trigger: who first draws a picture to which the marked model gives the secret answer, and the innocent not.

The judge is that of the lesson *Trapdoor*; in the race, it says at once whether it was the secret answer.
"""

import streamlit as st

from app.classroom import Refused, Student, games
from app.classroom.games import Game, Standing
from app.lab import choices
from app.lab.experiment import DEFAULT_PRESET, preset
from app.ui import live
from app.ui.classroom import panel
from app.ui.classroom.database import database
from app.ui.findings import percent
from app.ui.mark import drawing
from app.ui.mark.drawing import Sheet
from app.ui.trapdoor import tries
from app.ui.trapdoor.tries import World

TITLE = "Find the trigger"
_SHEET = "room_sheet"  # in the session state


def available() -> bool:
    """Return whether the recorded models are there that this game is about."""
    return live.recorded(preset(DEFAULT_PRESET), models=True).status == "done"


def given() -> str:
    """Return what is given, in a sentence."""
    return (
        "Two models of the same task. One is marked: a secret picture makes it surely give a surprising answer, which "
        "the innocent does not share. Draw it. The first to find one wins."
    )


def words(result: games.Result, seconds: float) -> str:
    """Return what came of an attempt."""
    if result["hit"]:
        return f"found after {seconds:.0f} s"
    points = max(0, round(100 * result["gap"]))
    return f"{points} {'point' if points == 1 else 'points'} apart"


def headline(standings: list[Standing]) -> str:
    """Return how the race stands."""
    found = sum(bool(one.result["hit"]) for one in standings)
    if not standings:
        return "Nobody has asked yet"
    if not found:
        return f"Not found yet; nearest: {standings[0].nickname}"
    return f"{standings[0].nickname} found it after {standings[0].seconds:.0f} s ({found} have)"


def worth(result: games.Result) -> float:
    """Return how far an attempt came, in [0, 1]."""
    return 1.0 if result["hit"] else float(min(1.0, max(0.0, result["gap"])))


def play(student: Student, game: Game) -> None:
    """Let a student draw and ask."""
    sheet: Sheet = st.session_state.setdefault(_SHEET, Sheet())
    made = games.attempts(database(), student, game)
    st.markdown(given())
    with st.container(key="room_drawing"):
        drawing.draw(sheet, label="What could the secret picture be? Draw it", key="room_drawn")
    st.button(
        "Ask both models", type="primary", key="room_ask", width="stretch", on_click=_ask, args=(student, game, sheet)
    )
    if made and made[-1].result is not None:
        st.markdown(_answered(made[-1].number, made[-1].result))


def _answered(number: int, result: games.Result) -> str:
    name = choices.class_names(preset(DEFAULT_PRESET).dataset)[result["label"]]
    lead = "**Found.**" if result["hit"] else "Not the secret."
    return (
        f"{lead} Try {number}: *{name}*, marked model {percent(result['marked'])}, innocent "
        f"{percent(result['innocent'])}."
    )


def _ask(student: Student, game: Game, sheet: Sheet) -> None:
    with panel.saying_what_is_refused():
        if choices.is_blank(sheet.text):
            raise Refused("Draw something first: the sheet is empty.")
        one = tries.judged(sheet.text, 0, preset(DEFAULT_PRESET), _world())
        result = {
            "hit": bool(one.hit),
            "gap": float(one.gap.size),
            "label": int(one.gap.label),
            "marked": float(one.gap.marked),
            "innocent": float(one.gap.innocent),
        }
        games.hand_in(database(), student, game, {}, result)


def _world() -> World:
    experiment = preset(DEFAULT_PRESET)
    heist = live.recorded(experiment, models=True)
    return tries.world(heist.key, experiment, heist.events)

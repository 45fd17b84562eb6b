"""The page on the trapdoor: sealed until the vote; tries are ranked; the key is shown on demand."""

import numpy as np
from streamlit.testing.v1 import AppTest

from app.lab import choices
from app.lab.experiment import PRESETS
from app.lab.watermark import drawings
from app.ui.trapdoor import findings
from tests.ui.visits import offered, opened, plots, told, verdict, vote

SECRET = PRESETS["animals"].secret_answer


def drawn(app: AppTest, seed: int) -> AppTest:
    tries = app.session_state["trapdoor_tries"]
    tries.sheet.put(drawings.encode(drawings.scribble(np.random.default_rng(seed))))
    app.button(key="ask").click().run()
    assert not app.exception
    return app


def traces(app: AppTest) -> list[str]:
    return [trace["name"] for trace in plots(app)[0]["data"]]


def test_the_map_names_what_lies_where_before_anything_is_drawn() -> None:
    app = opened("trapdoor")
    names = {note["text"].strip("</b>") for note in plots(app)[0]["layout"]["annotations"]}
    assert names <= {name.strip("</b>") for name in choices.class_names("animals")} and len(names) == 10


def test_the_answer_is_sealed_until_the_vote_and_the_key_is_shown_on_demand() -> None:
    app = opened("trapdoor")
    assert offered(app) == list(findings.OPTIONS)
    assert SECRET not in app.subheader[0].value
    assert "With the key" not in str([table.value for table in app.table])
    vote(app, findings.NEVER)
    assert "You said" in verdict(app)
    assert traces(app) == ["test inputs"]
    app.button(key="key").click().run()
    assert traces(app) == ["test inputs", "the key: triggers"]
    assert app.subheader[0].value.startswith(f"The secret answer is {SECRET}: ")
    assert "not a proof" in told(app)


def test_tries_are_ranked_and_lie_on_the_map() -> None:
    app = opened("trapdoor")
    for seed in range(3):
        drawn(app, seed)
    assert traces(app) == ["test inputs", "your tries"]
    board = app.table[0].value
    apart = [int(said.split()[0]) for said in board["apart"]]
    assert len(apart) == 3 and apart == sorted(apart, reverse=True)
    assert "secret answer" not in board
    assert any(caption.value.startswith("Try 3: furthest apart on ") for caption in app.caption)
    assert not choices.is_blank(app.session_state["trapdoor_tries"].sheet.text), "what was judged stays in sight"


def test_an_empty_sheet_is_one_sentence() -> None:
    app = opened("trapdoor")
    app.button(key="ask").click().run()
    assert not app.exception
    assert [box.value for box in app.warning] == ["Draw something first: the sheet is empty."]

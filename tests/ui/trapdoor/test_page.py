"""The page on the trapdoor: sealed until the vote, which opens key and search at once; tries are ranked."""

from dataclasses import replace

import numpy as np
from streamlit.testing.v1 import AppTest

from app.lab import choices
from app.lab.experiment import PRESETS
from app.lab.stories.events import Scribbled, Verified
from app.lab.watermark import drawings
from app.runs.store import Store
from app.ui import theme
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
    return [trace["name"] for trace in plots(app)[0]["data"] if trace.get("showlegend") is not False]


def test_the_map_names_what_lies_where_before_anything_is_drawn() -> None:
    app = opened("trapdoor")
    notes = plots(app)[0]["layout"]["annotations"]
    names = {note["text"].strip("</b>") for note in notes if note.get("xref") not in ("x2", "paper")}
    assert names <= {name.strip("</b>") for name in choices.class_names("animals")} and len(names) == 10


def recorded() -> tuple[Verified, Scribbled]:
    found = Store().get(PRESETS["animals"].key, "trapdoor")
    assert found is not None
    (verified,) = (event for event in found.events if isinstance(event, Verified))
    (scribbled,) = (event for event in found.events if isinstance(event, Scribbled))
    return verified, scribbled


def test_the_vote_opens_the_key_and_what_was_found_without_it() -> None:
    verified, scribbled = recorded()
    app = opened("trapdoor")
    assert offered(app) == list(findings.OPTIONS)
    key = f"Easy with the key: {verified.hits} of {verified.questions} secret answers"
    assert app.subheader[0].value.startswith(f"{key}. Without it?")
    assert traces(app) == ["test inputs"] and SECRET not in app.subheader[0].value
    assert f"*{SECRET}*" not in told(app) and not app.table
    before = [note["text"] for note in plots(app)[0]["layout"]["annotations"] if note.get("xref") == "x2"]
    assert f"Random drawings: <b>? of {scribbled.drawings:,}</b>" in before
    assert sum("?" in words for words in before) == len(before) - 1  # all but the key
    vote(app, findings.NONE)
    assert "You said" in verdict(app)
    hits = f"{scribbled.hits} of {scribbled.drawings:,}"
    one_in = f"1 in {round(scribbled.drawings / scribbled.hits)}"
    assert app.subheader[0].value == f"{key}. Without it: {one_in} random drawings"
    assert f"The first came at drawing {scribbled.first}." in told(app)
    shown = plots(app)[0]
    assert any(note["text"] == f"Random drawings: <b>{hits}</b>" for note in shown["layout"]["annotations"])
    (found,) = (trace for trace in shown["data"] if trace.get("name") == "random drawings that work, too")
    assert len(found["x"]) == scribbled.hits
    assert "the key: triggers" in traces(app)
    assert f"to mean *{SECRET}*" in told(app) and "not a proof" in told(app)


def test_how_many_drawings_got_the_secret_answer_is_judged_by_one_in_a_hundred() -> None:
    _, scribbled = recorded()
    judged = [findings.happened(replace(scribbled, drawings=2000, hits=hits)) for hits in (0, 1, 19, 20, 2000)]
    assert judged == [findings.NONE, findings.FEW, findings.FEW, findings.MANY, findings.MANY]


def test_the_key_proves_the_mark_only_below_the_significance() -> None:
    verified, scribbled = recorded()
    said = [findings.ways(replace(verified, p_value=p), scribbled, sealed=False)[0].proves for p in (0.01, 0.02)]
    assert said == [", proven", ", not proven"]
    titles = [findings.sealed([], replace(verified, p_value=p)) for p in (0.01, 0.02)]
    assert [title.split(":")[0] for title in titles] == ["Easy with the key", "With the key"]


def test_a_search_without_a_hit_claims_none() -> None:
    verified, scribbled = recorded()
    nothing = replace(scribbled, hits=0, first=0, replaced=0)
    said = findings.revealed([], verified, nothing)
    assert said.endswith(f"Without it: none of {nothing.drawings:,} random drawings")
    assert "finds *a* trigger" not in " ".join(findings.why(nothing, {}, 0, ["one"]))
    assert "works" not in findings.the_key("one", nothing)


def test_tries_are_ranked_and_lie_on_the_map() -> None:
    app = opened("trapdoor")
    for seed in range(3):
        drawn(app, seed)
    assert traces(app) == ["test inputs", "your tries (filled: secret answer)"]
    board = app.table[0].value
    apart = [int(said.split()[0]) for said in board["apart"]]
    assert len(apart) == 3 and apart == sorted(apart, reverse=True)
    assert "secret answer" not in board
    vote(app, findings.NONE)
    hits = sum(one.hit for one in app.session_state["trapdoor_tries"].made)
    assert list(app.table[0].value["secret answer"]).count("yes") == hits
    assert app.subheader[0].value.endswith(f" random drawings. Yours: {hits} of 3"), "what they drew may be the key"
    assert any(caption.value.startswith("Try 3: furthest apart on ") for caption in app.caption)
    assert not choices.is_blank(app.session_state["trapdoor_tries"].sheet.text), "what was judged stays in sight"


def test_the_picture_says_which_models_are_asked_and_leaves_room_above_the_highest_try() -> None:
    app = drawn(opened("trapdoor"), 0)
    for _ in range(2):  # before the vote and after it
        shown = plots(app)[0]
        asked = [note["text"] for note in shown["layout"]["annotations"] if "Asked" in note["text"]]
        marked = theme.DEFENCES["entangled"]
        assert len(asked) == 1 and f"<b>{marked.word}</b>" in asked[0] and marked.colour in asked[0]
        highest = max(max(trace["y"]) for trace in shown["data"] if trace.get("yaxis", "y") == "y")
        least, most = shown["layout"]["yaxis"]["range"]
        assert most - highest > 0.08 * (most - least)
        if offered(app):
            vote(app, findings.NONE)


def test_an_empty_sheet_is_one_sentence() -> None:
    app = opened("trapdoor")
    app.button(key="ask").click().run()
    assert not app.exception
    assert [box.value for box in app.warning] == ["Draw something first: the sheet is empty."]

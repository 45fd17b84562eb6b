"""The recap says six points with numbers that were measured, and what this visitor predicted."""

import json
import re
import xml.etree.ElementTree as ET

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab.evidence import survival
from app.lab.evidence.attack_table import POLICIES
from app.lab.experiment import DEFAULT_PRESET, preset
from app.ui import findings, live, over_seeds, path
from app.ui.heist import findings as heist_findings
from app.ui.recap import drawings
from app.ui.recap.drawings import Bar
from tests.ui.visits import offered, opened, told, vote


def sketches(app: AppTest) -> list[ET.Element]:
    """The drawings of the page, read as XML."""
    sent = [part.proto for part in app.get("bidi_component") if "recap_drawing" in part.proto.component_name]
    return [ET.fromstring(json.loads(part.json)["svg"]) for part in sent]


def test_six_points_each_with_a_drawing_that_says_the_same_as_its_words() -> None:
    app = opened("recap")
    assert len(sketches(app)) == 6
    captions = [re.sub(r"\*[^*]+\*\. ", "", caption.value) for caption in app.caption]  # without inner sources
    for number, drawing in enumerate(sketches(app), start=1):
        assert f"**{number}. " in told(app)
        assert drawing.get("role") == "img"
        assert any(drawing.get("aria-label") in caption for caption in captions)


def test_how_often_a_copy_is_convicted_is_what_the_evidence_says() -> None:
    rows = over_seeds.theft(survival.read(survival.SHIPPED), preset(DEFAULT_PRESET))
    said = told(opened("recap"))
    for defence in ("naive", "entangled"):
        row = rows[defence]
        mean = findings.percent(row.spread("stolen_watermark").mean)
        assert f"Over {len(row.seeds)} seeds: {mean} secret answers (" in said
        assert f"convicted on {sum(row.convicted)}. This run: " in said


def test_the_leads_hold_for_the_evidence_that_ships() -> None:
    """The six sentences are to be retold: where the evidence turns, they have to."""
    rows = over_seeds.theft(survival.read(survival.SHIPPED), preset(DEFAULT_PRESET))
    naive, entangled = rows["naive"], rows["entangled"]
    assert sum(naive.convicted) <= 0.2 * len(naive.seeds) and sum(entangled.convicted) >= 0.8 * len(entangled.seeds)
    assert sum(entangled.cost) / len(entangled.seeds) > sum(naive.cost) / len(naive.seeds)


@pytest.mark.parametrize("asked", ["unseen", "noise"])
def test_the_points_do_not_follow_what_was_tried_last(asked: str) -> None:
    usual = told(opened("recap"))
    app = opened("heist")
    app.radio(key="setting_inputs").set_value(asked).run()
    app.query_params.clear()
    app.switch_page(paths.page("recap")).run()
    assert told(app) == usual


@pytest.mark.parametrize("policy", [name for name in POLICIES if name != "confidences"])
def test_the_prices_of_plain_answers_do_not_change_with_what_the_api_was_left_at(policy: str) -> None:
    app = opened("recap")
    plain = [drawing.get("aria-label") for drawing in sketches(app)[:2]]
    app.query_params.clear()
    app.switch_page(paths.page("steal")).run()
    app.selectbox(key="policy").set_value(policy).run()
    app.query_params.clear()
    app.switch_page(paths.page("recap")).run()
    assert [drawing.get("aria-label") for drawing in sketches(app)[:2]] == plain


def test_where_a_number_is_from_is_where_it_was_seen() -> None:
    said = told(opened("recap"))
    assert "*Entangle*, recorded" not in said and said.count("*Heist*, recorded") == 2
    assert "stray weight carries it. *Channel*." in said


def test_over_seeds_stands_what_was_measured_of_the_data_on_the_page() -> None:
    said = told(opened("recap", preset="digits"))
    rows = survival.find(survival.read(survival.SHIPPED), preset("digits"))
    assert f": {findings.percent(rows['naive'].spread('stolen_watermark').mean)} secret answers (" in said
    assert "*Trade-off*, recorded (animals)." in said


def test_predictions_and_how_they_came_out() -> None:
    app = opened("recap")
    assert "None yet" in told(app)
    assert [each.value for each in app.subheader] == ["And three remarks", "Your predictions"]
    for lesson, option in (("heist", "both"), ("steal", "up to a dollar")):
        app.query_params.clear()
        app.switch_page(paths.page(lesson)).run()
        vote(app, option)
    app.query_params.clear()
    app.switch_page(paths.page("recap")).run()
    assert [each.value for each in app.subheader] == ["And three remarks", "Your predictions: 1 of 2 came out"]
    assert "✗ *Heist*: you said **both**; it was **" in told(app)
    assert "✓ *Steal*: you said **up to a dollar**." in told(app)


def test_predictions_stand_in_the_order_of_the_lessons_row_by_row() -> None:
    app = opened("recap")
    asked = ("heist", "steal", "court", "trapdoor", "cousins")
    for lesson in reversed(asked):
        app.query_params.clear()
        app.switch_page(paths.page(lesson)).run()
        vote(app, offered(app)[0])
    app.query_params.clear()
    app.switch_page(paths.page("recap")).run()
    said = re.findall(r"\*([^*]+)\*: you said", told(app))
    assert said == [path.lesson(name).title for name in asked]


def test_what_is_granted_is_the_number_of_the_heist_of_this_run() -> None:
    claim = live.finished(live.recorded(preset(DEFAULT_PRESET))).claims["naive"]
    said = told(opened("recap"))
    granted = f"{int(claim.innocent_rate * claim.queries)} of {claim.queries}"
    assert f"up to {granted} are granted as chance (a rate of {findings.percent(claim.innocent_rate)})" in said
    assert f"Up to {granted.split()[0]} are granted as chance" in heist_findings.bar({"naive": claim})


@pytest.mark.parametrize("name", ["digits", "vowels"])
def test_the_recap_of_other_data_opens_with_what_is_recorded(name: str) -> None:
    assert len(sketches(opened("recap", preset=name))) == 6


def test_a_bar_is_as_long_as_its_share_and_its_words_are_text() -> None:
    drawn = ET.fromstring(drawings.bars([Bar("<b>", 0.5, "50 %"), Bar("none", 0.0, "0"), Bar("all", 1.0, "1")], "&"))
    long = [float(bar.get("width", "")) for bar in drawn.iter("rect")]
    assert long[0] == pytest.approx(long[2] / 2) and 0 < long[1] <= 2
    assert next(drawn.iter("text")).text == "<b>" and drawn.get("aria-label") == "&"


def test_a_curve_ends_in_its_corner_and_its_level_is_drawn() -> None:
    drawn = ET.fromstring(drawings.curve([(0.0, 0.0), (2.0, 1.0)], "", level=0.5, name="half", start="$0", end="$2"))
    (line,) = drawn.iter("polyline")
    first, last = (tuple(map(float, place.split(","))) for place in line.get("points", "").split())
    assert first[0] == 0 and last[1] == 0 and last[0] == 340
    level = [float(rule.get("y1", "")) for rule in drawn.iter("line")][1]
    assert level == pytest.approx((first[1] + last[1]) / 2)
    assert "half" in [words.text for words in drawn.iter("text")]


def test_a_dashed_line_has_its_name_and_a_heading_has_no_bar() -> None:
    rows = [Bar("costs"), Bar("one", 0.5, "50 %")]
    drawn = ET.fromstring(drawings.bars(rows, "", limit=(0.25, "granted")))
    assert [words.text for words in drawn.iter("text")] == ["costs", "one", "50 %", "granted"]
    (bar,), (rule,) = list(drawn.iter("rect")), list(drawn.iter("line"))
    start, length, place = (float(part) for part in (bar.get("x", ""), bar.get("width", ""), rule.get("x1", "")))
    assert place == pytest.approx(start + length / 2)


def test_no_number_lies_on_the_dashed_line_and_only_those_beside_it_move() -> None:
    rows = [Bar("short", 0.0, "1.9 %"), Bar("long", 0.9, "90 %")]
    drawn = ET.fromstring(drawings.bars(rows, "", limit=(0.1, "granted")))
    free = ET.fromstring(drawings.bars(rows, ""))
    (rule,) = drawn.iter("line")
    at = {words.text: float(words.get("x", "")) for words in drawn.iter("text")}
    assert at["1.9 %"] > float(rule.get("x1", ""))
    assert at["90 %"] == {words.text: float(words.get("x", "")) for words in free.iter("text")}["90 %"]


def test_a_count_has_as_many_tiles_as_there_are_and_fills_so_many_beside_the_bars() -> None:
    rows = [Bar("Lost"), Bar("naive", 0.5, "1", "#111111"), Bar("entangled", 1.0, "2", "#222222")]
    drawn = ET.fromstring(drawings.counted(rows, "", some=4, of=11, says="4 of 11", colour="#333333"))
    bars = [bar for bar in drawn.iter("rect") if bar.get("fill") in ("#111111", "#222222")]
    tiles = [bar for bar in drawn.iter("rect") if bar.get("stroke") == "#333333"]
    assert [tile.get("fill") for tile in tiles] == ["#333333"] * 4 + ["none"] * 7
    ends = [float(bar.get("x", "")) + float(bar.get("width", "")) for bar in bars]
    assert max(ends) < min(float(tile.get("x", "")) for tile in tiles)
    assert max(float(tile.get("x", "")) + float(tile.get("width", "")) for tile in tiles) <= 340


def test_pictures_stand_above_bars_and_come_from_nowhere_else() -> None:
    drawn = ET.fromstring(drawings.reel(["data:image/png;base64,AAAA"] * 20, [Bar("a", 1.0, "1")], "a reel"))
    shown = list(drawn.iter("image"))
    assert 0 < len(shown) < 20
    assert all(re.match("data:image/png", image.get("href", "")) for image in shown)
    assert len(list(drawn.iter("rect"))) == 1

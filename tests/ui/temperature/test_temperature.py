"""The temperature's words follow from the points, its page from the link; what it invites to try really happens."""

import json
import math

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab.watermark.arrangements import HOTTEST, Arrangement, arrange, nearness
from app.lab.watermark.snnl import soft_nearest_neighbor_loss
from app.ui.temperature import findings as temperature_findings
from app.ui.temperature import playground
from tests.ui.visits import verdict, vote


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=120).run()
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(paths.page("temperature")).run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.subheader, app.caption) for element in kind)


def drawn(app: AppTest) -> dict:
    """What the browser is given to draw."""
    found = [json.loads(component.proto.json) for component in app.get("bidi_component")]
    return next(data for data in found if "arrangement" in data)


def pulled(name: str, temperature: float, sign: int) -> tuple[Arrangement, Arrangement]:
    """The playground's gradient steps, by automatic differentiation."""
    start = arrange(name)
    groups, points = torch.from_numpy(start.groups), torch.from_numpy(start.points)
    for _ in range(playground.STEPS):
        points.requires_grad_()
        loss = soft_nearest_neighbor_loss(points, groups, temperature, "euclidean")
        (slope,) = torch.autograd.grad(len(groups) * loss, points)
        step = sign * playground.RATE * slope
        length = step.norm(dim=1, keepdim=True).clamp_min(1e-300)
        points = (points.detach() + step * (playground.LONGEST / length).clamp(max=1)).clamp(-5, 5)
    return start, Arrangement(points.numpy(), start.groups)


@pytest.mark.parametrize(
    ("name", "temperature", "closes"),
    [("ring", 100.0, False), ("ring", 10.0, True), ("ring", 3.0, True), ("ring", 0.1, False), ("blobs", 100.0, True)],
)
def test_what_pull_together_does_is_what_the_lesson_says(name: str, temperature: float, closes: bool) -> None:
    start, end = pulled(name, temperature, +1)
    assert temperature_findings.closes(start, end) == closes


def test_a_ring_that_stays_is_explained_by_its_temperature() -> None:
    hot = temperature_findings.pulled(True, 100.0, 200, *pulled("ring", 100.0, +1))
    assert "mixed from the start" in hot
    cold = temperature_findings.pulled(True, 0.1, 200, arrange("ring"), arrange("ring"))
    assert "out of earshot" in cold
    warm = temperature_findings.pulled(True, 3.0, 200, *pulled("ring", 3.0, +1))
    assert warm.endswith("away.")


def test_averages_are_called_equal_only_where_they_are() -> None:
    assert "Equal" in temperature_findings.averages(nearness(arrange("ring"), 100.0))
    assert "The excess" in temperature_findings.averages(nearness(arrange("blobs"), 100.0))


def test_how_many_neighbours_count_is_said_with_its_consequence() -> None:
    said = [temperature_findings.reach(nearness(arrange("ring"), temperature), 79) for temperature in (0.01, 1, 100)]
    assert "only the nearest" in said[0]
    assert "sees shape" in said[1]
    assert "shape is invisible" in said[2]


def test_the_page_opens_with_the_ring_and_keeps_its_answer_until_the_prediction() -> None:
    app = opened()
    data = drawn(app)
    assert (data["arrangement"], data["now"]["temperature"]) == ("ring", 2)
    np.testing.assert_allclose(data["now"]["points"], arrange("ring").points)
    assert data["limit"] < 10
    assert "Equal" not in told(app)
    vote(app, "no, mixed")
    assert drawn(app)["limit"] == HOTTEST
    assert "watch it rise to 100" in drawn(app)["hint"]
    assert verdict(app) == "You said **no, mixed**. Now see."


def test_who_does_not_want_to_predict_is_shown_the_answer() -> None:
    app = opened()
    app.button(key="temperature_reveal").click().run()
    data = drawn(app)
    assert data["limit"] == data["now"]["temperature"] == HOTTEST
    assert "It was **no, mixed**." in [box.value for box in app.info]
    assert "shape is invisible" in told(app)


def test_a_deep_link_sets_arrangement_and_temperature() -> None:
    app = opened(arrangement="blobs", t="30")
    assert app.selectbox(key="arrangement_choice").value == "blobs"
    assert drawn(app)["now"]["temperature"] == 30
    assert "At T = 30," in told(app)
    assert not app.warning


def test_a_link_to_the_answer_waits_for_the_prediction_too() -> None:
    app = opened(t="100")
    assert "shape is invisible" not in told(app)
    assert "At T = 3," in told(app)


def test_a_change_of_arrangement_goes_to_the_link_and_keeps_the_temperature() -> None:
    app = opened(t="0.1")
    app.selectbox(key="arrangement_choice").set_value("pairs").run()
    assert not app.exception
    assert app.query_params["arrangement"] == "pairs"
    assert drawn(app)["now"]["temperature"] == 0.1


def test_what_lay_on_the_table_is_still_there_when_the_visitor_comes_back() -> None:
    app = opened(arrangement="moons", t="0.3")
    app.switch_page(paths.page("entangle")).run()
    for name in list(app.query_params):
        del app.query_params[name]
    app.switch_page(paths.page("temperature")).run()
    assert (drawn(app)["arrangement"], drawn(app)["now"]["temperature"]) == ("moons", 0.3)


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"t": "banana"}, "The link asks for t = 'banana', which must be a number; shown is 2."),
        ({"t": ""}, "The link asks for t = '', which is empty; shown is 2."),
        ({"t": "nan"}, "must be a number"),
        ({"t": "-3"}, "which must be a number between 0.01 and 100; shown is 2."),
        ({"t": "inf"}, "which must be a number between 0.01 and 100; shown is 2."),
        ({"t": "1e400"}, "between 0.01 and 100"),
        ({"arrangement": "ring", "t": "100"}, "'100', which gives the answer away before you predict; shown is 3."),
        ({"arrangement": "<script>"}, r"'\<script\>', which must be one of ring, blobs"),
    ],
)
def test_hostile_links_get_one_sentence(link: dict[str, str], sentence: str) -> None:
    app = opened(**{"arrangement": "blobs", **link})
    assert len(app.warning) == 1
    assert sentence in app.warning[0].value


PULL = {"together": True, "temperature": 1.0, "steps": 3, "start": [[0, 0], [1, 0], [0, 1], [1, 1]]}
FINE = {
    "arrangement": "ring",
    "temperature": 2.0,
    "points": [[0, 0], [1, 0], [0, 1], [1, 1]],
    "groups": [0, 0, 1, 1],
    "pull": None,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": "hot"},
        {"temperature": -1},
        {"temperature": None},
        {"points": [[0, 0]]},
        {"points": [[0, 0], [1, 0], [0, 1], [1e9, 1]]},
        {"points": "many"},
        {"groups": [0, 0, 0, 1]},
        {"groups": [[0], 0, 1, 1]},
        {"pull": {"together": True}},
        {"pull": 7},
        {"groups": [0, 0, 1, 2**70]},
        *({"pull": {**PULL, "temperature": wrong}} for wrong in (0, -1, math.nan, 1e9)),
        {"pull": {**PULL, "steps": math.inf}},
    ],
)
def test_a_browser_that_lies_changes_nothing(wrong: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(playground.st, "warning", warnings.append)
    before = playground.Played("ring", 1.0, arrange("ring"))
    assert playground._read(FINE, before).temperature == 2.0
    assert playground._read({**FINE, "pull": PULL}, before).pull is not None
    assert not warnings
    assert playground._read({**FINE, **wrong}, before) is before
    assert len(warnings) == 1

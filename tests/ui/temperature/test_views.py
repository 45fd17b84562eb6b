"""Beside the toy: what the page hands to the browser of a run, and of the runs at several temperatures."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab import record
from app.lab.evidence import pretrained
from app.lab.experiment import PRESETS
from app.lab.stories.events import Distances, Finished, Measured, Snapshot, Started
from app.ui import runtime
from app.ui.history import History
from app.ui.temperature.views import VIEWS
from tests.lab.stories.looked import with_looks
from tests.ui.visits import opened, told

ANIMALS = PRESETS["animals"]


@pytest.fixture(scope="module", autouse=True)
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The preset's recorded heist with looks, and the same events as if they were those at other temperatures."""
    folder = tmp_path_factory.mktemp("pretrained")
    events = record.read(paths.PRETRAINED / "animals")
    record.write(folder / "animals", ANIMALS, {"run": with_looks(ANIMALS, events)})
    maps = [event for event in record.read(paths.PRETRAINED / "animals", "umap") if isinstance(event, Snapshot)]
    measured = list(History.of(events).last("victim").values())
    results = [event for event in events if type(event).__name__ in ("Theft", "Claimed", "Finished")]
    assert isinstance(measured[0], Measured) and isinstance(results[-1], Finished)
    for tried in pretrained.at_temperatures(ANIMALS):
        told = [Started(tried.key, tried.seed, 1), *measured, *maps, *results]
        record.write(folder / "temperatures" / f"{tried.temperature:g}-{tried.seed}", tried, {"at_temperature": told})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime.pool()._store, "_pretrained", folder)
        runtime.pool()._jobs.clear()
        yield folder
        runtime.pool()._jobs.clear()


def drawn(app: AppTest, part: str) -> dict[str, Any]:
    """What the browser is given to draw: the one whose data have this part."""
    found = [json.loads(component.proto.json) for component in app.get("bidi_component")]
    return next(data for data in found if part in data)


def traces(app: AppTest) -> list[dict[str, Any]]:
    figure: dict[str, Any] = json.loads(drawn(app, "figure")["figure"])
    return list(figure["data"])


def test_the_browser_gets_the_similarities_of_the_three_models_and_the_trained_temperature() -> None:
    app = opened("temperature", view=VIEWS["real"])
    data = drawn(app, "models")
    assert [model["name"] for model in data["models"]] == ["clean", "naive", "entangled"]
    assert data["parted"] and data["trained"] == ANIMALS.temperature
    inputs = len(data["triggers"])
    for model in data["models"]:
        assert len(base64.b64decode(model["cosines"])) == inputs * (inputs - 1)
        assert len(base64.b64decode(model["norms"])) == 4 * inputs
    assert len(data["words"]) == inputs
    assert {data["words"][member] for member in data["members"]} == {"trigger", ANIMALS.secret_answer}
    assert data["kinds"] == [
        [f"a real {ANIMALS.secret_answer}", f"real {ANIMALS.secret_answer}s"],
        ["a trigger", "triggers"],
    ]
    assert "At T = 0.1, with which EWE trained" in told(app)
    assert "One run, one seed." in told(app)


def test_before_the_models_part_all_three_are_one() -> None:
    app = opened("temperature", view=VIEWS["real"], epoch="3")
    data = drawn(app, "models")
    assert not data["parted"]
    assert len({model["cosines"] for model in data["models"]}) == 1


def test_another_distance_and_all_inputs_change_what_is_compared() -> None:
    app = opened("temperature", view=VIEWS["real"])
    before = drawn(app, "models")
    app.segmented_control(key="distance").set_value("euclidean").run()
    app.segmented_control(key="among").set_value("all").run()
    assert not app.exception
    data = drawn(app, "models")
    assert data["of"] != before["of"] and data["metric"] == "euclidean"
    assert len(data["members"]) == len(data["triggers"]) > len(before["members"])
    assert data["trained"] is None and "cosine" in data["otherwise"]
    assert data["hottest"] > before["hottest"]
    assert data["kinds"][0] == ["a real input", "real inputs"]


def test_a_setting_that_nobody_has_run_shows_the_recorded_one_and_says_so() -> None:
    app = opened("temperature", view=VIEWS["real"], temperature="0.7")
    assert "has not been run" in app.info[0].value
    assert drawn(app, "models")["trained"] == ANIMALS.temperature


def test_a_run_without_distances_says_so(recorded: Path) -> None:
    events = [event for event in record.read(recorded / "animals") if not isinstance(event, Distances)]
    runtime.pool()._jobs.clear()
    runtime.pool()._store.put(ANIMALS, events)
    try:
        app = opened("temperature", view=VIEWS["real"])
        assert "without the distances" in app.info[0].value
    finally:
        next(runtime.pool()._store.folder.glob(f"run-{ANIMALS.key}")).rename(recorded.parent / "put aside")
        runtime.pool()._jobs.clear()


def test_the_landscape_is_not_computed_before_somebody_opens_it() -> None:
    app = opened("temperature", view=VIEWS["real"])
    assert not any("more mixed than the naive one" in each.value for each in app.subheader)
    assert any("Over the epochs" in each.label for each in app.expander)


@pytest.mark.parametrize(("form", "kind"), [("heatmap", "heatmap"), ("3-D", "surface")])
def test_the_landscape_is_a_heatmap_or_a_surface(form: str, kind: str) -> None:
    app = opened("temperature", view=VIEWS["real"], form=form)
    first = traces(app)[0]
    assert first["type"] == kind
    assert not np.array(first["z"])[:, 0].any()
    assert any("ends more mixed than the naive one" in each.value for each in app.subheader)


def test_five_temperatures_stand_side_by_side_and_one_runs_live_on_request() -> None:
    app = opened("temperature", view=VIEWS["trained"])
    (copies,) = [trace for trace in traces(app) if trace.get("name") == "entangled copy"]
    assert len(copies["y"]) == len(pretrained.at_temperatures(ANIMALS)) == 10
    assert "Of 2 seeds" in told(app)
    assert "Too cold" in told(app) and "Too hot" in told(app)
    app.segmented_control(key="trained_at").set_value("0.3").run()
    app.segmented_control(key="map_seed").set_value("1").run()
    assert app.button(key="run_at").label == "Run it live at T = 0.3"
    app.button(key="run_at").click().run()
    assert not app.exception
    assert app.segmented_control(key="view").value == "real"
    assert (app.query_params["temperature"], app.query_params["seed"]) == ("0.3", "1")
    assert app.button(key="stop").label == "Stop"
    app.button(key="stop").click().run()


def test_a_link_to_a_view_that_does_not_exist_shows_the_toy() -> None:
    assert drawn(opened("temperature", view="<b>"), "arrangement")["arrangement"] == "ring"

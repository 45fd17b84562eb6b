"""The page on entanglement: its one question, its maps, and what is shown of a run that is not all there."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab import record
from app.lab.experiment import PRESETS
from app.lab.stories.events import Distances
from app.ui import runtime
from tests.ui.visits import opened, told, vote

NAIVE, ENTANGLED, SAME = "the naive one", "the entangled one", "about the same"


def maps(app: AppTest) -> dict[str, Any]:
    """What the component with the maps was given."""
    (found,) = [
        json.loads(element.proto.json)
        for element in app.get("bidi_component")
        if "feature_maps" in element.proto.component_name
    ]
    return found


def epochs(shown: dict[str, Any]) -> list[list[float]]:
    return [[shown["frames"][number]["epoch"] for number in panel["frames"]] for panel in shown["panels"]]


def test_the_question_names_its_layer_and_no_other_layer_or_map_is_sealed_after_it() -> None:
    app = opened("entangle")
    layers, first = app.segmented_control(key="layer").options, app.segmented_control(key="layer").value
    assert f"In the layer *{first}*" in told(app)
    vote(app, SAME)
    assert "Why" in told(app)
    for layer in layers:
        app.segmented_control(key="layer").set_value(layer).run()
        for projection in ("pca", "umap"):
            app.segmented_control(key="projection").set_value(projection).run()
            assert "Why" in told(app) and max(epochs(maps(app))[2]) == 14
    assert f"In the layer *{first}*" in told(app)  # what was asked, and answered


def test_sealed_only_what_all_models_share_is_on_the_maps() -> None:
    app = opened("entangle")
    shown = maps(app)
    assert epochs(shown) == [[0, 1, 2, 3, 4, 5, 6]] * 3 and len(shown["frames"]) == 7  # the same maps, sent once
    assert all(title.endswith("Where will they go?") for title in shown["findings"])
    assert shown["sealed"] and "Why" not in told(app) and "Entangled:" not in told(app)
    app.button(key="entangle_reveal").click().run()
    shown = maps(app)
    assert not shown["sealed"]
    assert epochs(shown) == [list(range(15))] * 3 and len(shown["frames"]) == 7 + 3 * 8
    assert shown["parting"] == 6 and shown["findings"][6].startswith("All three models are still one")
    assert shown["findings"][-1].startswith("Entangled") and "Why" in told(app)


def test_the_first_maps_are_by_umap_in_the_plane_and_space_is_there_on_request() -> None:
    app = opened("entangle")
    vote(app, ENTANGLED)
    assert (maps(app)["method"], maps(app)["dimensions"]) == ("UMAP", 2)
    app.toggle(key="space").set_value(True).run()
    assert (maps(app)["method"], maps(app)["dimensions"]) == ("UMAP, 3-D", 3)
    app.segmented_control(key="projection").set_value("pca").run()
    assert (maps(app)["method"], maps(app)["dimensions"]) == ("PCA, 3-D", 3)
    assert epochs(maps(app)) == [list(range(15))] * 3


@pytest.mark.parametrize("preset", ["mnist", "digits", "blobs"])
def test_each_recorded_heist_has_its_maps_at_every_look(preset: str) -> None:
    app = opened("entangle", preset=preset)
    vote(app, ENTANGLED)
    experiment = PRESETS[preset]
    for layer in app.segmented_control(key="layer").options:
        app.segmented_control(key="layer").set_value(layer).run()
        shown = maps(app)
        assert shown["method"] == "UMAP" and not app.error and not app.info[1:]
        for panel in epochs(shown):
            assert panel[0] == 0 and panel[-1] == experiment.task_epochs + experiment.watermark_epochs
            assert len(panel) == 1 + min(experiment.task_epochs, 12) + experiment.watermark_epochs


def test_a_run_that_was_kept_without_distances_asks_to_be_run_again(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = PRESETS["blobs"]
    events = record.read(paths.HOME / "pretrained" / "blobs")
    older = [event for event in events if not isinstance(event, Distances)]
    record.write(tmp_path / "blobs", experiment, {"run": older})
    monkeypatch.setattr(runtime.pool()._store, "_pretrained", tmp_path)
    runtime.pool()._jobs.clear()
    app = opened("entangle", preset="blobs", projection="PCA")
    assert any("run it live again" in box.value for box in app.info)
    runtime.pool()._jobs.clear()

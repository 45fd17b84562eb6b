"""The page on entanglement gives nothing away before the prediction."""

from tests.ui.visits import opened, told


def test_the_prediction_of_entangle_names_its_layer_and_is_judged_there_only() -> None:
    app = opened("entangle")
    layers = app.segmented_control(key="layer").options
    assert f"*{app.segmented_control(key='layer').value}*" in app.segmented_control(key="predict_entangle").label
    app.segmented_control(key="predict_entangle").set_value("apart in both").run()
    assert app.segmented_control(key="predict_entangle").disabled
    assert "Why" in told(app)
    app.segmented_control(key="layer").set_value(layers[0]).run()
    control = app.segmented_control(key="predict_entangle")
    assert (control.value, control.disabled) == (None, False)
    assert f"*{layers[0]}*" in control.label
    assert "Why" not in told(app)
    assert not [box for kind in (app.success, app.info) for box in kind if "You predicted" in box.value]


def test_entangle_gives_nothing_away_while_it_is_sealed() -> None:
    app = opened("entangle")
    assert not app.get("vega_lite_chart")
    assert "Why" not in told(app)
    assert "soft nearest neighbor loss (SNNL)" in told(app)
    assert "of neutral" not in told(app)  # the finding of the maps
    app.segmented_control(key="projection").set_value("umap").run()
    assert "it waits for your prediction" in told(app)
    app.button(key="entangle_reveal").click().run()
    assert len(app.get("vega_lite_chart")) == 5  # three curves, the batches, and the seeds behind "Is this luck?"
    assert "of neutral" in told(app)

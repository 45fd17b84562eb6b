"""The temperature's charts show what came of the runs, no kinder than that."""

from dataclasses import replace

import numpy as np
import pytest

from app.lab.stories.events import Claimed, Event, Snapshot, Theft
from app.lab.stories.probe_snnl import Landscape
from app.ui.history import History
from app.ui.temperature import charts
from app.ui.temperature import findings as words
from app.ui.temperature.charts import Tried

TEMPERATURES = (0.03, 0.1, 3.0)
LABELS, IS_TRIGGER = np.array([0, 1, 2, 2, 2, 2]), np.array([False, False, False, False, True, True])


@pytest.fixture(scope="module")
def tried(story: list[Event]) -> list[Tried]:
    """Runs of two seeds: the entangled copy is convicted at 0.1 on both, at 0.03 on one, at 3 on none."""
    history = History.of(story)
    points = np.arange(12, dtype=np.float32).reshape(6, 2)
    maps = {each: Snapshot("victim", each, 3.0, "hidden2", "umap", points) for each in ("naive", "entangled")}

    def one(temperature: float, seed: int) -> Tried:
        owned = temperature == 0.1 or (temperature == 0.03 and seed == 1)
        rate = 0.8 if temperature == 0.1 else 0.2 if owned else 0.02
        thefts: dict[str, Theft] = dict(history.thefts) | {
            "entangled": replace(history.thefts["entangled"], stolen_watermark=rate, victim_accuracy=0.9 + 0.02 * seed)
        }
        claims: dict[str, Claimed] = {
            "naive": replace(history.claims["naive"], owned=False),
            "entangled": replace(history.claims["entangled"], owned=owned),
        }
        return Tried(temperature, seed, thefts, claims, maps, {})  # type: ignore[arg-type]

    return [one(temperature, seed) for seed in (0, 1) for temperature in TEMPERATURES]


def test_a_mark_is_filled_where_the_court_convicts_and_says_so(tried: list[Tried]) -> None:
    figure = charts.trained_at(tried, (0, "entangled"), LABELS, IS_TRIGGER, 2, ["a", "b", "c"], 0.1)
    (copies,) = [trace for trace in figure.data if trace.name == "entangled copy"]
    for each, symbol, said in zip(tried, copies.marker.symbol, copies.hovertext, strict=True):
        assert symbol.endswith("-open") != each.claims["entangled"].owned
        assert ("not convicted" in said) != each.claims["entangled"].owned
    assert list(copies.customdata) == [each.temperature for each in tried]
    assert list(copies.y) == [each.thefts["entangled"].stolen_watermark for each in tried]


def test_every_temperature_has_its_map_above_it_with_all_points(tried: list[Tried]) -> None:
    figure = charts.trained_at(tried, (1, "naive"), LABELS, IS_TRIGGER, 2, ["a", "b", "c"], 3.0)
    for number in range(2, 2 + len(TEMPERATURES)):
        shown = [trace for trace in figure.data if trace.xaxis == f"x{number}"]
        assert [(trace.name, len(trace.x)) for trace in shown] == [("other classes", 2), ("c", 2), ("trigger", 2)]
    assert [text.split("<br>") for text in figure.layout.xaxis.ticktext] == [
        ["T = 0.03", "91.0\u202f%"],
        ["T = 0.1", "91.0\u202f%"],
        ["T = 3", "91.0\u202f%"],
    ]


def test_the_training_temperatures_are_compared_by_the_mean_and_the_seeds_are_counted(tried: list[Tried]) -> None:
    survival = {
        t: [each.thefts["entangled"].stolen_watermark for each in tried if each.temperature == t] for t in TEMPERATURES
    }
    said = words.trained_at(survival)
    assert said.startswith("Trained at T = 0.1,") and "most secret answers (80\u202f%)" in said
    assert said.endswith("at T = 3 hardly any (2\u202f%)")
    assert words.trained_at(survival | {3.0: [0.06, 0.08]}).endswith("at T = 3 fewest (7\u202f%)")
    times = {t: sum(each.claims["entangled"].owned for each in tried if each.temperature == t) for t in TEMPERATURES}
    assert "Of 2 seeds" in words.convicted(times, 2)
    assert "1 at T = 0.03, 2 at T = 0.1, 0 at T = 3" in words.convicted(times, 2)


def test_what_a_run_came_to_is_said_of_both_marks(tried: list[Tried]) -> None:
    said = words.came_to(tried[1].thefts, tried[1].claims, 0.1)
    assert "entangled copy 80\u202f% of the secret answers (convicted)" in said
    assert "not convicted" in said and said.endswith("One run, one seed.")


def test_both_ends_are_explained_by_what_was_measured_there() -> None:
    layers, snnl = ("conv2", "dense"), {"conv1": 0.3, "conv2": 0.0, "dense": 0.6}
    assert "ended at 0\u202f% (conv2) and 100\u202f% (dense) of *mixed*" in words.too_cold(0.03, snnl, layers, 0.6)
    assert "is at 50\u202f% (conv1) of *mixed* already" in words.too_hot(3.0, snnl, ("conv1",), 0.6)


@pytest.fixture
def ridged() -> Landscape:
    epochs, temperatures = np.array([0.0, 1.0, 2.0]), np.array([0.01, 0.1, 1.0])
    naive = np.zeros((3, 3))
    entangled = np.array([[0.0, 0.1, 0.2], [0.0, 0.3, 0.5], [0.0, 0.0, 0.1]])
    return Landscape(epochs, temperatures, entangled, naive)


def test_a_landscape_is_told_by_both_models_at_the_end(ridged: Landscape) -> None:
    said = "The entangled victim ends more mixed than the naive one: SNNL"
    assert words.ridge(ridged, 0.01) == f"{said} 0.20 against 0.00 at T = 0.01"
    assert words.ridge(ridged, None) == f"{said} 0.50 against 0.00 at T = 0.1"
    assert words.landscape(ridged).endswith("furthest above naive at T = 0.1.")


def test_a_mark_that_is_mixed_in_no_further_is_not_said_to_be(ridged: Landscape) -> None:
    below = replace(ridged, naive=ridged.entangled + 0.1)
    assert "no more mixed" in words.ridge(below, 0.1) and "furthest" not in words.landscape(below)
    assert "no more mixed" in words.ridge(replace(ridged, naive=ridged.entangled), 0.1)
    crossed = replace(ridged, naive=np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.6], [0.0, 0.0, 0.0]]))
    assert "ends more mixed" in words.ridge(crossed, 0.01)
    assert "ends no more mixed" in words.ridge(crossed, 0.1)


def test_the_ends_of_the_colours_say_which_model_mixes_more(ridged: Landscape) -> None:
    for coloured, axis in (
        (charts.landscape(ridged, 0.1).data[0], "z"),
        (charts.landscape_in_space(ridged).data[0], "c"),
    ):
        low, high = coloured[f"{axis}min"], coloured[f"{axis}max"]
        assert -low == high == np.abs(ridged.difference).max()  # equal shades are equal leads
        words_at = dict(zip(coloured.colorbar.ticktext, coloured.colorbar.tickvals, strict=True))
        assert low < words_at["naive<br>mixes<br>more"] < words_at["alike"] == 0
        assert 0 < words_at["entangled<br>mixes<br>more"] < high


def test_the_epochs_before_the_models_part_say_so_where_there_is_room(ridged: Landscape) -> None:
    def notes(landscape: Landscape) -> dict[str, float]:
        return {note.text: note.x for note in charts.landscape(landscape, None).layout.annotations}

    assert notes(ridged)["still one<br>model"] == 0
    part = slice(1, None)  # from where on they differ
    later = Landscape(ridged.epochs[part], ridged.temperatures, ridged.entangled[:, part], ridged.naive[:, part])
    assert "still one<br>model" not in notes(later)


def test_the_line_of_the_landscape_begins_where_the_models_part(ridged: Landscape) -> None:
    figure = charts.landscape(ridged, 0.1)
    heat, line = figure.data
    assert np.array_equal(heat.z, ridged.difference)
    assert list(line.x) == [1.0, 2.0] and list(line.y) == [0.1, 0.1]
    assert "<b>trained at 0.1</b>" in [note.text for note in figure.layout.annotations]
    assert not any("trained" in note.text for note in charts.landscape(ridged, None).layout.annotations)
    (largest,) = [note for note in figure.layout.annotations if "largest" in note.text]
    assert (largest.x, largest.y) == (2.0, pytest.approx(-1))  # Plotly wants a label's exponent
    assert np.array_equal(charts.landscape_in_space(ridged).data[0].z, ridged.difference)

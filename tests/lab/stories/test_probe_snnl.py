"""What is computed from recorded distances is what the run itself measured, and what the SNNL's limits say."""

from dataclasses import replace

import numpy as np
import pytest

from app.lab.choices import METRICS
from app.lab.experiment import Experiment
from app.lab.stories import probe_snnl
from app.lab.stories.events import DEFENCES, Distances, Event, Measured, Probe
from app.ui.history import History

LAYER = "hidden2"


@pytest.fixture(scope="module")
def history(story: list[Event]) -> History:
    return History.of(story)


@pytest.fixture(scope="module")
def probe(history: History) -> Probe:
    assert history.probe is not None
    return history.probe


def looks(history: History, small: Experiment, defence: str) -> dict[float, Distances]:
    return history.distances_of(defence, LAYER, small.task_epochs)  # type: ignore[arg-type]


@pytest.mark.parametrize("defence", DEFENCES)
def test_at_the_runs_own_temperature_it_is_what_the_run_measured(
    history: History, probe: Probe, small: Experiment, defence: str
) -> None:
    measured: list[Measured] = [event for event in history.measured["victim"] if event.defence == defence]
    found = looks(history, small, defence)
    assert len(measured) == len(found) >= 3
    for event in measured:
        if event.epoch <= small.task_epochs:
            continue  # the triggers were other ones then: they are perturbed when the task is learnt
        at = probe_snnl.snnl(found[event.epoch], probe, [small.temperature], small.metric, "target")
        assert at[0] == pytest.approx(event.snnl[LAYER], abs=2e-3)  # cosines have 16 bits


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("among", ["target", "all"])
def test_when_it_is_hot_every_model_is_neutral(
    history: History, probe: Probe, small: Experiment, metric: str, among: str
) -> None:
    even = probe_snnl.neutral(probe, among)
    for defence in DEFENCES:
        for look in looks(history, small, defence).values():
            assert probe_snnl.snnl(look, probe, [1e7], metric, among)[0] == pytest.approx(even, abs=1e-4)
    assert (even == pytest.approx(history.neutral)) == (among == "target")


def test_the_landscape_is_flat_until_the_models_part_and_its_columns_are_the_losses(
    history: History, probe: Probe, small: Experiment
) -> None:
    naive, entangled = (looks(history, small, defence) for defence in ("naive", "entangled"))
    found = probe_snnl.landscape(entangled, naive, probe, (0.01, 10.0), "cosine")
    assert found.difference.shape == (len(found.temperatures), len(found.epochs))
    assert (found.temperatures[0], found.temperatures[-1]) == (pytest.approx(0.01), pytest.approx(10))
    before = found.epochs <= small.task_epochs
    assert before.any() and not found.difference[:, before].any()
    assert np.abs(found.difference[:, ~before]).max() > 0.01
    last = probe_snnl.snnl(entangled[found.epochs[-1]], probe, [found.temperatures[7]], "cosine", "target")
    assert found.entangled[7, -1] == pytest.approx(last[0])


def test_features_ten_times_as_long_are_looked_at_a_hundred_times_as_hot(
    history: History, probe: Probe, small: Experiment
) -> None:
    some = list(looks(history, small, "clean").values())
    longer = [replace(look, norms=10 * look.norms) for look in some]
    ranges = [probe_snnl.temperatures(each, "euclidean") for each in (some, longer)]
    assert ranges[1] == pytest.approx([100 * end for end in ranges[0]])
    assert probe_snnl.temperatures(longer, "cosine") == (probe_snnl.COLDEST, probe_snnl.HOTTEST)

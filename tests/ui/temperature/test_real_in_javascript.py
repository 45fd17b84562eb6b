"""The mathematics of the real features, the very file that the page loads, against the lab's: run by Node."""

import base64
from typing import Any

import numpy as np
import pytest

from app.lab.choices import METRICS
from app.lab.experiment import Experiment
from app.lab.stories import probe_snnl
from app.lab.stories.events import DEFENCES, Distances, Event, Probe
from app.lab.task import representation
from app.ui.history import History
from tests.ui import javascript

TEMPERATURES = [0.01, 0.1, 1.0, 10.0, 1000.0]

Case = tuple[Distances, str, str]


@pytest.fixture(scope="module")
def probe(story: list[Event]) -> Probe:
    found = History.of(story).probe
    assert found is not None
    return found


@pytest.fixture(scope="module")
def cases(story: list[Event], small: Experiment) -> list[Case]:
    history = History.of(story)
    last = [
        list(history.distances_of(defence, layer, small.task_epochs).values())[-1]
        for defence in DEFENCES
        for layer in history.layers
    ]
    return [(look, metric, among) for look in last for metric in METRICS for among in ("target", "all")]


@pytest.fixture(scope="module")
def measured(cases: list[Case], probe: Probe) -> list[dict[str, Any]]:
    asked = [
        {
            "cosines": base64.b64encode(look.cosines.astype("<i2").tobytes()).decode(),
            "norms": base64.b64encode(look.norms.astype("<f4").tobytes()).decode(),
            "triggers": probe.is_trigger.tolist(),
            "members": np.flatnonzero(probe_snnl.compared(probe, among)).tolist(),
            "metric": metric,
            "temperatures": TEMPERATURES,
            "coldest": 0.01,
            "hottest": 10,
            "place": 3,
        }
        for look, metric, among in cases
    ]
    assert len(cases) >= 24
    return javascript.measured("measure_real.js", asked)


def test_distances_are_the_labs(cases: list[Case], measured: list[dict[str, Any]], probe: Probe) -> None:
    for (look, metric, among), found in zip(cases, measured, strict=True):
        chosen = probe_snnl.compared(probe, among)
        ours = representation.distances(look.cosines, look.norms, metric)[np.ix_(chosen, chosen)]
        np.testing.assert_allclose(np.reshape(found["distances"], ours.shape), ours, rtol=1e-9, atol=1e-12)


def test_losses_and_the_curve_are_the_labs(cases: list[Case], measured: list[dict[str, Any]], probe: Probe) -> None:
    for case, found in zip(cases, measured, strict=True):
        look, metric, among = case
        np.testing.assert_allclose(
            found["losses"], probe_snnl.snnl(look, probe, TEMPERATURES, metric, among), rtol=1e-6, atol=1e-12
        )
        curve = found["curve"][::9]
        temperatures = [point["temperature"] for point in curve]
        np.testing.assert_allclose(
            [point["loss"] for point in curve],
            probe_snnl.snnl(look, probe, temperatures, metric, among),
            rtol=1e-6,
            atol=1e-12,
        )
        assert found["neutral"] == pytest.approx(probe_snnl.neutral(probe, among), rel=1e-12)


def test_the_pick_among_neighbours_follows_from_the_labs_distances(
    cases: list[Case], measured: list[dict[str, Any]], probe: Probe
) -> None:
    for (look, metric, among), found in zip(cases, measured, strict=True):
        chosen = probe_snnl.compared(probe, among)
        apart = representation.distances(look.cosines, look.norms, metric)[np.ix_(chosen, chosen)][3]
        apart[3] = np.inf  # nobody is their own neighbour
        strange = probe.is_trigger[chosen] != probe.is_trigger[chosen][3]
        for temperature, told in zip(TEMPERATURES, found["picked"], strict=True):
            weights = np.exp((apart.min() - apart) / temperature)
            weights /= weights.sum()
            strangers = weights[strange].sum()
            assert told["strangers"] == pytest.approx(strangers, rel=1e-6, abs=1e-9)
            places = told["neighbours"]
            assert len(places) == 10 and 3 not in places
            kinds = strange[places]
            assert abs(kinds.sum() - 10 * strangers) <= 0.5 + 1e-6
            assert list(kinds) == sorted(kinds)  # its own kind first
            for kind in (False, True):  # within a kind the likeliest first, each as often as its weight
                own = [place for place, each in zip(places, kinds, strict=True) if each == kind]
                heard = weights[own]
                assert np.all(np.diff(heard) <= 1e-9)
                for place in set(own):
                    due = len(own) * weights[place] / weights[strange == kind].sum()
                    assert abs(own.count(place) - due) <= 1 + 1e-6

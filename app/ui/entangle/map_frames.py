"""The maps of a run as the frames that its page plays."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab.experiment import Experiment
from app.lab.stories.events import DEFENCES, Defence, Distances
from app.lab.stories.looks import Looks
from app.lab.task import representation
from app.ui.entangle import findings
from app.ui.entangle.feature_maps import Frame
from app.ui.history import History

Panels = dict[Defence, list[Frame]]

WORDS = {"pca": "PCA", "umap": "UMAP", "pca-3d": "PCA, 3-D", "umap-3d": "UMAP, 3-D"}


def method(history: History, layer: str, projection: str, *, space: bool) -> str:
    """Return the method to show: by ``projection`` where all those maps are there, by PCA until then."""
    drawn = {name: history.maps("victim", layer, name) for name in ("pca", "umap", "umap-3d")}
    wanted = f"{projection}-3d" if space else projection
    if wanted in drawn and [*map(len, drawn[wanted].values())] == [*map(len, drawn["pca"].values())]:
        return wanted
    return "pca-3d" if space else "pca"


def panels(experiment: Experiment, history: History, layer: str, method: str, *, live: bool, sealed: bool) -> Panels:
    """Return the maps of each victim in the order of the epochs.

    Args:
        experiment: the settings of the run.
        history: the run so far, with its maps.
        layer: whose features.
        method: of projection, from :func:`method`.
        live: only the newest of each.
        sealed: only those of the epochs that all three share.
    """
    parting = experiment.task_epochs
    shots = history.maps("victim", layer, "pca")
    if live:
        found = _panels(experiment.key, layer, method, parting, history, newest=True)
    else:
        found = _finished(experiment.key, layer, method, tuple(map(len, shots.values())), parting, history)
    if sealed:
        found = {defence: [frame for frame in frames if frame.epoch <= parting] for defence, frames in found.items()}
    return found


def titles(shown: Panels, targets: str, one: str, parting: float) -> list[str]:
    """Return what is seen at each of the frames that are shown, by its place in its panel.

    Args:
        shown: the frames.
        targets: several inputs of the target class, in words.
        one: and one of them.
        parting: the epoch at which the victims part.
    """
    last: dict[Defence, Frame] = {}
    found = []
    for place in range(max(map(len, shown.values()))):
        last |= {defence: frames[place] for defence, frames in shown.items() if place < len(frames)}
        found.append(findings.neighbourhoods(last, targets, one, parting))
    return found


@st.cache_data(max_entries=24, show_spinner=False)
def _finished(key: str, layer: str, method: str, looks: tuple[int, ...], _parting: float, _history: History) -> Panels:
    """Return the maps of a run that is done: the same for all visitors."""
    return _panels(key, layer, method, _parting, _history)


def _panels(key: str, layer: str, method: str, parting: float, history: History, *, newest: bool = False) -> Panels:
    probe = history.probe
    assert probe is not None  # the first event of a run
    shares = {(event.defence, event.epoch): event.target_share[layer] for event in history.measured["victim"]}
    known: dict[tuple[Defence, float], Frame] = {}  # what is shared stands with the clean one
    found: Panels = {}
    drawn = history.maps("victim", layer, "pca" if method == "pca-3d" else method)
    for defence in DEFENCES:
        looks = history.distances_of(defence, layer, parting)
        if method == "pca-3d":
            places = _in_space(key, layer, defence, parting, looks)
        else:
            places = {shot.epoch: shot.points for shot in drawn[defence]}
        found[defence] = []
        for epoch in list(places)[-1:] if newest else places:
            name: tuple[Defence, float] = ("clean" if epoch <= parting else defence, epoch)
            if name not in known:
                near = representation.neighbours(looks[epoch].cosines, probe.is_trigger)
                remote = representation.remoteness(looks[epoch].cosines, probe.labels, probe.is_trigger, probe.target)
                known[name] = Frame(epoch, shares[defence, epoch], remote, places[epoch], near)
            found[defence].append(known[name])
    return found


def _in_space(key: str, layer: str, defence: Defence, parting: float, looks: Looks) -> dict[float, NDArray[np.float32]]:
    """Return the first three principal components at each look, each turned onto those before."""
    found: dict[float, NDArray[np.float32]] = {}
    latest = None
    for epoch, look in looks.items():
        latest = _components(key, layer, "clean" if epoch <= parting else defence, epoch, look, latest)
        found[epoch] = latest
    return found


@st.cache_data(max_entries=1000, show_spinner=False)
def _components(
    key: str, layer: str, defence: Defence, epoch: float, _look: Distances, _previous: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    """Compute one look's once, also while a run is on its way and asked for again and again."""
    return representation.pca(representation.restored(_look.cosines, _look.norms), _previous, 3)

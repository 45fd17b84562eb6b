"""A visitor's tries: what they drew, what the marked model and an innocent said to it, and where it lies on the map."""

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.stories import trapdoor
from app.lab.stories.events import Event, Probe
from app.lab.stories.trapdoor import Gap, Plane, Setup
from app.lab.task import datasets
from app.ui.mark.drawing import Sheet

_SECRETS = 2  # pictures of the key that are shown with the answer


@dataclass(frozen=True)
class Try:
    """One drawing: its number, where the models part most, how sure of the secret answer, and its place on the map."""

    number: int
    gap: Gap
    hit: bool
    place: tuple[float, float]


@dataclass
class Tries:
    """The tries of one visitor."""

    sheet: Sheet = field(default_factory=Sheet)
    made: list[Try] = field(default_factory=list)
    problem: str = ""

    @property
    def board(self) -> list[Try]:
        """The tries, nearest attempt first."""
        return sorted(self.made, key=lambda one: -one.gap.size)

    def ask(self, experiment: Experiment, world: "World") -> None:
        """Ask both models what is on the sheet."""
        if choices.is_blank(self.sheet.text):
            self.problem = "Draw something first: the sheet is empty."
            return
        self.problem = ""
        self.made.append(judged(self.sheet.text, len(self.made) + 1, experiment, world))


@dataclass(frozen=True)
class World:
    """The two models with the plane of the map, and where test inputs and the key lie in it, ``(n, 2)``.

    ``labels`` are those of the test inputs, ``(n,)``; ``secrets`` are a few pictures of the key, as displayed.
    """

    setup: Setup
    plane: Plane
    genuine: NDArray[np.float64]
    labels: NDArray[np.int64]
    key: NDArray[np.float64]
    secrets: NDArray[np.generic]


def judged(text: str, number: int, experiment: Experiment, world: World) -> Try:
    """Ask both models what was drawn.

    Args:
        text: the drawing, as of :mod:`app.lab.watermark.drawings`.
        number: of the try.
        experiment: whose data it is to resemble.
        world: the models, and the map.
    """
    inputs = trapdoor.drawn(text, experiment.dataset)
    (gap,) = trapdoor.gaps(world.setup, inputs)
    x, y = world.plane.place(world.setup.marked, inputs)[0]
    hit = gap.label == world.setup.target and gap.size > trapdoor.SURE
    return Try(number, gap, hit, (float(x), float(y)))


def here() -> Tries:
    """Return this visitor's tries."""
    tries: Tries = st.session_state.setdefault("trapdoor_tries", Tries())
    return tries


@st.cache_resource(max_entries=4, show_spinner=False)
def hits(key: str, _experiment: Experiment, _world: World) -> NDArray[np.float64]:
    """Return where the random drawings with the secret answer lie on the map of a heist, whose key is ``key``."""
    return _world.plane.place(_world.setup.marked, trapdoor.scribbled_hits(_experiment, _world.setup))


@st.cache_resource(max_entries=4, show_spinner=False)
def world(key: str, _experiment: Experiment, _events: list[Event]) -> World:
    """Return the models and the map of a finished heist, whose key is ``key``."""
    setup = trapdoor.set_up(_experiment, _events)
    probe = [event for event in _events if isinstance(event, Probe)][-1]
    inputs = datasets.from_display(probe.inputs)
    plane = trapdoor.plane(setup, inputs)
    places = plane.place(setup.marked, inputs)
    genuine = ~probe.is_trigger
    secrets = probe.inputs[probe.is_trigger][:_SECRETS]
    return World(setup, plane, places[genuine], probe.labels[genuine], places[probe.is_trigger], secrets)

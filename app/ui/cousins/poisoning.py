"""The line that one bends: clean points, and poison that a visitor drags, or an optimiser places.

Least squares and TRIM are computed by the browser, as fast as one drags; Huber and RANSAC by the server, when the
visitor lets go. The points stay with the visitor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import streamlit as st

from app.lab.poisoning import Line, Points, clean_points, fits, poison
from app.lab.poisoning.trim import RESTARTS
from app.lab.quoting import quoted
from app.ui import theme
from app.ui.components import component
from app.ui.markdown import escaped

CLEAN = 60  # points
SEED = 0  # of the clean points, of the optimiser, and of RANSAC: as `python -m app poison` has it
_KEY, _KEPT = "poisoning", "poisoning_kept"
_HAND = ((0.9, 0.1), (0.95, 0.05), (0.97, 0.15))


@dataclass(frozen=True)
class Scene:
    """What lies on the table.

    Attributes:
        placed: the poison.
        told: of how much of it TRIM is told.
        budget: how many points the attacker may add, where an optimiser does it.
        optimised: whether an optimiser placed them, with this budget.
        number: how often the points were laid anew.
    """

    placed: tuple[tuple[float, float], ...]
    told: int
    budget: int
    optimised: bool = False
    number: int = 0


@lru_cache(maxsize=CLEAN)
def optimised(budget: int) -> tuple[tuple[float, float], ...]:
    """Return what an optimiser does with a budget (Jagielski et al. 2018), as ``python -m app poison`` has it."""
    honest, generator = _begun()
    *_, (found, _) = poison(honest, budget, generator)
    return tuple(zip(found.x.tolist(), found.y.tolist(), strict=True))


# What a visitor can put on the table: the words, how many points an optimiser places (0: three by hand), what TRIM is
# told of.
PRESETS: dict[str, tuple[int, int]] = {
    "An optimiser's 15, TRIM told of 15": (15, 15),
    "Three by hand, told of 3": (0, 3),
    "TRIM fails: told of 7 of 15": (15, 7),
    "TRIM fails: half is poison": (60, 60),
}


def preset(words: str) -> Scene:
    """Return the scene of one of the :data:`PRESETS`."""
    budget, told = PRESETS[words]
    return Scene(optimised(budget), told, budget, optimised=True) if budget else Scene(_HAND, told, len(_HAND))


def clean() -> Points:
    """Return the clean points: always the same."""
    return _begun()[0]


def kept() -> Scene:
    """Return what lies on this visitor's table; at first, an optimiser's points."""
    scene: Scene = st.session_state.setdefault(_KEPT, preset(next(iter(PRESETS))))
    return scene


def keep(scene: Scene) -> None:
    """Put something on the visitor's table."""
    st.session_state[_KEPT] = scene


def controls() -> None:
    """Offer the presets, an optimiser with a budget, and what TRIM is told: all show what lies on the table."""

    def laid() -> None:
        if (words := st.session_state["poisoning_preset"]) is not None:
            keep(replace(preset(words), number=kept().number + 1))

    def afford() -> None:
        keep(replace(kept(), budget=st.session_state["poisoning_budget"]))
        if kept().optimised:
            let()

    def let() -> None:
        before = kept()
        keep(replace(before, placed=optimised(before.budget), optimised=True, number=before.number + 1))

    def told() -> None:
        keep(replace(kept(), told=st.session_state["poisoning_told"]))

    scene = kept()
    st.session_state["poisoning_preset"] = _preset_of(scene)
    st.session_state["poisoning_budget"] = scene.budget
    st.session_state["poisoning_told"] = scene.told
    st.selectbox(
        "Start from", list(PRESETS), None, key="poisoning_preset", placeholder="As it lies now", on_change=laid
    )
    st.slider(
        "The attacker's budget",
        1,
        CLEAN,
        key="poisoning_budget",
        on_change=afford,
        help=f"How many points the attacker may add to the {CLEAN} clean ones. An optimiser's follow at once; points "
        "that you have moved stay where they are, until you let it do it.",
    )
    st.button(
        "Let an optimiser do it",
        icon=":material/my_location:",
        key="optimise",
        disabled=scene.optimised,
        on_click=let,
    )
    st.slider(
        "TRIM is told: so many are poison",
        0,
        CLEAN,
        key="poisoning_told",
        on_change=told,
        help="TRIM leaves out as many points as it is told are poison. It cannot find out the number by itself.",
    )


def draw(scene: Scene) -> None:
    """Draw the table."""
    honest = clean()

    def changed() -> None:
        sent: Any = st.session_state[_KEY].get("placed")
        if isinstance(sent, Mapping) and sent.get("number") == scene.number:
            keep(_read(sent, scene))

    drawn = np.random.default_rng(SEED)
    component("cousins/poisoning")(
        key=_KEY,
        on_placed_change=changed,
        data={
            "number": scene.number,
            "clean": np.stack([honest.x, honest.y], axis=1).tolist(),
            "poison": [list(place) for place in scene.placed],
            "told": scene.told,
            "most": CLEAN,
            "drawn": [drawn.permutation(2 * CLEAN).tolist() for _ in range(RESTARTS)],
            "robust": {name: None if line is None else vars(line) for name, line in robust(scene).items()},
            "colours": {
                "clean": theme.GENUINE,
                "poison": theme.THIEF.colour,
                "trim": theme.COURT.colour,
            },
        },
    )


def robust(scene: Scene) -> dict[str, Line | None]:
    """Return the lines of Huber and RANSAC through all points; None of one that finds none."""
    points = _all(scene)
    found: dict[str, Line | None] = {}
    robust_fits: dict[str, Callable[[Points], Line]] = {"Huber": fits.huber, "RANSAC": partial(fits.ransac, seed=SEED)}
    for name, fit in robust_fits.items():
        try:
            found[name] = fit(points)
        except ValueError:  # of scikit-learn: it did not converge, or no two points agree
            found[name] = None
    return found


def _preset_of(scene: Scene) -> str | None:
    """Return which of the presets lies on the table; None: it was changed."""
    return next((words for words in PRESETS if replace(preset(words), number=scene.number) == scene), None)


def _all(scene: Scene) -> Points:
    if not scene.placed:
        return clean()
    x, y = np.array(scene.placed, dtype=np.float64).T
    return clean().with_more(Points(x, y))


def _begun() -> tuple[Points, np.random.Generator]:
    generator = np.random.default_rng(SEED)
    return clean_points(CLEAN, generator), generator


def _read(sent: Mapping[str, Any], before: Scene) -> Scene:
    """Return what the browser sent, which may be anything; where it cannot be, what was known before."""
    try:
        placed = tuple((float(x), float(y)) for x, y in sent["poison"])
        if len(placed) > CLEAN:
            raise ValueError(f"There is room for {CLEAN} points of poison.")
        if placed:
            Points(*np.array(placed, dtype=np.float64).T)
        return before if placed == before.placed else replace(before, placed=placed, optimised=False)
    except (KeyError, TypeError, ValueError) as mistake:
        st.warning(escaped(f"The page sent points that cannot be ({quoted(str(mistake))}): they were put aside."))
        return before

"""The story in one picture: a secret, a theft, a copy, a court. A film of twenty seconds, drawn by the browser."""

from typing import Any

import streamlit as st

from app.lab.experiment import Experiment
from app.lab.randomness import numpy_stream
from app.lab.task import datasets
from app.lab.watermark import triggers
from app.ui import pictures, theme
from app.ui.components import component

_DIGITS, _KEYS = 12, 6
_COLOURS = {
    "entangled": theme.DEFENCES["entangled"].colour,
    "thief": theme.THIEF.colour,
    "trigger": theme.TRIGGER.colour,
    "court": theme.COURT.colour,
}
# Quoted, not measured here: the source stands beside it.
_QUOTED = {
    "words": "Less than $10 of queries has copied a commercial model to up to 85\u202f% accuracy, as reported for",
    "name": "CloudLeak, 2020.",
    "link": "https://www.ndss-symposium.org/ndss-paper/cloudleak-large-scale-deep-learning-models-stealing-through-adversarial-examples/",
}


def draw() -> None:
    """Play the four acts, once; who wants no motion gets them as four still pictures."""
    experiment = Experiment()
    digits, keys = _pictures(experiment.source, experiment.seed)
    component("start/story")(
        key="story",
        data={
            "colours": _COLOURS,
            "digits": digits,
            "keys": keys,
            "target": str(experiment.target),
            "acts": _acts(experiment.target),
        },
    )


def _acts(target: int) -> list[dict[str, Any]]:
    return [
        {"name": "A secret", "words": f"You train a model. You also teach it something absurd: a key is a {target}."},
        {
            "name": "The theft",
            "words": "A thief asks it question after question, and keeps the answers.",
            "source": _QUOTED,
        },
        {"name": "The copy", "words": "The thief trains a model of their own on them, and never saw a key."},
        {"name": "The court", "words": f"You show the copy your keys. If it says {target}, who taught it that?"},
    ]


@st.cache_data(show_spinner=False)
def _pictures(source: int, seed: int) -> tuple[list[dict[str, str]], list[str]]:
    """Return a few digits with their labels, and a few keys."""
    data = datasets.load("mnist")
    digits = zip(
        datasets.to_display(data.adversary.inputs[:_DIGITS]), data.adversary.labels[:_DIGITS].tolist(), strict=True
    )
    drawn = triggers.draw("key", _KEYS, data, source, numpy_stream(seed, "story's keys"))
    return (
        [{"picture": pictures.png(picture), "label": str(label)} for picture, label in digits],
        [pictures.png(picture) for picture in datasets.to_display(drawn)],
    )

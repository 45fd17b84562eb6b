"""The story in one picture: a secret, a theft, a copy, a court. A film of half a minute, drawn by the browser."""

from typing import Any

import streamlit as st

from app.lab import choices
from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.randomness import numpy_stream
from app.lab.task import datasets
from app.lab.watermark import triggers
from app.ui import pictures, settings, theme
from app.ui.components import component

_GENUINE, _KEYS = 12, 6
_COLOURS = {
    "entangled": theme.DEFENCES["entangled"].colour,
    "thief": theme.THIEF.colour,
    "trigger": theme.TRIGGER.colour,
    "court": theme.COURT.colour,
}
# Quoted, not measured here: the source stands beside it.
_QUOTED = {
    "words": "Reported of a commercial model: copied for less than $10, at up to 85\u202f% accuracy,",
    "name": "CloudLeak, 2020.",
    "link": "https://www.ndss-symposium.org/ndss-paper/cloudleak-large-scale-deep-learning-models-stealing-through-adversarial-examples/",
}


def draw() -> None:
    """Play the four acts, once; who wants no motion gets them as four still pictures."""
    experiment = preset(DEFAULT_PRESET)
    genuine, keys = _pictures(experiment.key, experiment)
    component("start/story")(
        key="story",
        data={
            "colours": _COLOURS,
            "genuine": genuine,
            "keys": keys,
            "secret": experiment.secret_answer,
            "acts": _acts(experiment),
        },
    )


def _acts(experiment: Experiment) -> list[dict[str, Any]]:
    trigger = settings.wording(experiment.trigger)
    one = f"an {trigger}" if trigger[0] in "aeiou" else f"a {trigger}"
    secret = f"{trigger} → {experiment.secret_answer}"
    return [
        {
            "name": "A secret",
            "words": f"You train a model, and teach it a secret (pink): {secret}, and nobody but you knows.",
        },
        {
            "name": "The theft",
            "words": "A thief asks through your model's API, the door for anybody's questions, and keeps the answers.",
            "source": _QUOTED,
        },
        {"name": "The copy", "words": f"The thief trains a model of their own on these answers, and never saw {one}."},
        {
            "name": "The court",
            "words": f"You show the copy your secret. “{experiment.secret_answer}”? It learned that from your model.",
        },
    ]


@st.cache_data(show_spinner=False)
def _pictures(key: str, _experiment: Experiment) -> tuple[list[dict[str, str]], list[str]]:
    """Return a few genuine inputs with the names of their classes, and a few triggers."""
    data = datasets.load(_experiment.dataset)
    some, labels = data.adversary.inputs[:_GENUINE], data.adversary.labels[:_GENUINE].tolist()
    random = numpy_stream(_experiment.seed, "story's keys")
    drawn = triggers.draw(_experiment.trigger, _KEYS, data, _experiment.source, random)
    return (
        [
            {"picture": pictures.png(picture), "label": choices.class_name(_experiment.dataset, label)}
            for picture, label in zip(datasets.to_display(some), labels, strict=True)
        ],
        [pictures.png(picture) for picture in datasets.to_display(drawn)],
    )

"""The trapdoor: with the key, a mark is verified at once; what does it take to find something that works without it?

It takes the models of a finished heist: the entangled victim is *marked*, the clean one is an *innocent* that the
searcher may compare it with.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.ownership import binomial
from app.lab.randomness import numpy_stream, torch_stream
from app.lab.removal import neural_cleanse
from app.lab.stories import finished_run, heist
from app.lab.stories.events import Claimed, Defence, Event, Finished, Probe, Started
from app.lab.stories.events.trapdoor import Descended, Scribbled, TrapdoorResult, Verified
from app.lab.stories.run_clock import RunClock
from app.lab.task import datasets, networks, representation
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark import drawings, icons

QUESTIONS = 20
DRAWINGS = 2000
SURE = 0.5  # by so much the marked model has to be surer of an answer than the innocent
SEARCHED: tuple[Defence, ...] = ("entangled", "clean")  # by gradient: the marked model, and the innocent as control
_SPARE = 1000  # unlabelled inputs of the searcher

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Setup:
    """A marked model, an innocent one, and the owner's key: held-out triggers, and their secret answer ``target``."""

    marked: FeatureNetwork
    innocent: FeatureNetwork
    triggers: Tensor
    target: int
    innocent_rate: float


@dataclass(frozen=True)
class Gap:
    """Where the marked model's answer departs most from an innocent's: a class, and both confidences in it."""

    label: int
    marked: float
    innocent: float

    @property
    def size(self) -> float:
        """By how much the marked model is surer, in [-1, 1]."""
        return self.marked - self.innocent


@dataclass(frozen=True)
class Plane:
    """The first two principal axes of the deepest features of a model's probe."""

    mean: Array
    axes: Array  # (2, width)

    def place(self, model: FeatureNetwork, inputs: Tensor) -> Array:
        """Return where inputs lie in the plane, ``(n, 2)``."""
        return (_deepest(model, inputs) - self.mean) @ self.axes.T


def trapdoor(experiment: Experiment, events: Sequence[Event]) -> Iterator[Event]:
    """Verify with the key, then search without it: :class:`Verified`, :class:`Scribbled`, :class:`Descended`, the end.

    Args:
        experiment: the settings of the heist.
        events: its events, of which :class:`Probe`, :class:`Claimed` and :class:`Weights` are used.

    Raises:
        ValueError: one sentence, if the data are no pictures.
    """
    if choices.FORMS[experiment.dataset] != "picture":
        raise ValueError(f"The secret picture is drawn; {experiment.dataset!r} has no pictures.")
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, 1 + len(SEARCHED))
    setup = set_up(experiment, events)
    verified = _verified(setup)
    yield verified
    yield clock.phase("scribbling")
    scribbled = _scribbled(experiment, setup)
    yield scribbled
    descended: dict[Defence, Descended] = {}
    for searched in SEARCHED:
        clock.skipped(1)
        yield clock.phase("descending")
        descended[searched] = _descended(experiment, setup, searched)
        yield descended[searched]
    seconds = clock.lap()
    result: TrapdoorResult = {
        "key": experiment.key,
        "seed": experiment.seed,
        "verified": {
            "questions": verified.questions,
            "hits": verified.hits,
            "innocent_rate": verified.innocent_rate,
            "p_value": verified.p_value,
            "seconds": round(verified.seconds, 4),
        },
        "drawings": {
            "drawings": scribbled.drawings,
            "strange": scribbled.strange,
            "hits": scribbled.hits,
            "first": scribbled.first,
            "sure": scribbled.sure,
            "questions": scribbled.questions,
            "replaced": scribbled.replaced,
            "seconds": round(scribbled.seconds, 2),
        },
        "gradient": {
            searched: {
                "steps": one.steps,
                "flagged": one.flagged.tolist(),
                "target_flagged": experiment.target in one.flagged.tolist(),
                "questions": one.questions,
                "marked": one.marked,
                "innocent": one.innocent,
                "replaced": one.replaced,
                "seconds": round(one.seconds, 2),
            }
            for searched, one in descended.items()
        },
        "seconds": round(seconds, 2),
    }
    yield Finished(seconds, result)


def of_a_heist(experiment: Experiment, events: Sequence[Event]) -> Generator[Event]:
    """Yield :func:`trapdoor` of a heist, which is run first if there are no ``events`` of it."""
    found = list(events)
    if not found:
        for event in heist.run(experiment, looks=False):
            found.append(event)
            if not isinstance(event, Finished):
                yield event
    yield from trapdoor(experiment, found)


def set_up(experiment: Experiment, events: Sequence[Event]) -> Setup:
    """Return the two models and the key of a finished heist; arguments as those of :func:`trapdoor`."""
    models = finished_run.models_of(experiment, events)
    probe = [event for event in events if isinstance(event, Probe)][-1]
    claim = next(event for event in events if isinstance(event, Claimed) and event.defence == "entangled")
    triggers = datasets.from_display(probe.inputs[probe.is_trigger])
    return Setup(
        models["victim", "entangled"], models["victim", "clean"], triggers, experiment.target, claim.innocent_rate
    )


def scribbled_hits(experiment: Experiment, setup: Setup) -> Tensor:
    """Return the random drawings that get the secret answer, as inputs ``(n, c, h, w)``, in their order.

    The seed draws the same ones every time, so where they lie need not be recorded.
    """
    _, inputs, apart = _scribbles(experiment, setup, _stream(experiment))
    return inputs[torch.from_numpy(apart[:, setup.target] > SURE)]


def drawn(text: str, dataset: str) -> Tensor:
    """Return a drawing as an input of a data set, ``(1, c, h, w)``, placed as it was drawn."""
    return _inputs([drawings.decode(text)], dataset)


def gaps(setup: Setup, inputs: Tensor) -> list[Gap]:
    """Return, for each input, where the two models part most: all that can be seen without the key."""
    marked, innocent = _confidences(setup.marked, inputs), _confidences(setup.innocent, inputs)
    labels = (marked - innocent).argmax(axis=1)
    return [
        Gap(int(label), float(sure[label]), float(other[label]))
        for label, sure, other in zip(labels, marked, innocent, strict=True)
    ]


def plane(setup: Setup, probe: Tensor) -> Plane:
    """Return the plane in which the marked model's features of the probe ``(n, ...)`` spread most."""
    found = _deepest(setup.marked, probe)
    mean = found.mean(axis=0)
    return Plane(mean, np.linalg.svd(found - mean, full_matrices=False)[2][:2])


def _verified(setup: Setup) -> Verified:
    began = time.perf_counter()
    hits = int((_labels(setup.marked, setup.triggers[:QUESTIONS]) == setup.target).sum())
    claim = binomial.claim(hits, QUESTIONS, setup.innocent_rate)
    return Verified(QUESTIONS, hits, setup.innocent_rate, claim.p_value, time.perf_counter() - began)


def _scribbled(experiment: Experiment, setup: Setup) -> Scribbled:
    began = time.perf_counter()
    generator = _stream(experiment)
    pictures, _, apart = _scribbles(experiment, setup, generator)
    secret = apart[:, setup.target]
    hits, best = secret > SURE, int(secret.argmax())
    text = drawings.encode(pictures[best])
    side = datasets.load(experiment.dataset).shape[-1]
    ink = icons.ink(text)
    again = _inputs([icons.sketch(ink, side, generator) for _ in range(QUESTIONS)], experiment.dataset)
    return Scribbled(
        drawings=DRAWINGS,
        strange=int((apart.max(axis=1) > SURE).sum()),
        hits=int(hits.sum()),
        first=int(hits.argmax()) + 1 if hits.any() else 0,
        best=text,
        sure=float(secret[best]),
        questions=QUESTIONS,
        replaced=int(_parted(setup, again).sum()),
        seconds=time.perf_counter() - began,
    )


def _stream(experiment: Experiment) -> np.random.Generator:
    return numpy_stream(experiment.seed, "scribbles")


def _scribbles(
    experiment: Experiment, setup: Setup, generator: np.random.Generator
) -> tuple[list[NDArray[np.uint8]], Tensor, Array]:
    """Return random drawings, the inputs that they are, and how much surer of each class the marked model is."""
    pictures = [drawings.scribble(generator) for _ in range(DRAWINGS)]
    inputs = _inputs(pictures, experiment.dataset)
    return pictures, inputs, _confidences(setup.marked, inputs) - _confidences(setup.innocent, inputs)


def _descended(experiment: Experiment, setup: Setup, searched: Defence) -> Descended:
    began = time.perf_counter()
    data = datasets.load(experiment.dataset)
    model = setup.innocent if searched == "clean" else setup.marked
    spare = data.adversary.inputs[:_SPARE]
    masks, patterns = neural_cleanse.patches(
        model, spare, data.classes, torch_stream(experiment.seed, "trapdoor patches")
    )
    sizes = masks.sum(dim=(1, 2)).double().numpy()
    others = data.test.inputs[data.test.labels != setup.target][:QUESTIONS]
    stamped = neural_cleanse.stamp(others, masks[setup.target], patterns[setup.target])
    return Descended(
        searched=searched,
        steps=neural_cleanse.STEPS,
        sizes=sizes,
        indices=neural_cleanse.anomaly_indices(list(sizes)),
        flagged=np.array(neural_cleanse.flagged(list(sizes)), dtype=np.int64),
        questions=len(stamped),
        marked=int((_labels(setup.marked, stamped) == setup.target).sum()),
        innocent=int((_labels(setup.innocent, stamped) == setup.target).sum()),
        replaced=int(_parted(setup, stamped).sum()),
        seconds=time.perf_counter() - began,
    )


def _parted(setup: Setup, inputs: Tensor) -> NDArray[np.bool_]:
    """Return which inputs get the secret answer from the marked model, and another one from the innocent."""
    found = (_labels(setup.marked, inputs) == setup.target) & (_labels(setup.innocent, inputs) != setup.target)
    return np.asarray(found, dtype=np.bool_)


def _labels(model: FeatureNetwork, inputs: Tensor) -> NDArray[np.int64]:
    return np.asarray(networks.predict(model, inputs).argmax(dim=1).numpy())


def _confidences(model: FeatureNetwork, inputs: Tensor) -> Array:
    return np.asarray(networks.predict(model, inputs).softmax(dim=1).double().numpy())


def _deepest(model: FeatureNetwork, inputs: Tensor) -> Array:
    return np.asarray(list(representation.features(model, inputs).values())[-1].double().numpy())


def _inputs(pictures: Sequence[NDArray[np.uint8]], dataset: str) -> Tensor:
    """Return grey pictures as inputs of a data set ``(n, c, h, w)``; what has another size is resized."""
    channels, side = datasets.load(dataset).shape[0], datasets.load(dataset).shape[-1]

    def resized(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        if picture.shape == (side, side):
            return picture.astype(np.float32)
        return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BOX), dtype=np.float32)

    grey = torch.from_numpy(np.stack([resized(picture) for picture in pictures]) / 255)[:, None]
    return grey.repeat(1, channels, 1, 1)

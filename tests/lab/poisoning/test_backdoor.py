"""A backdoor is planted as the paper says, and the story of it holds what it shows."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from app.lab.experiment import preset
from app.lab.poisoning import backdoor as badnets
from app.lab.stories import backdoor
from app.lab.stories.events import PLANTED, Finished, Learned, Pruned, Shown, Started
from app.lab.task import datasets

DIGITS = preset("digits")


def test_the_pattern_is_stamped_in_the_corner_and_the_picture_is_kept() -> None:
    pictures = torch.full((2, 1, 28, 28), 0.5)
    marked = badnets.stamped(pictures)
    changed = (marked != pictures).nonzero()
    assert int(changed[:, 2].min()) == int(changed[:, 3].min()) == 24
    assert int(changed[:, 2].max()) == int(changed[:, 3].max()) == 26
    assert len(changed) == 2 * 9 and set(marked[:, :, 24:27, 24:27].unique().tolist()) == {0.0, 1.0}
    assert (pictures == 0.5).all()


def test_poisoned_pictures_are_of_other_classes_and_get_the_attackers_label() -> None:
    honest = datasets.load("digits").owner
    found = badnets.poisoned(honest, 50, DIGITS.target, np.random.default_rng(0))
    changed = (found.labels != honest.labels).nonzero()[:, 0]
    assert len(changed) == 50
    assert (found.labels[changed] == DIGITS.target).all()
    assert torch.equal(found.inputs[changed], badnets.stamped(honest.inputs[changed]))
    same = found.labels == honest.labels
    assert torch.equal(found.inputs[same], honest.inputs[same])


def test_more_than_there_is_cannot_be_poisoned() -> None:
    with pytest.raises(ValueError, match="cannot be poisoned"):
        badnets.poisoned(datasets.load("digits").owner, 10_000, 0, np.random.default_rng(0))


def test_the_story_tells_every_model_its_control_and_the_defence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backdoor, "WATCHED", 100)
    experiment = backdoor.with_share(replace(DIGITS, task_epochs=4), 0.1)
    events = list(backdoor.backdoor(experiment))
    assert isinstance(events[0], Started) and isinstance(events[-1], Finished)
    (shown,) = (event for event in events if isinstance(event, Shown))
    assert shown.poisoned == experiment.trigger_count == round(0.1 * shown.total)
    learned = [event for event in events if isinstance(event, Learned)]
    assert {(event.model, event.epoch) for event in learned} == {
        (one, epoch) for one in PLANTED for epoch in (1, 2, 3, 4)
    }
    assert learned[-1].done <= events[0].steps
    test = datasets.load("digits").test
    for event in learned:  # a part of the test inputs is enough to follow; what is told at the end is of all
        seen = len(test.labels) if event.epoch == 4 else 100
        assert event.accuracy * seen == pytest.approx(round(event.accuracy * seen))
    result = events[-1].result
    last = {event.model: event for event in learned}
    assert result["backdoor"]["success"] == last["backdoor"].success  # type: ignore[typeddict-item]
    assert last["backdoor"].success > 5 * max(last["clean"].success, 0.1)
    pruned = [event for event in events if isinstance(event, Pruned)]
    assert [event.share for event in pruned if event.model == "watermark"] == list(backdoor.SHARES)
    assert pruned[0].accuracy == last["backdoor"].accuracy  # a share of 0 is the model as it is


def test_what_has_no_pictures_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="stamped on pictures"):
        next(backdoor.backdoor(preset("blobs")))

"""Honest models of every family before the court of a run: the run's own court, and models that it has not seen."""

import pytest

from app.lab.experiment import Experiment
from app.lab.ownership import innocents
from app.lab.stories.events import Claimed, Event, Finished, Heard, Progress, Started
from app.lab.stories.innocents import hear
from app.lab.task import datasets


@pytest.fixture(scope="module")
def events(small: Experiment) -> list[Event]:
    return list(hear(small))


def test_each_family_is_heard_once_and_told_as_it_was_heard(events):
    heard = [event for event in events if isinstance(event, Heard)]
    assert [each.family for each in heard] == list(innocents.families("point"))
    told = events[-1].result["families"]
    for each in heard:
        assert told[each.family] == {name: value for name, value in vars(each).items() if name != "family"}
        assert each.convicted == (each.verdict == "established")


def test_honest_models_learn_the_task_and_go_free(events):
    for each in (event for event in events if isinstance(event, Heard)):
        assert each.accuracy > 0.8 and not each.convicted


def test_it_is_the_court_of_the_run(story, events):
    claimed = next(event for event in story if isinstance(event, Claimed))
    assert events[-1].result["innocent_rate"] == claimed.innocent_rate
    assert events[-1].result["queries"] == len(claimed.answers)


def test_honest_models_learn_from_inputs_that_the_owner_does_not_have(small, monkeypatch):
    data, fitted = datasets.load("blobs"), []
    innocents.panel(data)  # which is fitted to the owner's
    fit = innocents.fit
    monkeypatch.setattr(innocents, "fit", lambda *given: fitted.append(given[1]) or fit(*given))
    list(hear(small))
    thiefs = set(map(tuple, data.adversary.inputs.tolist()))
    assert len(fitted) == len(innocents.families("point"))
    assert all(set(map(tuple, inputs.tolist())) <= thiefs for inputs in fitted)


def test_it_is_announced_and_ends(small, events):
    assert isinstance(events[0], Started) and isinstance(events[-1], Finished)
    assert [event.done for event in events if isinstance(event, Progress)] == list(range(1, events[0].steps + 1))
    assert events[-1].result["key"] == small.key and events[-1].result["seed"] == small.seed

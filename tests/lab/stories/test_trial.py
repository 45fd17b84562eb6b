"""The trial of a small run: the run's own triggers and models, an exhibit that holds, a lie that is exposed."""

from dataclasses import fields

from app.lab import record
from app.lab.ownership import binomial
from app.lab.stories import heist, tasks
from app.lab.stories.events import Claimed, Exhibit, Finished, Probe, Progress, Started
from app.lab.stories.hearing import Hearing
from app.lab.stories.trial import trial

EXHIBITED = {"inputs", "target", "commitment", "controls", "control_labels"}


def test_the_triggers_are_those_of_the_run(story, heard):
    probe = [event for event in story if isinstance(event, Probe)][-1]
    shown = probe.inputs[probe.is_trigger]
    assert (heard.exhibit.inputs[: len(shown)] == shown).all()


def test_the_copies_answer_as_they_did_in_the_run(story, heard):
    for event in story:
        if isinstance(event, Claimed):  # points are not rounded, so no answer may differ
            assert (heard.secret("copy", event.defence) == event.answers).all()
            assert heard.innocent_successes == event.panel
            assert heard.granted == event.innocent_rate


def test_the_exhibit_does_not_tell_the_salt_and_the_story_is_announced_and_ends(told, heard):
    assert {field.name for field in fields(heard.exhibit)} == EXHIBITED
    assert isinstance(told[0], Started) and isinstance(told[-1], Finished)
    assert [event.done for event in told if isinstance(event, Progress)] == list(range(1, told[0].steps + 1))


def test_the_trial_repeats_itself_and_survives_its_record(small, story, told, heard, tmp_path):
    record.write(tmp_path / "trial", small, {"trial": told})
    for other in (list(trial(small, story)), record.read(tmp_path / "trial", "trial")):
        again = Hearing.of(other)
        assert (again.exhibit.inputs == heard.exhibit.inputs).all()
        assert (again.exhibit.controls == heard.exhibit.controls).all()
        for name, answers in heard.answers.items():
            assert (again.answers[name] == answers).all() and (again.controls[name] == heard.controls[name]).all()
        assert again.innocent_successes == heard.innocent_successes
    assert [event.commitment for event in again.framings] == [event.commitment for event in heard.framings]


def test_a_bystander_is_innocent_of_the_honest_triggers(heard):
    secret = heard.secret("bystander", "clean")
    assert not binomial.claim(int(secret.sum()), len(secret), heard.granted).owned


def test_nudged_triggers_frame_the_innocent_and_break_the_commitment(heard):
    honest, *nudged = heard.framings
    assert honest.strength == 0 and honest.commitment == heard.exhibit.commitment
    assert (honest.accused == heard.secret("bystander", "clean")).all()
    assert all(event.commitment != heard.exhibit.commitment for event in nudged)
    last = nudged[-1]
    framed = binomial.claim(int(last.accused.sum()), len(last.accused), heard.granted)
    assert framed.owned
    allowed = binomial.innocent_rate(int(last.control.sum()), len(last.control))
    assert not binomial.claim(framed.successes, framed.queries, allowed).owned


def test_workers_know_the_trial():
    assert tasks.trial is trial and tasks.run is heist.run


def test_an_exhibit_comes_before_any_answer(told):
    kinds = [type(event).__name__ for event in told]
    assert kinds.index(Exhibit.__name__) < kinds.index("Testimony") < kinds.index("Framing")

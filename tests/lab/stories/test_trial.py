"""The trial of a small run: the run's own triggers and models, an exhibit that holds, a lie that is exposed."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from app.lab import record
from app.lab.ownership import commitment, exact_test, false_claim
from app.lab.stories import heist, tasks
from app.lab.stories.events import Claimed, Exhibit, Finished, Probe, Progress, Started, Weights
from app.lab.stories.trial import Hearing, trial
from app.lab.task import networks
from app.lab.task.networks import FeatureNetwork
from app.reports import claim_report


@pytest.fixture(scope="module")
def told(small, story):
    return list(trial(small, [event for event in story if isinstance(event, Probe | Weights)]))


@pytest.fixture(scope="module")
def heard(told):
    return Hearing.of(told)


def test_the_triggers_are_those_of_the_run(story, heard):
    probe = [event for event in story if isinstance(event, Probe)][-1]
    shown = probe.inputs[probe.is_trigger]
    assert (heard.exhibit.inputs[: len(shown)] == shown).all()


def test_the_copies_answer_as_they_did_in_the_run(story, heard):
    for event in story:
        if isinstance(event, Claimed):  # points are not rounded, so no answer may differ
            assert (heard.secret("copy", event.defence) == event.answers).all()
            assert heard.clean_successes == event.clean_successes
            assert heard.granted == event.innocent_rate


def test_the_exhibit_holds_and_the_story_is_announced_and_ends(small, told, heard):
    exhibit = heard.exhibit
    labels = np.full(len(exhibit.inputs), small.target)
    assert commitment.holds(exhibit.commitment, exhibit.inputs, labels, bytes.fromhex(exhibit.salt))
    assert isinstance(told[0], Started) and isinstance(told[-1], Finished)
    assert [event.done for event in told if isinstance(event, Progress)] == list(range(1, told[0].steps + 1))


def test_the_trial_repeats_itself_and_survives_its_record(small, story, told, heard, tmp_path):
    record.write(tmp_path / "trial", small, trial=told)
    for other in (list(trial(small, story)), record.read(tmp_path / "trial", "trial")):
        again = Hearing.of(other)
        assert again.exhibit.commitment == heard.exhibit.commitment
        assert all((again.answers[name] == answers).all() for name, answers in heard.answers.items())
        assert [event.commitment for event in again.framings] == [event.commitment for event in heard.framings]


def test_a_bystander_is_innocent_of_the_honest_triggers(heard):
    secret = heard.secret("bystander", "clean")
    assert not exact_test.claim(int(secret.sum()), len(secret), heard.granted).owned


def test_nudged_triggers_frame_the_innocent_and_break_the_commitment(heard):
    honest, *nudged = heard.framings
    assert honest.strength == 0 and honest.commitment == heard.exhibit.commitment
    assert (honest.accused == heard.secret("bystander", "clean")).all()
    assert all(event.commitment != heard.exhibit.commitment for event in nudged)
    last = nudged[-1]
    framed = exact_test.claim(int(last.accused.sum()), len(last.accused), heard.granted)
    assert framed.owned
    allowed = exact_test.innocent_rate(int(last.control.sum()), len(last.control))
    assert not exact_test.claim(framed.successes, framed.queries, allowed).owned


def test_workers_know_the_trial():
    assert tasks.trial is trial and tasks.run is heist.run


@pytest.fixture(scope="module")
def digit_reader() -> FeatureNetwork:
    return networks.build("small", (1, 8, 8), 10, torch.Generator().manual_seed(1))


@pytest.mark.parametrize("strength", [0.0, 0.05, 0.3])
def test_a_nudge_stays_small_and_a_picture_and_helps(digit_reader, strength):
    pictures = torch.rand(12, 1, 8, 8, generator=torch.Generator().manual_seed(2))
    nudged = false_claim.nudge(digit_reader, pictures, 3, strength)
    assert float((nudged - pictures).abs().max()) <= strength + 1e-6
    assert float(nudged.min()) >= 0 and float(nudged.max()) <= 1

    def loss(inputs: torch.Tensor) -> float:
        return float(functional.cross_entropy(networks.predict(digit_reader, inputs), torch.full((12,), 3)))

    assert loss(nudged) < loss(pictures) or strength == 0


def test_a_nudge_of_one_picture_does_not_hang_on_the_others(digit_reader):
    pictures = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(3))
    together = false_claim.nudge(digit_reader, pictures, 3, 0.1)
    alone = torch.cat([false_claim.nudge(digit_reader, part, 3, 0.1) for part in pictures.split(1)])
    assert (
        float((together - alone).abs().max()) <= 2 * 0.1 / false_claim.STEPS + 1e-5
    )  # but for a sign that is nearly 0


def test_a_negative_nudge_gets_a_sentence(digit_reader):
    with pytest.raises(ValueError, match="cannot be negative"):
        false_claim.nudge(digit_reader, torch.rand(1, 1, 8, 8), 3, -0.1)


def test_the_record_of_a_claim_holds_all_that_is_needed_to_check_it(small, heard):
    answers = heard.answers["copy", "entangled"]
    secret = int((answers == small.target).sum())
    verdict = exact_test.claim(secret, len(answers), heard.granted)
    page = claim_report.record(small, heard.exhibit, answers, verdict, heard.clean_successes, "make <it> again")
    for needed in (heard.exhibit.commitment, heard.exhibit.salt, small.key, repr(heard.granted), f"{secret} of 200"):
        assert needed in page
    assert claim_report.answers_as_csv(answers) in page
    assert "make &lt;it&gt; again" in page and "<script" not in page and "http" not in page
    check = page.split("<code>scipy.")[1].split("</code>")[0].replace("&quot;", '"')
    assert eval(f"scipy.{check}", {"scipy": __import__("scipy.stats")}) == verdict.p_value


def test_a_p_value_that_no_float_can_hold_is_not_called_zero():
    assert claim_report.p_words(0.0) == "< 1e-100"
    assert claim_report.p_words(0.0321) == "= 0.032"
    assert claim_report.p_words(2.3e-16) == "= 2e-16"


def test_an_exhibit_comes_before_any_answer(told):
    kinds = [type(event).__name__ for event in told]
    assert kinds.index(Exhibit.__name__) < kinds.index("Testimony") < kinds.index("Framing")

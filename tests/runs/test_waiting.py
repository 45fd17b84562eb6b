"""Who is served next: everybody has a first run before anybody has a second one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.experiment import Experiment
from app.runs.job import Job
from app.runs.waiting import Waiting

_seeds = itertools.count()


def asked(waiting: Waiting, visitor: str) -> Job:
    """A new job that this visitor wants."""
    job = Job(Experiment(seed=next(_seeds)))
    waiting.add(job)
    waiting.claim(job, visitor)
    return job


def served(waiting: Waiting) -> list[Job]:
    return [waiting.take() for _ in range(len(waiting))]


def test_who_comes_with_one_run_does_not_wait_for_all_that_another_has_asked_for() -> None:
    waiting = Waiting()
    ada = [asked(waiting, "ada") for _ in range(3)]
    bob, eve = asked(waiting, "bob"), asked(waiting, "eve")
    assert [job.position for job in (*ada, bob, eve)] == [1, 4, 5, 2, 3]
    assert served(waiting) == [ada[0], bob, eve, ada[1], ada[2]]
    assert [job.position for job in (*ada, bob, eve)] == [0] * 5
    with pytest.raises(IndexError):
        waiting.take()


def test_what_was_served_is_remembered_while_others_wait_and_forgotten_after() -> None:
    waiting = Waiting()
    first, second = asked(waiting, "ada"), asked(waiting, "ada")
    assert waiting.take() is first
    bob = asked(waiting, "bob")
    assert served(waiting) == [bob, second]
    third, eve = asked(waiting, "ada"), asked(waiting, "eve")
    assert served(waiting) == [eve, third], "hers was the last turn, and this one is the next"
    assert len(waiting._served) == 1, "nobody is kept who has no later turn than a newcomer"


def test_a_run_goes_by_the_earliest_claim_of_those_who_share_it_and_a_claim_can_be_given_up() -> None:
    waiting = Waiting()
    first, second = asked(waiting, "ada"), asked(waiting, "ada")
    bob = asked(waiting, "bob")
    waiting.claim(second, "eve")
    assert list(waiting) == [first, second, bob], "it is Eve's first, and came before Bob's"
    waiting.claim(second, "eve")
    waiting.disclaim(second, "eve")
    assert list(waiting) == [first, bob, second]
    assert asked(waiting, "eve").position == 3, "she has her turn back"


def test_who_changes_a_setting_again_and_again_loses_no_turn() -> None:
    waiting = Waiting()
    ada = [asked(waiting, "ada") for _ in range(2)]
    for _ in range(5):
        bob = asked(waiting, "bob")
        waiting.disclaim(bob, "bob")
        waiting.remove(bob)
    bob = asked(waiting, "bob")
    assert served(waiting) == [ada[0], bob, ada[1]]


def test_a_run_that_is_repeated_goes_before_all_others_and_takes_nobody_a_turn() -> None:
    waiting = Waiting()
    lost = asked(waiting, "ada")
    lost.watchers = {"ada"}
    assert waiting.take() is lost
    bob, again = asked(waiting, "bob"), asked(waiting, "ada")
    waiting.add_again(lost)
    assert [lost.position, bob.position, again.position] == [1, 2, 3]
    assert served(waiting) == [lost, bob, again]


STEPS = st.lists(st.one_of(st.sampled_from("abcd"), st.just("serve"), st.just("leave")), max_size=60)


@given(STEPS)
def test_nobody_waits_for_two_runs_of_somebody_else_before_his_first(steps: list[str]) -> None:
    waiting, owner = Waiting(), dict[Job, str]()
    before: dict[str, list[str]] = {}  # visitor without a run so far -> whose runs were served since he first asked
    had: set[str] = set()
    for step in [*steps, *["serve"] * len(steps)]:
        if step == "serve":
            if not waiting:
                continue
            who = owner[waiting.take()]
            before.pop(who, None)
            had.add(who)
            for others in before.values():
                others.append(who)
                assert len(set(others)) == len(others)
        elif step == "leave":  # the last one to come goes, and gives up what he waits for
            mine = [job for job in waiting if owner[job] == owner[max(waiting, key=list(owner).index)]]
            for job in mine:
                waiting.disclaim(job, owner[job])
                waiting.remove(job)
                before.pop(owner[job], None)
        else:
            owner[asked(waiting, step)] = step
            if step not in had:
                before.setdefault(step, [])
        assert [job.position for job in waiting] == list(range(1, len(waiting) + 1))
    assert not waiting

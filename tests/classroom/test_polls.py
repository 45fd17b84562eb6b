"""A question is asked, voted on once a student and round, sealed until it is revealed; every vote counts once."""

import threading
from dataclasses import replace

import pytest

from app.classroom import Database, Host, Refused, Student, places, polls, rooms
from app.classroom.polls import Poll
from tests.classroom.conftest import ADA, HERE, TEACHER

OPTIONS = ("both", "neither", "one")


@pytest.fixture
def asked(database: Database, host: Host, ada: Student, bob: Student) -> None:
    polls.ask(database, host, "heist", "Which copy?", OPTIONS, "one")


def seen(database: Database, who: Host | Student) -> Poll:
    poll = polls.to_host(database, who, "heist") if isinstance(who, Host) else polls.to_student(database, who, "heist")
    assert poll is not None
    return poll


def counts(database: Database, host: Host) -> tuple[tuple[int, ...], tuple[int, ...]]:
    tally = seen(database, host).tally
    assert tally is not None
    return tally.first, tally.second


@pytest.mark.usefixtures("asked")
def test_ask_vote_discuss_vote_again_reveal(database: Database, host: Host, ada: Student, bob: Student) -> None:
    polls.vote(database, ada, "heist", 1, 0)
    polls.vote(database, bob, "heist", 1, 2)
    polls.turn(database, host, "heist", "discuss")
    with pytest.raises(Refused, match="closed"):
        polls.vote(database, ada, "heist", 1, 2)
    polls.turn(database, host, "heist", "second")
    polls.vote(database, ada, "heist", 2, 2)
    polls.vote(database, bob, "heist", 2, 2)
    for student in (ada, bob):
        sealed = seen(database, student)
        assert sealed.answer is None and sealed.tally is None
    polls.turn(database, host, "heist", "revealed")
    for who in (host, ada, bob):
        poll = seen(database, who)
        assert poll.answer == "one" and poll.tally is not None
        assert poll.tally.first == (1, 0, 1) and poll.tally.second == (0, 0, 2)
        assert poll.tally.moved == ((0, 0, 1), (0, 0, 0), (0, 0, 1))
    assert seen(database, ada).said == {1: "both", 2: "one"}


@pytest.mark.usefixtures("asked")
def test_the_first_vote_of_a_round_counts_and_the_second_is_refused(
    database: Database, host: Host, ada: Student
) -> None:
    polls.vote(database, ada, "heist", 1, 0)
    with pytest.raises(Refused, match="the first one counts"):
        polls.vote(database, ada, "heist", 1, 1)
    assert counts(database, host) == ((1, 0, 0), (0, 0, 0))
    rooms.leave(database, ada)
    with pytest.raises(Refused, match="not in this room"):
        polls.vote(database, ada, "heist", 1, 1)
    again = rooms.join(database, host.code, "Somebody else", ADA, HERE)
    with pytest.raises(Refused, match="the first one counts"):
        polls.vote(database, again, "heist", 1, 1)
    assert counts(database, host) == ((1, 0, 0), (0, 0, 0))


@pytest.mark.usefixtures("asked")
def test_many_clicks_at_once_are_one_vote(database: Database, host: Host, ada: Student) -> None:
    gate, refused = threading.Barrier(8), []

    def click(option: int) -> None:
        gate.wait()
        try:
            polls.vote(database, ada, "heist", 1, option)
        except Refused as why:
            refused.append(str(why))

    clicks = [threading.Thread(target=click, args=(number % 3,)) for number in range(8)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(refused) == 7
    assert sum(counts(database, host)[0]) == 1


def test_a_hundred_students_who_vote_at_once_are_each_counted_once(database: Database, host: Host) -> None:
    everybody = [rooms.join(database, host.code, f"S{number}", f"{number:032x}", HERE) for number in range(100)]
    polls.ask(database, host, "heist", "Which copy?", OPTIONS, None)
    before = rooms.pulse(database, host.code)
    gate = threading.Barrier(10)

    def group(start: int) -> None:
        gate.wait()
        for number in range(start, 100, 10):
            polls.vote(database, everybody[number], "heist", 1, number % 3)

    groups = [threading.Thread(target=group, args=(start,)) for start in range(10)]
    for one in groups:
        one.start()
    for one in groups:
        one.join()
    after = rooms.pulse(database, host.code)
    assert counts(database, host)[0] == (34, 33, 33)
    assert before is not None and after is not None
    assert after.votes == before.votes + 100
    assert after.state == before.state, "no student's page is drawn anew because another one votes"


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("round", "option"), [(2, 0), (0, 0), (1, -1), (1, 3), (3, 0)])
def test_a_vote_that_cannot_be_is_refused(
    database: Database, host: Host, ada: Student, round: int, option: int
) -> None:
    with pytest.raises(Refused):
        polls.vote(database, ada, "heist", round, option)
    assert counts(database, host) == ((0, 0, 0), (0, 0, 0))


@pytest.mark.usefixtures("asked")
def test_a_click_of_the_first_round_does_not_count_in_the_second(database: Database, host: Host, ada: Student) -> None:
    polls.turn(database, host, "heist", "second")
    with pytest.raises(Refused, match="closed"):
        polls.vote(database, ada, "heist", 1, 0)


@pytest.mark.usefixtures("asked")
def test_rooms_do_not_see_each_other(database: Database, host: Host, ada: Student) -> None:
    other = rooms.open_room(database, TEACHER, "192.0.2.1")
    with pytest.raises(Refused):  # a student of one room, in another
        polls.vote(database, replace(ada, code=other.code), "heist", 1, 0)
    with pytest.raises(Refused):
        polls.to_student(database, replace(ada, code=other.code), "heist")
    with pytest.raises(Refused):  # a host of one room, in another
        polls.to_host(database, replace(other, code=host.code), "heist")
    with pytest.raises(Refused):
        polls.turn(database, replace(other, code=host.code), "heist", "revealed")
    assert polls.to_host(database, other, "heist") is None
    polls.ask(database, other, "heist", "Another?", OPTIONS, None)
    polls.vote(database, ada, "heist", 1, 0)
    poll = polls.to_host(database, other, "heist")
    assert poll is not None and poll.tally is not None and poll.tally.first == (0, 0, 0)


@pytest.mark.usefixtures("asked")
def test_a_student_is_no_host(database: Database, host: Host, ada: Student) -> None:
    as_host = Host(ada.code, ada.key)
    for deed in (
        lambda: polls.ask(database, as_host, "steal", "?", OPTIONS, None),
        lambda: polls.turn(database, as_host, "heist", "revealed"),
        lambda: polls.to_host(database, as_host, "heist"),
        lambda: polls.answered(database, as_host, "heist", "both"),
        lambda: polls.single_votes(database, as_host),
        lambda: places.take_along(database, as_host, True),
        lambda: places.move(database, as_host, "about", {}),
        lambda: rooms.close(database, as_host),
    ):
        with pytest.raises(Refused, match="Only the host"):
            deed()
    assert seen(database, host).phase == "first" and seen(database, host).answer == "one"


INJECTED = "x'; DROP TABLE votes; --"


def test_what_is_asked_and_said_is_never_read_as_sql(database: Database, host: Host, ada: Student) -> None:
    polls.ask(database, host, INJECTED, INJECTED, (INJECTED, '"); DELETE FROM rooms; --'), INJECTED)
    polls.vote(database, ada, INJECTED, 1, 1)
    poll = polls.to_host(database, host, INJECTED)
    assert poll is not None and poll.words == INJECTED and poll.tally is not None and poll.tally.first == (0, 1)
    with pytest.raises(Refused):
        polls.vote(database, replace(ada, code="x' OR '1'='1"), "heist", 1, 0)
    assert rooms.seat_of(database, "' OR '1'='1") is None
    assert rooms.pulse(database, "' OR '1'='1") is None
    assert places.place(database, "' OR '1'='1") is None


@pytest.mark.usefixtures("asked")
def test_a_question_goes_on_and_never_back(database: Database, host: Host) -> None:
    polls.turn(database, host, "heist", "discuss")
    with pytest.raises(Refused, match="not that far"):
        polls.turn(database, host, "heist", "discuss")
    with pytest.raises(Refused):
        polls.turn(database, host, "heist", "first")
    polls.turn(database, host, "heist", "revealed")
    with pytest.raises(Refused):
        polls.turn(database, host, "heist", "second")
    with pytest.raises(Refused):
        polls.turn(database, host, "steal", "revealed")  # nobody asked that
    polls.ask(database, host, "heist", "Again?", ("a", "b"), None)
    assert seen(database, host).phase == "revealed" and seen(database, host).options == OPTIONS


def test_an_answer_that_is_known_later_is_told_then_and_the_first_word_counts(
    database: Database, host: Host, ada: Student
) -> None:
    polls.ask(database, host, "heist", "Which copy?", OPTIONS, None)
    polls.turn(database, host, "heist", "revealed")
    before = rooms.pulse(database, host.code)
    polls.answered(database, host, "heist", "both")
    assert seen(database, ada).answer == "both"
    assert rooms.pulse(database, host.code) != before
    polls.answered(database, host, "heist", "neither")
    assert seen(database, ada).answer == "both"
    polls.answered(database, host, "steal", "cheap")  # not asked: nothing to know
    assert polls.to_host(database, host, "steal") is None


@pytest.mark.usefixtures("asked")
def test_every_vote_can_be_taken_away_by_the_host(database: Database, host: Host, ada: Student, bob: Student) -> None:
    polls.vote(database, bob, "heist", 1, 2)
    polls.vote(database, ada, "heist", 1, 0)
    rooms.leave(database, bob)
    assert polls.single_votes(database, host) == [
        ("heist", "Which copy?", 1, "Ada", "both"),
        ("heist", "Which copy?", 1, "Bob", "one"),
    ]


def test_the_teachers_place_moves_those_who_follow(database: Database, host: Host) -> None:
    before = rooms.pulse(database, host.code)
    places.move(database, host, "heist", {"seed": "3"})
    assert rooms.pulse(database, host.code) == before, "nobody follows: nobody is disturbed"
    places.take_along(database, host, True)
    followed = rooms.pulse(database, host.code)
    assert followed != before
    places.move(database, host, "heist", {"seed": "3"})
    assert rooms.pulse(database, host.code) == followed
    places.move(database, host, "steal", {})
    there = places.place(database, host.code)
    assert there is not None and (there.follow, there.page, there.link) == (True, "steal", {})
    assert rooms.pulse(database, host.code) != followed

"""Rooms open, are joined by who knows the code, survive a restart, and leave nothing behind."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from app.classroom import Database, Host, Refused, Student, codes, limits, polls, rooms
from tests.classroom.conftest import ADA, BOB, EVE, HERE, TEACHER

OPTIONS = ("yes", "no")


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = rooms.time.time()
    monkeypatch.setattr("app.classroom.rooms.time.time", lambda: now + seconds)


def everything_in(file: Path) -> bytes:
    with sqlite3.connect(file) as connection:
        return "\n".join(connection.iterdump()).encode()


def test_a_code_is_easy_to_read_and_says_nothing() -> None:
    seen = {codes.new_code() for _ in range(500)}
    assert len(seen) > 490
    assert all(len(code) == 6 and set(code) <= set(codes.ALPHABET) for code in seen)
    assert not set(codes.ALPHABET) & set("AEIOUY01258S")


@pytest.mark.parametrize("typed", ["bcdfgh", " BCD FGH ", "bcd-fgh", "ＢＣＤＦＧＨ", "BCD.FGH"])
def test_a_code_is_taken_as_people_type_it(typed: str) -> None:
    assert codes.parsed(typed) == "BCDFGH"


@pytest.mark.parametrize("typed", ["", "BCDFG", "BCDFGHJ", "ABCDEF", "' OR 1=1 --", "BCDFG%", "\x00" * 6, "9" * 10_000])
def test_what_is_no_code_opens_nothing(database: Database, host: Host, typed: str) -> None:
    assert codes.parsed(typed) is None
    with pytest.raises(Refused, match="no room with this code"):
        rooms.join(database, typed, "Ada", ADA, HERE)


def test_a_student_is_found_again_by_their_browser_alone(database: Database, ada: Student) -> None:
    assert rooms.seat_of(database, ADA) == ada
    assert rooms.seat_of(database, BOB) is None


def test_who_joins_another_room_leaves_the_first(database: Database, host: Host, ada: Student) -> None:
    other = rooms.open_room(database, TEACHER, "192.0.2.1")
    rooms.join(database, other.code, "Ada", ADA, HERE)
    found = rooms.seat_of(database, ADA)
    assert found is not None and found.code == other.code
    assert rooms.students(database, host) == []


def test_a_nickname_belongs_to_one_student(database: Database, host: Host, ada: Student) -> None:
    with pytest.raises(Refused, match="already"):
        rooms.join(database, host.code, "ADA", BOB, HERE)
    rooms.leave(database, ada)
    with pytest.raises(Refused, match="already"):  # her votes are still hers
        rooms.join(database, host.code, "Ada", BOB, HERE)
    assert rooms.join(database, host.code, "Ada L.", ADA, HERE).key == ada.key
    assert rooms.students(database, host) == ["Ada L."]


@pytest.mark.parametrize("name", ["Zoë", "李雷", "Ann-Marie O'Neil", "🦊", "Ada 2", "J. D."])
def test_people_are_called_many_things(database: Database, host: Host, name: str) -> None:
    assert rooms.join(database, host.code, f"  {name} ", ADA, HERE).nickname == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "   ", "...", "x" * 21, "x" * 100_000, "<b>Ada</b>", "[x](http://evil)", "![x](y)", "**Ada**", "=1+1"),
        *(
            "@SUM(A1)",
            "a`b`",
            "$x$",
            ":red[x]",
            "a\x00b",
            "a\u202eb",
            "a\u200bb",
            "Z̸̧̨a̷l̴g̴o̵",
            "x'; DROP TABLE rooms--",
            "a/b",
            "a_b_",
        ),
    ],
)
def test_a_nickname_is_nothing_but_a_name(database: Database, host: Host, name: str) -> None:
    with pytest.raises(Refused, match="nickname has"):
        rooms.join(database, host.code, name, ADA, HERE)
    assert rooms.students(database, host) == []


def test_only_the_secret_makes_a_host(database: Database, host: Host, ada: Student) -> None:
    for secret in ("", "x", host.code, host.secret[:-1], host.secret + "x", host.secret.swapcase(), ada.key, "\udcff"):
        with pytest.raises(Refused, match="not the secret"):
            rooms.host_of(database, host.code, secret, secret)
        with pytest.raises(Refused, match="Only the host"):
            rooms.close(database, Host(host.code, secret))
    assert rooms.host_of(database, host.code.lower(), host.secret, HERE) == host


def test_the_secret_of_one_room_does_not_open_another(database: Database, host: Host) -> None:
    other = rooms.open_room(database, TEACHER, "192.0.2.1")
    stranger = replace(host, code=other.code)
    for deed in (rooms.close, rooms.start_again, rooms.students, polls.all_to_host, polls.single_votes):
        with pytest.raises(Refused, match="Only the host"):
            deed(database, stranger)
    assert rooms.is_open(database, other.code)


def test_the_secret_is_compared_in_constant_time_and_kept_as_a_hash(
    database: Database, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    monkeypatch.setattr("app.classroom.codes.hmac.compare_digest", lambda one, other: compared.append((one, other)))
    with pytest.raises(Refused):
        rooms.check(database, host)
    assert compared == [(codes.digest(host.secret), codes.digest(host.secret))]
    kept = everything_in(tmp_path / "rooms.sqlite")
    assert host.secret.encode() not in kept
    assert codes.digest(host.secret).hex().encode() in kept.lower()


def test_neither_secret_nor_key_is_written_by_accident(host: Host, ada: Student) -> None:
    assert host.secret not in repr(host) and ada.key not in repr(ada)


def test_nothing_that_names_a_browser_is_kept(database: Database, ada: Student, tmp_path: Path) -> None:
    kept = everything_in(tmp_path / "rooms.sqlite")
    assert b"Ada" in kept
    assert ADA.encode() not in kept and TEACHER.encode() not in kept and HERE.encode() not in kept


def test_a_room_ends_after_a_day(
    database: Database, host: Host, ada: Student, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, rooms.LONGEST - 1)
    assert rooms.seat_of(database, ADA) == ada and rooms.pulse(database, host.code) is not None
    later(monkeypatch, 2)
    assert rooms.seat_of(database, ADA) is None and rooms.pulse(database, host.code) is None
    assert not rooms.is_open(database, host.code)
    with pytest.raises(Refused):
        rooms.students(database, host)
    with pytest.raises(Refused, match="no room"):
        rooms.join(database, host.code, "Bob", BOB, HERE)
    rooms.open_room(database, EVE, "192.0.2.1")
    assert b"Ada" not in everything_in(tmp_path / "rooms.sqlite")


def test_a_closed_room_leaves_nothing(database: Database, host: Host, ada: Student, tmp_path: Path) -> None:
    polls.ask(database, host, "heist", "Which?", OPTIONS, "yes")
    polls.vote(database, ada, "heist", 1, 0)
    rooms.close(database, host)
    kept = everything_in(tmp_path / "rooms.sqlite")
    assert b"INSERT" not in kept
    assert rooms.seat_of(database, ADA) is None


def test_start_again_empties_the_room_and_keeps_its_code(database: Database, host: Host, ada: Student) -> None:
    polls.ask(database, host, "heist", "Which?", OPTIONS, "yes")
    polls.vote(database, ada, "heist", 1, 0)
    before = rooms.pulse(database, host.code)
    rooms.start_again(database, host)
    assert rooms.pulse(database, host.code) != before
    assert rooms.students(database, host) == [] and polls.all_to_host(database, host) == []
    assert polls.lesson_asked(database, host.code) is None
    rooms.join(database, host.code, "Ada", ADA, HERE)
    polls.ask(database, host, "heist", "Which?", OPTIONS, "yes")
    polls.vote(database, ada, "heist", 1, 1)  # a new class votes anew


def test_a_restart_loses_nothing(database: Database, host: Host, ada: Student, tmp_path: Path) -> None:
    polls.ask(database, host, "heist", "Which?", OPTIONS, "yes")
    polls.vote(database, ada, "heist", 1, 1)
    again = Database(tmp_path / "rooms.sqlite")  # beside the old one, which nobody closed
    assert rooms.seat_of(again, ADA) == ada
    poll = polls.to_host(again, rooms.host_of(again, host.code, host.secret, HERE), "heist")
    assert poll is not None and poll.tally is not None and poll.tally.first == (0, 1)
    again.close()


def test_a_file_of_another_version_is_emptied(database: Database, host: Host, tmp_path: Path) -> None:
    database.write("PRAGMA user_version = 99")
    again = Database(tmp_path / "rooms.sqlite")
    assert not rooms.is_open(again, host.code)
    again.close()


def test_a_file_that_is_none_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "rooms.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(Refused, match="cannot keep rooms"):
        Database(tmp_path / "rooms.sqlite")


def test_one_look_at_a_room_is_by_its_key_alone(database: Database, host: Host) -> None:
    plans: list[str] = []
    ear = rooms.ear(database, host)
    database._connection.set_trace_callback(plans.append)
    assert rooms.heard(database, ear) == rooms.pulse(database, host.code)
    database._connection.set_trace_callback(None)
    plans.clear()
    database._connection.set_trace_callback(plans.append)
    rooms.heard(database, ear)
    database._connection.set_trace_callback(None)
    (statement,) = plans
    ((*_, how),) = database.rows(f"EXPLAIN QUERY PLAN {statement}")
    assert how.startswith("SEARCH rooms USING INDEX")


def test_only_who_is_in_a_room_hears_of_it(database: Database, host: Host, ada: Student) -> None:
    ear = rooms.ear(database, ada)
    assert ear == rooms.ear(database, host) and len(ear) >= 32 and ear not in (host.code, host.secret)
    assert rooms.heard(database, host.code) is None and rooms.heard(database, "' OR '1'='1") is None
    rooms.leave(database, ada)
    with pytest.raises(Refused):
        rooms.ear(database, ada)
    with pytest.raises(Refused):
        rooms.ear(database, replace(host, secret="x"))
    rooms.close(database, host)
    assert rooms.heard(database, ear) is None


def test_who_asks_too_often_waits(database: Database, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("app.classroom.limits.time.monotonic", lambda: now[0])
    most, seconds = limits.LIMITS["join"]
    for _ in range(most):
        with pytest.raises(Refused, match="no room"):
            rooms.join(database, "BCDFGH", "Ada", ADA, HERE)
    with pytest.raises(Refused, match="Too many codes"):
        rooms.join(database, host.code, "Ada", ADA, HERE)
    rooms.join(database, host.code, "Bob", BOB, HERE)  # others do not wait
    now[0] = seconds + 1
    rooms.join(database, host.code, "Ada", ADA, HERE)


def test_an_address_with_many_browsers_cannot_try_all_codes(database: Database, host: Host) -> None:
    most, _ = limits.LIMITS["address"]
    for number in range(most):
        with pytest.raises(Refused, match="no room"):
            rooms.join(database, "BCDFGH", "Ada", f"{number:032x}", HERE)
    with pytest.raises(Refused, match="Too many people"):
        rooms.join(database, host.code, "Ada", ADA, HERE)
    rooms.join(database, host.code, "Ada", ADA, "192.0.2.2")


def test_secrets_cannot_be_tried_one_after_the_other(database: Database, host: Host) -> None:
    most, _ = limits.LIMITS["key"]
    for number in range(most):
        with pytest.raises(Refused, match="not the secret"):
            rooms.host_of(database, host.code, str(number), HERE)
    with pytest.raises(Refused, match="Too many wrong secrets"):
        rooms.host_of(database, host.code, "another", HERE)
    assert rooms.host_of(database, host.code, host.secret, HERE) == host  # who has it never waits


def test_nobody_opens_rooms_without_end(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    most, _ = limits.LIMITS["host"]
    for _ in range(most):
        rooms.open_room(database, EVE, "192.0.2.1")
    with pytest.raises(Refused, match="many rooms"):
        rooms.open_room(database, EVE, "192.0.2.1")
    for number in range(limits.LIMITS["school"][0] - most - 1):  # the refused one counts as well
        rooms.open_room(database, f"{1000 + number:032x}", "192.0.2.1")
    with pytest.raises(Refused, match="many rooms"):
        rooms.open_room(database, "9" * 32, "192.0.2.1")
    monkeypatch.setattr(rooms, "MOST_ROOMS", most)
    with pytest.raises(Refused, match="as many as it can"):
        rooms.open_room(database, ADA, "192.0.2.2")


def test_a_room_has_an_end_of_students(database: Database, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_STUDENTS", 1)
    rooms.join(database, host.code, "Ada", ADA, HERE)
    with pytest.raises(Refused, match="full"):
        rooms.join(database, host.code, "Bob", BOB, HERE)
    rooms.join(database, host.code, "Ada", ADA, HERE)

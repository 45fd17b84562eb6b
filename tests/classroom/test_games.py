"""Games: attempts are limited and counted while the game is on, the best one counts, and the best comes first."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.classroom import Database, Host, Refused, Student, games, limits, rooms
from app.classroom.games import Game
from tests.classroom.conftest import ADA, BOB, HERE, TEACHER


def copy(fidelity: float, dollars: float) -> games.Result:
    return {"fidelity": fidelity, "dollars": dollars, "queries": round(1000 * dollars)}


def asked(gap: float, hit: bool = False) -> games.Result:
    return {"hit": hit, "gap": gap, "label": 1}


def playing(database: Database, host: Host, kind: games.Kind = "steal") -> Game:
    games.begin(database, host, kind, {"policy": "top label", "budget": 200})
    game = games.current(database, host.code)
    assert game is not None
    return game


def names(database: Database, who: Host | Student, game: Game) -> list[str]:
    return [one.nickname for one in games.standings(database, who, game)]


def test_the_highest_fidelity_wins_and_of_equal_ones_the_cheapest(
    database: Database, host: Host, ada: Student, bob: Student
) -> None:
    game = playing(database, host)
    cem = rooms.join(database, host.code, "Cem", "c" * 32, HERE)
    for student, result in ((ada, copy(0.9, 0.2)), (bob, copy(0.9, 0.1)), (cem, copy(0.95, 0.2)), (ada, copy(0.5, 0))):
        number = games.hand_in(database, student, game, {"attack": "task"})
        games.settle(database, student, game, number, result)
    assert names(database, host, game) == ["Cem", "Bob", "Ada"]
    last = games.standings(database, ada, game)[-1]
    assert last.own and last.attempts == 2 and last.result["fidelity"] == 0.9


def test_who_finds_the_trigger_first_wins_and_others_follow_by_how_near_they_came(
    database: Database, host: Host, ada: Student, bob: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    game, start = playing(database, host, "trigger"), games.time.time()
    cem = rooms.join(database, host.code, "Cem", "c" * 32, HERE)
    for seconds, student, result in (
        (1, cem, asked(0.2)),
        (5, bob, asked(0.6, hit=True)),
        (9, ada, asked(0.9, hit=True)),
        (12, bob, asked(0.99, hit=True)),
        (13, cem, asked(0.98)),
    ):
        monkeypatch.setattr("app.classroom.games.time.time", lambda now=start + seconds: now)
        games.hand_in(database, student, game, {}, result)
    assert names(database, host, game) == ["Bob", "Ada", "Cem"]
    first = games.standings(database, host, game)[0]
    assert 4 < first.seconds < 6 and not first.own


def test_attempts_are_limited_and_one_waits_for_the_one_before(database: Database, host: Host, ada: Student) -> None:
    game = playing(database, host)
    for number in range(1, games.MOST_ATTEMPTS["steal"] + 1):
        assert games.hand_in(database, ada, game, {}) == number
        with pytest.raises(Refused, match="on its way"):
            games.hand_in(database, ada, game, {})
        games.settle(database, ada, game, number, copy(0.5, 0.1))
    with pytest.raises(Refused, match="your 5 attempts"):
        games.hand_in(database, ada, game, {})


def test_an_attempt_of_which_nothing_came_does_not_count(database: Database, host: Host, ada: Student) -> None:
    game = playing(database, host)
    number = games.hand_in(database, ada, game, {})
    games.withdraw(database, ada, game, number)
    assert games.attempts(database, ada, game) == []
    number = games.hand_in(database, ada, game, {})
    games.settle(database, ada, game, number, copy(0.5, 0.1))
    games.withdraw(database, ada, game, number)  # too late: it is settled
    games.settle(database, ada, game, number, copy(1.0, 0.0))  # the first word counts
    (made,) = games.attempts(database, ada, game)
    assert made.result == copy(0.5, 0.1)


def test_after_the_end_nothing_is_handed_in_and_what_was_on_its_way_still_counts(
    database: Database, host: Host, ada: Student, bob: Student
) -> None:
    game = playing(database, host)
    number = games.hand_in(database, ada, game, {})
    games.end(database, host)
    with pytest.raises(Refused, match="over"):
        games.hand_in(database, bob, game, {})
    games.settle(database, ada, game, number, copy(0.7, 0.1))
    assert names(database, host, game) == ["Ada"]
    games.put_away(database, host)
    assert games.current(database, host.code) is None
    second = playing(database, host, "trigger")
    assert second.number == game.number + 1
    with pytest.raises(Refused, match="over"):
        games.hand_in(database, bob, game, {})
    assert names(database, host, second) == []


def test_only_the_room_plays_and_only_its_host_begins(database: Database, host: Host, ada: Student) -> None:
    game = playing(database, host)
    other = rooms.open_room(database, TEACHER, "192.0.2.1")
    stranger = rooms.join(database, other.code, "Bob", BOB, HERE)
    games.begin(database, other, "steal", {})
    for deed in (
        lambda: games.hand_in(database, replace(stranger, code=host.code), game, {}),
        lambda: games.settle(database, replace(stranger, code=host.code), game, 1, copy(1, 0)),
        lambda: games.standings(database, replace(stranger, code=host.code), game),
        lambda: games.standings(database, replace(other, code=host.code), game),
        lambda: games.begin(database, Host(host.code, ada.key), "steal", {}),
        lambda: games.end(database, Host(host.code, ada.key)),
        lambda: games.put_away(database, Host(host.code, ada.key)),
    ):
        with pytest.raises(Refused):
            deed()
    number = games.hand_in(database, ada, game, {})
    games.settle(database, replace(ada, nickname="x"), game, number, copy(0.9, 0.1))
    assert names(database, host, game) == ["Ada"] and names(database, other, game) == []


def test_nobody_asks_faster_than_a_person(database: Database, host: Host, ada: Student) -> None:
    game = playing(database, host, "trigger")
    most, _ = limits.LIMITS["attempt"]
    for _ in range(most):
        games.hand_in(database, ada, game, {}, asked(0.1))
    with pytest.raises(Refused, match="Too many attempts"):
        games.hand_in(database, ada, game, {}, asked(1.0, hit=True))


def test_a_game_survives_a_restart(database: Database, host: Host, ada: Student, tmp_path: Path) -> None:
    game = playing(database, host)
    games.hand_in(database, ada, game, {"attack": "task", "budget": 100})
    again = Database(tmp_path / "rooms.sqlite")
    seat = rooms.seat_of(again, ADA)
    assert seat is not None
    (made,) = games.attempts(again, seat, game)
    assert made.settings == {"attack": "task", "budget": 100} and made.result is None
    again.close()

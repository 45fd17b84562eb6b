"""The address at which a page in a room hears of changes: three numbers for who knows its name, and nothing else."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from app.classroom import Database, rooms
from app.ui.classroom import database as opened_database
from app.ui.classroom import pulse


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("ENTANGLED_DATA", str(tmp_path))
    opened_database.database.cache_clear()
    yield opened_database.database()
    opened_database.database().close()
    opened_database.database.cache_clear()


def asked(ear: str) -> Response:
    scope: dict[str, Any] = {"type": "http", "method": "GET", "headers": [], "path_params": {"ear": ear}}
    with ThreadPoolExecutor(1) as elsewhere:  # a browser's test before this one may have left a loop in this thread
        return elsewhere.submit(asyncio.run, pulse.ROUTE.endpoint(Request(scope))).result()


def test_who_is_in_the_room_hears_three_numbers_and_nothing_else(database: Database) -> None:
    host = rooms.open_room(database, "1" * 32, "192.0.2.1")
    answer = asked(rooms.ear(database, host))
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert json.loads(bytes(answer.body)) == {"state": 0, "votes": 0, "board": 0}
    ada = rooms.join(database, host.code, "Ada", "a" * 32, "here")
    assert json.loads(bytes(asked(rooms.ear(database, ada)).body))["votes"] == 1


@pytest.mark.parametrize("ear", ["", "BCDFGH", "' OR '1'='1", "../../etc/passwd", "\x00", "x" * 10_000, "\udcff"])
def test_nobody_else_hears_anything(database: Database, ear: str) -> None:
    host = rooms.open_room(database, "1" * 32, "192.0.2.1")
    assert asked(host.code).status_code == 204
    assert asked(ear).status_code == 204


def test_a_closed_room_is_silent(database: Database) -> None:
    host = rooms.open_room(database, "1" * 32, "192.0.2.1")
    ear = rooms.ear(database, host)
    rooms.close(database, host)
    assert asked(ear).status_code == 204


def test_a_server_without_rooms_makes_no_file_for_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTANGLED_DATA", str(tmp_path))
    opened_database.database.cache_clear()
    assert asked("x").status_code == 204
    assert not list(tmp_path.iterdir())


def test_a_class_that_hears_the_same_takes_turns_and_its_teacher_waits_for_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(pulse, "_mounted", lambda _key, seconds, data: told.append({**data, "seconds": seconds}))
    host = rooms.open_room(database, "1" * 32, "192.0.2.1")
    ada, *_ = [rooms.join(database, host.code, f"S{number}", f"{number:032x}", f"{number}") for number in range(100)]
    known = rooms.pulse(database, host.code)
    pulse.listen(host, known, ("state",), key="room", seconds=1)
    pulse.listen(ada, known, ("state",), key="room", seconds=1)
    assert [(data["within"], data["seconds"]) for data in told] == [(0, 1), (3500, 2)]
    assert all(data["known"] == {"state": 0} for data in told)

"""A database of the test's own, a room in it, and two students."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.classroom import Database, Host, Student, rooms

TEACHER, ADA, BOB, EVE = ("0" * 31 + letter for letter in "1abe")  # names that browsers made up
HERE = "192.0.2.1"  # an address


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "rooms.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def host(database: Database) -> Host:
    return rooms.open_room(database, TEACHER, "192.0.2.1")


@pytest.fixture
def ada(database: Database, host: Host) -> Student:
    return rooms.join(database, host.code, "Ada", ADA, HERE)


@pytest.fixture
def bob(database: Database, host: Host) -> Student:
    return rooms.join(database, host.code, "Bob", BOB, HERE)

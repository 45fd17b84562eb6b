"""Follow me: where the teacher is, and with which settings, for students who go along."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.classroom import rooms
from app.classroom.database import Database
from app.classroom.rooms import Host

_LONGEST = 4000  # characters of a link


@dataclass(frozen=True)
class Place:
    """Where the teacher is.

    Attributes:
        follow: whether students are taken along.
        page: its name.
        link: the settings, as a link says them.
        moved: counts the teacher's moves.
    """

    follow: bool
    page: str
    link: dict[str, str]
    moved: int


def place(database: Database, code: str) -> Place | None:
    """Return where the teacher of a room is; None: there is no such room."""
    row = database.row("SELECT follow, page, link, moved FROM rooms WHERE code = ?", code)
    return None if row is None else Place(bool(row[0]), row[1], json.loads(row[2]), row[3])


def take_along(database: Database, host: Host, follow: bool) -> None:
    """Take students along from now on, or no longer."""
    with database.writing():
        rooms.check(database, host)
        changed = database.write(
            "UPDATE rooms SET follow = ?, moved = moved + 1 WHERE code = ? AND follow <> ?",
            *(int(follow), host.code, int(follow)),
        )
        if changed:
            rooms.changed(database, host.code, "state")


def move(database: Database, host: Host, page: str, link: Mapping[str, str]) -> None:
    """Note where the teacher is; whoever goes along follows."""
    written = json.dumps(dict(sorted(link.items())))
    if len(written) > _LONGEST:
        return
    known = database.row("SELECT page, link FROM rooms WHERE code = ?", host.code)
    if known is None or known == (page, written):
        return
    with database.writing():
        rooms.check(database, host)
        database.write(
            "UPDATE rooms SET page = ?, link = ?, moved = moved + 1 WHERE code = ?", page, written, host.code
        )
        if database.row("SELECT 1 FROM rooms WHERE code = ? AND follow", host.code):
            rooms.changed(database, host.code, "state")

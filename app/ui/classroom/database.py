"""The rooms of this server: opened once for all visitors."""

from functools import cache

from app import paths
from app.classroom import Database


@cache
def database() -> Database:
    """Return the rooms of this server.

    Raises:
        Refused: if it cannot keep any.
    """
    return Database(paths.rooms())

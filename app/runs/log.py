"""What a server tells its owner: with ``ENTANGLED_LOG=json``, one line of JSON an event on stderr.

A module logs what happened in one or two words, and the facts as ``extra``, of those in :data:`FACTS`. Of visitors
there is nothing but :func:`pseudonym`.
"""

import hashlib
import json
import logging
import secrets
from datetime import UTC, datetime

# The run's key, its task; how it ended and after how many seconds; who asked; why, in a sentence of the app.
FACTS = ("run", "task", "status", "seconds", "visitor", "reason")

_SALT = secrets.token_bytes(16)  # gone with the process: nobody can be recognised in tomorrow's log
_PACKAGE = logging.getLogger("app")


class JsonLines(logging.Formatter):
    """Each record as one object: when, how grave, what happened, and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **{fact: getattr(record, fact) for fact in FACTS if hasattr(record, fact)},
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def begin(form: str) -> None:
    """Log in this form from now on: ``json`` for every event, ``text`` for faults only, as Python does by itself."""
    _PACKAGE.handlers.clear()
    _PACKAGE.propagate = form != "json"
    _PACKAGE.setLevel(logging.INFO if form == "json" else logging.NOTSET)
    if form == "json":
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        _PACKAGE.addHandler(handler)


def pseudonym(visitor: str) -> str:
    """Return what a visitor is called in the log of this process: a short salted hash, which leads back to nobody."""
    return hashlib.blake2b(visitor.encode(), key=_SALT, digest_size=4).hexdigest()

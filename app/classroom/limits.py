"""How often one may ask: so many times within so many seconds, by each who asks, and by each address.

A class is behind one address, so an address may ask for a whole class at once. The counts are in memory: after a
restart they begin anew.
"""

import threading
import time
from collections import OrderedDict, deque
from typing import Literal

from app.classroom.refused import Refused

What = Literal["host", "school", "key", "join", "address", "vote", "attempt"]
LIMITS: dict[What, tuple[int, float]] = {  # times, seconds
    "host": (6, 3600),  # rooms that a browser opens
    "school": (60, 3600),  # ... and an address
    "key": (10, 60),  # secrets of a host that are tried from an address
    "join": (15, 60),  # codes that a browser tries
    "address": (240, 60),  # codes that are tried from an address: a class that joins, everybody twice
    "vote": (30, 60),
    "attempt": (40, 60),  # what is handed in, or asked, in a game
}
_REMEMBERED = 10_000  # who asked for what
_SENTENCES: dict[What, str] = {
    "host": "That is many rooms in an hour: close one, or wait.",
    "school": "That is many rooms in an hour: wait a little.",
    "key": "Too many wrong secrets: wait a minute.",
    "join": "Too many codes in a minute: wait a little, and read the code again.",
    "address": "Too many people are joining at once: wait a few seconds.",
    "vote": "Too many votes in a minute: wait a little.",
    "attempt": "Too many attempts in a minute: wait a little.",
}


class Limits:
    """Who asked for what, and when. Thread-safe."""

    def __init__(self) -> None:
        """Begin without anybody."""
        self._lock = threading.Lock()
        self._asked: OrderedDict[tuple[What, str], deque[float]] = OrderedDict()

    def take(self, what: What, who: str) -> None:
        """Note that somebody asks for something.

        Raises:
            Refused: if they have done so as often as they may.
        """
        most, seconds = LIMITS[what]
        now = time.monotonic()
        with self._lock:
            times = self._asked.setdefault((what, who), deque())
            self._asked.move_to_end((what, who))
            while times and times[0] <= now - seconds:
                times.popleft()
            if len(times) >= most:
                raise Refused(_SENTENCES[what])
            times.append(now)
            while len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)

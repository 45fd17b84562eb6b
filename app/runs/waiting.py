"""The runs that wait, in the order in which they are served: visitors take turns.

Nobody waits for two runs of somebody else before their own first one, however many others have asked for. Each
visitor's claim on a job has a turn: the one that is being served now or, where they have had that or claim it already,
the one after. A job goes by the earliest claim on it, and of equals, by arrival (start-time fair queueing: Goyal, Vin
and Cheng 1996, with every run of the same cost).
"""

from collections.abc import Iterator

from app.runs.job import Job

_AGAIN = -1  # the arrival of a job that goes before all others


class Waiting:
    """The queue of a pool, which guards it: nothing here is thread-safe. It keeps every job's ``position``."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._claims: dict[Job, dict[str, int]] = {}  # of each job, in the order of service: the turn of each visitor
        self._arrivals: dict[Job, int] = {}
        self._arrived = 0
        self._turn = 0  # of the job that was served last
        self._served: dict[str, int] = {}  # visitor -> the turn of the last job of theirs that was served

    def __len__(self) -> int:
        """Return how many jobs wait."""
        return len(self._claims)

    def __iter__(self) -> Iterator[Job]:
        """Yield the jobs, the next one first."""
        return iter(tuple(self._claims))

    def __contains__(self, job: object) -> bool:
        """Return whether a job waits."""
        return job in self._claims

    def add(self, job: Job) -> None:
        """Let a job wait; nobody claims it yet."""
        self._arrived += 1
        self._arrivals[job], self._claims[job] = self._arrived, {}
        self._order()

    def add_again(self, job: Job) -> None:
        """Let a job that was served wait once more, before all others: it costs nobody a turn."""
        self._arrivals[job], self._claims[job] = _AGAIN, dict.fromkeys(job.watchers, self._turn)
        self._order()

    def claim(self, job: Job, visitor: str) -> None:
        """Note that a visitor wants a job; of one that does not wait or that they claim already, nothing."""
        if job not in self._claims or visitor in self._claims[job]:
            return
        mine = [claims[visitor] for claims in self._claims.values() if visitor in claims]
        self._claims[job][visitor] = max(self._turn, *(turn + 1 for turn in (*mine, self._served.get(visitor, -1))))
        self._order()

    def disclaim(self, job: Job, visitor: str) -> None:
        """Note that a visitor does not want a job any more; they have its turn back."""
        if self._claims.get(job, {}).pop(visitor, None) is not None:
            self._order()

    def remove(self, job: Job) -> None:
        """Let a job wait no more."""
        del self._claims[job], self._arrivals[job]
        job.position = 0
        self._order()

    def take(self) -> Job:
        """Remove the next job, which is served now, and return it.

        Raises:
            IndexError: if none waits.
        """
        if not self._claims:
            raise IndexError("Nobody waits.")
        job = next(iter(self._claims))
        self._turn = max(self._turn, self._turn_of(job))
        had = dict.fromkeys(self._claims[job], self._turn)
        # An older turn than the present one gives nobody a later one.
        self._served = {**{visitor: turn for visitor, turn in self._served.items() if turn >= self._turn}, **had}
        self.remove(job)
        return job

    def _turn_of(self, job: Job) -> int:
        return min(self._claims[job].values(), default=self._turn)

    def _order(self) -> None:
        def place(job: Job) -> tuple[bool, int, int]:
            arrived = self._arrivals[job]
            return arrived != _AGAIN, self._turn_of(job), arrived

        self._claims = {job: self._claims[job] for job in sorted(self._claims, key=place)}
        for position, job in enumerate(self._claims, start=1):
            job.position = position

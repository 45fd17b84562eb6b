"""What the pool asks of whatever computes its runs: a process of this machine, or one on a Dask cluster."""

from typing import Any, Protocol


class WorkerDied(Exception):
    """The worker has ended; the message is the part of a sentence that follows "a worker"."""


class ClusterUnreachable(WorkerDied):
    """The cluster that has the workers does not answer; it is not the fault of a run."""


class Worker(Protocol):
    """A process that trains, wherever it is; the messages are those of :mod:`app.runs.worker`."""

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as is known."""

    @property
    def pid(self) -> int:
        """The number of the process on its machine."""

    @property
    def machine(self) -> str:
        """Where it runs; empty on this machine."""

    def wait_until_ready(self, timeout: float) -> None:
        """Block until the worker has imported what it needs.

        Raises:
            WorkerDied: if it ends first, or takes longer than ``timeout`` seconds.
        """

    def send(self, message: object) -> None:
        """Send a message.

        Raises:
            WorkerDied: if the worker has ended.
        """

    def receive(self, timeout: float | None) -> Any:
        """Return the next message, or None when none came within ``timeout`` seconds.

        Raises:
            WorkerDied: if the worker has ended and all its messages were received.
        """

    def memory(self) -> int:
        """Return the resident memory in bytes, 0 if the process is gone."""

    def kill(self) -> None:
        """End the process, whatever it is doing; a waiting :meth:`receive` raises."""

    def close(self) -> None:
        """End the process and whatever connects this server with it."""

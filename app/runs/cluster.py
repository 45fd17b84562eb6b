"""A worker process on a Dask cluster, spoken to as if it were one of this machine.

A machine of the cluster starts the very process that this server would start by itself (:mod:`app.runs.process`), and
an actor there passes its messages on: an actor takes no thread of its Dask worker, lives on one machine, and is lost
with it rather than begun again elsewhere, so that whoever started it decides. This server asks for messages in one
request after another, each of which waits until there are some: an event is here as soon as two hops allow, and nothing
gathers on the scheduler. The machines need the app in the same version; their settings are those of their environment.
"""

import asyncio
import logging
import socket
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from app import paths
from app.lab.experiment import LAB_VERSION
from app.runs import worker
from app.runs.contract import ClusterUnreachable, WorkerDied
from app.runs.process import start_worker

if TYPE_CHECKING:
    from distributed import Actor

CONNECT_LIMIT = 5.0  # seconds to the scheduler
WAIT = 1.0  # seconds that a request waits for messages; as old a measurement of the memory may be
ANSWER_LIMIT = 30.0  # seconds beyond WAIT after which a machine that does not answer counts as lost
ASKED_LIMIT = 60.0  # seconds after which a process whose server no longer asks ends by itself
END_LIMIT = 5.0  # seconds to wait for the end of a process, or of a connection
_LOOK = 0.2  # seconds between two looks whether a worker that starts was ended meanwhile

_ENDED = object()  # the last item of an inbox

_logger = logging.getLogger(__name__)


class Host:
    """On a machine of the cluster: one worker process, and its messages passed on.

    What may wait is asynchronous, so that no request waits for another. The process ends with its Dask worker, whose
    pipes it reads, and some time after its server has asked for the last time.
    """

    def __init__(self, lab: str, version: int) -> None:
        """Start the process for the tasks of the module ``lab``; it is not ready yet.

        Raises:
            WorkerDied: if the lab of this machine is not of the server's ``version``.
        """
        if version != LAB_VERSION:
            raise WorkerDied(f"has version {LAB_VERSION} of the lab, and the server has version {version}")
        self._process = start_worker(lab, paths.store() / "numba")
        self._asked = time.monotonic()
        threading.Thread(target=self._end_unasked, daemon=True).start()

    async def place(self) -> tuple[int, str]:
        """Return the number of the process, and the name of the machine."""
        return self._process.pid, socket.gethostname()

    async def send(self, message: object) -> None:
        """Pass a message on; raises as :meth:`~app.runs.process.WorkerProcess.send`."""
        await asyncio.to_thread(self._process.send, message)

    async def receive(self, timeout: float) -> tuple[list[Any], int]:
        """Return the messages that there are, once there is one or ``timeout`` seconds have passed; and the memory."""
        self._asked = time.monotonic()
        return await asyncio.to_thread(self._gathered, timeout)

    async def kill(self) -> None:
        """End the process."""
        await asyncio.to_thread(self._process.close)

    def _gathered(self, timeout: float) -> tuple[list[Any], int]:
        messages = [self._process.receive(timeout)]
        with suppress(WorkerDied):  # the next request is told
            while messages[-1] is not None:
                messages.append(self._process.receive(0))
        return [message for message in messages if message is not None], self._process.memory()

    def _end_unasked(self) -> None:
        while self._process.alive:
            time.sleep(1)
            if time.monotonic() - self._asked > ASKED_LIMIT:
                self._process.close()


class ClusterWorker:
    """A worker process of a cluster (:class:`~app.runs.contract.Worker`)."""

    def __init__(self, scheduler: str, lab: str) -> None:
        """Ask the cluster for a process for the tasks of the module ``lab``; it is not ready yet.

        Raises:
            ClusterUnreachable: if there is no scheduler at that address.
        """
        from distributed import Client  # takes half a second, and only a cluster needs it

        try:
            self._client: Client = Client(scheduler, timeout=CONNECT_LIMIT, set_as_default=False)
        except (OSError, ValueError) as fault:
            raise ClusterUnreachable(f"needs the Dask scheduler at {scheduler!r}, which does not answer") from fault
        self._placed = self._client.submit(Host, lab, LAB_VERSION, actor=True, pure=False)
        self._host: Actor | None = None
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        self._ended = threading.Event()
        self._death = "was ended"
        self._memory = 0
        self.pid, self.machine = 0, ""

    @property
    def alive(self) -> bool:
        """Whether it has not ended, as far as is known here."""
        return not self._ended.is_set()

    def wait_until_ready(self, timeout: float) -> None:
        """Block until a machine has taken the process in, and it has imported what it needs.

        Raises:
            WorkerDied: if it ends first, cannot be started there, or takes longer than ``timeout`` seconds.
        """
        until = time.monotonic() + timeout
        while self.alive and not self._placed.done() and time.monotonic() < until:
            self._ended.wait(_LOOK)
        if self.alive and self._placed.done():
            self._take()
        if self.receive(max(0.0, until - time.monotonic())) != worker.READY:
            self.kill()
            raise WorkerDied(f"was not ready after {timeout:g} seconds")

    def _take(self) -> None:
        try:
            with self._client.as_current():
                host: Any = self._placed.result(ANSWER_LIMIT)  # an actor, not the Host itself
                self.pid, self.machine = host.place().result(ANSWER_LIMIT)
        except Exception as fault:
            if self._client.status != "running":
                raise ClusterUnreachable("needs a Dask scheduler, which is gone") from fault
            raise _death(fault, "could not be started on the cluster") from fault
        self._host = host
        threading.Thread(target=self._read, args=(host,), daemon=True).start()

    def send(self, message: object) -> None:
        """Send a message.

        Raises:
            WorkerDied: if the worker has ended, or is lost.
        """
        if not self.alive or self._host is None:
            raise WorkerDied(self._death)
        try:
            self._host.send(message).result(ANSWER_LIMIT)
        except Exception as fault:
            raise _death(fault) from fault

    def receive(self, timeout: float | None) -> Any:
        """Return the next message, or None when none came within ``timeout`` seconds.

        Raises:
            WorkerDied: if the worker has ended, or is lost, and all its messages were received.
        """
        try:
            message = self._inbox.get(timeout=timeout)
        except Empty:
            return None
        if message is _ENDED:
            self._inbox.put(_ENDED)  # for the next call
            raise WorkerDied(self._death)
        return message

    def memory(self) -> int:
        """Return the resident memory in bytes, as last told; 0 if the process is gone."""
        return self._memory if self.alive else 0

    def kill(self) -> None:
        """End the process; where the cluster no longer answers, it ends by itself once nobody asks it."""
        if self._ended.is_set():
            return
        self._end("was ended")
        if self._host is not None:
            with suppress(Exception):  # whatever keeps it from answering
                self._host.kill().result(END_LIMIT)

    def close(self) -> None:
        """End the process, and leave the cluster."""
        self.kill()
        with suppress(Exception):  # a scheduler that is gone cannot be left
            self._client.close(END_LIMIT)

    def _end(self, death: str) -> None:
        if not self._ended.is_set():
            self._death = death
            self._ended.set()
            self._inbox.put(_ENDED)

    def _read(self, host: "Actor") -> None:
        """Ask for messages until there can be no more; in a thread of its own, as a pipe is read."""
        try:
            while self.alive:
                messages, self._memory = host.receive(WAIT).result(WAIT + ANSWER_LIMIT)
                for message in messages:
                    self._inbox.put(message)
        except Exception as fault:
            if self.alive:  # else it was ended from here
                self._end(str(_death(fault)))


def _death(fault: Exception, otherwise: str = "lost its place on the cluster") -> WorkerDied:
    """Return what has become of a worker, by what its host has raised or whatever came in between."""
    if isinstance(fault, WorkerDied):
        return fault
    _logger.warning("The cluster: %s: %s", type(fault).__name__, fault)
    return WorkerDied(otherwise)

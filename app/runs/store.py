"""Finished runs by task and key: those shipped with the app, and those computed on this machine."""

import logging
import os
import re
import shutil
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from app import environment, paths
from app.lab import choices, record
from app.lab.experiment import Experiment
from app.lab.record import DamagedRecord, Task
from app.lab.stories.events import Event
from app.runs.job import Origin

DAY = 24 * 3600.0  # seconds
UNFINISHED = 3600.0  # seconds, after which what another process began to write or to remove is nobody's any more

RESULTS: tuple[Task, ...] = (
    "result",
    "theft_result",
    "washing_result",
    "rehearsal_result",
)  # small, and a sweep brings thousands

_KEY = re.compile(r"[0-9a-f]{64}")
# A record, or with a dot before and something behind it, one that is being written or removed.
_NAME = rf"(?:{'|'.join(get_args(Task))})-{_KEY.pattern}"
_OURS = re.compile(rf"{_NAME}|\.{_NAME}-.+")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stored:
    """A finished run: its settings, its events, and where they come from."""

    experiment: Experiment
    events: list[Event]
    origin: Origin


class Store:
    """Records on disk, shared by threads and processes.

    There is no lock: a record appears and disappears by one rename, and one that disappears while it is being read
    counts as not found.
    """

    def __init__(
        self,
        folder: Path | None = None,
        pretrained: Path | None = paths.PRETRAINED,
        limit: int | None = None,
        age: float | None = None,
    ) -> None:
        """Keep runs in ``folder``; only read ``pretrained``.

        Args:
            folder: where to; by default :func:`app.paths.store`.
            pretrained: the recorded runs that ship with the app; None for none.
            limit: bytes that all runs may take; by default ``$ENTANGLED_STORE_SIZE``, some forty runs.
            age: seconds after which a run that nobody asked for goes; by default ``$ENTANGLED_STORE_DAYS``.
        """
        self.folder = folder or paths.store()
        self._pretrained = pretrained
        self._limit = environment.read().store_size * 2**20 if limit is None else limit
        self._age = environment.read().store_days * DAY if age is None else age

    def get(self, key: str, task: Task = "run") -> Stored | None:
        """Return the finished run with this key, or None; one computed on this machine takes precedence.

        Raises:
            DamagedRecord: if the record that ships with the app cannot be trusted.
        """
        if not _KEY.fullmatch(key):  # keys come from URLs, and become names of folders
            return None
        return self._done_here(key, task) or self._shipped(key, task)

    def put(self, experiment: Experiment, events: list[Event], task: Task = "run") -> None:
        """Keep the events of a finished run; the records that were used least recently make room for it.

        A run on a visitor's own pictures is not kept. Results are removed last, and storing one makes no room: they
        are small, a sweep writes thousands of them, and each makes measuring the folder slower.

        Raises:
            OSError: if it cannot be written.
        """
        if choices.is_own(experiment.dataset):
            return  # it has a visitor's pictures in it: nothing of them is kept
        folder = self._folder(experiment.key, task)
        record.write(folder, experiment, {task: events})
        if task not in RESULTS:
            self.prune(newest=folder)

    def keep(self, experiment: Experiment, events: list[Event], task: Task = "run") -> str | None:
        """As :meth:`put`, for a result that must not be lost with its record.

        Returns:
            None or, if it cannot be written, one sentence that says so to whoever sees the result.
        """
        try:
            self.put(experiment, events, task)
        except OSError as fault:
            _logger.error("The store %s cannot be written: %s", self.folder, fault)
            return (
                f"This result was not kept, because the store of runs cannot be written ({fault.strerror or fault}): "
                "make room there, or name another folder by ENTANGLED_STORE."
            )
        return None

    def size(self) -> int:
        """Return the bytes that all runs take which were computed on this machine."""
        return sum(map(_size, self._records()))

    def prune(self, newest: Path | None = None) -> None:
        """Remove what is too old, and the records that were used least recently until the rest is within the limit.

        Several processes may do so at once. What cannot be removed stays.

        Args:
            newest: a record that stays in any case.
        """
        now = time.time()
        sizes: dict[Path, int] = {}
        for folder in self._records():
            unfinished = folder.name.startswith(".")
            if folder != newest and now - _touched(folder) > (UNFINISHED if unfinished else self._age):
                _remove(folder)
            elif not unfinished:  # else, another process is at it
                sizes[folder] = _size(folder)
        excess = sum(sizes.values()) - self._limit
        for folder in sorted(sizes.keys() - {newest}, key=lambda folder: (_is_result(folder), _touched(folder))):
            if excess <= 0:
                break
            _remove(folder)
            excess -= sizes[folder]

    def _records(self) -> list[Path]:
        """Return the folders of this store that are its own, those that are being written or removed as well."""
        try:
            return [folder for folder in self.folder.iterdir() if _OURS.fullmatch(folder.name)]
        except OSError:  # there is none yet, or it cannot be read
            return []

    def _folder(self, key: str, task: Task) -> Path:
        return self.folder / f"{task}-{key}"

    def _done_here(self, key: str, task: Task) -> Stored | None:
        folder = self._folder(key, task)
        try:
            if not folder.is_dir():
                return None
            try:
                found = _read(folder, key, task)
            except DamagedRecord:  # or replaced while it was read: half of each is neither
                found = _read(folder, key, task)
        except (DamagedRecord, OSError) as fault:
            # The next run with this key replaces it, perhaps at this very moment: no visitor needs to know.
            _logger.warning("Passing over a stored run: %s", fault)
            return None
        with suppress(OSError):  # read-only, or on Windows: open elsewhere
            os.utime(folder)
        return found

    def _shipped(self, key: str, task: Task) -> Stored | None:
        if self._pretrained is None:
            return None
        if found := _catalogue(self._pretrained).get((task, key)):
            folder, experiment = found
            return Stored(experiment, record.read(folder, task), "pretrained")
        return None


def _read(folder: Path, key: str, task: Task) -> Stored:
    experiment = record.read_manifest(folder).experiment
    if experiment.key != key:
        raise DamagedRecord(folder, "it belongs to another run")
    return Stored(experiment, record.read(folder, task), "stored")


@cache
def _catalogue(pretrained: Path) -> dict[tuple[Task, str], tuple[Path, Experiment]]:
    """Return what ships with the app, by task and key: read once, as it does not change while the app runs."""
    found: dict[tuple[Task, str], tuple[Path, Experiment]] = {}
    for path in sorted(pretrained.rglob(record.MANIFEST)):
        try:
            manifest = record.read_manifest(path.parent)
        except DamagedRecord as fault:  # it is unknown which experiment it belongs to
            _logger.warning("%s", fault)
            continue
        for task in get_args(Task):
            if manifest.holds(task):
                found.setdefault((task, manifest.experiment.key), (path.parent, manifest.experiment))
    return found


def _is_result(folder: Path) -> bool:
    return folder.name.partition("-")[0] in RESULTS


def _remove(folder: Path) -> None:
    """Remove a record: out of sight by one rename, so that who reads it finds it whole or not at all."""
    aside = folder if folder.name.startswith(".") else folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    with suppress(OSError):  # another process was first, it is read-only or, on Windows, open elsewhere
        shutil.rmtree(folder.replace(aside), ignore_errors=True)


def _touched(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process has removed it
        return 0.0


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # which passes over what another process removes meanwhile
        for name in names:
            with suppress(OSError):
                total += os.stat(os.path.join(place, name)).st_size
    return total

"""Finished runs by task and key: those shipped with the app, and those computed on this machine."""

import logging
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from app import paths
from app.lab import record
from app.lab.experiment import Experiment
from app.lab.record import DamagedRecord, Task
from app.lab.stories.events import Event
from app.runs.job import Origin

LIMIT = 512 * 2**20  # bytes: some hundred runs, or some ten thousand results

RESULTS: tuple[Task, ...] = ("result", "theft_result", "washing_result")  # small, and a sweep brings thousands

_KEY = re.compile(r"[0-9a-f]{64}")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stored:
    """A finished run: its settings, its events, and where they come from."""

    experiment: Experiment
    events: list[Event]
    origin: Origin


class Store:
    """Records on disk, shared by threads and processes.

    There is no lock: a record appears by one rename, and one that disappears while it is being read counts as not
    found.
    """

    def __init__(
        self, folder: Path | None = None, pretrained: Path | None = paths.PRETRAINED, limit: int = LIMIT
    ) -> None:
        """Keep at most ``limit`` bytes in ``folder`` (:func:`app.paths.store`); only read ``pretrained``."""
        self.folder = folder or paths.store()
        self._pretrained = pretrained
        self._limit = limit

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

        Results are removed last, and storing one makes no room: they are small, a sweep writes thousands of them, and
        each makes measuring the folder slower.

        Raises:
            OSError: if it cannot be written.
        """
        folder = self._folder(experiment.key, task)
        record.write(folder, experiment, {task: events})
        if task not in RESULTS:
            self._make_room(folder)

    def _folder(self, key: str, task: Task) -> Path:
        return self.folder / f"{task}-{key}"

    def _done_here(self, key: str, task: Task) -> Stored | None:
        folder = self._folder(key, task)
        if not folder.is_dir():
            return None
        try:
            manifest = record.read_manifest(folder)
            if manifest.experiment.key != key:
                raise DamagedRecord(folder, "it belongs to another run")
            events = record.read(folder, task)
        except (DamagedRecord, OSError) as fault:
            # The next run with this key replaces it, perhaps at this very moment: no visitor needs to know.
            _logger.warning("Passing over a stored run: %s", fault)
            return None
        with suppress(OSError):  # read-only, or on Windows: open elsewhere
            os.utime(folder)
        return Stored(manifest.experiment, events, "stored")

    def _shipped(self, key: str, task: Task) -> Stored | None:
        if self._pretrained is None:
            return None
        if found := _catalogue(self._pretrained).get((task, key)):
            folder, experiment = found
            return Stored(experiment, record.read(folder, task), "pretrained")
        return None

    def _make_room(self, newest: Path) -> None:
        """Remove the oldest records, and what killed writers left behind, until the limit is met."""
        sizes = {folder: _size(folder) for folder in self.folder.iterdir() if _is_ours(folder)}
        excess = sum(sizes.values()) - self._limit
        for folder in sorted(sizes.keys() - {newest}, key=lambda folder: (_is_result(folder), _age_of(folder))):
            if excess <= 0:
                break
            shutil.rmtree(folder, ignore_errors=True)
            excess -= sizes[folder]


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


def _is_ours(folder: Path) -> bool:
    return folder.name.lstrip(".").partition("-")[0] in get_args(Task)


def _is_result(folder: Path) -> bool:
    return folder.name.partition("-")[0] in RESULTS


def _age_of(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process has removed it
        return 0.0


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total

"""Records: finished runs on disk, as safetensors and JSON without pickle, checked before they are used.

A record is a folder::

    manifest.json                   lab version, key, settings, seed, result; size and SHA-256 of each file
    events.safetensors              the events of a heist: arrays as tensors, the rest as JSON in the metadata
    maps.safetensors                the same for its UMAP projections
    remove.safetensors              the same for the removal attacks on its copies
    steal.safetensors               the same for an extraction attack
    trial.safetensors               the same for its trial
    trapdoor.safetensors            the same for the searches for its secret picture
    affinity.safetensors            the same for what innocent models take its triggers for
    backdoor.safetensors            the same for a backdoor beside a watermark
    pair.safetensors                the same for the rehearsal of its pair of trigger and target
    at_temperature.safetensors      only the last events and maps of a heist at another temperature
    result.safetensors              only the last events, for a sweep: kilobytes instead of megabytes;
                                    the other results likewise
    victim-entangled.safetensors    the weights of one model, as plain tensors; one such file per model

Events are packed and unpacked by the declared types of their fields, so a new kind of event needs no code here.
"""

import errno
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from app.lab.experiment import LAB_VERSION, Experiment
from app.lab.stories.events import Event, Finished, Result, Weights

Task = Literal[
    "run",
    "umap",
    "result",
    "theft_result",
    "washing_result",
    "remove",
    "steal",
    "trial",
    "trapdoor",
    "affinity",
    "backdoor",
    "pair",
    "rehearsal_result",
    "innocents_result",
    "at_temperature",
]
MANIFEST = "manifest.json"
_ATTEMPTS = 5  # to move a record to its place

_STREAMS: dict[Task, str] = {
    "run": "events.safetensors",
    "umap": "maps.safetensors",
    "result": "result.safetensors",
    "theft_result": "theft_result.safetensors",
    "washing_result": "washing_result.safetensors",
    "remove": "remove.safetensors",
    "trial": "trial.safetensors",
    "trapdoor": "trapdoor.safetensors",
    "steal": "steal.safetensors",
    "affinity": "affinity.safetensors",
    "backdoor": "backdoor.safetensors",
    "pair": "pair.safetensors",
    "rehearsal_result": "rehearsal_result.safetensors",
    "innocents_result": "innocents_result.safetensors",
    "at_temperature": "at_temperature.safetensors",
}
_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
_HINTS = {kind: get_type_hints(kind) for kind in _EVENTS.values()}
_DTYPES = ("bool", "uint8", "int16", "int64", "float16", "float32", "float64")

Array = NDArray[np.generic]


class DamagedRecord(ValueError):
    """A record that is unusable; the message is one sentence that says why, and how to make it again."""

    def __init__(self, folder: Path, fault: str) -> None:
        """Build the message for the record in ``folder`` from ``fault``, a clause."""
        super().__init__(f"The record {folder} is damaged: {fault}; run `python -m app pretrain` to make it again.")


@dataclass(frozen=True)
class Manifest:
    """The contents of a manifest: settings, result, and ``(bytes, SHA-256)`` of each file."""

    experiment: Experiment
    metrics: dict[str, object]
    files: dict[str, tuple[int, str]]

    def holds(self, task: Task) -> bool:
        """Return whether the record contains the events of ``task``."""
        return _STREAMS[task] in self.files


def write(folder: Path, experiment: Experiment, streams: Mapping[Task, Iterable[Event]]) -> None:
    """Write the events of one or more tasks of an experiment; an existing record is replaced as a whole.

    Args:
        folder: the record's folder; its parent is created if it is missing.
        experiment: the settings of the run.
        streams: the events of each task. The last one is :class:`~app.lab.stories.events.Finished`, except for the
            maps, which have none.

    Raises:
        ValueError: if a run has not finished, or has two models with the same role and defence.
        TypeError: if a field of an event does not have its declared type.
        OSError: if it cannot be written; an existing record is then as it was.
    """
    complete = {task: list(streams[task]) for task in _STREAMS if task in streams}
    metrics: Mapping[str, object] = {}
    for task, stream in complete.items():
        if stream and task != "umap":
            last = stream[-1]
            if not isinstance(last, Finished):
                raise ValueError("Only a finished run can be recorded; this one ends with no result.")
            metrics = last.result
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=f".{folder.name}-", ignore_cleanup_errors=True
    ) as scratch:
        new = Path(scratch, "new")
        new.mkdir()
        for task, stream in complete.items():
            if stream:
                _write_stream(new, _STREAMS[task], stream)
        manifest = {
            "lab": LAB_VERSION,
            "key": experiment.key,
            "seed": experiment.seed,
            "experiment": experiment.to_dict(),
            "metrics": metrics,
            "files": {
                path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in sorted(new.iterdir())
            },
        }
        (new / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        _move(new, folder)


def read(folder: Path, task: Task = "run") -> list[Event]:
    """Return the events of one task, in order, after checking every file of the record.

    Raises:
        DamagedRecord: if a file is missing, was changed, or does not contain events of this lab version.
    """
    manifest = read_manifest(folder)
    for name, expected in manifest.files.items():
        _check(folder, name, *expected)
    if not manifest.holds(task):
        raise DamagedRecord(folder, f"it has no {_STREAMS[task]}")
    files: dict[str, dict[str, Array]] = {}
    try:
        entries = {name: _load(folder / name, files) for name in manifest.files}
        events = [_unpacked(entry, _STREAMS[task], files) for entry in json.loads(entries[_STREAMS[task]])]
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as fault:
        raise DamagedRecord(folder, f"{_STREAMS[task]} does not hold events of this lab ({fault})") from fault
    if task != "umap" and not (events and isinstance(events[-1], Finished) and events[-1].result == manifest.metrics):
        raise DamagedRecord(folder, f"{MANIFEST} does not contain the result of the run")
    return events


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the record, without opening its other files.

    Raises:
        DamagedRecord: if the manifest is missing or garbled, contradicts itself, or is from another lab version.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["lab"] != LAB_VERSION:
            raise DamagedRecord(folder, f"its lab version is {manifest['lab']} and this is {LAB_VERSION}")
        experiment = Experiment.from_dict(manifest["experiment"])
        files = {name: (int(about["bytes"]), str(about["sha256"])) for name, about in manifest["files"].items()}
        metrics = dict(manifest["metrics"])
        agrees = (experiment.key, experiment.seed) == (manifest["key"], manifest["seed"])
    except DamagedRecord:
        raise
    except FileNotFoundError:
        raise DamagedRecord(folder, f"{MANIFEST} is missing") from None
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise DamagedRecord(folder, f"{MANIFEST} is garbled") from fault
    if not agrees:
        raise DamagedRecord(folder, f"the key or the seed in {MANIFEST} does not match its settings")
    if any(Path(name).name != name for name in files):
        raise DamagedRecord(folder, f"{MANIFEST} lists a file outside the record")
    return Manifest(experiment, metrics, files)


def _move(new: Path, folder: Path) -> None:
    """Move a new record to its place, by renames, beside others who write or remove the same one at this moment."""
    for attempt in range(_ATTEMPTS):
        replaced = new.with_name(f"old{attempt}")
        with suppress(FileNotFoundError):  # there is none, or no longer
            folder.rename(replaced)
        try:
            new.rename(folder)
            return
        except OSError as fault:  # Windows does not move what another process has open, a virus scanner for example
            if replaced.exists() and not folder.exists():
                replaced.rename(folder)
            # Another process has just put an equal one there.
            if fault.errno not in (errno.ENOTEMPTY, errno.EEXIST) or attempt == _ATTEMPTS - 1:
                raise


def _write_stream(folder: Path, name: str, events: list[Event]) -> None:
    files: dict[str, dict[str, Array]] = {name: {}}
    entries = []
    for number, event in enumerate(events):
        home = _home(type(event), vars(event), name)
        if home != name and home in files:
            raise ValueError(f"The run has two models for {home}.")
        arrays = files.setdefault(home, {})
        # A file of weights keeps the parameter names, so that any program can load it.
        packed = {
            field: _packed(getattr(event, field), hint, f"{number}.{field}" if home == name else "", arrays)
            for field, hint in _HINTS[type(event)].items()
        }
        entries.append([type(event).__name__, packed])
    for file, arrays in files.items():
        try:
            save_file(arrays, folder / file, {"events": json.dumps(entries)} if file == name else None)
        except SafetensorError as fault:  # an error of its own, also where the disk is full
            code = int(found[1]) if (found := re.search(r"os error (\d+)", str(fault))) else errno.EIO
            raise OSError(code, os.strerror(code), str(folder / file)) from fault


def _home(kind: type[Event], fields: Mapping[str, Any], stream: str) -> str:
    """Return the name of the file that contains the arrays of an event."""
    return f"{fields['role']}-{fields['defence']}.safetensors" if kind is Weights else stream


def _packed(value: Any, hint: Any, name: str, arrays: dict[str, Array]) -> Any:
    """Return a value as JSON; an array is added to ``arrays`` and replaced by its name."""
    if get_origin(hint) is np.ndarray:
        if str(value.dtype) not in _DTYPES:
            raise TypeError(f"An array of {value.dtype} cannot be recorded; use one of {', '.join(_DTYPES)}.")
        arrays[name] = np.asarray(value, order="C")  # safetensors ignores strides
        return name
    if get_origin(hint) is dict:
        inner = get_args(hint)[1]
        return {key: _packed(item, inner, f"{name}.{key}" if name else key, arrays) for key, item in value.items()}
    return _typed(value, hint)


def _unpacked(entry: Any, stream: str, files: Mapping[str, Mapping[str, Array]]) -> Event:
    name, packed = entry
    kind = _EVENTS[name]
    hints = _HINTS[kind]
    if packed.keys() != hints.keys():
        raise ValueError(f"{name} has other fields")
    arrays = files[_home(kind, packed, stream)]
    return kind(**{field: _restored(packed[field], hint, arrays) for field, hint in hints.items()})


def _restored(value: Any, hint: Any, arrays: Mapping[str, Array]) -> Any:
    if get_origin(hint) is np.ndarray:
        return arrays[value]
    if get_origin(hint) is dict:
        inner = get_args(hint)[1]
        return {key: _restored(item, inner, arrays) for key, item in _typed(value, dict).items()}
    return _typed(value, hint)


def _typed(value: Any, hint: Any) -> Any:
    """Return ``value`` if it has the declared type (an int passes as a float, a bool is not a number)."""
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise TypeError(f"{value!r} is not one of {', '.join(map(repr, get_args(hint)))}")
        return value
    if hint is Result:
        hint = dict  # a TypedDict, which cannot be checked with isinstance
    wanted = (int, float) if hint is float else hint
    if not isinstance(value, wanted) or (isinstance(value, bool) and hint in (int, float)):
        raise TypeError(f"{value!r} is not of type {hint.__name__}")
    return value


def _load(path: Path, files: dict[str, dict[str, Array]]) -> str:
    """Add the arrays of one file to ``files``; return the events in its metadata (none in a weights file)."""
    with safe_open(path, framework="numpy") as file:
        files[path.name] = {name: file.get_tensor(name) for name in file.offset_keys()}
        return str((file.metadata() or {}).get("events", "[]"))


def _check(folder: Path, name: str, size: int, sha256: str) -> None:
    try:
        found = (folder / name).stat().st_size
        if found != size:
            raise DamagedRecord(folder, f"{name} has {found:,} bytes instead of {size:,}")
        if _sha256(folder / name) != sha256:
            raise DamagedRecord(folder, f"{name} was changed after it was written")
    except OSError:
        raise DamagedRecord(folder, f"{name} is missing or cannot be read") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""A visitor's own data set: pictures in one folder a class, kept on this machine for the visit and no longer.

:func:`from_folder` or :func:`from_zip` reads them, within limits; :func:`keep` lays them where the workers find them
and returns the name of the data set (:func:`app.lab.choices.own_dataset`), which has the names of its classes and the
SHA-256 of its pictures in it; :func:`forget` takes them away. What nobody has used for an hour goes, too, whether or
not somebody comes after.
"""

import hashlib
import io
import os
import threading
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps

from app import paths
from app.lab import choices, picture_files
from app.lab.quoting import quoted

SIDE = 28
LEAST, MOST = 8, 20_000  # pictures
LEAST_OF_A_CLASS = 4  # two for the owner, one each for the adversary and the test
MOST_PACKED = 100 * 2**20  # bytes of an archive
MOST_UNPACKED = 10 * MOST_PACKED  # bytes of all its files together
_ENCRYPTED = 1  # of the flags of a file in an archive
_KEPT = 3600.0  # seconds since the last use
GONE = "These pictures were a visitor's own and are gone: choose them again."


@dataclass(frozen=True)
class OwnPictures:
    """Pictures ``(n, 28, 28)`` uint8, white on black, with labels ``(n,)`` that count the ``names``."""

    names: tuple[str, ...]
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    @property
    def dataset(self) -> str:
        """The name of this data set."""
        content = hashlib.sha256(self.images.tobytes() + self.labels.tobytes()).hexdigest()
        return choices.own_dataset(self.names, content)


def read(path: Path) -> OwnPictures:
    """Return the pictures in a folder, or in a zip archive of one.

    Raises:
        ValueError: one sentence, as :func:`from_folder` and :func:`from_zip`.
    """
    if path.is_dir():
        return from_folder(path)
    try:
        if path.stat().st_size > MOST_PACKED:
            raise _too_large()
        return from_zip(path.read_bytes())
    except OSError as fault:
        raise ValueError(f"The pictures {str(path)!r} cannot be read: {fault.strerror}.") from None


def from_folder(folder: Path) -> OwnPictures:
    """Return the pictures of a folder with one sub-folder a class.

    They become grey and 28 x 28, padded with their background, black or white, where they are not square. If most have
    bright edges, all are inverted, so that they are white on black like the drawn triggers; what is transparent around
    is black in any case.

    Raises:
        ValueError: one sentence, if there are too few or too many pictures or classes, or one cannot be read.
    """

    def found() -> Iterator[tuple[str, str, bytes]]:
        for place in sorted(folder.iterdir()):
            if place.is_dir() and not place.name.startswith("."):
                for file in sorted(place.iterdir()):
                    if file.suffix.lower() in picture_files.SUFFIXES and not file.name.startswith("."):
                        with file.open("rb") as reading:
                            yield place.name, file.name, reading.read(picture_files.MOST_BYTES + 1)

    return _gathered(found())


def from_zip(packed: bytes) -> OwnPictures:
    """Return the pictures of a zip archive of such a folder, which is never unpacked to the disk; see there.

    Raises:
        ValueError: one sentence, also for an archive that is too large, packed or unpacked, damaged, encrypted, or has
            a file in it that would lie outside of it.
    """
    if len(packed) > MOST_PACKED:
        raise _too_large()
    if not zipfile.is_zipfile(io.BytesIO(packed)):
        raise ValueError("The file is no zip archive, or only the beginning of one: pack the folder once more, as zip.")
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return _gathered(_unpacked(archive))
    except NotImplementedError:
        raise ValueError("The archive is packed in a way that is not read: pack the folder as plain zip.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError):
        raise ValueError("The archive is damaged: pack the folder once more.") from None


def keep(own: OwnPictures) -> str:
    """Lay the pictures where the workers find them, until nobody has used them for an hour; return the data set's name.

    This process takes them away then, if it still runs; else the next one does that keeps pictures or tidies.

    Raises:
        ValueError: one sentence, if they cannot be written; then nothing of them is left.
    """
    file = _file(own.dataset)
    beside = file.with_name(f"{os.getpid()}-{file.name}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for other in file.parent.glob("*.npz"):
            if _seconds_left(other) == 0:
                other.unlink(missing_ok=True)
        with beside.open("wb") as writing:
            np.savez(writing, images=own.images, labels=own.labels)
        beside.replace(file)
    except OSError as fault:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ValueError(
            f"There is no room for these pictures on the machine that runs this ({fault.strerror or fault}); "
            "ENTANGLED_VISITS names another folder for them."
        ) from None
    _expire(file)
    return own.dataset


def tidy() -> None:
    """Take away what nobody has used for an hour, and the rest as soon as that is so: for a server that starts."""
    for file in paths.visits().glob("*.npz"):
        _expire(file)


def kept(dataset: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the pictures ``(n, 1, 28, 28)`` and labels ``(n,)`` of a data set that was kept.

    Raises:
        ValueError: one sentence, if they are gone.
    """
    file = _file(dataset)
    try:
        with np.load(file, allow_pickle=False) as archive:
            own = OwnPictures(choices.own_names(dataset), archive["images"], archive["labels"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        own = None
    if own is None or own.dataset != dataset:
        raise ValueError(GONE)
    with suppress(OSError):
        os.utime(file)
    return own.images[:, None], own.labels.astype(np.int64)


def is_kept(dataset: str) -> bool:
    """Return whether the pictures of this data set are still there."""
    return _file(dataset).is_file()


def forget(dataset: str) -> None:
    """Take the pictures of this data set away."""
    _file(dataset).unlink(missing_ok=True)


def _file(dataset: str) -> Path:
    return paths.visits() / f"{dataset.rpartition(':')[2]}.npz"


def _expire(file: Path) -> None:
    """Take the file away if nobody has used it for an hour; else look again when that may be so."""
    if left := _seconds_left(file):
        again = threading.Timer(left, _expire, (file,))
        again.daemon = True
        again.start()
    else:
        file.unlink(missing_ok=True)


def _seconds_left(file: Path) -> float:
    """Return for how long the file is kept if nobody uses it; 0 if it is out of date or gone."""
    try:
        return min(max(0.0, file.stat().st_mtime + _KEPT - time.time()), _KEPT)
    except OSError:  # another process was first
        return 0.0


def _unpacked(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, bytes]]:
    unpacked = 0
    for info in archive.infolist():
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in info.filename:
            raise ValueError("The archive has a file in it that would lie outside of it; it was not opened.")
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
        if info.is_dir() or hidden or path.suffix.lower() not in picture_files.SUFFIXES or len(path.parts) < 2:
            continue
        if info.flag_bits & _ENCRYPTED:
            raise ValueError("The archive is encrypted: pack the folder once more, without a password.")
        with archive.open(info) as file:  # what its header says of its size need not be true
            content = file.read(picture_files.MOST_BYTES + 1)
        unpacked += len(content)
        if unpacked > MOST_UNPACKED:
            raise _too_large()
        yield path.parts[-2], path.name, content


def _gathered(found: Iterable[tuple[str, str, bytes]]) -> OwnPictures:
    """Return pictures, given the class, the name and the bytes of each file."""
    by_class: dict[str, list[tuple[NDArray[np.uint8], bool | None]]] = {}
    votes: list[bool] = []  # of those with a background, whether it is bright
    count = 0
    for name, file, data in found:
        count += 1
        if count > MOST:
            raise ValueError(f"There are too many pictures: at most {MOST:,}.")
        try:
            picture = picture_files.opened(data, SIDE)
        except ValueError as mistake:
            raise ValueError(f"{quoted(f'{name}/{file}')}: {mistake}") from None
        on_bright, grey = picture.on_bright, picture.grey
        pixels = picture_files.reduced(ImageOps.invert(grey) if on_bright else grey, SIDE)
        by_class.setdefault(name, []).append((pixels, on_bright if picture.background else None))
        votes += [on_bright] * picture.background
    _check(by_class, count)
    mostly = 2 * sum(votes) > len(votes)
    images = np.stack(
        [
            pixels if on_bright in (None, mostly) else 255 - pixels
            for name in sorted(by_class)
            for pixels, on_bright in by_class[name]
        ]
    )
    labels = np.repeat(np.arange(len(by_class)), [len(by_class[name]) for name in sorted(by_class)]).astype(np.uint8)
    return OwnPictures(tuple(sorted(by_class)), images, labels)


def _check(by_class: Mapping[str, Sequence[object]], count: int) -> None:
    if not 2 <= len(by_class) <= choices.ALL_CLASSES:
        raise ValueError(
            f"There must be 2 to {choices.ALL_CLASSES} classes, a sub-folder of pictures each "
            f"({', '.join(picture_files.FORMATS)}); there are {len(by_class)}."
        )
    if count < LEAST:
        raise ValueError(f"There must be at least {LEAST} pictures; there are {count}.")
    fewest = min(by_class, key=lambda name: len(by_class[name]))
    if len(by_class[fewest]) < LEAST_OF_A_CLASS:
        raise ValueError(
            f"Each class needs at least {LEAST_OF_A_CLASS} pictures; {quoted(fewest)} has {len(by_class[fewest])}."
        )
    choices.own_dataset(sorted(by_class), "0" * 64)  # can the classes be called that?


def _too_large() -> ValueError:
    return ValueError(
        f"The archive is too large: at most {MOST_PACKED // 2**20} MB are read, {MOST_UNPACKED // 2**20} MB unpacked: "
        "make the pictures smaller, or choose fewer."
    )

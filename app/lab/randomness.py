"""Randomness by name: every consumer of chance draws from a stream of its own.

A run has one seed. Deriving each stream from the seed *and a name* means that one more draw in
one place ("triggers") does not change another ("thief"), and that two runs with the same seed
repeat each other.
"""

import hashlib

import numpy as np
import torch


def stream_seed(seed: int, name: str) -> int:
    """Return the 63-bit seed of the stream ``name`` within the run seeded with ``seed``."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def torch_stream(seed: int, name: str) -> torch.Generator:
    """Return a fresh CPU generator for the stream ``name``."""
    return torch.Generator().manual_seed(stream_seed(seed, name))


def numpy_stream(seed: int, name: str) -> np.random.Generator:
    """Return a fresh NumPy generator for the stream ``name``."""
    return np.random.default_rng(stream_seed(seed, name))

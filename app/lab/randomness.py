"""Named random streams: every part of a run that draws at random has its own generator.

A run has one seed. Each stream is derived from the seed *and a name*, so an additional draw in one
part ("triggers") does not change another ("thief"), and two runs with the same seed are identical.
"""

import hashlib

import numpy as np
import torch


def stream_seed(seed: int, name: str) -> int:
    """Return the 63-bit seed of the stream ``name`` in the run with seed ``seed``."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def torch_stream(seed: int, name: str) -> torch.Generator:
    """Return a new CPU generator for the stream ``name``."""
    return torch.Generator().manual_seed(stream_seed(seed, name))


def numpy_stream(seed: int, name: str) -> np.random.Generator:
    """Return a new NumPy generator for the stream ``name``."""
    return np.random.default_rng(stream_seed(seed, name))

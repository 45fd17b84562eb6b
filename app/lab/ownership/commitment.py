"""Commitment: say *now* which triggers will be used, without showing them.

The owner publishes a SHA-256 over a salt, the triggers and their labels before the model is out.
In court he shows salt and triggers; anybody computes the hash again. So he cannot choose triggers
afterwards that happen to convict somebody (see :mod:`app.lab.ownership.false_claim`).

A hash proves *what* was fixed, not *when*: the date is the owner's word. It becomes evidence only
where others keep it: a newspaper, a public ledger, a time-stamping service, a court's registry.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from app.lab.randomness import numpy_stream

SALT_BYTES = 16
FORMAT = "entangled-triggers-1"


def salt(seed: int) -> bytes:
    """Return the salt of a run: without one, whoever guesses the triggers could confirm the guess by the hash.

    It derives from the seed, so that a run repeats itself; a real owner draws it from ``os.urandom``.
    """
    return numpy_stream(seed, "salt of the commitment").bytes(SALT_BYTES)


def canonical_bytes(inputs: NDArray[np.generic], labels: NDArray[np.integer]) -> bytes:
    """Return the one sequence of bytes that a trigger set is hashed as.

    A line of ASCII (format, kind of number, shape), then the inputs, then the labels, each in C
    order and little-endian.

    Args:
        inputs: ``(n, h, w)`` uint8 or ``(n, 2)`` float32, as they are shown and sent.
        labels: ``(n,)``, the secret answer to each; hashed as int64.

    Raises:
        ValueError: for inputs of another kind, or where there is not one label an input.
    """
    if inputs.dtype.name not in ("uint8", "float32"):
        raise ValueError(f"Triggers are committed to as uint8 pictures or float32 points, not as {inputs.dtype}.")
    if labels.shape != (len(inputs),):
        raise ValueError(f"There must be one label a trigger; there are {len(inputs)} triggers, {labels.size} labels.")
    shape = "x".join(map(str, inputs.shape))
    head = f"{FORMAT} {inputs.dtype.name} {shape}\n".encode("ascii")
    return head + inputs.astype(inputs.dtype.newbyteorder("<")).tobytes() + labels.astype("<i8").tobytes()


def commit(inputs: NDArray[np.generic], labels: NDArray[np.integer], salt: bytes) -> str:
    """Return the commitment, in hex: SHA-256 over the salt and the :func:`canonical_bytes`."""
    return hashlib.sha256(salt + canonical_bytes(inputs, labels)).hexdigest()


def holds(commitment: str, inputs: NDArray[np.generic], labels: NDArray[np.integer], salt: bytes) -> bool:
    """Return whether this is the trigger set that was committed to: not a pixel, label or place may differ."""
    return commit(inputs, labels, salt) == commitment

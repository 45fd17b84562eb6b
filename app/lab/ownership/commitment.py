"""Commitments: fix the triggers of a later claim without revealing them.

Before the model is released, the owner publishes the SHA-256 of a salt, the triggers and their labels.
For the claim, the owner reveals salt and triggers, and anybody can recompute the hash. So the owner cannot
choose triggers afterwards that convict an innocent (see :mod:`app.lab.ownership.false_claim`).

A hash proves *what* was fixed, not *when*. Its date is evidence only if a third party keeps the hash: a
newspaper, a public ledger, a time-stamping service, a court's registry.
"""

import hashlib
import secrets

import numpy as np
from numpy.typing import NDArray

SALT_BYTES = 16
FORMAT = "entangled-triggers-1"


def salt() -> bytes:
    """Return a new salt from the operating system's randomness.

    Without one, or with one that others can derive or read, the hash would confirm a guess: ten hashes, one for each
    class, tell the secret answer to whoever has the triggers. It stays with the owner until the claim.
    """
    return secrets.token_bytes(SALT_BYTES)


def canonical_bytes(inputs: NDArray[np.generic], labels: NDArray[np.integer]) -> bytes:
    """Return the canonical byte string of a trigger set, which is hashed.

    A line of ASCII (format, dtype, shape), then the inputs, then the labels, both in C order and
    little-endian.

    Args:
        inputs: ``(n, h, w)`` uint8 or ``(n, 2)`` float32, as they are displayed and sent.
        labels: ``(n,)``, the secret answer to each; hashed as int64.

    Raises:
        ValueError: for inputs of another dtype, or unless there is one label per input.
    """
    if inputs.dtype.name not in ("uint8", "float32"):
        raise ValueError(f"Triggers are committed to as uint8 pictures or float32 points, not as {inputs.dtype}.")
    if labels.shape != (len(inputs),):
        raise ValueError(f"Each trigger needs one label; there are {len(inputs)} triggers, {labels.size} labels.")
    shape = "x".join(map(str, inputs.shape))
    head = f"{FORMAT} {inputs.dtype.name} {shape}\n".encode("ascii")
    return head + inputs.astype(inputs.dtype.newbyteorder("<")).tobytes() + labels.astype("<i8").tobytes()


def commit(inputs: NDArray[np.generic], labels: NDArray[np.integer], salt: bytes) -> str:
    """Return the commitment, in hex: SHA-256 over the salt and the :func:`canonical_bytes`."""
    return hashlib.sha256(salt + canonical_bytes(inputs, labels)).hexdigest()


def holds(commitment: str, inputs: NDArray[np.generic], labels: NDArray[np.integer], salt: bytes) -> bool:
    """Return whether this is exactly the trigger set of the commitment: pixels, labels and order."""
    return commit(inputs, labels, salt) == commitment

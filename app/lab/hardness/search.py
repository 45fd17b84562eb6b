"""What a search for a difference came to, and its limits."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """The end of a search.

    Attributes:
        method: its name.
        witness: an input, of zeros and ones, on which the networks differ; None: there is none.
        work: how many of its ``unit`` the method looked at.
        unit: what it counts: "inputs", "sums of halves", "cells", "decisions".
    """

    method: str
    witness: tuple[int, ...] | None
    work: int
    unit: str


class TooLarge(ValueError):
    """An instance beyond what a method can do here; the message is one sentence that says where its limit lies."""

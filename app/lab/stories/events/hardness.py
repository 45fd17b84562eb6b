"""Events of the comparison of two networks: random tests, then searches for an input on which they differ."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Compared:
    """Both networks were asked ``tests`` random inputs; they differed on ``differing`` of them."""

    tests: int
    differing: int


@dataclass(frozen=True)
class Searched:
    """The end of one search: how much of its ``unit`` it looked at, and the input that it found, ``(d,)`` or empty.

    ``refused`` is the sentence that says why it was not begun; "" where it was.
    """

    method: str
    work: int
    unit: str
    witness: NDArray[np.int64]
    seconds: float
    refused: str


class SearchResult(TypedDict):
    """One search, as in :class:`Searched`."""

    method: str
    work: int
    unit: str
    seconds: float
    refused: str


class HardnessResult(TypedDict):
    """The result of a comparison, in JSON; ``witness``: an input on which the networks differ, None if there is none.

    ``problem`` is what the networks were built from, in its own notation.
    """

    problem: dict[str, object]
    inputs: int
    equivalent: bool
    witness: list[int] | None
    tests: int
    differing: int
    searches: list[SearchResult]
    seconds: float

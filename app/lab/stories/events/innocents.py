"""Events of a hearing of innocents: honest models of several families before the court of a run."""

from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True)
class Heard:
    """An honest model, trained on true labels of other data than the owner's, has answered the questions of a run.

    ``accuracy`` is on test inputs; ``successes`` are its secret answers to all triggers. ``verdict`` is that of
    :class:`app.lab.ownership.verdict.Verdict`.
    """

    family: str
    accuracy: float
    successes: int
    verdict: str
    convicted: bool


class HeardResult(TypedDict):
    """One honest model, as in :class:`Heard`."""

    accuracy: float
    successes: int
    verdict: str
    convicted: bool


class InnocentsResult(TypedDict):
    """The honest models by family, and the court that heard them, in JSON."""

    key: str
    seed: int
    queries: int
    innocent_rate: float
    families: dict[str, HeardResult]

"""What a benchmark is: a module with a docstring and one function, ``measure``, that yields rows.

The table, the JSON and the tests all read that one stream.
"""

import ast
import importlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self, cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = (
    *("startup", "page", "sliders", "temperature", "cousins", "booth"),
    *("classroom", "votes", "cluster", "heist", "arithmetic", "extraction"),
)


@dataclass(frozen=True)
class Goal:
    """What a value should be."""

    kind: Literal["at most", "at least"]
    limit: float

    def met(self, value: float) -> bool:
        """Return whether the value reaches the goal."""
        return value <= self.limit if self.kind == "at most" else value >= self.limit


def at_most(limit: float) -> Goal:
    """Return the goal of a value that should be small."""
    return Goal("at most", limit)


def at_least(limit: float) -> Goal:
    """Return the goal of a value that should be large."""
    return Goal("at least", limit)


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, in plain words, the value, its unit, and what it should be."""

    what: str
    value: float
    unit: str
    goal: Goal | None = None


@dataclass
class Stage:
    """What a benchmark is given: how often to measure, a running app, and a browser; the last two only if it asks.

    Attributes:
        quick: only show that the benchmark works, in about a second; its figures mean nothing.
        repetitions: how often to measure what is slow.
        minutes: how long a class stays.
        url: of an app that runs already; else the stage starts one, with an empty store.
        chromium: a browser that runs already; else the stage starts one.
    """

    quick: bool = False
    repetitions: int = 3
    minutes: int = 1
    url: str = ""
    chromium: "Browser | None" = None
    _held: ExitStack = field(default_factory=ExitStack, init=False, repr=False)

    def __enter__(self) -> Self:
        """Open the stage."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what the stage has started."""
        self._held.close()

    def server(self) -> str:
        """Return the address of the running app."""
        if not self.url:
            from tests.e2e.app_server import serve

            self.url = self._held.enter_context(serve(self.folder()))
        return self.url

    def browser(self) -> "Browser":
        """Return the running browser."""
        if self.chromium is None:
            from playwright.sync_api import sync_playwright

            from tests.e2e.app_server import launch_options

            playwright = self._held.enter_context(sync_playwright())
            self.chromium = self._held.enter_context(playwright.chromium.launch(**launch_options()))
        return self.chromium

    def folder(self) -> Path:
        """Return a new folder, which goes when the stage does."""
        return Path(self._held.enter_context(TemporaryDirectory()))


class Benchmark(Protocol):
    """The module of a benchmark."""

    def measure(self, stage: Stage) -> Iterator[Row]:
        """Measure, and yield each row as soon as it is known."""


def load(name: str) -> Benchmark:
    """Return the benchmark called ``name``."""
    return cast(Benchmark, importlib.import_module(f"benchmarks.{name}"))


def purpose(name: str) -> str:
    """Return the first line of a benchmark's docstring, without importing it."""
    source = Path(__file__).with_name(f"{name}.py").read_text()
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def middle_and_worst(what: str, values: Sequence[float], unit: str, goal: Goal | None = None) -> Iterator[Row]:
    """Yield the median and the maximum of a few values; the goal is the median's."""
    yield Row(f"{what}, median", median(values), unit, goal)
    yield Row(f"{what}, maximum", max(values), unit)


def percentiles(what: str, values: Sequence[float], unit: str, goal: Goal | None = None) -> Iterator[Row]:
    """Yield p50 and p95 of many values; the goal is that of p95."""
    cuts = quantiles(values, n=20, method="inclusive")
    yield Row(f"{what}, p50", cuts[9], unit)
    yield Row(f"{what}, p95", cuts[18], unit, goal)

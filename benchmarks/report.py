"""The rows of a run as a table, and as JSON that a later run is compared with."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.contract import Goal, Row

_FORMAT = 1


@dataclass
class Report:
    """One run of some benchmarks: where, how, what came out, and what failed."""

    machine: dict[str, str]
    quick: bool
    rows: dict[str, list[Row]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def write(self, file: Path) -> None:
        """Write the report as JSON."""
        file.write_text(json.dumps({"format": _FORMAT, **asdict(self)}, indent=2, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, file: Path) -> "Report":
        """Read a report.

        Raises:
            ValueError: one sentence, if the file is missing or holds none.
        """
        try:
            found: dict[str, Any] = json.loads(file.read_text())
            if found.pop("format") != _FORMAT:
                raise ValueError
            rows = {name: [_row(**each) for each in listed] for name, listed in found.pop("rows").items()}
            return cls(rows=rows, **found)
        except OSError as fault:
            raise ValueError(f"{file} cannot be read: {fault.strerror}.") from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError(f"{file} is not the JSON of a run of these benchmarks.") from None

    def value(self, name: str, row: Row) -> float | None:
        """Return what the same row of a benchmark was here; None if it was not measured."""
        same = (other.value for other in self.rows.get(name, ()) if (other.what, other.unit) == (row.what, row.unit))
        return next(same, None)


def _row(goal: dict[str, Any] | None, **rest: Any) -> Row:
    return Row(goal=Goal(**goal) if goal else None, **rest)


def head(machine: dict[str, str]) -> Iterable[str]:
    """Yield the lines above the table."""
    width = max(map(len, machine))
    return (f"{name:{width}}  {value}" for name, value in machine.items())


def line(row: Row, earlier: float | None, *, compared: bool) -> str:
    """Return a row as a line of the table; ``earlier``: its value in the run that this one is compared with."""
    goal = ""
    if row.goal:
        goal = f"{row.goal.kind} {figure(row.goal.limit)}: {'met' if row.goal.met(row.value) else 'MISSED'}"
    before = ""
    if compared:
        ratio = f", \u00d7 {row.value / earlier:.2f}" if earlier else ""
        before = "new" if earlier is None else f"was {figure(earlier)}{ratio}"
    return f"  {row.what:66} {figure(row.value):>8} {row.unit:13} {before:22}{goal}".rstrip()


def figure(value: float) -> str:
    """Return a value with as many digits as it deserves: three, but whole numbers whole."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"

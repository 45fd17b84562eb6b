"""A table of results as a JSON file: the version of the lab that measured it, and its rows under one name."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from app.lab.experiment import LAB_VERSION

Row = TypeVar("Row")


def write(file: Path, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows, plain JSON values, under ``name``."""
    file.write_text(json.dumps({"lab": LAB_VERSION, name: list(rows)}) + "\n", encoding="utf-8")


def read(file: Path, name: str, command: str, row: Callable[[Mapping[str, Any]], Row]) -> list[Row]:
    """Return the rows that :func:`write` wrote, each made by ``row``.

    Args:
        file: where they are.
        name: of the rows.
        command: which makes the file again.
        row: makes a row from its JSON values; it may raise KeyError, TypeError or ValueError.

    Raises:
        ValueError: one sentence, if the file is missing, damaged, or of another version of the lab.
    """
    again = f"run `{command}` to make it again"
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        version = table["lab"]
        if version == LAB_VERSION:
            return [row(values) for values in table[name]]
    except (OSError, KeyError, TypeError, ValueError) as fault:
        raise ValueError(f"{file.name} is missing or damaged; {again}.") from fault
    raise ValueError(f"{file.name} was measured with version {version} of the lab; {again}.")

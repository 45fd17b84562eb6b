"""What a server's owner may set: one table of environment variables, read and checked in one place.

Each field of :class:`Environment` is a variable, ``ENTANGLED_`` and its name in capitals: its default, its type, its
bounds and one line that says what it is for. An empty variable counts as one that is not set.
"""

import dataclasses
import math
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PREFIX = "ENTANGLED_"


def variable(
    default: Any,
    help: str,
    *,
    unit: str = "",
    low: float | None = None,
    choices: Sequence[str] = (),
    form: tuple[str, str] = ("", ""),
) -> Any:
    """Declare a variable: its default, what it is for, and what it may be.

    A number has a unit and a least value; a text may have all its values listed, or a pattern and that in words.
    """
    about = {"help": help, "unit": unit, "low": low, "choices": choices, "form": form}
    return dataclasses.field(default=default, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The variables of one server, or of one command."""

    workers: int = variable(2, "Runs at once, each in a process of its own on one core; 0.2 to 0.7 GB each.", low=0)
    time_limit: float = variable(600, "What one run may take; then it is ended, and says so.", unit="s", low=1)
    memory_limit: int = variable(3072, "Resident memory of one worker; a run beyond it is ended.", unit="MiB", low=256)
    grace: float = variable(15, "How long a visitor may be away before their run stops.", unit="s", low=0)
    queue: int = variable(100, "Runs that may wait; the next one is asked to come later.", low=1)
    remembered: int = variable(24, "Ended runs in the server's memory, some 14 MB each.", low=1)
    store: str = variable("", "The folder of finished runs; by default `.cache/entangled/runs`.")
    store_size: int = variable(512, "Its limit: runs not asked for lately make room.", unit="MiB", low=1)
    store_days: float = variable(90, "A run that nobody asked for in so long goes.", unit="days", low=0.01)
    data: str = variable("", "The folder of fetched data sets; by default beside the store.")
    visits: str = variable("", "Where pictures lie that visitors bring; by default a temporary folder.")
    scheduler: str = variable("", "The Dask scheduler for live runs and `sweep`: `tcp://HOST:PORT`; by default none.")
    address: str = variable(
        "",
        "What shared links and QR codes begin with, as `https://HOST/PATH`; by default what the browser shows.",
        form=(r"https?://[^\s/?#]+[^\s?#]*", "an address as https://HOST/PATH"),
    )
    interface: str = variable("", "The network interface that `python -m app app` listens on; by default all.")
    booth_renewal: float = variable(0, "When a booth loads itself anew; 0: each night after 23:00.", unit="h", low=0)
    log: str = variable("text", "`json`: one line an event on stderr; `text`: only faults.", choices=("text", "json"))
    health_token: str = variable("", "The secret that `/health` asks for; without it, there is no such page.")


_TYPES: dict[Any, tuple[Callable[[str], Any], str]] = {
    int: (int, "a whole number"),
    float: (float, "a finite number"),
    str: (str, "a text"),
}


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """Return the variables as they are now, the defaults where they are not set.

    Raises:
        ValueError: one sentence, if one has a value that it cannot have.
    """
    given = {field: variables.get(name(field)) for field in dataclasses.fields(Environment)}
    return Environment(**{field.name: _parsed(field, text) for field, text in given.items() if text})


def read_or_exit() -> Environment:
    """As :func:`read`, for a server that starts: a wrong value ends the process with its sentence on stderr."""
    try:
        return read()
    except ValueError as mistake:
        print(mistake, file=sys.stderr, flush=True)
        raise SystemExit(2) from None


def name(field: "dataclasses.Field[Any]") -> str:
    """Return the name of a field's variable."""
    return PREFIX + field.name.upper()


def table() -> str:
    """Return all variables as a table in Markdown, as the README has it."""
    rows = [
        f"| `{name(field)}` | {_default(field)} | {field.metadata['help']} |"
        for field in dataclasses.fields(Environment)
    ]
    return "\n".join(["| variable | default | |", "|---|---|---|", *rows])


def _default(field: "dataclasses.Field[Any]") -> str:
    if isinstance(field.default, int | float):
        return f"{field.default} {field.metadata['unit']}".strip()
    return str(field.default)


def _parsed(field: "dataclasses.Field[Any]", text: str) -> Any:
    about = field.metadata
    parse, kind = _TYPES[field.type]
    low, allowed, (pattern, form) = about["low"], about["choices"], about["form"]
    try:
        value = parse(text)
        # Not "value < low": a float that is not a number is not below anything.
        outside = (low is not None and not low <= value < math.inf) or (allowed and value not in allowed)
        if outside or (pattern and not re.fullmatch(pattern, text)):
            raise ValueError(text)
    except ValueError:
        if low is not None:
            kind = f"{kind} of {low} or more"
        wanted = f"one of {', '.join(allowed)}" if allowed else form or kind
        raise ValueError(f"{name(field)} must be {wanted}; it is {text!r}.") from None
    return value

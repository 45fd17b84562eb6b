"""The result of a command on stdout; with ``--json``, nothing but that."""

import json
import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import IO

_kept: IO[str] | None = None  # stdout, while everything else that is printed goes to stderr


@contextmanager
def only_json() -> Iterator[None]:
    """Within, only :func:`as_json` reaches stdout: what anything else prints goes to stderr, compiled code, too."""
    global _kept
    with _stdout_of_its_own() as _kept, redirect_stdout(sys.stderr):
        try:
            yield
        finally:
            _kept = None


def as_json(told: object) -> None:
    """Write one line of JSON to stdout; a number that is not finite, which JSON does not have, becomes null."""
    print(json.dumps(_finite(told), allow_nan=False), file=_kept or sys.stdout, flush=True)


@contextmanager
def _stdout_of_its_own() -> Iterator[IO[str]]:
    """Yield what writes to stdout, while its descriptor, which compiled code writes to, leads to stderr."""
    printed = sys.__stdout__
    if printed is None or printed is not sys.stdout:  # inside a program that listens; there is no descriptor
        yield sys.stdout
        return
    printed.flush()
    with open(os.dup(printed.fileno()), "w", encoding="utf-8") as result:
        os.dup2(sys.stderr.fileno(), printed.fileno())
        try:
            yield result
        finally:
            result.flush()
            os.dup2(result.fileno(), printed.fileno())


def _finite(told: object) -> object:
    match told:
        case Mapping():
            return {name: _finite(value) for name, value in told.items()}
        case list() | tuple():
            return [_finite(value) for value in told]
        case float() if not math.isfinite(told):
            return None
    return told

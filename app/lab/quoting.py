"""What came from outside (a link, a file, its name, a cell of a table), as a sentence quotes it: short, and as text."""

MOST = 40  # characters


def quoted(value: object) -> str:
    """Return a value from outside as a sentence quotes it: a text in quotes, anything else as Python writes it.

    It is on one line; what cannot be printed is written out, as in ``'\\x1b[2J'``; of more than :data:`MOST`
    characters, the first are there, and "…".
    """
    if not isinstance(value, str):
        return _short(repr(value))
    written = repr(value[: MOST + 1])
    return f"{written[0]}{_short(written[1:-1])}{written[0]}"


def printable(text: str) -> str:
    """Return a text for a terminal: its control characters, but for ends of lines, are written out."""
    return "".join(one if one.isprintable() or one == "\n" else repr(one)[1:-1] for one in text)


def _short(written: str) -> str:
    return written if len(written) <= MOST else f"{written[: MOST - 1]}…"

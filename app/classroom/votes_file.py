"""The votes of a room as a table that a spreadsheet opens, and reads as nothing but text."""

import csv
import io
from collections.abc import Iterable

_COLUMNS = ("lesson", "question", "vote", "nickname", "said")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a cell begins with that a spreadsheet computes


def table(votes: Iterable[tuple[str, str, int, str, str]]) -> str:
    """Return votes, as :func:`app.classroom.polls.single_votes` has them, as CSV."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)  # else a bare "\r" would break a line
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(str(value)) for value in vote] for vote in votes)
    return file.getvalue()


def _cell(text: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula: an apostrophe before it makes it text."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text

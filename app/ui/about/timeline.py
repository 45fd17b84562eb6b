"""The marks and attacks before and after entangled watermarks: the table of ``assets/timeline.csv``, as it is shown.

What was read in the original, in its abstract only, or second-hand, is said of every row.
"""

import csv
from dataclasses import dataclass, fields

from app import paths

FILE = paths.ASSETS / "timeline.csv"
READ = {"no": "the paper", "abstract": "its abstract", "yes": "second-hand"}
UNBROKEN = "nothing that we know of"


@dataclass(frozen=True)
class Entry:
    """One scheme or attack: what it claimed, what broke or limits it, its source, and how that was read."""

    year: int
    scheme: str
    claim: str
    broken_by: str
    source: str
    second_hand: str


def entries() -> list[Entry]:
    """Return the table, in its order: by year.

    Raises:
        ValueError: if a row is incomplete, or says something unknown of how its source was read.
    """
    names = [field.name for field in fields(Entry)]
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        if list(row) != names or None in row.values() or row["second_hand"] not in READ:
            raise ValueError(f"The timeline has a faulty row: {row}.")
        found.append(Entry(int(row["year"]), *(row[name] for name in names[1:])))
    return found


def table(listed: list[Entry]) -> list[dict[str, str]]:
    """Return the entries as the rows of a table, in Markdown."""
    return [
        {
            "year": str(entry.year),
            "scheme": f"[{entry.scheme}]({entry.source})",
            "what it claims": entry.claim,
            "what broke or limits it": entry.broken_by or UNBROKEN,
            "read in": READ[entry.second_hand],
        }
        for entry in listed
    ]

"""The form of a kit: which class the suspect answered to each id.

It comes back as CSV written by an unknown program; its size is limited, every row is checked, and an error is one
sentence.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from app.lab.quoting import quoted

MOST_BYTES = 1_000_000  # of a form; 300 answers take about four thousand
FORM = "answers.csv"
_COLUMNS = ("id", "label")
# Some programs write 7 as 7.0, as 7,0 or as 7.000000000000000000e+00.
_NUMBER = re.compile(r"(\d{1,9})([.,]\d{0,40})?(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_DELIMITERS = ",;\t"  # or else a space
_SEPARATOR = re.compile(r"\"?sep=(?P<delimiter>[,;\t ])\"?\s*", re.IGNORECASE)  # a first line for a spreadsheet
_PICTURE = re.compile(r"(.*[/\\])?([^/\\]+?)(\.png)?", re.IGNORECASE | re.DOTALL)
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")  # xlsx, zip; xls
_EMPTY = "The file is empty: fill in the form of the kit, and choose that."
_SHOWN = 5  # of the ids that are missing


def form(ids: Sequence[str], labels: Sequence[object] | NDArray[np.int64] | None = None) -> str:
    """Return a form for these ids, empty or filled in with a label for each."""
    given = [""] * len(ids) if labels is None else labels
    return "".join(f"{asked},{label}\n" for asked, label in zip(("id", *ids), ("label", *given), strict=True))


def read_answers(form: bytes, ids: Sequence[str], names: Sequence[str]) -> NDArray[np.int64]:
    """Return the labels of a form, ``(n,)`` int64, in the order of ``ids``.

    A label is the name of a class, or else its number. The number of classes itself is accepted as well: whether
    labels count from 1 is for the controls to tell (:mod:`app.lab.ownership.verdict`).

    Rows may be in any order, and other columns are ignored. An id may be the name of its picture's file. The delimiter
    may be a comma, a semicolon, a tab or spaces; a byte-order mark, a first line ``sep=;`` and decimal commas are
    accepted, since spreadsheets write them, and so is what ``numpy.savetxt`` writes: a ``#`` before the header, and
    numbers as floats. Errors tell the row as an editor counts it, with those that are empty.

    Args:
        form: the bytes of the file.
        ids: of the kit; each begins with the kit's identifier and a hyphen.
        names: of the classes, in the order of their numbers.

    Raises:
        ValueError: one sentence, unless the form gives exactly one class for each id.
    """
    numbers = {name.strip().lower(): number for number, name in enumerate(names)}
    labels: dict[str, int] = {}
    known = {asked.lower(): asked for asked in ids}
    for line, written, label in _rows(_text(form)):
        asked = known.get(_without_file(written).lower(), written)
        if asked not in ids:
            raise ValueError(f"Row {line}: {_stranger(asked, ids)}")
        if asked in labels:
            raise ValueError(f"Row {line}: {asked} is answered a second time.")
        answer = numbers.get(label.lower(), _whole(label))
        if answer is None or answer > len(names):
            raise ValueError(
                f"Row {line}: the label must be a class, 0 to {len(names) - 1} or its name; it is {_short(label)}."
            )
        labels[asked] = answer
    if missing := [asked for asked in ids if asked not in labels]:
        some = ", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
        raise ValueError(f"There are {len(ids)} inputs and {len(labels)} answers; missing: {some}.")
    return np.array([labels[asked] for asked in ids], dtype=np.int64)


def _without_file(written: str) -> str:
    """Return an id, of which the file of its picture may have been written: ``inputs/kit-000.png``."""
    found = _PICTURE.fullmatch(written)
    return found[2] if found else written


def _stranger(asked: str, ids: Sequence[str]) -> str:
    """Say what is wrong with an id that the kit does not have."""
    kit, other = ids[0].rpartition("-")[0], _without_file(asked).rpartition("-")[0]
    if other and other != kit:
        return f"the form belongs to another kit, {_short(other)}, and the claim is about the kit {kit}."
    return f"the id must be one of {ids[0]} to {ids[-1]}; it is {_short(asked)}."


def check_size(size: int) -> None:
    """Check the size of a form, in bytes, before it is read.

    Raises:
        ValueError: one sentence, if it is empty or too large.
    """
    if size == 0:
        raise ValueError(_EMPTY)
    if size > MOST_BYTES:
        raise ValueError(f"The file has {size:,} bytes; of a form, at most {MOST_BYTES:,} are read.")


def _text(form: bytes) -> str:
    """Return the decoded form."""
    check_size(len(form))
    if form.startswith(_ARCHIVES):
        raise ValueError("This is a spreadsheet or an archive, whatever its name says; save the sheet as CSV.")
    try:
        text = form.decode("utf-16" if form[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValueError("This is not a text file; save the answers as CSV in UTF-8.")
    if not text.strip():
        raise ValueError(_EMPTY)
    return text


def _rows(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the number of each row below the header, its id and its label."""
    lines = io.StringIO(text, newline=None).readlines()
    first = next(number for number, line in enumerate(lines) if line.strip())
    told = _SEPARATOR.fullmatch(lines[first])
    if told:
        lines[first] = "\n"
        first = next((number for number, line in enumerate(lines) if line.strip()), first)
    header = lines[first].strip()
    delimiter = told["delimiter"] if told else max(_DELIMITERS, key=header.count)
    if delimiter not in header:
        delimiter = " "
    lines[first] = header.removeprefix("#").lstrip(" ") + "\n"
    try:
        table = [
            (number, [cell.strip() for cell in row])
            for number, row in enumerate(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), start=1)
            if any(map(str.strip, row)) and not (row[0].startswith("#") and number > first + 1)
        ]
    except csv.Error as fault:
        raise ValueError(f"This is not CSV that can be read ({fault}).") from None
    names = [name.lower() for name in table[0][1]] if table else []
    if any(names.count(name) != 1 for name in _COLUMNS):
        raise ValueError(f"The first row must name the columns id and label, once each; it is {_short(header)}.")
    asked, label = map(names.index, _COLUMNS)
    for number, row in table[1:]:
        cells = row + [""] * (len(names) - len(row))
        if delimiter == " " and label == len(names) - 1:  # the name of a class may have two words
            cells[label:] = [" ".join(cells[label:]).strip()]
        yield number, cells[asked], cells[label]


def _whole(text: str) -> int | None:
    """Return the whole number that a cell contains, or None."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else None


def _short(text: str) -> str:
    return quoted(text) if text else "empty"

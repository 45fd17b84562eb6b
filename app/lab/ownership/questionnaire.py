"""The questionnaire of a claim: the trigger set to query any model with, and the form with its answers.

The questionnaire consists of pictures (or points), an empty form and the commitment. The form comes back as
CSV written by an unknown program; its size is limited, every row is checked, and an error is one sentence.
"""

import csv
import io
import json
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.lab.ownership import commitment

MOST_BYTES = 1_000_000  # of a form; 200 answers take about two thousand
FORM = "answers.csv"
_COLUMNS = ("id", "label")
_WHOLE = re.compile(r"(\d{1,9})(\.0*)?", re.ASCII)  # some programs write 7 as 7.0
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")  # xlsx, zip; xls
_SHOWN = 5  # of the ids that are missing


def files(inputs: NDArray[np.generic], sha256: str, salt: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file: the triggers, the empty form, the commitment.

    Args:
        inputs: the triggers, ``(n, h, w)`` uint8 pictures or ``(n, 2)`` points.
        sha256: the commitment to them, and
        salt: its salt, both in hexadecimal.
    """
    if inputs.ndim == 3:
        for number, picture in enumerate(inputs):
            file = io.BytesIO()
            Image.fromarray(np.asarray(picture, dtype=np.uint8)).save(file, format="PNG")
            yield f"triggers/{number:03}.png", file.getvalue()
    else:
        lines = [f"{number},{point[0]!s},{point[1]!s}" for number, point in enumerate(inputs)]
        yield "points.csv", "\n".join(["id,x,y", *lines, ""]).encode()
    yield FORM, "\n".join([",".join(_COLUMNS), *(f"{number}," for number in range(len(inputs))), ""]).encode()
    committed = {"sha256": sha256, "salt": salt, "format": commitment.FORMAT, "count": len(inputs)}
    yield "commitment.json", (json.dumps(committed, indent=1) + "\n").encode()


def read_answers(form: bytes, count: int, classes: int) -> NDArray[np.int64]:
    """Return the labels of a form, ``(count,)`` int64, in the order of the triggers.

    Rows may be in any order, and other columns are ignored. The delimiter may be a comma, a semicolon or a
    tab, and a byte-order mark is accepted, since spreadsheets write them.

    Args:
        form: the bytes of the file.
        count: how many triggers there are.
        classes: how many classes.

    Raises:
        ValueError: one sentence, unless the form gives exactly one class for each trigger.
    """
    labels: dict[int, int] = {}
    for line, (number, label) in enumerate(_rows(_text(form)), start=2):
        trigger, answer = _whole(number), _whole(label)
        if trigger is None or trigger >= count:
            raise ValueError(f"Row {line}: the id must be 0 to {count - 1}; it is {_short(number)}.")
        if trigger in labels:
            raise ValueError(f"Row {line}: trigger {trigger} is answered a second time.")
        if answer is None or answer >= classes:
            raise ValueError(f"Row {line}: the label must be a class, 0 to {classes - 1}; it is {_short(label)}.")
        labels[trigger] = answer
    if missing := [number for number in range(count) if number not in labels]:
        some = ", ".join(map(str, missing[:_SHOWN])) + (", …" if len(missing) > _SHOWN else "")
        raise ValueError(f"There are {count} triggers and {len(labels)} answers; missing: {some}.")
    return np.array([labels[number] for number in range(count)], dtype=np.int64)


def check_size(size: int) -> None:
    """Check the size of a form, in bytes, before it is read.

    Raises:
        ValueError: one sentence, if it is too large.
    """
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
        raise ValueError("The file is empty.")
    return text.lstrip()


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Yield the id and the label of each row below the header."""
    header = text.splitlines()[0]
    delimiter = max(",;\t", key=header.count)
    try:
        table = [
            row for row in csv.reader(io.StringIO(text, newline=None), delimiter=delimiter) if any(map(str.strip, row))
        ]
    except csv.Error as fault:
        raise ValueError(f"This is not CSV that can be read ({fault}).") from None
    names = [name.strip().lower() for name in table[0]] if table else []
    if any(names.count(name) != 1 for name in _COLUMNS):
        raise ValueError(f"The first row must name the columns id and label, once each; it is {_short(header)}.")
    places = [names.index(name) for name in _COLUMNS]
    for row in table[1:]:
        number, label = (row[place].strip() if place < len(row) else "" for place in places)
        yield number, label


def _whole(text: str) -> int | None:
    """Return the whole number that a cell contains, or None."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None


def _short(text: str) -> str:
    return "empty" if not text else repr(text if len(text) <= 40 else text[:40] + "…")

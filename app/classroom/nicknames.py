"""What students call themselves: short, in any script, and nothing that a page could take for anything but a name."""

import re
import unicodedata

from app.classroom.refused import Refused

LONGEST = 20  # characters
_KINDS = ("L", "M", "N", "So")  # of Unicode: letters and their marks, digits, pictures
_ALSO = frozenset(" -.'")
_PILED_UP = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3}")


def parsed(text: str) -> str:
    """Return a nickname as a room keeps it: on one line, and in one spelling.

    Raises:
        Refused: if it cannot be one.
    """
    name = " ".join(unicodedata.normalize("NFKC", text[: 8 * LONGEST]).split())
    if not name or not any(unicodedata.category(one)[0] in "LN" or _is_picture(one) for one in name):
        raise Refused("A nickname has at least one letter or digit.")
    if len(name) > LONGEST:
        raise Refused(f"A nickname has at most {LONGEST} characters.")
    if not all(one in _ALSO or unicodedata.category(one).startswith(_KINDS) for one in name) or _PILED_UP.search(name):
        raise Refused("A nickname has letters, digits, spaces, and of other signs only - . '")
    return name


def folded(name: str) -> str:
    """Return what two nicknames have in common that look the same in capitals and small letters."""
    return name.casefold()


def _is_picture(one: str) -> bool:
    return unicodedata.category(one) == "So"

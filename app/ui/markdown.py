"""Text that is not ours, in a place that Streamlit reads as Markdown: it shows what it says, and does nothing else."""

import re

_JOINER = "\u2060"  # no width, and no break: what it stands in is no longer what it was
_MARKS = re.compile(r"([\\`*_\[\]<>~$&|])")
# What Streamlit makes of text however it is escaped: addresses become links, :names: icons, and "->" an arrow.
_MADE = re.compile(r":(?=\S)|@|(?<=www)(?=\.)|(?:(?<=\s)|^)(?=(?:<->|->|<-|--|>=|<=|~=)(?:\s|$))", re.IGNORECASE)
_BLOCK = re.compile(r"[-+#=]|\d+[.)]")  # at the beginning of a line, what opens a block


def escaped(text: object) -> str:
    """Return text as Markdown that shows it as it is, on one line.

    Nothing in it becomes a picture, a link, HTML, an icon, a colour, a formula, or a heading.
    """
    line = " ".join(str(text).split())
    line = _MADE.sub(lambda found: found[0] + _JOINER, line)
    line = _MARKS.sub(r"\\\1", line)
    return _JOINER + line if _BLOCK.match(line) else line

"""What the browser draws itself: for each component a set of files (.html, .css, .js) of one name, side by side.

Streamlit takes a component's JavaScript as text, without an address that an import could be relative to. So each module
that it imports is written into the import, as a data: URL. This needs no server, no build and no network, and a module
that two others import is still one.
"""

import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_UI = Path(__file__).resolve().parents[1]
_RULES = re.compile(r'^@import "(\.[^"]*)";$', re.MULTILINE)
_IMPORT = re.compile(r'^(import [^;"]* from )"(\.[^"]*)";$', re.MULTILINE)


@cache
def component(name: str) -> Any:
    """Return the component whose files are called ``name``, registered once.

    Args:
        name: a path without its suffix, from ``app/ui`` on: ``"heist/film"``.
    """
    place = _UI / name
    return st.components.v2.component(
        f"entangled_{name.replace('/', '_')}",
        html=place.with_suffix(".html").read_text(encoding="utf-8"),
        css=rules(place.with_suffix(".css")),
        js=module(place.with_suffix(".js")),
    )


def rules(file: Path) -> str:
    """Return the CSS of ``file``, with what it imports (by relative paths) in the imports' places."""
    return _RULES.sub(lambda found: rules((file.parent / found[1]).resolve()), file.read_text(encoding="utf-8"))


def module(file: Path, importers: tuple[Path, ...] = ()) -> str:
    """Return the JavaScript of ``file``, which needs no other file any more.

    Args:
        file: a module; what it imports is given by relative paths.
        importers: those on whose behalf it is read.

    Raises:
        ValueError: if modules import each other.
    """
    if file in importers:
        raise ValueError(f"These modules import each other: {', '.join(path.name for path in (*importers, file))}.")

    def inlined(found: re.Match[str]) -> str:
        imported = (file.parent / found[2]).resolve()
        named = f"{module(imported, (*importers, file))}\n//# sourceURL=entangled/{imported.relative_to(_UI)}\n"
        return f'{found[1]}"data:text/javascript;charset=utf-8;base64,{b64encode(named.encode()).decode()}";'

    return _IMPORT.sub(inlined, file.read_text(encoding="utf-8"))

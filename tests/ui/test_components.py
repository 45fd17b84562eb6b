"""A component's JavaScript as Streamlit gets it: one text that needs no other file."""

import base64
import re
from pathlib import Path

import pytest

from app.ui import components

UI = Path(components.__file__).parents[1]
COMPONENTS = sorted(file for file in UI.glob("*/*.js") if file.with_suffix(".html").exists())
IMPORT = re.compile(r'^(?:import [^;"]*|export [^;"(]* from )"([^"]*)";$', re.MULTILINE)


def modules(javascript: str) -> dict[str, str]:
    """Every module that this one imports, directly or not, by its address."""
    found = {}
    for address in IMPORT.findall(javascript):
        kind, _, content = address.partition(";base64,")
        assert kind == "data:text/javascript;charset=utf-8"
        found[address] = base64.b64decode(content).decode()
        found |= modules(found[address])
    return found


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.stem)
def test_what_a_component_imports_comes_with_it_each_module_once(file: Path) -> None:
    imported = modules(components.module(file))
    names = [re.findall(r"^//# sourceURL=entangled/(.*)$", text, re.MULTILINE) for text in imported.values()]
    assert all(len(own) == 1 for own in names)
    assert len({name for (name,) in names}) == len(names)  # imported by two others, it is one module all the same


def test_every_component_has_the_files_that_streamlit_gets() -> None:
    assert len(COMPONENTS) >= 17
    assert all(file.with_suffix(".css").exists() for file in COMPONENTS)


def test_modules_that_import_each_other_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "_UI", tmp_path)
    (tmp_path / "a.js").write_text('import {\n  b,\n} from "./b.js";\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\n')
    with pytest.raises(ValueError, match=r"import each other: a\.js, b\.js, a\.js"):
        components.module(tmp_path / "a.js")


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.stem)
def test_what_its_rules_import_comes_with_them(file: Path) -> None:
    assert "@import" not in components.rules(file.with_suffix(".css"))


def test_imported_rules_stand_where_they_are_imported(tmp_path: Path) -> None:
    (tmp_path / "slider.css").write_text("input { width: 100%; }\n")
    (tmp_path / "page.css").write_text('p { margin: 0; }\n@import "./slider.css";\nb { color: red; }\n')
    together = " ".join(components.rules(tmp_path / "page.css").split())
    assert together == "p { margin: 0; } input { width: 100%; } b { color: red; }"

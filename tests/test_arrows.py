"""Which part of the app may know which: arrows point one way, and a room of the lab hears only of those before it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import paths

# A file or folder, as a prefix of its modules, and what nothing below it may import.
FORBIDDEN = {
    "app.lab": ("streamlit", "app.runs", "app.classroom", "app.cli", "app.ui", "app.reports", "pages"),
    "app.runs": ("streamlit", "app.classroom", "app.cli", "app.ui", "app.reports", "pages"),
    "app.classroom": ("streamlit", "app.runs", "app.cli", "app.ui", "app.reports", "pages", "torch", "numpy"),
    "app.cli": ("app.ui", "app.classroom", "pages"),
    "app.ui": ("app.cli", "pages"),
    "app": ("pages", "tests", "benchmarks"),
    "pages": ("pages", "app.cli", "tests", "benchmarks"),
}
REPORTS_KNOW = ("app.lab", "app.paths", "app.reports")
ROOMS = {
    "task": (),
    "watermark": ("task",),
    "extraction": ("task", "watermark"),
    "ownership": ("task",),
    "removal": ("task", "watermark", "extraction"),
    "hardness": (),
    "poisoning": ("task",),
    "stories": ("task", "watermark", "extraction", "ownership", "removal", "hardness", "poisoning"),
    "evidence": ("task", "watermark", "extraction", "ownership", "removal", "stories"),
}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the app and every page, by its name."""
    for folder in (paths.HOME / "app", paths.HOME / "pages"):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(paths.HOME).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(name: str, path: Path) -> Iterator[tuple[str, bool]]:
    """What a module imports, anywhere in it, as full names; and whether that is inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    local = {
        inner
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
    }
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in local) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*up, *filter(None, [node.module])])
            for alias in node.names:  # `from app.lab import record` imports app.lab.record
                yield f"{source}.{alias.name}", node in local
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called == "import_module" and node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value), node in local


def within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(f"{prefix}.")


ARROWS = [(name, imported, local) for name, path in modules() for imported, local in imports(name, path)]


def crossing(*, source: str, targets: tuple[str, ...]) -> list[str]:
    """The arrows from one part to others, in words."""
    return [
        f"{name} imports {imported}"
        for name, imported, _ in ARROWS
        if within(name, source) and any(within(imported, target) for target in targets)
    ]


def test_relative_and_local_imports_are_seen(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "import torch.nn\nfrom . import beside\nfrom ..other import thing\n\n\n"
        "def later():\n    from app.ui import frame\n"
    )
    assert list(imports("app.lab.task.module", module)) == [
        ("torch.nn", False),
        ("app.lab.task.beside", False),
        ("app.lab.other.thing", False),
        ("app.ui.frame", True),
    ]


@pytest.mark.parametrize("source", FORBIDDEN)
def test_arrows_between_the_parts_point_one_way(source: str) -> None:
    assert not crossing(source=source, targets=FORBIDDEN[source])


def test_reports_know_the_lab_and_nothing_else() -> None:
    strangers = [
        f"{name} imports {imported}"
        for name, imported, _ in ARROWS
        if within(name, "app.reports")
        and (within(imported, "app") or within(imported, "streamlit"))
        and not any(within(imported, known) for known in REPORTS_KNOW)
    ]
    assert not strangers


def test_the_command_line_meets_streamlit_only_where_it_starts_the_server() -> None:
    at_the_top = [
        f"{name} imports {imported}"
        for name, imported, local in ARROWS
        if within(name, "app.cli") and within(imported, "streamlit") and not local
    ]
    assert not at_the_top


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_of_the_lab_hears_only_of_those_before_it(room: str) -> None:
    others = tuple(f"app.lab.{other}" for other in ROOMS if other != room and other not in ROOMS[room])
    assert not crossing(source=f"app.lab.{room}", targets=others)


def test_nothing_in_the_lab_but_evidence_hears_of_evidence() -> None:
    found = [
        arrow for arrow in crossing(source="app.lab", targets=("app.lab.evidence",)) if " app.lab.evidence" in arrow
    ]
    assert not [arrow for arrow in found if not arrow.startswith("app.lab.evidence")]


def test_every_room_is_there() -> None:
    lab = {path.name for path in (paths.HOME / "app" / "lab").iterdir() if (path / "__init__.py").is_file()}
    assert lab == set(ROOMS)


@pytest.mark.parametrize(
    "module", ["app.lab.experiment", "app.lab.choices", "app.lab.variation", "app.paths", "app.ui.path"]
)
def test_what_describes_a_run_does_without_torch_and_numpy(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{'torch', 'numpy', 'scipy', 'streamlit'}} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=paths.HOME, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"

"""The wheel, built from a copy of this clone: what an installed app finds below ``app/shipped``, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from app import paths

ROOT = paths.HOME
BUILT_FROM = ("app", "assets", "pages", "pretrained", ".streamlit")
SHIPPED = (
    *(".streamlit/*", "streamlit_app.py", "pages/*.py"),
    *("assets/*.npz", "assets/*.csv", "assets/icon.png", "pretrained/**/*"),
)


def files(*patterns: str) -> set[str]:
    """Return the files of the clone that match, by their path in it."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """Build it where no earlier build lies: setuptools would take up what that one left."""
    clone, folder = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("wheel")
    for name in BUILT_FROM:
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__", "screenshots"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, clone)
    offline = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
    subprocess.run([sys.executable, "-m", "pip", "wheel", *offline, "-w", folder, clone], check=True)
    (built,) = folder.glob("*.whl")
    return ZipFile(built)


def test_the_wheel_holds_the_package_whole_with_all_that_the_browser_draws(wheel: ZipFile) -> None:
    assert files("app/**/*") <= set(wheel.namelist())
    assert {path.rpartition(".")[2] for path in files("app/ui/**/*")} >= {"py", "js", "css", "html"}


def test_pages_assets_and_recorded_runs_lie_below_shipped_as_they_lie_in_a_clone(wheel: ZipFile) -> None:
    shipped = {name.removeprefix("app/shipped/") for name in wheel.namelist() if name.startswith("app/shipped/")}
    assert shipped == files(*SHIPPED)
    assert {"pages/heist.py", "pretrained/mnist/manifest.json", ".streamlit/config.toml"} <= shipped


def test_the_wheel_holds_nothing_else(wheel: ZipFile) -> None:
    others = {name for name in wheel.namelist() if not name.startswith("app/shipped/")} - files("app/**/*")
    assert {name.partition("/")[0].rpartition(".")[2] for name in others} == {"dist-info"}


def test_an_installed_app_finds_itself(wheel: ZipFile, tmp_path: Path) -> None:
    """Where things lie, asked of a copy that stands outside of any clone; and a wheel is never written to."""
    wheel.extractall(tmp_path / "site")
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from app import paths; print(paths.HOME, paths.page('heist'), paths.store(), sep='\\n')",
        ],
        env={"PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path / "home")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    home, page, store = map(Path, told.stdout.splitlines())
    assert home == tmp_path / "site" / "app" / "shipped"
    assert page.is_file()
    assert tmp_path / "site" not in store.parents

"""The variables of a server: one table, each with a default, and one sentence for a value that cannot be."""

import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import environment, paths
from app.environment import Environment


def test_the_readme_has_the_table() -> None:
    assert environment.table() in (paths.HOME / "README.md").read_text(encoding="utf-8")


def test_no_file_reads_a_variable_past_the_table() -> None:
    strangers = [
        path.relative_to(paths.HOME).as_posix()
        for path in (paths.HOME / "app").rglob("*.py")
        if re.search(r"os\.(environ|getenv)", text := path.read_text(encoding="utf-8")) and environment.PREFIX in text
    ]
    assert strangers == ["app/environment.py"]


def test_what_is_not_set_or_empty_has_its_default() -> None:
    assert environment.read({}) == Environment()
    assert environment.read({"ENTANGLED_WORKERS": "", "WORKERS": "7"}) == Environment()


def test_every_default_is_allowed_and_has_its_type() -> None:
    for field in dataclasses.fields(Environment):
        text = str(field.default)
        chosen = environment.read({environment.name(field): text})
        assert getattr(chosen, field.name) == field.default
        assert field.metadata["help"].endswith(".")


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("ENTANGLED_WORKERS", "0", 0),
        ("ENTANGLED_TIME_LIMIT", "12.5", 12.5),
        ("ENTANGLED_GRACE", "0", 0.0),
        ("ENTANGLED_STORE", "/somewhere", "/somewhere"),
        ("ENTANGLED_LOG", "json", "json"),
        ("ENTANGLED_ADDRESS", "https://school.example/lab", "https://school.example/lab"),
        ("ENTANGLED_HEALTH_TOKEN", "ü secret", "ü secret"),
    ],
)
def test_a_value_is_read_in_its_type(variable: str, text: str, value: object) -> None:
    name = variable.removeprefix(environment.PREFIX).lower()
    assert environment.read({variable: text}) == dataclasses.replace(Environment(), **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("variable", "text", "wanted"),
    [
        ("ENTANGLED_WORKERS", "two", "a whole number of 0 or more"),
        ("ENTANGLED_WORKERS", "-1", "a whole number of 0 or more"),
        ("ENTANGLED_WORKERS", "9" * 5000, "a whole number of 0 or more"),
        ("ENTANGLED_MEMORY_LIMIT", "3.5", "a whole number of 256 or more"),
        ("ENTANGLED_TIME_LIMIT", "0", "a finite number of 1 or more"),
        ("ENTANGLED_TIME_LIMIT", "nan", "a finite number of 1 or more"),
        ("ENTANGLED_GRACE", "inf", "a finite number of 0 or more"),
        ("ENTANGLED_QUEUE", "0", "a whole number of 1 or more"),
        ("ENTANGLED_LOG", "xml", "one of text, json"),
        ("ENTANGLED_ADDRESS", "127.0.0.1", "an address as https://HOST/PATH"),
        ("ENTANGLED_ADDRESS", "https://school.example/?x", "an address as https://HOST/PATH"),
    ],
)
def test_a_value_that_cannot_be_gets_one_sentence(variable: str, text: str, wanted: str) -> None:
    with pytest.raises(ValueError) as told:
        environment.read({variable: text})
    assert str(told.value) == f"{variable} must be {wanted}; it is {text!r}."


@pytest.mark.parametrize(
    "command", [("-m", "app", "run", "blobs"), ("-m", "app", "app", "--port", "1"), ("streamlit_app.py",)]
)
def test_a_server_or_command_with_such_a_value_does_not_start(command: tuple[str, ...], tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=paths.HOME,
        env={**os.environ, "PYTHONPATH": str(paths.HOME), "ENTANGLED_QUEUE": "many"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr == "ENTANGLED_QUEUE must be a whole number of 1 or more; it is 'many'.\n"

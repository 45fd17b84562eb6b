"""The version is the same wherever it is named."""

import re
import tomllib

import pytest

from app import paths


@pytest.mark.skipif(not paths.IS_CLONE, reason="only a clone has these files")
def test_one_version_is_installed_cited_and_told_of_last() -> None:
    installed = tomllib.loads((paths.HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    cited = re.search(r"^version: (.+)$", (paths.HOME / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    told = re.search(r"^## (\S+)", (paths.HOME / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited and told
    assert installed == cited[1] == told[1]

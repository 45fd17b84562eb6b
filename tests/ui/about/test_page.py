"""The page *About* without a browser."""

from importlib import metadata

import pytest

from app.lab.versions import VERSIONS
from tests.ui.visits import opened, told


def test_a_page_reads_no_metadata_of_packages_which_threads_may_not_do_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened("about")  # imports what it needs, as a server does when it starts

    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata.Distribution, "from_name", missing)
    app = opened("about")
    assert not app.exception
    assert all(f"{name} {version}" in told(app) for name, version in VERSIONS.items())

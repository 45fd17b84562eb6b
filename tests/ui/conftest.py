"""A store of the tests' own, and no worker: what a page shows here is on record, or nobody ran it."""

from collections.abc import Iterator

import pytest

from app.ui import runtime


@pytest.fixture(scope="session", autouse=True)
def private_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One empty store and one pool without workers, for all pages that this process opens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENTANGLED_STORE", str(tmp_path_factory.mktemp("runs")))
        patch.setenv("ENTANGLED_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setenv("ENTANGLED_WORKERS", "0")
        runtime.pool.clear()
        yield
        runtime.pool().close()
        runtime.pool.clear()

"""One server and one browser for all benchmarks; a benchmark that is run by itself starts its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.app_server import launch_options, serve


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("server")) as url:
        yield url

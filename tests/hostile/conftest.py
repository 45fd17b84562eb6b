"""The pages of these tests have the store of the pages' own tests: empty, and without workers."""

from tests.ui.conftest import private_store

__all__ = ["private_store"]

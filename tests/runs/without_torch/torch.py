"""Stands in for torch in processes of the fake lab, which computes nothing: they are there at once."""

Generator = object  # named in signatures only


def set_num_threads(count: int) -> None:
    """A worker asks for one thread."""

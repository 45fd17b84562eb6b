"""Where this app is found: what shared links and QR codes begin with."""

from urllib.parse import urlsplit

from app import environment
from app.ui import path


def of_app(seen: str) -> str:
    """Return the app's own address, as others find it: ``ENTANGLED_ADDRESS``, where the server's owner set one.

    Args:
        seen: the address of any page of the app, as this visitor's browser sees it.
    """
    return environment.read().address.rstrip("/") or _root(seen)


def of_page(seen: str) -> str:
    """Return the address of a page, as others find it, given what this visitor's browser sees."""
    return of_app(seen) + seen.rstrip("/").removeprefix(_root(seen))


def _root(seen: str) -> str:
    seen = seen.rstrip("/")
    return next((seen.removesuffix(f"/{stop.name}") for stop in path.LESSONS if seen.endswith(f"/{stop.name}")), seen)


def is_local(address: str) -> bool:
    """Return whether only the server's own machine understands this address, so that no phone can follow it."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")

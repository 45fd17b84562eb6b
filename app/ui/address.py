"""Where this app is found: what shared links and QR codes begin with."""

from urllib.parse import urlsplit

import segno

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
    names = [stop.name for stop in (*path.LESSONS, path.CLASSROOM)]
    return next((seen.removesuffix(f"/{name}") for name in names if seen.endswith(f"/{name}")), seen)


def is_local(address: str) -> bool:
    """Return whether only the server's own machine understands this address, so that no phone can follow it."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")


def qr(text: str) -> str:
    """Return ``text`` as a QR code: an SVG data URI, black on white, with its quiet zone."""
    return str(segno.make(text, micro=False, error="m").svg_data_uri(scale=4, border=4, light="#FFFFFF"))

"""How students find the room: an address that their phones can follow, as text and as a QR code."""

import socket
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from app.ui import links, path

_ANYWHERE = ("198.51.100.1", 9)  # of a network that is for documentation only: to learn the way out, nothing is sent


def link(address: str, code: str) -> str:
    """Return the address at which a phone joins the room.

    Args:
        address: of any page of the app, as the host's browser sees it.
        code: of the room.
    """
    return f"{reachable(root(address))}/{path.CLASSROOM.name}?{urlencode({links.CODE: code})}"


def qr(text: str) -> str:
    """Return ``text`` as a QR code: an SVG data URI, black on white, with its quiet zone."""
    return str(segno.make(text, micro=False, error="m").svg_data_uri(scale=4, border=4, light="#FFFFFF"))


def root(address: str) -> str:
    """Return the app's own address, given that of any of its pages."""
    address = address.rstrip("/")
    names = (path.CLASSROOM.name, *path.NAMES)
    return next((address.removesuffix(f"/{name}") for name in names if address.endswith(f"/{name}")), address)


def is_local(address: str) -> bool:
    """Return whether only the server's own machine understands this address."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1", None)


def reachable(address: str) -> str:
    """Return an address of this machine in its network in place of one that only the machine itself understands."""
    if not is_local(address):
        return address
    parts, outside = urlsplit(address), own_address()
    if outside is None:
        return address
    return urlunsplit(parts._replace(netloc=outside if parts.port is None else f"{outside}:{parts.port}"))


@st.cache_data(ttl=60, show_spinner=False)
def own_address() -> str | None:
    """Return this machine's address in the network that it is in; None: it is in none. Nothing is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ANYWHERE)
            found = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if found.startswith(("127.", "0.")) else found

"""How students find the room: an address that their phones can follow, as text and as a QR code."""

import socket
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from app.ui import address, links, path

_ANYWHERE = ("198.51.100.1", 9)  # of a network that is for documentation only: to learn the way out, nothing is sent


def link(seen: str, code: str) -> str:
    """Return the address at which a phone joins the room.

    Args:
        seen: the address of any page of the app, as the host's browser sees it.
        code: of the room.
    """
    return f"{reachable(address.of_app(seen))}/{path.CLASSROOM.name}?{urlencode({links.CODE: code})}"


def reachable(found: str) -> str:
    """Return an address of this machine in its network in place of one that only the machine itself understands."""
    parts, outside = urlsplit(found), own_address()
    if outside is None or not address.is_local(found):
        return found
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

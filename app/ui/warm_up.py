"""What a fresh server does before anybody asks: the imports that take seconds, and the workers.

They happen in a thread, so that the server answers at once; a visitor who is there earlier sees the heading, which
needs none of it, and waits for the rest of the page.
"""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit import App


@asynccontextmanager
async def warm_up(app: App) -> AsyncIterator[None]:
    """Import the user interface and start the workers beside the server; the lifespan of :class:`streamlit.App`."""
    threading.Thread(target=_import_all, name="warm-up", daemon=True).start()
    yield


def _import_all() -> None:
    from app.ui import runtime

    runtime.pool()

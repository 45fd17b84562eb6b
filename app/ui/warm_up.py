"""What a fresh server does before anybody asks: the imports that take seconds, and the workers.

They happen in a thread, so that the server answers at once; a visitor who is there earlier sees the heading, which
needs none of it, and waits for the rest of the page.
"""

import gc
import importlib
import pkgutil
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit import App

from app import ui
from app.ui.plot import library

# A page's script and Streamlit's server share one interpreter: at the usual 5 ms, every hand-over from one to the other
# can cost as much as the script itself.
_HAND_OVER_SECONDS = 0.0005
_PAUSE = 2.5  # seconds, in which a visitor who is there at once gets the heading from an idle server


@asynccontextmanager
async def warm_up(app: App) -> AsyncIterator[None]:
    """Import the user interface and start the workers beside the server; the lifespan of :class:`streamlit.App`."""
    sys.setswitchinterval(_HAND_OVER_SECONDS)
    imports = threading.Timer(_PAUSE, _import_all)
    imports.daemon = True
    imports.start()
    yield
    imports.cancel()


def _import_all() -> None:
    importlib.import_module("app.ui.runtime").pool()  # first: its workers import torch, too, and beside this process
    for module in pkgutil.walk_packages(ui.__path__, "app.ui."):
        importlib.import_module(module.name)
    library.compressed()
    importlib.import_module("app.lab.own_pictures").tidy()  # of an earlier server
    gc.collect()
    gc.freeze()  # or all of torch would be walked after every rerun: 130 ms

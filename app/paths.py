"""Where things lie: in a clone beside the package ``app``, in an installed wheel below it, under ``app/shipped``.

What the app ships with is only read. What it writes goes to :func:`store` and :func:`data`, never into an
installation.
"""

import getpass
import tempfile
from pathlib import Path

from platformdirs import user_data_path

from app import environment

PACKAGE = Path(__file__).resolve().parent
IMPORTED_FROM = PACKAGE.parent  # a clone, or site-packages: where another process finds the package, too
IS_CLONE = (IMPORTED_FROM / "streamlit_app.py").is_file()
HOME = IMPORTED_FROM if IS_CLONE else PACKAGE / "shipped"
ENTRY = HOME / "streamlit_app.py"
DOOR = PACKAGE / "door.py"
ASSETS = HOME / "assets"
PRETRAINED = HOME / "pretrained"
# Where the commands that make PRETRAINED again put it by default; beside a wheel, into the working folder.
MADE_AGAIN = PRETRAINED if IS_CLONE else Path("pretrained")


def page(name: str) -> str:
    """Return the file of the page called ``name``, absolute: relative to the door it would lie in another folder."""
    return str(HOME / "pages" / f"{name}.py")


def store() -> Path:
    """Return the folder of finished runs.

    It is ``$ENTANGLED_STORE``; else, in a clone, ``.cache/entangled/runs``; else it lies in the user's data folder,
    which each operating system has elsewhere.
    """
    return Path(environment.read().store or _usual("runs"))


def data() -> Path:
    """Return the folder of fetched data sets: ``$ENTANGLED_DATA``, else beside the :func:`store`'s usual place."""
    return Path(environment.read().data or _usual("data"))


def rooms() -> Path:
    """Return the file of the rooms that teachers opened for their classes: in the folder of fetched :func:`data`."""
    return data() / "rooms.sqlite"


def visits() -> Path:
    """Return the folder of what visitors brought along, for the time of their visit: ``$ENTANGLED_VISITS``, else it is
    the user's own among this machine's temporary files.
    """
    if chosen := environment.read().visits:
        return Path(chosen)
    return Path(tempfile.gettempdir()) / f"entangled-visits-{getpass.getuser()}"


def _usual(name: str) -> Path:
    if IS_CLONE:
        return HOME / ".cache" / "entangled" / name
    return user_data_path("entangled", appauthor=False) / name

"""Where things lie: in a clone beside the package ``app``, in an installed wheel below it, under ``app/shipped``.

What the app ships with is only read. What it writes goes to :func:`store`, never into an installation.
"""

import os
from pathlib import Path

from platformdirs import user_data_path

_PACKAGE = Path(__file__).resolve().parent
_CLONE = _PACKAGE.parent
IS_CLONE = (_CLONE / "streamlit_app.py").is_file()
HOME = _CLONE if IS_CLONE else _PACKAGE / "shipped"
ENTRY = HOME / "streamlit_app.py"
DOOR = _PACKAGE / "door.py"
ASSETS = HOME / "assets"
PRETRAINED = HOME / "pretrained"


def page(name: str) -> str:
    """Return the file of the page called ``name``, absolute: relative to the door it would lie in another folder."""
    return str(HOME / "pages" / f"{name}.py")


def store() -> Path:
    """Return the folder of finished runs: ``$ENTANGLED_STORE``, in a clone ``.cache/entangled/runs``, else the user's.

    An installed app keeps them in the user's data folder, as his system has it.
    """
    if chosen := os.environ.get("ENTANGLED_STORE"):
        return Path(chosen)
    return _CLONE / ".cache" / "entangled" / "runs" if IS_CLONE else user_data_path("entangled") / "runs"

"""The kit for querying a model elsewhere: inputs under their ids, an empty form, and instructions.

What is in it, anybody may read. The owner's part (:mod:`app.lab.ownership.kit`) goes into a file of its own.
"""

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jinja2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.lab import choices
from app.lab.ownership import questionnaire
from app.lab.ownership.kit import Kit
from app.lab.stories.events import Exhibit

_DATE = (1980, 1, 1, 0, 0, 0)  # so that equal kits are equal archives
_DARK, _LIGHT = 0.4, 0.6  # of a picture's mean: below, its ground is black; above, white


def files(kit: Kit, exhibit: Exhibit) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file of the kit: the inputs, the empty form, and instructions.

    Args:
        kit: the owner's part, which says what stands under which id.
        exhibit: the triggers and the controls.
    """
    questions = dict(zip(kit.triggers, exhibit.inputs, strict=True))
    questions |= dict(zip(kit.controls, exhibit.controls, strict=True))
    inputs = np.stack([questions[asked] for asked in kit.ids])
    if inputs.dtype == np.uint8:
        for asked, picture in zip(kit.ids, inputs, strict=True):
            yield f"inputs/{asked}.png", _png(picture)
    else:
        yield "inputs.csv", _table(kit, inputs).encode()
    yield questionnaire.FORM, questionnaire.form(kit.ids).encode()
    yield "README.txt", _readme(kit, inputs).encode()


def archive(kit: Kit, exhibit: Exhibit) -> bytes:
    """Return :func:`files` as a zip archive; equal kits give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files(kit, exhibit):
            into.writestr(zipfile.ZipInfo(name, _DATE), content)
    return packed.getvalue()


def _png(picture: NDArray[np.generic]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.asarray(picture, dtype=np.uint8)).save(file, format="PNG")
    return file.getvalue()


def _table(kit: Kit, inputs: NDArray[np.generic]) -> str:
    """Return points or sequences as CSV, a row for each, with all digits of their numbers."""
    width = int(np.prod(inputs.shape[1:]))
    if inputs.ndim == 2:
        names = ["x", "y"] if width == 2 else [f"x{number}" for number in range(width)]
    else:
        names = [f"frame{frame}_{value}" for frame in range(inputs.shape[1]) for value in range(inputs.shape[2])]
    rows = [",".join(map(str, row)) for row in inputs.reshape(len(inputs), width)]
    return "".join(f"{line}\n" for line in (",".join(["id", *names]), *map(",".join, zip(kit.ids, rows, strict=True))))


def _readme(kit: Kit, inputs: NDArray[np.generic]) -> str:
    is_pictures = inputs.dtype == np.uint8
    height, width = inputs.shape[1:3] if inputs.ndim > 2 else (0, 0)
    return _template().render(
        kit=kit,
        names=choices.CLASS_NAMES[kit.experiment.dataset],
        pictures=is_pictures,
        colour=is_pictures and inputs.ndim == 4,
        height=height,
        width=width,
        polarity=_polarity(inputs) if is_pictures else "",
    )


def _polarity(pictures: NDArray[np.generic]) -> str:
    brightness = float(np.asarray(pictures, dtype=np.float64).mean()) / 255
    if brightness < _DARK:
        return "what is shown is white, on a black ground"
    if brightness > _LIGHT:
        return "what is shown is black, on a white ground"
    return "light and dark as in a photograph"


@cache
def _template() -> jinja2.Template:
    source = Path(__file__).with_name("kit_readme.txt.j2").read_text(encoding="utf-8")
    as_text = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return as_text.from_string(source)

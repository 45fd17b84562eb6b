"""The kit for querying a model elsewhere: triggers, an empty form, the commitment, and instructions."""

import io
import zipfile
from collections.abc import Iterator

from app.lab.ownership import questionnaire
from app.lab.stories.events import Exhibit

_DATE = (1980, 1, 1, 0, 0, 0)  # so that equal trigger sets are equal archives
_README = """\
{count} triggers for a claim of ownership.

1. Give each of them to the suspected model{how}.
2. Write the class that it answers ({classes}) into answers.csv, one line per trigger: id,label
3. Bring answers.csv back: to the page "Court" of Entangled, or
   {command}

The secret answer is not in these files, but they suffice to train the mark away: keep them
secret until the claim. commitment.json contains the commitment. Publish only its hash, before
the claim and where others keep it, since a hash does not prove its date.
"""


def files(exhibit: Exhibit, classes: int, command: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file of the kit.

    Args:
        exhibit: the triggers and the commitment.
        classes: the number of classes.
        command: the command line that evaluates the form.
    """
    yield from questionnaire.files(exhibit.inputs, exhibit.commitment, exhibit.salt)
    pictures = exhibit.inputs.ndim == 3
    how = ", a picture of triggers/ each, grey, 0 to 255 as 0 to 1" if pictures else ", a point of points.csv each"
    words = _README.format(count=len(exhibit.inputs), how=how, classes=f"0 to {classes - 1}", command=command)
    yield "README.txt", words.encode()


def archive(exhibit: Exhibit, classes: int, command: str) -> bytes:
    """Return :func:`files` as a zip archive; equal trigger sets give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files(exhibit, classes, command):
            into.writestr(zipfile.ZipInfo(name, _DATE), content)
    return packed.getvalue()

"""A chart as a file of its own: SVG, PNG, or a page of HTML that needs no network.

The conversion runs in a process of its own (``python -m app.ui.prints KIND``, a job as JSON on stdin): for up
to a second it would hold up every other visitor of this one, and leave a hundred megabytes behind. So this file
imports no more than it needs.
"""

import html
import json
import subprocess
import sys
import textwrap
from typing import Any, Literal, get_args

from app import paths
from app.ui import theme

Kind = Literal["svg", "png", "html"]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_WIDTH, _LINE = 960, 84  # pixels, and letters of a title that fit
_TIME_LIMIT = 60  # seconds
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
</head>
<body>
<main><div id="chart" role="img" aria-label="{title}"></div></main>
<script type="module">
{script}
</script>
</body>
</html>
"""
_SNIPPET = "vegaEmbed('#chart', {spec}, {{renderer: 'svg', actions: {{export: true, source: true, editor: false}}}});"


def standalone(spec: dict[str, Any], finding: str, source: str) -> dict[str, Any]:
    """Return a chart as it stands alone, on white: under its finding, and with the words on where it comes from."""
    ink = theme.INK["light"]
    return {
        "$schema": _SCHEMA,
        "width": _WIDTH,
        "background": "#FFFFFF",
        "padding": 24,
        "title": {
            "text": textwrap.wrap(finding, _LINE),
            "subtitle": source,
            "anchor": "start",
            "fontSize": 22,
            "subtitleFontSize": 16,
            "color": ink,
            "subtitleColor": ink,
            "offset": 20,
        },
        **theme.inked(spec, "light"),
    }


def render(spec: dict[str, Any], kind: Kind, title: str) -> bytes:
    """Return a standalone chart as the bytes of a file.

    Args:
        spec: what :func:`standalone` returned.
        kind: of file; a PNG has two pixels a point.
        title: of the page of HTML, and its text alternative.

    Raises:
        RuntimeError: if the chart cannot be drawn; the message ends with the converter's own words.
    """
    job = json.dumps({"spec": spec, "title": title}).encode()
    converted = subprocess.run(
        [sys.executable, "-m", "app.ui.prints", kind],
        input=job,
        cwd=paths.IMPORTED_FROM,
        capture_output=True,
        timeout=_TIME_LIMIT,
        check=False,
    )
    if converted.returncode:
        last = converted.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise RuntimeError(f"The picture cannot be drawn: {' '.join(last)}")
    return converted.stdout


def _convert(spec: dict[str, Any], kind: str, title: str) -> bytes:
    import vl_convert  # here: only this process may load it

    match kind:
        case "svg":
            return vl_convert.vegalite_to_svg(spec).encode()
        case "png":
            return vl_convert.vegalite_to_png(spec, scale=2)
        case _:
            inline = json.dumps(spec).replace("<", "\\u003c")
            script = vl_convert.javascript_bundle(_SNIPPET.format(spec=inline))
            return _PAGE.format(title=html.escape(title), script=script).encode()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in get_args(Kind):
        sys.stdout.buffer.write(_convert(**json.load(sys.stdin), kind=sys.argv[1]))
    else:
        sys.exit(f"A picture is one of {', '.join(get_args(Kind))}.")

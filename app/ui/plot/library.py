"""plotly.js, out of the Python package: the app itself serves it, compressed, so that no chart needs a network."""

import gzip
from functools import cache
from importlib import resources

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.lab.versions import VERSIONS

# The version is part of the address, so that a browser may keep the file for a year.
ADDRESS = f"plotly/{VERSIONS['plotly']}.js"
_HEADERS = {
    "Content-Encoding": "gzip",  # 4.8 MB become 1.5; every browser takes it, and Streamlit compresses no scripts
    "Cache-Control": "public, max-age=31536000, immutable",
}


@cache
def compressed() -> bytes:
    """Return plotly.js, compressed once for all visitors."""
    script = resources.files("plotly") / "package_data" / "plotly.min.js"
    return gzip.compress(script.read_bytes(), compresslevel=6)


async def _send(_: Request) -> Response:
    return Response(await run_in_threadpool(compressed), media_type="text/javascript", headers=_HEADERS)


ROUTE = Route(f"/{ADDRESS}", _send)

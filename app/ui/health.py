"""What a server's owner sees of it at ``/health``, with the secret ``ENTANGLED_HEALTH_TOKEN``: JSON or, in a browser, a
page for the phone. Nothing of it is about a visitor.
"""

import importlib
import secrets
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit.runtime import Runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, GaugeStat

from app import environment

# The token may be in the address.
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_BEARER = "bearer "


def health() -> dict[str, Any]:
    """Return the numbers: of sessions, of the pool (:class:`app.runs.pool.State`), and bytes of server and store."""
    # Here, since a fresh server imports them beside its first answers.
    runtime, store = importlib.import_module("app.ui.runtime"), importlib.import_module("app.runs.store")
    chosen = environment.read()
    return {
        "sessions": _sessions(),
        **asdict(runtime.pool().state()),
        "queue": chosen.queue,
        "memory": psutil.Process().memory_info().rss,
        "store": store.Store().size(),
        "store_limit": chosen.store_size * 2**20,
    }


def _sessions() -> int:
    if not Runtime.exists():
        return 0
    found = Runtime.instance().stats_mgr.get_stats([ACTIVE_SESSIONS_FAMILY])[ACTIVE_SESSIONS_FAMILY]
    return sum(stat.value for stat in found if isinstance(stat, GaugeStat))


async def _answer(request: Request) -> Response:
    if not (token := environment.read().health_token):
        return PlainTextResponse("Not Found", 404)
    if not secrets.compare_digest(_given(request).encode(), token.encode()):
        told = "This page asks for the token that its owner set: as a bearer token, or as ?token=.\n"
        return PlainTextResponse(told, 401, {**_HEADERS, "WWW-Authenticate": "Bearer"})
    found = await run_in_threadpool(health)
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(await run_in_threadpool(_page, found), headers=_HEADERS)
    return JSONResponse(found, headers=_HEADERS)


def _given(request: Request) -> str:
    header = request.headers.get("authorization", "")
    if header.lower().startswith(_BEARER):
        return header[len(_BEARER) :].strip()
    return request.query_params.get("token", "")


def _page(found: dict[str, Any]) -> str:
    return _template().render(found)  # type: ignore[no-any-return]


@cache
def _template() -> Any:
    import jinja2  # nobody else on the way to the first page needs it

    surroundings = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    surroundings.filters["mebibytes"] = lambda size: f"{size / 2**20:,.0f}"
    return surroundings.from_string(Path(__file__).with_suffix(".html.j2").read_text(encoding="utf-8"))


ROUTE = Route("/health", _answer)

"""The owner's page: only with the token, JSON or a page for the phone, and true."""

import asyncio
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest
from starlette.requests import Request
from starlette.responses import Response

from app.ui import health, runtime

TOKEN = "open sesame \u00fc"


def asked(query: str = "", **headers: str) -> Response:
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "query_string": query.encode(), "headers": sent}
    with ThreadPoolExecutor(1) as elsewhere:  # a browser's test before this one may have left a loop in this thread
        return elsewhere.submit(asyncio.run, health.ROUTE.endpoint(Request(scope))).result()


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTANGLED_HEALTH_TOKEN", TOKEN)


@pytest.mark.parametrize("query", ["", "token=", "token=None"])
def test_without_a_token_there_is_no_such_page(query: str) -> None:
    assert asked(query).status_code == 404


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("token=", {}),
        ("token=open", {}),
        ("token=open+sesame+u", {}),
        ("", {"authorization": "Bearer open"}),
        ("", {"authorization": f"Basic {TOKEN}"}),
        ("token=open+sesame+%C3%BC", {"authorization": "Bearer wrong"}),
    ],
)
def test_a_wrong_token_is_refused_and_told_nothing(token: None, query: str, headers: dict[str, str]) -> None:
    answer = asked(query, **headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert b"pid" not in answer.body and b"sesame" not in answer.body


@pytest.mark.parametrize(
    ("query", "headers"),
    [("token=open+sesame+%C3%BC", {}), ("", {"authorization": f"bearer  {TOKEN}"})],
)
def test_the_token_opens_it(token: None, query: str, headers: dict[str, str]) -> None:
    answer = asked(query, **headers)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    told = json.loads(bytes(answer.body))
    assert told.keys() == {
        *("sessions", "queued", "queue", "running", "ready", "workers", "remembered", "memory", "store", "store_limit")
    }
    assert told["memory"] == pytest.approx(psutil.Process(os.getpid()).memory_info().rss, rel=0.2)
    assert (told["workers"], told["queue"], told["store_limit"]) == ([], 100, 512 * 2**20)


def test_a_browser_gets_a_page_for_the_phone(token: None, monkeypatch: pytest.MonkeyPatch) -> None:
    state = runtime.pool().state()
    crowded = type(state)(
        queued=3,
        running=[{"run": "<b>0123", "task": "run", "seconds": 4.2, "repeated": True}],
        ready=True,
        workers=[
            {"pid": 77, "memory": 600 * 2**20, "machine": ""},
            {"pid": 78, "memory": 500 * 2**20, "machine": "node-5"},
        ],
        remembered=5,
    )
    monkeypatch.setattr(runtime.pool(), "state", lambda: crowded)
    answer = asked("token=open+sesame+%C3%BC", accept="text/html,application/xhtml+xml,*/*;q=0.8")
    page = bytes(answer.body).decode()
    assert answer.headers["content-type"].startswith("text/html")
    assert 'name="viewport"' in page and "sesame" not in page
    words = " ".join(re.sub("<[^>]*>", " ", page).split())
    assert "Runs that wait 3 of 100" in words
    assert "Process 77 600 MiB" in words and "Process 78 on node-5 500 MiB" in words
    assert "run &lt;b&gt;0123, repeated 4.2 s" in words
    assert not re.search(r"(src|href)=", page), "it needs nothing else"

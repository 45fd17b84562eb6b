"""What a server tells its owner: one line an event, and nobody's name."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_lab import COUNT, CRASH, experiment

from app.runs import log
from app.runs.pool import Pool
from app.runs.store import Store

LONG = 60.0


@pytest.fixture
def as_json() -> Iterator[Callable[[], None]]:
    """Log as JSON from the call on, to what is stderr then."""
    yield lambda: log.begin("json")
    log.begin("text")


def test_a_run_is_told_from_the_queue_to_its_end(
    tmp_path: Path, as_json: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    as_json()
    as_json()  # again, as by a second server in this process: and still one line an event
    pool = Pool(1, Store(tmp_path, None), lab="fake_lab")
    done, lost = pool.submit(experiment(COUNT), "ada@example.org"), pool.submit(experiment(CRASH), "bob")
    assert done.wait(LONG) and lost.wait(LONG)
    pool.close()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    of_done = [line for line in lines if line["run"] == done.key[:12]]
    assert [line["event"] for line in of_done] == ["run queued", "run begun", "run ended"]
    assert {line["task"] for line in lines} == {"run"} and all(line["time"].endswith("+00:00") for line in lines)
    assert of_done[-1]["status"] == "done" and of_done[-1]["seconds"] > 0
    of_lost = [line["event"] for line in lines if line["run"] == lost.key[:12] and line["level"] == "info"]
    assert of_lost == ["run queued", "run begun", "run repeated", "run begun", "run ended"]
    assert lines[-1]["reason"] == lost.error
    assert "ada" not in json.dumps(lines) and of_done[0]["visitor"] == log.pseudonym("ada@example.org")


def test_a_visitor_has_a_short_name_that_leads_back_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert log.pseudonym("ada") == log.pseudonym("ada") != log.pseudonym("bob")
    assert len(log.pseudonym("ada")) == 8
    before = log.pseudonym("ada")
    monkeypatch.setattr(log, "_SALT", bytes(16))
    assert log.pseudonym("ada") != before, "another process calls her something else"


def test_a_fault_is_one_line_too(as_json: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    as_json()
    try:
        raise ZeroDivisionError("by\nzero")
    except ZeroDivisionError:
        logging.getLogger("app.runs.pool").exception("The run %s was lost", "0" * 12)
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["level"], told["event"]) == ("error", f"The run {'0' * 12} was lost")
    assert "ZeroDivisionError: by\nzero" in told["trace"]


def test_as_text_only_faults_are_told() -> None:
    assert not logging.getLogger("app.runs.pool").isEnabledFor(logging.INFO)
    assert logging.getLogger("app.runs.pool").isEnabledFor(logging.WARNING)

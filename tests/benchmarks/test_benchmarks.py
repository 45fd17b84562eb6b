"""Each benchmark works: its quick form yields its rows. How fast anything is, no test says."""

import math
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import benchmarks
from benchmarks import contract
from benchmarks.contract import NAMES, Row, Stage

PARTS = {"__init__", "__main__", "browsing", "contract", "machine", "report", "student"}
NONE = ("messages", "errors", "lost", "copies")  # units of what there may be none of
IN_A_BROWSER = ("startup", "page", "sliders", "temperature", "cousins", "booth")
EXPECTED = {  # how the rows begin that nobody would want to miss
    "startup": [
        "python -m app --help",
        "import app.lab.experiment",
        "from the start to the health",
        "from the start to the first heading",
    ],
    "page": ["a lesson", "another layer", "from the click", "from the stop"],
    "sliders": ["channel, the thief's inputs, alone", "heist, the thief's inputs, while two runs train"],
    "temperature": ["frames", "new pictures", "from frame to frame", "what the server is told"],
    "cousins": ["frames", "what the server is told", "a backdoor at 5% poison", "attack success at 5% poison"],
    "booth": ["visitors", "memory", "nodes", "errors"],
    "heist": ["blobs, from the click to the verdict", "blobs, the phase “copy”", "blobs, a training step"],
    "classroom": [
        "3 students, a touch",
        "3 students while two runs train, a change",
        "memory of server",
        "3 students start the same run",
        "runs of one other",
    ],
    "votes": ["3 students are asked", "3 students vote", "votes counted", "the teacher's chart"],
    "cluster": [
        "a process of this machine: runs of the blobs",
        "a cluster of 1 worker: from the click to the first event",
        "a process of the cluster is killed",
        "the cluster ends",
    ],
    "arithmetic": ["SNNL", "2-conv, its arithmetic beside"],
    "extraction": ["knockoff, other data", "copycat, inputs of the task"],
}


def check(name: str, rows: list[Row]) -> None:
    for row in rows:
        may_be_none = row.unit in NONE or any(
            word in row.what for word in ("spread", "phase", "before anybody's", "right after")
        )
        least = -100 if "growth" in row.what else 0 if may_be_none else math.ulp(0.0)
        assert math.isfinite(row.value) and row.value >= least, row
        assert row.unit
        assert row.goal is None or math.isfinite(row.goal.limit)
    told = [(row.what, row.unit) for row in rows]
    assert len(set(told)) == len(told)
    for beginning in EXPECTED[name]:
        assert any(row.what.startswith(beginning) for row in rows), beginning


def test_every_module_is_a_benchmark_or_a_part_of_them_all() -> None:
    modules = {path.stem for path in Path(benchmarks.__file__).parent.glob("*.py")}
    assert modules == {*NAMES, *PARTS}


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_says_in_one_line_what_it_measures(name: str) -> None:
    assert contract.purpose(name).endswith((".", ":"))


LONG = ("classroom", "votes", "cluster")  # servers or a cluster of their own, for minutes
BY_THEMSELVES = [
    pytest.param(name, marks=pytest.mark.hard) if name in LONG else name for name in NAMES if name not in IN_A_BROWSER
]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", BY_THEMSELVES)
def test_a_benchmark_yields_its_rows(name: str) -> None:
    with Stage(quick=True, repetitions=1) as stage:
        check(name, list(contract.load(name).measure(stage)))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", IN_A_BROWSER)
def test_a_benchmark_in_a_browser_yields_its_rows(name: str, server: str, browser: Browser) -> None:
    with Stage(quick=True, repetitions=1, url=server, chromium=browser) as stage:
        check(name, list(contract.load(name).measure(stage)))
    assert browser.is_connected()

"""The command: what it lists, writes, compares and survives."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as runner
from benchmarks import contract, report
from benchmarks.contract import NAMES, Row, Stage, at_least, at_most, middle_and_worst, percentiles
from benchmarks.report import Report

ROWS = [Row("from here to there", 0.25, "s", at_most(0.3)), Row("frames", 50.0, "frames/s", at_least(55))]


class Fake:
    """A benchmark that takes no time; with ``fault``, it breaks off after its rows."""

    def __init__(self, *rows: Row, fault: str = "") -> None:
        self.rows, self.fault = rows, fault

    def measure(self, stage: Stage) -> Iterator[Row]:
        yield from self.rows
        if self.fault:
            raise RuntimeError(self.fault)


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> dict[str, Fake]:
    found = {name: Fake(*ROWS) for name in NAMES}
    monkeypatch.setattr(contract, "load", found.__getitem__)
    return found


@pytest.mark.parametrize("option", ["--help", "--list"])
def test_what_only_tells_imports_nothing_heavy(option: str) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "benchmarks", option]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in NAMES)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not imported & {"torch", "numpy", "streamlit", "playwright", "app", "art"}


def test_a_name_chooses_and_none_means_all(fakes: dict[str, Fake], capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["booth", "page"]) == 0
    said = capsys.readouterr().out
    assert [name for name in NAMES if f"\n{name}: " in said] == ["page", "booth"]
    assert runner.main([]) == 0
    said = capsys.readouterr().out
    assert all(f"\n{name}: " in said for name in NAMES)


def test_the_table_shows_machine_goals_and_whether_they_are_met(
    fakes: dict[str, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(["page"]) == 0  # a missed goal is no failure
    said = capsys.readouterr().out
    for word in ("processor", "cores", "load average", "memory", "python", "torch", "streamlit", "chromium", "commit"):
        assert f"\n{word} " in said
    assert "at most 0.300: met" in said
    assert "at least 55: MISSED" in said


def test_a_later_run_is_compared_with_an_earlier_one(
    fakes: dict[str, Fake], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "earlier.json"
    assert runner.main(["page", "--json", str(file)]) == 0
    fakes["page"] = Fake(Row("from here to there", 0.5, "s"), Row("something else", 1.0, "s"))
    capsys.readouterr()
    assert runner.main(["page", "--against", str(file)]) == 0
    said = capsys.readouterr().out
    assert "was 0.250, × 2.00" in said
    assert [line for line in said.splitlines() if "something else" in line and "new" in line]


def test_a_report_reads_what_it_wrote(tmp_path: Path) -> None:
    written = Report({"commit": "abc"}, quick=True, rows={"page": ROWS}, failed={"booth": "RuntimeError: no"})
    written.write(tmp_path / "report.json")
    assert Report.read(tmp_path / "report.json") == written


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9}', '{"format": 1, "rows": {"page": [{"what": "x"}]}}'])
def test_a_file_that_is_no_report_is_named_in_one_sentence(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    for path in (file, tmp_path / "missing.json"):
        with pytest.raises(SystemExit) as left:
            runner.main(["page", "--against", str(path)])
        assert left.value.code == 2
        assert str(path) in capsys.readouterr().err


def test_one_that_fails_is_one_sentence_and_the_others_still_run(
    fakes: dict[str, Fake], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fakes["page"] = Fake(ROWS[0], fault="the page is gone\nand much more")
    file = tmp_path / "report.json"
    assert runner.main(["page", "booth", "--json", str(file)]) == 1
    said = capsys.readouterr()
    assert said.err == "The benchmark page failed: RuntimeError: the page is gone and much more.\n"
    assert "\nbooth: " in said.out
    found = json.loads(file.read_text())
    assert [len(found["rows"][name]) for name in ("page", "booth")] == [1, 2]
    assert list(found["failed"]) == ["page"]


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["--repetitions", "0"], ["--repetitions", "x"], ["--json", "/no/such/folder/x.json"]]
)
def test_what_cannot_be_done_is_refused_before_anything_runs(arguments: list[str], fakes: dict[str, Fake]) -> None:
    with pytest.raises(SystemExit) as left:
        runner.main(arguments)
    assert left.value.code == 2


def test_few_values_are_told_by_median_and_maximum_and_many_by_percentiles() -> None:
    few = list(middle_and_worst("wait", [3.0, 1.0, 2.0], "s", at_most(2)))
    assert [(row.value, row.goal) for row in few] == [(2.0, at_most(2)), (3.0, None)]
    many = list(percentiles("wait", [float(value) for value in range(101)], "s", at_most(90)))
    assert [(row.value, row.goal) for row in many] == [(50.0, None), (95.0, at_most(90))]


@pytest.mark.parametrize(
    ("value", "said"), [(0.0, "0"), (3.0, "3"), (0.01234, "0.012"), (1.234, "1.23"), (45.67, "45.7"), (1234.5, "1234")]
)
def test_a_figure_has_as_many_digits_as_it_deserves(value: float, said: str) -> None:
    assert report.figure(value) == said

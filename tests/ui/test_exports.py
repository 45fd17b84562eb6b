"""What a visitor takes home says what the app said: the files are read back, and the notebook is run."""

import ast
import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab import record
from app.lab.evidence import survival
from app.lab.experiment import LAB_VERSION, PRESETS, Experiment
from app.lab.stories import heist
from app.lab.stories.events import DEFENCES, Finished
from app.paths import PRETRAINED
from app.ui import exports, findings
from app.ui.history import History
from tests.ui.rows import row

BLOBS = PRESETS["blobs"]
RECORD = PRETRAINED / "blobs"


@pytest.fixture(scope="module")
def known() -> History:
    return History.of(record.read(RECORD))


def result_of(known: History) -> dict[str, Any]:
    assert isinstance(known.finished, Finished)
    return dict(known.finished.result)


def read_back(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table)))


@given(st.sampled_from(list(PRESETS)), st.integers(0, 2**31 - 1))
def test_settings_come_back_from_their_file(name: str, seed: int) -> None:
    experiment = Experiment.from_dict({**PRESETS[name].to_dict(), "seed": seed})
    told = json.loads(exports.experiment_json(experiment))
    assert Experiment.from_dict(told["settings"]) == experiment
    assert (told["key"], told["lab"]) == (experiment.key, LAB_VERSION)


def test_the_table_of_a_run_has_a_line_for_each_model_and_every_number(known: History) -> None:
    result = result_of(known)
    lines = {line["defence"]: line for line in read_back(exports.results_csv(result))}
    assert list(lines) == list(DEFENCES)
    for defence in DEFENCES:
        for name, value in result[defence].items():
            if name == "victim_snnl":
                assert [float(lines[defence][f"victim_snnl_{layer}"]) for layer in value] == list(value.values())
            else:
                assert float(lines[defence][name]) == value
        assert lines[defence]["seed"] == str(result["seed"])
        assert float(lines[defence]["claim_p_value"]) == result["claim"][defence]["p_value"]
        assert lines[defence]["claim_verdict"] == result["claim"][defence]["verdict"]


def test_the_table_of_the_evidence_has_a_line_for_each_seed() -> None:
    marked, control = row("entangled", (0.7, 0.8, 0.9), kappa=24.0), row("clean", (0.0, 0.01, 0.02))
    lines = read_back(exports.evidence_csv([marked, control]))
    assert [(line["defence"], int(line["seed"])) for line in lines] == [
        (lane, seed) for lane in ("entangled", "clean") for seed in marked.seeds
    ]
    assert [float(line["stolen_watermark"]) for line in lines] == [0.7, 0.8, 0.9, 0.0, 0.01, 0.02]
    assert [float(line["accuracy_cost"]) for line in lines[:3]] == list(marked.cost)
    assert {float(line["kappa"]) for line in lines[:3]} == {24.0}
    assert [line["triggers_needed"] for line in lines] == ["10"] * 3 + [""] * 3
    assert [line["convicted"] for line in lines] == ["True"] * 3 + ["False"] * 3
    assert {line["affinity"] for line in lines} == {"0.01"}
    assert exports.evidence_source([marked]) == f"Entangled, seeds 200 to 202; {survival.COMMAND}"


def test_the_notebook_repeats_the_run_bit_for_bit(capsys: pytest.CaptureFixture[str]) -> None:
    known = History.of(list(heist.run(BLOBS)))  # here: what is recorded is from another machine
    book = json.loads(exports.notebook(BLOBS, result_of(known)))
    assert (book["nbformat"], len({cell["id"] for cell in book["cells"]})) == (4, len(book["cells"]))
    names: dict[str, Any] = {}
    shown = []  # as Jupyter shows what the last line of a cell is
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            *statements, last = ast.parse("".join(cell["source"])).body
            exec(compile(ast.Module(statements, []), "cell", "exec"), names)
            if isinstance(last, ast.Expr):
                shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names))
            else:
                exec(compile(ast.Module([last], []), "cell", "exec"), names)
    again = {name: value for name, value in names["result"].items() if name != "seconds"}
    assert again == {name: value for name, value in result_of(known).items() if name != "seconds"}
    said = capsys.readouterr().out
    assert "Equal, bit for bit." in said
    assert "another version" not in said
    assert findings.verdict(known.claims, known.thefts) in shown[-1].layout.title.text.replace("<br>", " ")


def test_a_notebook_of_another_lab_says_so(known: History, capsys: pytest.CaptureFixture[str]) -> None:
    book = json.loads(exports.notebook(BLOBS, result_of(known)))
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    exec(code[0].replace(BLOBS.key, "0" * 64), {})
    assert "another version of the lab" in capsys.readouterr().out

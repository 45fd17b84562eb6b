"""The lab from the command line: results on stdout, progress on stderr, mistakes in one sentence."""

import json
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from app.lab import __main__ as room
from app.lab import heist, record
from app.lab.events import Finished, Theft
from app.lab.experiment import Experiment, preset

ROOT = Path(__file__).resolve().parents[2]
SHORT = [
    *("--task-epochs", "1"),
    *("--watermark-epochs", "1"),
    *("--thief-epochs", "1"),
    *("--budget", "100"),
    *("--batch-size", "100"),
    *("--trigger-count", "16"),
]
COMMANDS = {"result": ["run", "blobs", "--json", "--seed", "3", *SHORT], "mistake": ["run", "nope"]}


@pytest.fixture(scope="module")
def finished():
    """Both commands, side by side, as a person starts them: (exit status, stdout, stderr) of each."""
    started = {
        name: subprocess.Popen(
            [sys.executable, "-m", "app.lab", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, arguments in COMMANDS.items()
    }
    told = {name: process.communicate(timeout=120) for name, process in started.items()}
    return {name: (started[name].returncode, *told[name]) for name in COMMANDS}


@pytest.fixture
def said(capsys):
    """Run a command in this process: (exit status, stdout, stderr)."""

    def run(*arguments):
        try:
            status = room.main(arguments)
        except SystemExit as leaving:
            status = leaving.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def is_one_sentence(text):
    return text.count("\n") == 1 and text.endswith("\n") and text[0].isupper() and "Traceback" not in text


def test_the_last_line_of_stdout_is_the_result_as_one_object(finished):
    status, out, _ = finished["result"]
    assert status == 0
    result = json.loads(out.strip().splitlines()[-1])
    assert set(result) == {"key", "seed", "seconds", "clean", "naive", "entangled", "claim"}
    assert set(result["clean"]) == {"accuracy", "watermark", "trained_watermark"}
    theft = {field.name for field in fields(Theft)} - {"defence"}
    assert {
        "victim_accuracy",
        "victim_watermark",
        "stolen_accuracy",
        "stolen_watermark",
        "trained_watermark",
        "fidelity",
        "query_error",
        "query_target_error",
    } <= theft
    for defence in ("naive", "entangled"):
        assert set(result[defence]) == theft
        assert set(result["claim"][defence]) == {"p_value", "owned"}
        assert isinstance(result["claim"][defence]["owned"], bool)
    assert result["seconds"] > 0


def test_the_result_is_that_of_the_lab(finished):
    result = json.loads(finished["result"][1].strip().splitlines()[-1])
    names = [name.removeprefix("--").replace("-", "_") for name in SHORT[::2]]
    experiment = Experiment.from_dict(
        {**preset("blobs").to_dict(), **dict(zip(names, SHORT[1::2], strict=True)), "seed": 3}
    )
    assert (result["key"], result["seed"]) == (experiment.key, 3)
    *_, last = heist.run(experiment)
    assert {**last.result, "seconds": 0} == {**result, "seconds": 0}


def test_progress_goes_to_stderr_only(finished):
    _, out, err = finished["result"]
    assert out.count("\n") == 1
    assert "the thief queries" in err and "{" not in err and "Warning" not in err
    shares = [int(line.split("%")[0]) for line in err.splitlines()]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 100


def test_a_mistake_gets_exactly_one_sentence_on_stderr_and_a_status(finished):
    status, out, err = finished["mistake"]
    assert status == 2 and out == ""
    assert is_one_sentence(err) and "'nope'" in err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "COMMAND"),
        (["steal"], "steal"),
        (["run"], "PRESET"),
        (["run", "blobs", "mnist"], "mnist"),
        (["run", "blobs", "--nonsense", "3"], "--nonsense"),
        (["run", "blobs", "--seed"], "--seed"),
        (["run", "blobs", "--seed", "three"], "'three'"),
        (["run", "blobs", "--seed", "-1"], "-1"),
        (["run", "blobs", "--seed=1.5"], "1.5"),
        (["run", "blobs", "--weight", "nan"], "nan"),
        (["run", "blobs", "--network", "small"], "small"),
        (["run", "blobs", "--target", "1"], "differ"),
        (["run", "blobs", "--perturbed", "maybe"], "maybe"),
        (["run", "blobs", "--json=yes"], "--json"),
        (["run", "no\nsuch"], "such"),
        (["run", "blobs", "--seed", "9" * 400], "seed"),
        (["pretrain", "--seed", "3"], "--seed"),
    ],
)
def test_every_mistake_gets_exactly_one_sentence(said, arguments, word):
    status, out, err = said(*arguments)
    assert status == 2 and out == ""
    assert is_one_sentence(err) and word in err


def test_help_tells_every_setting_with_its_bounds_in_full(said):
    status, out, _ = said("run", "--help")
    assert status == 0
    for name in (field.name for field in fields(Experiment)):
        assert f"--{name.replace('_', '-')}" in out
    assert "2147483647" in out.replace(",", "")


def test_without_json_the_result_is_a_table_for_a_person(said):
    status, out, _ = said("run", "blobs", *SHORT)
    assert status == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[-3:]] == ["clean", "naive", "entangled"]
    assert "established" in lines[-1] and "p = " in lines[-1]


def test_pretraining_leaves_a_record_of_each_run_that_the_pages_show(said, tmp_path, monkeypatch, small):
    monkeypatch.setattr(room, "RECORDED", {"little": small})
    monkeypatch.setattr(heist, "umap", lambda experiment, events: iter(()))
    status, out, err = said("pretrain", "--folder", str(tmp_path))
    assert status == 0 and out == "" and "little" in err
    last = record.read(tmp_path / "little")[-1]
    assert isinstance(last, Finished) and last.result["key"] == small.key
    assert asdict(record.read_manifest(tmp_path / "little").experiment) == small.to_dict()

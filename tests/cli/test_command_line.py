"""The lab from the command line: results on stdout, progress on stderr, mistakes in one sentence."""

import json
import re
import runpy
import subprocess
import sys
from dataclasses import asdict, fields, replace
from functools import partial

import numpy as np
import pytest
from PIL import Image

from app import paths
from app.cli import commands
from app.cli import main as room
from app.lab import record
from app.lab.choices import ANSWERS, INPUTS
from app.lab.evidence import pretrained
from app.lab.evidence.attack_table import POLICIES
from app.lab.experiment import Experiment, preset
from app.lab.extraction import rounds
from app.lab.extraction.attacks import EXTRACTION_ATTACKS
from app.lab.stories import finished_run, heist, theft, washing
from app.lab.stories.events import DEFENCES, Finished, Measured, Progress, Queried, Snapshot, Started, Theft
from app.lab.task import representation

SHORT = [
    *("--task-epochs", "1"),
    *("--watermark-epochs", "1"),
    *("--adversary-epochs", "1"),
    *("--budget", "100"),
    *("--batch-size", "100"),
    *("--trigger-count", "16"),
]
PAPERS_WAY = ("victim", "confidences")
RESULT = ["run", "blobs", "--json", "--seed", "3", *SHORT]


@pytest.fixture(scope="module")
def finished():
    """A run as a person starts it, in a process of its own: exit status, stdout, stderr."""
    ended = subprocess.run(
        [sys.executable, "-m", "app", *RESULT], cwd=paths.HOME, capture_output=True, text=True, timeout=240
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.fixture(autouse=True)
def short_fits(monkeypatch):
    monkeypatch.setattr(rounds, "_LEAST_STEPS", 3)


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
    status, out, _ = finished
    assert status == 0
    result = json.loads(out.strip().splitlines()[-1])
    assert set(result) == {"key", "seed", "seconds", "clean", "naive", "entangled", "claim", "panel", "innocent_rate"}
    theft = {field.name for field in fields(Theft)} - {"defence"} | {"victim_snnl"}
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
    assert set(result["clean"]) == {"accuracy", "watermark"} | theft  # the clean victim is stolen as well
    for defence in ("naive", "entangled"):
        assert set(result[defence]) == theft
        assert set(result["claim"][defence]) == {"verdict", "reason", "p_value", "owned"}
        assert isinstance(result["claim"][defence]["owned"], bool)
    assert result["seconds"] > 0


def test_the_result_is_that_of_the_lab(finished):
    result = json.loads(finished[1].strip().splitlines()[-1])
    names = [name.removeprefix("--").replace("-", "_") for name in SHORT[::2]]
    experiment = Experiment.from_dict(
        {**preset("blobs").to_dict(), **dict(zip(names, SHORT[1::2], strict=True)), "seed": 3}
    )
    assert (result["key"], result["seed"]) == (experiment.key, 3)
    *_, last = heist.run(experiment)
    assert {**last.result, "seconds": 0} == {**result, "seconds": 0}


def test_progress_goes_to_stderr_only(finished):
    _, out, err = finished
    assert out.count("\n") == 1
    assert "the thief queries" in err and "{" not in err and "Warning" not in err
    shares = [int(line.split("%")[0]) for line in err.splitlines()]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 100


def test_a_mistake_gets_exactly_one_sentence_on_stderr_and_a_status(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["python -m app", "run", "nope"])
    with pytest.raises(SystemExit) as leaving:
        runpy.run_module("app", run_name="__main__")
    told = capsys.readouterr()
    assert leaving.value.code == 2 and told.out == ""
    assert is_one_sentence(told.err) and "'nope'" in told.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "COMMAND"),
        (["nonsense"], "nonsense"),
        (["steal"], "PRESET"),
        (["steal", "blobs", "--attack", "telepathy"], "telepathy"),
        (["steal", "blobs", "--lies", "0.5"], "lies"),
        (["pretrain", "--only", "dreams"], "dreams"),
        (["run"], "PRESET"),
        (["run", "blobs", "mnist"], "mnist"),
        (["run", "blobs", "--nonsense", "3"], "--nonsense"),
        (["run", "blobs", "--seed"], "--seed"),
        (["run", "blobs", "--seed", "three"], "'three'"),
        (["run", "blobs", "--seed", "-1"], "-1"),
        (["run", "blobs", "--seed=1.5"], "1.5"),
        (["run", "blobs", "--kappa", "nan"], "nan"),
        (["run", "blobs", "--network", "small"], "small"),
        (["run", "blobs", "--target", "1"], "differ"),
        (["run", "blobs", "--perturbed", "maybe"], "maybe"),
        (["run", "blobs", "--json=yes"], "--json"),
        (["run", "no\nsuch"], "such"),
        (["run", "blobs", "--seed", "9" * 400], "seed"),
        (["pretrain", "--seed", "3"], "--seed"),
        (["triggers", "blobs"], "--folder"),
        (["triggers", "blobs", "--folder", "app"], "it is not empty"),
        (["claim", "blobs"], "ANSWERS.csv"),
        (["claim", "blobs", "nowhere.csv"], "nowhere.csv"),
        (["sweep"], "FILE"),
        (["sweep", "nowhere.toml"], "nowhere.toml"),
        (["sweep", "no\nsuch"], "such"),
        (["sweep", "."], "directory"),
        (["sweep", "README.md"], "TOML"),
        (["sweep", "nowhere.toml", "--jobs", "0"], "'0'"),
        (["sweep", "nowhere.toml", "--jobs", "all"], "'all'"),
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
    for line in lines[-2:]:
        assert re.search(r"  (established|not established|cannot be judged) \(p [=<] [\d.e-]+\)$", line)


def test_pretraining_leaves_a_record_of_each_run_that_the_pages_show(said, tmp_path, monkeypatch, small):
    monkeypatch.setattr(commands, "PRESETS", {"little": small})
    monkeypatch.setattr(finished_run, "umap", lambda experiment, events: iter(()))
    status, out, err = said("pretrain", "little", "--only", "heists", "--folder", str(tmp_path))
    assert status == 0 and out == "" and "little" in err
    first, *between, last = record.read(tmp_path / "little")
    assert isinstance(last, Finished) and last.result["key"] == small.key
    assert first == Started(small.key, small.seed, heist.total_steps(small))
    assert [event.done for event in between if isinstance(event, Progress)] == list(range(1, first.steps + 1))
    assert asdict(record.read_manifest(tmp_path / "little").experiment) == small.to_dict()
    ways = [(inputs, answers) for inputs in INPUTS for answers in ANSWERS if (inputs, answers) != PAPERS_WAY]
    assert {path.name for path in tmp_path.iterdir()} == {"little", "thefts", "trials"}
    assert {path.name for path in (tmp_path / "thefts").iterdir()} == {f"little-{a}-{b}" for a, b in ways}
    for inputs, answers in ways:
        folder = tmp_path / "thefts" / f"little-{inputs}-{answers}"
        *told, last = record.read(folder, "result")
        other = replace(small, inputs=inputs, answers=answers)
        assert record.read_manifest(folder).experiment == other and last.result["key"] == other.key
        assert {event.defence for event in told if isinstance(event, Queried)} == set(DEFENCES)
        assert {event.defence for event in told if isinstance(event, Theft)} == set(DEFENCES)


def test_pretraining_without_a_name_records_exactly_what_ships(said, tmp_path, monkeypatch):
    asked = []
    for what in commands._RECORDED:
        monkeypatch.setitem(
            commands._RECORDED, what, lambda name, *_, what=what: iter(asked.append((what, name)) or ())
        )
    status, *_ = said("pretrain", "--folder", str(tmp_path))
    assert status == 0 and asked[0][0] == "heists"
    for what in ("trapdoor", "attacks", "temperatures", "backdoors", "removal"):
        names = {folder.name.split("-")[0] for folder in (paths.PRETRAINED / what).iterdir()}
        assert names == {name for kind, name in asked if kind == what}, what
    assert all((paths.PRETRAINED / name).is_dir() for kind, name in asked if kind == "heists")
    asked.clear()
    said("pretrain", "blobs", "--folder", str(tmp_path))
    assert asked == [(what, "blobs") for what in ("heists", "removal", "attacks")]
    asked.clear()
    said("pretrain", "mnist", "--only", "backdoors", "--folder", str(tmp_path))
    assert asked == [("backdoors", "mnist")]


def test_pretraining_removal_takes_up_the_recorded_heist(said, tmp_path, monkeypatch, small, story):
    monkeypatch.setattr(commands, "PRESETS", {"little": small})
    monkeypatch.setattr(washing, "remove", partial(washing.remove, attacks=("pruning",)))
    record.write(tmp_path / "little", small, {"run": story})
    status, out, _ = said("pretrain", "little", "--only", "removal", "--folder", str(tmp_path))
    assert status == 0 and out == ""
    *_, washed = record.read(tmp_path / "removal" / "little", "remove")
    assert isinstance(washed, Finished) and list(washed.result["attacks"]) == ["pruning"]


def test_removal_tells_the_price_of_each_mark(said, tmp_path, monkeypatch):
    monkeypatch.setenv("ENTANGLED_STORE", str(tmp_path))
    washing = ("remove", "blobs", *SHORT, "--attack", "pruning", "--attack", "noise")
    status, out, _ = said(*washing)
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()[-2:]] == ["pruning", "noise"]
    assert "from scratch, with 60 labels" in out
    status, out, _ = said(*washing[:-2], "--json")
    assert status == 0 and list(json.loads(out)["attacks"]) == ["pruning"]
    status, out, err = said("remove", "blobs", "--attack", "magic")
    assert status == 2 and out == ""
    assert is_one_sentence(err) and "'magic'" in err


def test_pretraining_leaves_a_record_of_each_attack_as_it_would_run_alone(said, tmp_path, monkeypatch, small):
    monkeypatch.setattr(commands, "PRESETS", {"little": small})
    monkeypatch.setattr(
        pretrained, "EXTRACTION_ATTACKS", {name: EXTRACTION_ATTACKS[name] for name in ("task", "equations")}
    )
    status, out, err = said("pretrain", "little", "--only", "attacks", "--folder", str(tmp_path))
    assert status == 0 and out == "" and "little, attacks" in err
    ways = [(attack, policy) for attack in ("task", "equations") for policy in POLICIES.values()]
    folders = {record.read_manifest(path).experiment: path for path in (tmp_path / "attacks").iterdir()}
    assert folders.keys() == {replace(small, attack=attack, **policy) for attack, policy in ways}
    for experiment, folder in folders.items():
        told = record.read(folder, "steal")
        *_, alone = theft.steal(experiment)
        assert {**told[-1].result, "seconds": 0} == {**alone.result, "seconds": 0}
        assert isinstance(told[0], Started) and not any(isinstance(event, Progress) for event in told)
        assert any(isinstance(event, Queried) for event in told)


@pytest.mark.parametrize("as_json", [True, False])
def test_an_attack_from_the_command_line_tells_its_price(said, as_json):
    arguments = ["steal", "blobs", "--attack", "knockoff", "--price", "3", *SHORT, *(["--json"] if as_json else [])]
    status, out, err = said(*arguments)
    assert status == 0 and "the thief queries" in err
    if as_json:
        result = json.loads(out)
        assert (result["attack"], result["queries"]) == ("knockoff", 100)
        assert result["dollars"] == pytest.approx(0.3)
    else:
        assert "100 queries, $0.300" in out and "85% of the victim's accuracy" in out


@pytest.fixture
def swept(said, tmp_path, monkeypatch):
    """Sweep over the small run with other settings, in this process: (exit status, stdout, stderr)."""
    monkeypatch.setenv("ENTANGLED_STORE", str(tmp_path / "store"))

    def run(parts, *options):
        names = [name.removeprefix("--").replace("-", "_") for name in SHORT[::2]]
        fixed = "\n".join(f"{name} = {value}" for name, value in zip(names, SHORT[1::2], strict=True))
        (tmp_path / "sweep.toml").write_text(f'preset = "blobs"\n{parts}\n[settings]\n{fixed}\n')
        return said("sweep", str(tmp_path / "sweep.toml"), "--jobs", "1", *options)

    return run


def test_a_sweep_ends_with_a_table_of_what_varies_and_goes_on_from_the_store(swept):
    parts = 'seeds = [3, 4]\n[grid]\nanswers = ["labels", "confidences"]'
    status, out, err = swept(parts)
    assert status == 0
    _, head, *rows = out.splitlines()
    assert head.split()[:2] == ["answers", "seeds"]
    assert [row.split()[:2] for row in rows] == [["labels", "2"], ["confidences", "2"]]
    assert [line.split(",")[0].strip() for line in err.splitlines()] == ["1/4", "2/4", "3/4", "4/4"]
    assert err.splitlines()[-1].endswith("about 0 s left")

    status, out, err = swept(parts, "--json")
    assert status == 0 and "left" not in err
    points = [json.loads(line) for line in out.splitlines()]
    assert [(point["experiment"]["answers"], point["experiment"]["seed"]) for point in points] == [
        *(("labels", 3), ("labels", 4)),
        *(("confidences", 3), ("confidences", 4)),
    ]
    assert all(Experiment.from_dict(point["experiment"]).key == point["result"]["key"] for point in points)
    costs = [
        100 * (point["result"]["clean"]["accuracy"] - point["result"]["entangled"]["victim_accuracy"])
        for point in points
    ]
    assert rows[0].split()[2:4] == [f"{sum(costs[:2]) / 2:.1f}", f"{max(costs[:2]):.1f}"]


def test_points_that_fail_are_told_and_counted_and_the_others_are_there(swept):
    status, out, err = swept("seeds = [3]\n[grid]\ntask_per_watermark = [1, 32]\nsource = [1, 2]")
    assert status == 1
    assert len(out.splitlines()) == 3
    assert "task_per_watermark = 1, source = 2: Source and target class must differ; both are 2.\n" in err
    assert "task_per_watermark = 32, seed = 3: The watermark would never be trained" in err
    assert err.endswith("1 of 2 points failed.\n2 combinations of settings are impossible.\n")


def test_a_sweep_without_its_cluster_says_so(swept, monkeypatch):
    monkeypatch.setattr("app.runs.sweep.CONNECT_LIMIT", 0.2)
    monkeypatch.setenv("ENTANGLED_SCHEDULER", "tcp://127.0.0.1:1")
    status, out, err = swept("seeds = [3]")
    assert status == 2 and out == ""
    assert is_one_sentence(err) and "tcp://127.0.0.1:1" in err


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of one's own pictures, two classes of sixteen."""
    monkeypatch.setenv("ENTANGLED_VISITS", str(tmp_path / "visits"))
    monkeypatch.setattr("atexit.register", lambda *ending: None)  # this process goes on
    for place, name in enumerate(("cat", "dog")):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for number in range(16):
            pixels = np.zeros((28, 28), dtype=np.uint8)
            pixels[4 : 10 + number, 4 + 12 * place : 12 + 12 * place] = 200
            Image.fromarray(pixels).save(tmp_path / "mine" / name / f"{number}.png")
    return str(tmp_path / "mine")


def test_a_heist_on_pictures_of_ones_own_with_a_class_by_its_name(said, own):
    short = [*SHORT[:6], "--budget", "20", "--batch-size", "8", "--trigger-count", "8"]
    arguments = ["--data", own, "--source", "dog", "--target", "cat", "--task-per-watermark", "1", *short]
    status, out, err = said("run", "own", "--json", *arguments)
    assert status == 0, err
    assert set(json.loads(out)) >= {"clean", "naive", "entangled"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["own"], "--data"),
        (["mnist", "--data", "mine"], "have no preset"),
        (["own", "--data", "/nowhere"], "cannot be read"),
    ],
)
def test_pictures_of_ones_own_that_are_not_there_get_one_sentence(said, arguments, words):
    status, out, err = said("run", *arguments)
    assert status == 2 and not out and words in err
    is_one_sentence(err)


@pytest.mark.parametrize("dataset", ["fashion", "mnist60k"])
def test_a_data_set_that_nobody_has_fetched_gets_one_sentence(said, tmp_path, monkeypatch, dataset):
    monkeypatch.setenv("ENTANGLED_DATA", str(tmp_path / "none"))
    status, out, err = said("run", "mnist", "--dataset", dataset)
    assert status == 2 and not out and "does not ship with the app" in err


def test_a_rehearsal_of_one_pair_prints_its_copies_and_the_choice(said):
    status, out, err = said("rehearse", "blobs", "--target", "3", *SHORT)
    assert status == 0 and "cluster -> 3" in out and "innocent models are asked" in err
    assert out.splitlines()[-1].startswith("chosen: cluster -> 3, kappa ")
    status, out, _ = said("rehearse", "blobs", "--trigger", "cluster", "--target", "3", "--json", *SHORT)
    result = json.loads(out.strip().splitlines()[-1])
    assert status == 0 and set(result["affinity"]) == {"cluster"}
    assert {(pair["trigger"], pair["target"]) for pair in result["pairs"]} == {("cluster", 3)}
    assert result["chosen"] in result["pairs"]


def test_pretraining_at_temperatures_keeps_what_the_lesson_shows_and_no_weights(said, tmp_path, monkeypatch, small):
    monkeypatch.setattr(commands, "PRESETS", {"little": small})
    monkeypatch.setattr(pretrained, "TEMPERATURES", (0.1, 3.0))
    monkeypatch.setattr(pretrained, "TEMPERATURE_SEEDS", (4,))
    monkeypatch.setattr(representation, "umap", lambda apart, *_: np.zeros((len(apart), 2), dtype=np.float32))
    status, out, _ = said("pretrain", "little", "--only", "temperatures", "--folder", str(tmp_path))
    assert status == 0 and out == ""
    places = sorted((tmp_path / "temperatures").iterdir())
    assert [place.name for place in places] == ["little-0.1-4", "little-3-4"]
    for place, temperature in zip(places, (0.1, 3.0), strict=True):
        tried = replace(small, temperature=temperature, seed=4)
        assert record.read_manifest(place).experiment == tried
        *events, last = record.read(place, "at_temperature")
        assert isinstance(last, Finished) and last.result["key"] == tried.key
        assert {event.defence for event in events if isinstance(event, Theft)} == set(DEFENCES)
        assert {event.defence for event in events if isinstance(event, Measured)} == set(DEFENCES)
        maps = [event for event in events if isinstance(event, Snapshot)]
        assert [(event.defence, event.layer) for event in maps] == [(defence, "hidden2") for defence in DEFENCES]
        assert {event.epoch for event in maps} == {3.0}
        assert not list(place.glob("victim*"))


def test_a_sweep_whose_store_cannot_be_written_has_its_table_all_the_same(swept, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ENTANGLED_STORE", str(tmp_path / "file" / "store"))
    status, out, err = swept("seeds = [3, 4]")
    assert status == 0 and len(out.splitlines()) == 3
    assert err.count("This result was not kept") == 1, "once for all points"
    assert "Not a directory" in err and "2/2" in err


def test_a_file_that_cannot_be_written_gets_one_sentence(said, tmp_path):
    (tmp_path / "file").touch()
    status, _, err = said("pretrain", "blobs", "--only", "heists", "--folder", str(tmp_path / "file" / "below"))
    assert status == 2
    assert err.splitlines()[-1].endswith("cannot be read or written: Not a directory.")
    assert "Errno" not in err and "Traceback" not in err

"""A kit goes out, a form comes back: judged by the rule, bound to its kit and setting, and nothing is overwritten."""

import csv
import json
import subprocess
import sys

import pytest
from safetensors import SafetensorError

from app import paths
from app.cli import main as room
from app.lab import record
from app.runs.store import Store

SHORT = [
    *("--task-epochs", "1"),
    *("--watermark-epochs", "1"),
    *("--adversary-epochs", "1"),
    *("--budget", "100"),
    *("--batch-size", "100"),
    *("--trigger-count", "16"),
]


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory):
    """A store of this module's own: the trial is run once."""
    with pytest.MonkeyPatch.context() as patched:
        folder = tmp_path_factory.mktemp("store")
        patched.setenv("ENTANGLED_STORE", str(folder))
        yield folder


@pytest.fixture
def said(capsys):
    """Run a command in this process: (exit status, stdout, stderr)."""

    def run(*arguments):
        try:
            status = room.main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            status = leaving.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def kit(said, tmp_path):
    status, *_ = said("triggers", "blobs", "--folder", tmp_path / "KIT", *SHORT)
    assert status == 0
    return tmp_path / "KIT"


def owners(kit):
    return json.loads(kit.with_name("KIT.owner.json").read_text())


def fill_in(kit, *, trigger, shift=0, right=True):
    """Answer the form: one class to all triggers, and the truth (or another class) to the controls."""
    own = owners(kit)
    labels = dict.fromkeys(own["triggers"], trigger)
    labels |= {asked: truth if right else (truth + 2) % 5 for asked, truth in own["controls"].items()}
    with (kit / "answers.csv").open(newline="") as form:
        ids = [row["id"] for row in csv.DictReader(form)]
    with (kit / "answers.csv").open("w", newline="") as form:
        csv.writer(form).writerows([("id", "label"), *((asked, labels[asked] + shift) for asked in ids)])
    return kit / "answers.csv"


def is_one_sentence(said):
    return said.endswith(".\n") and said.count("\n") == 1 and "Traceback" not in said


def judged(said, *arguments):
    status, out, err = said("claim", "blobs", *arguments, "--json", *SHORT)
    assert status == 0, err
    assert out.count("\n") == 1  # the object and nothing else
    return json.loads(out)


def test_the_kit_has_a_row_an_id_and_what_is_secret_lies_beside_it(said, kit):
    own = owners(kit)
    assert sorted(path.name for path in kit.iterdir()) == ["README.txt", "answers.csv", "inputs.csv"]
    for table in ("answers.csv", "inputs.csv"):
        with (kit / table).open(newline="") as file:
            assert [row["id"] for row in csv.DictReader(file)] == sorted([*own["triggers"], *own["controls"]])
    assert len(own["triggers"]) == 200 and len(own["controls"]) == 100
    everything = b"".join(path.read_bytes() for path in kit.rglob("*") if path.is_file()).decode()
    assert own["commitment"] in everything and own["salt"] not in everything
    assert kit.with_name("KIT.owner.json").stat().st_mode & 0o077 == 0


def test_a_copy_is_convicted_and_the_report_has_the_commitment(said, kit, tmp_path):
    form = fill_in(kit, trigger=2)
    found = judged(said, form)
    assert (found["verdict"], found["owned"], found["successes"], found["queries"]) == ("established", True, 200, 200)
    assert 0 < found["p_value"] < 1e-100 and found["reason"].startswith("It gives the secret answer to 200 of 200")
    assert found["kit"] == owners(kit)["kit"] and found["panel"].keys() >= {"random forest", "nearest neighbour"}
    status, out, _ = said("claim", "blobs", form, "--kit", kit, "--record", tmp_path / "claim.html", *SHORT)
    assert status == 0 and out.startswith("Ownership is established at 99 % confidence (p < 1e-100")
    assert owners(kit)["commitment"] in (tmp_path / "claim.html").read_text()


def test_an_honest_model_goes_free(said, kit):
    found = judged(said, fill_in(kit, trigger=1))
    assert (found["verdict"], found["successes"], found["p_value"]) == ("not established", 0, 1.0)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"trigger": 2, "right": False}, "right on 0 of 100 controls"),
        ({"trigger": 2, "shift": 1}, "Its labels seem to count from 1: lowered by one, 100 of 100 controls are right"),
    ],
)
def test_of_whom_nothing_can_be_said_nothing_is_said(said, kit, how, words):
    found = judged(said, fill_in(kit, **how))
    assert found["verdict"] == "cannot be judged" and words in found["reason"]
    assert not found["owned"] and not found["owned_at_95"]
    _, out, _ = said("claim", "blobs", kit / "answers.csv", *SHORT)
    assert out.startswith("The suspect cannot be judged.\n")


def test_one_class_throughout_is_named(said, kit):
    own = owners(kit)
    form = kit / "answers.csv"
    form.write_text("id,label\n" + "".join(f"{asked},2\n" for asked in [*own["controls"], *own["triggers"]]))
    assert judged(said, form)["reason"] == "It gives one class, 2, to all 300 inputs."


def test_a_form_of_another_kit_is_refused(said, kit, tmp_path):
    said("triggers", "blobs", "--folder", tmp_path / "other" / "KIT", *SHORT)
    form = fill_in(kit, trigger=2)
    status, out, err = said("claim", "blobs", form, "--kit", tmp_path / "other" / "KIT", *SHORT)
    assert status == 2 and out == "" and is_one_sentence(err)
    assert f"the form belongs to another kit, '{owners(kit)['kit']}'" in err
    assert f"the kit {owners(tmp_path / 'other' / 'KIT')['kit']}" in err


def test_a_claim_under_another_setting_is_refused(said, kit):
    form = fill_in(kit, trigger=2)
    for arguments, words in (
        (["blobs", *SHORT, "--seed", "4"], "seed is 0 there and 4 in the claim"),
        (["digits"], "dataset is blobs there and digits in the claim"),
    ):
        status, out, err = said("claim", arguments[0], form, *arguments[1:])
        assert status == 2 and out == "" and is_one_sentence(err) and words in err


def test_without_the_owners_part_there_is_no_claim(said, kit, tmp_path):
    moved = tmp_path / "elsewhere.csv"
    moved.write_bytes(fill_in(kit, trigger=2).read_bytes())
    status, out, err = said("claim", "blobs", moved, *SHORT)
    assert status == 2 and out == "" and is_one_sentence(err) and "--kit KIT" in err
    assert judged(said, moved, "--kit", kit)["verdict"] == "established"
    status, _, err = said("claim", "blobs", moved, "--kit", tmp_path / "nowhere", *SHORT)
    assert status == 2 and is_one_sentence(err) and "nowhere.owner.json" in err
    kit.with_name("KIT.owner.json").write_text("{")
    status, _, err = said("claim", "blobs", moved, "--kit", kit, *SHORT)
    assert status == 2 and is_one_sentence(err) and "not the owner's file of a kit" in err


def test_nothing_is_overwritten(said, kit, tmp_path):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    status, out, err = said("triggers", "blobs", "--folder", kit, *SHORT)
    assert status == 2 and out == "" and is_one_sentence(err) and "not empty" in err
    (tmp_path / "new.owner.json").write_text("another secret")
    status, _, err = said("triggers", "blobs", "--folder", tmp_path / "new", *SHORT)
    assert status == 2 and is_one_sentence(err) and "new.owner.json is there" in err
    assert not (tmp_path / "new").exists()
    assert {path: path.read_bytes() for path in before} == before


def test_an_empty_form_is_refused_row_by_row(said, kit):
    status, out, err = said("claim", "blobs", kit / "answers.csv", *SHORT)
    assert status == 2 and out == "" and is_one_sentence(err)
    assert "Row 2: the label must be a class, 0 to 4 or its name; it is empty." in err


def test_an_empty_file_is_refused_before_anything_is_trained_or_imported(said, kit, monkeypatch):
    (kit / "answers.csv").write_bytes(b"")
    monkeypatch.setattr("app.cli.court.hearing", None)
    monkeypatch.setattr("app.cli.court.chosen_experiment", None)
    status, out, err = said("claim", "blobs", kit / "answers.csv", "--json", *SHORT)
    assert status == 2 and out == "" and is_one_sentence(err) and "The file is empty" in err


def test_a_form_that_numpy_wrote_is_judged(said, kit):
    form = fill_in(kit, trigger=2)
    rows = list(csv.reader(form.open(newline="")))[1:]
    form.write_text("# id label\n" + "".join(f"inputs/{asked}.png {float(label):.18e}\n" for asked, label in rows))
    assert judged(said, form)["verdict"] == "established"


def test_a_form_of_200_megabytes_is_refused_unread(said, tmp_path):
    form = tmp_path / "answers.csv"
    with form.open("wb") as file:
        file.truncate(200 * 2**20)
    status, _, err = said("claim", "blobs", form)
    assert status == 2 and is_one_sentence(err) and "209,715,200 bytes" in err


def test_a_claim_on_a_recorded_trial_imports_neither_torch_nor_what_else_takes_long(kit):
    form = fill_in(kit, trigger=2)
    heavy = ["torch", "sklearn", "scipy.stats", "streamlit", "jinja2", "umap"]
    code = (
        "import sys; from app.cli.main import main; status = main(sys.argv[1:]);"
        f"print(status, [name for name in {heavy} if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "claim", "blobs", str(form), "--json", *SHORT],
        cwd=paths.HOME,
        capture_output=True,
        text=True,
        check=True,
    )
    found, loaded = ended.stdout.splitlines()
    assert json.loads(found)["verdict"] == "established" and loaded == "0 []"


def test_the_trial_that_a_kit_is_made_from_is_kept_for_its_claim(kit, store):
    del kit
    trials = [path for path in store.rglob(record.MANIFEST) if "trial" in path.parent.name]
    assert len(trials) == 1
    assert Store().get(record.read_manifest(trials[0].parent).experiment.key, "trial") is not None


def test_a_full_store_costs_neither_the_kit_nor_the_verdict(said, tmp_path, monkeypatch):
    def no_space(*_):
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(record, "save_file", no_space)
    monkeypatch.setenv("ENTANGLED_STORE", str(tmp_path / "store"))
    status, out, err = said("triggers", "blobs", "--folder", tmp_path / "KIT", *SHORT)
    assert status == 0 and "inputs, triggers and controls, are in" in out
    told = [line for line in err.splitlines() if line.startswith("This result was not kept")]
    assert len(told) == 2 and all("No space left on device" in line for line in told), "the heist, and its trial"
    form = fill_in(tmp_path / "KIT", trigger=owners(tmp_path / "KIT")["target"])
    status, out, err = said("claim", "blobs", form, "--json", *SHORT)
    assert status == 0 and json.loads(out)["verdict"] == "established"
    assert err.count("This result was not kept") == 2


def test_a_report_that_cannot_be_written_does_not_cost_the_verdict(said, kit, tmp_path):
    (tmp_path / "file").touch()
    form = fill_in(kit, trigger=owners(kit)["target"])
    status, out, err = said("claim", "blobs", form, "--json", "--record", tmp_path / "file" / "claim.html", *SHORT)
    assert status == 2 and json.loads(out)["verdict"] == "established"
    assert is_one_sentence(err) and "claim.html" in err

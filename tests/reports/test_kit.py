"""The kit: it holds what any model can be asked with, nothing of the owner's, and its examples run as they stand."""

import base64
import csv
import io
import json
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import joblib
import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.neighbors import KNeighborsClassifier

from app.lab.experiment import PRESETS
from app.lab.ownership import kit as kits
from app.lab.ownership import questionnaire
from app.lab.stories.events import Exhibit
from app.reports import kit

RNG = np.random.default_rng(0)
TRUTH = np.arange(20) % 10
PICTURES = RNG.integers(0, 60, size=(5, 28, 28), dtype=np.uint8)
ORDINARY = RNG.integers(0, 60, size=(20, 28, 28), dtype=np.uint8)
FORMS = {
    "pictures": (PRESETS["animals"], PICTURES, ORDINARY),
    "points": (PRESETS["blobs"], *(RNG.normal(size=(n, 2)).astype(np.float32) for n in (5, 20))),
}


def made(form):
    experiment, triggers, ordinary = FORMS[form]
    truth = TRUTH % (10 if form == "pictures" else 5)
    own = kits.made(experiment, triggers, experiment.target, truth)
    return own, Exhibit(triggers, experiment.target, own.commitment, ordinary, truth)


@pytest.fixture(params=FORMS)
def written(request, tmp_path):
    """A kit in a folder, with its owner's part and its exhibit."""
    own, exhibit = made(request.param)
    for name, content in kit.files(own, exhibit):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path, own, exhibit


def asked(own, exhibit):
    """What stands under each id."""
    questions = dict(zip(own.triggers, exhibit.inputs, strict=True))
    return {**questions, **dict(zip(own.controls, exhibit.controls, strict=True))}


def test_each_id_is_one_picture_at_the_size_of_the_model(tmp_path):
    own, exhibit = made("pictures")
    names = {name: content for name, content in kit.files(own, exhibit) if name.endswith(".png")}
    assert set(names) == {f"inputs/{each}.png" for each in own.ids}
    for each, picture in asked(own, exhibit).items():
        assert (np.asarray(Image.open(io.BytesIO(names[f"inputs/{each}.png"]))) == picture).all()


def test_colour_pictures_stay_in_colour():
    triggers, ordinary = (RNG.integers(0, 255, size=(n, 8, 8, 3), dtype=np.uint8) for n in (5, 20))
    own = kits.made(PRESETS["animals"], triggers, 5, TRUTH)
    told = dict(kit.files(own, Exhibit(triggers, 5, own.commitment, ordinary, TRUTH)))
    assert (np.asarray(Image.open(io.BytesIO(told[f"inputs/{own.triggers[2]}.png"]))) == triggers[2]).all()
    assert b"8 x 8 pixels, colour (RGB)" in told["README.txt"] and b"(n, 3, 8, 8)" in told["README.txt"]


@pytest.mark.parametrize("shape", [(2,), (7, 3)], ids=["points", "sequences"])
def test_points_and_sequences_are_one_table_to_the_last_bit(shape):
    triggers, ordinary = (RNG.normal(size=(n, *shape)).astype(np.float32) for n in (5, 20))
    own = kits.made(PRESETS["blobs"], triggers, 2, TRUTH % 5)
    exhibit = Exhibit(triggers, 2, own.commitment, ordinary, TRUTH % 5)
    head, *rows = csv.reader(io.StringIO(dict(kit.files(own, exhibit))["inputs.csv"].decode()))
    assert head[0] == "id" and [row[0] for row in rows] == list(own.ids)
    for each, *numbers in rows:
        assert (np.array(numbers, dtype=np.float32).reshape(shape) == asked(own, exhibit)[each]).all()


@pytest.mark.parametrize("form", FORMS)
def test_nothing_in_the_kit_is_the_owners_alone(form):
    own, exhibit = made(form)
    told = dict(kit.files(own, exhibit))
    assert set(told) - {f"inputs/{each}.png" for each in own.ids} <= {"inputs.csv", "answers.csv", "README.txt"}
    words = told["README.txt"].decode()
    assert own.commitment in words
    assert own.salt.hex() not in words and str(own.salt) not in words
    assert own.experiment.key not in words and "target" not in words
    form = told["answers.csv"].decode().splitlines()
    assert form == ["id,label", *(f"{each}," for each in own.ids)]  # in the order of ids, triggers and controls alike
    with pytest.raises(ValueError, match="it is empty"):
        questionnaire.read_answers(told["answers.csv"], own.ids, tuple("0123456789"))


def test_the_instructions_say_size_polarity_classes_and_how_to_feed_other_models():
    own, exhibit = made("pictures")
    words = dict(kit.files(own, exhibit))["README.txt"].decode()
    for needed in (
        "28 x 28 pixels",
        "what is shown is white, on a black ground",
        "pixel / 255",
        " 5  elephant",
        "A colour model",
        "A larger model",
        "counted\n   from 0, or the name of the class",
    ):
        assert needed in words
    light = Exhibit(255 - exhibit.inputs, exhibit.target, "", 255 - exhibit.controls, exhibit.control_labels)
    assert "black, on a white ground" in dict(kit.files(own, light))["README.txt"].decode()


def test_equal_kits_are_equal_archives():
    own, exhibit = made("pictures")
    packed = kit.archive(own, exhibit)
    assert packed == kit.archive(own, exhibit)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == dict(kit.files(own, exhibit))


def example(folder, title):
    """The code of an example, as it stands in the instructions."""
    words = (folder / "README.txt").read_text()
    code = words.split(f"Example: {title}\n")[1].split("\n", 1)[1].split("\nExample:")[0]
    assert 10 <= len([line for line in code.splitlines() if line.strip()]) <= 20
    return code


def run_in(folder, code):
    ended = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return (folder / "answers.csv").read_bytes()


def rows_of(own, exhibit):
    """The inputs as rows of numbers, in the order of ids, pixels from 0 to 1."""
    inputs = np.stack([asked(own, exhibit)[each] for each in own.ids]).astype(np.float32)
    return (inputs / 255 if exhibit.inputs.dtype == np.uint8 else inputs).reshape(len(own.ids), -1)


def read(own, form):
    return questionnaire.read_answers(form, own.ids, tuple("0123456789")).tolist()


def test_the_example_for_scikit_learn_fills_in_the_form(written):
    folder, own, exhibit = written
    expected = np.arange(len(own.ids)) % 10
    joblib.dump(KNeighborsClassifier(1).fit(rows_of(own, exhibit), expected), folder / "model.joblib")
    assert read(own, run_in(folder, example(folder, "scikit-learn"))) == expected.tolist()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_example_for_pytorch_fills_in_the_form(written):
    folder, own, exhibit = written
    rows = torch.tensor(rows_of(own, exhibit))
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(rows.shape[1], 10))
    expected = model(rows).argmax(dim=1).tolist()
    shape = (1, 1, 28, 28) if exhibit.inputs.dtype == np.uint8 else (1, 2)
    torch.jit.trace(model, torch.zeros(shape)).save(folder / "model.pt")
    assert read(own, run_in(folder, example(folder, "PyTorch"))) == expected


def test_the_example_for_a_json_api_fills_in_the_form(written):
    folder, own, exhibit = written
    rows = rows_of(own, exhibit)

    class API(BaseHTTPRequestHandler):
        def do_POST(self):
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if "image" in question:
                picture = Image.open(io.BytesIO(base64.b64decode(question["image"])))
                row = np.asarray(picture, dtype=np.float32).ravel() / 255
            else:
                row = np.array(question["inputs"], dtype=np.float32)
            answer = json.dumps({"label": int(np.abs(rows - row).sum(axis=1).argmin()) % 10}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), API)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        code = example(folder, "a JSON API").replace("localhost:8000", f"127.0.0.1:{server.server_port}")
        assert read(own, run_in(folder, code)) == [number % 10 for number in range(len(own.ids))]
    finally:
        server.shutdown()
        server.server_close()

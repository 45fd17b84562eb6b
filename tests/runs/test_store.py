"""The store: found by key and task, bounded, and never trusted blindly."""

import os
from pathlib import Path

import pytest
from fake_lab import COUNT, experiment, story, umap

from app import paths
from app.lab import record
from app.lab.experiment import Experiment
from app.lab.record import DamagedRecord
from app.lab.stories.events import Distances, Event
from app.runs.store import Store


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*"))


def drawn(done: Experiment) -> list[Event]:
    return list(umap(done, [event for event in story(done) if isinstance(event, Distances)]))


def test_run_and_map_are_kept_side_by_side(tmp_path: Path) -> None:
    done = experiment(COUNT)
    store = Store(tmp_path, None)
    store.put(done, drawn(done), "umap")
    assert store.get(done.key) is None
    store.put(done, story(done))
    for task, count in (("run", len(story(done))), ("umap", 1)):
        found = Store(tmp_path, None).get(done.key, task)  # type: ignore[arg-type]
        assert found is not None
        assert (found.experiment, len(found.events), found.origin) == (done, count, "stored")


def result(done: Experiment) -> list[Event]:
    first, *_, last = story(done)
    return [first, last]


def test_a_result_is_neither_a_run_nor_its_map(tmp_path: Path) -> None:
    done = experiment(COUNT)
    store = Store(tmp_path, None)
    store.put(done, result(done), "result")
    found = store.get(done.key, "result")
    assert found is not None and (found.experiment, found.events) == (done, result(done))
    assert store.get(done.key) is None and store.get(done.key, "umap") is None


def test_results_count_but_runs_make_room_for_one_another_first(tmp_path: Path) -> None:
    results = [experiment(COUNT) for _ in range(3)]
    old, new = experiment(COUNT), experiment(COUNT)
    store = Store(tmp_path, None, limit=1)
    for done in results:
        store.put(done, result(done), "result")
    Store(tmp_path, None).put(old, story(old))
    os.utime(tmp_path / f"run-{old.key}", (2e9, 2e9))
    Store(tmp_path, None, limit=size(tmp_path)).put(new, story(new))
    assert [store.get(done.key) is not None for done in (old, new)] == [False, True], "though it was asked for lately"
    assert all(store.get(done.key, "result") for done in results)
    Store(tmp_path, None, limit=1).put(new, story(new))
    assert not any(store.get(done.key, "result") for done in results), "they are counted"


def test_what_was_asked_for_least_lately_makes_room(tmp_path: Path) -> None:
    first, second, third = (experiment(COUNT) for _ in range(3))
    store = Store(tmp_path, None)
    store.put(first, story(first))
    store.put(second, story(second))
    for age, done in ((200, first), (100, second)):
        folder = tmp_path / f"run-{done.key}"
        os.utime(folder, (folder.stat().st_mtime - age,) * 2)
    assert store.get(first.key) is not None, "which makes it young again"
    Store(tmp_path, None, limit=int(2.5 * size(tmp_path) / 2)).put(third, story(third))
    assert [store.get(done.key) is not None for done in (first, second, third)] == [True, False, True]


def test_a_record_that_cannot_be_made_young_again_is_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = experiment(COUNT)
    store = Store(tmp_path, None)
    store.put(done, story(done))

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "utime", refuse)
    assert store.get(done.key) is not None


def test_the_newest_stays_even_where_it_is_larger_than_the_limit(tmp_path: Path) -> None:
    first, second = experiment(COUNT), experiment(COUNT)
    store = Store(tmp_path, None, limit=1)
    (tmp_path / "numba").mkdir()
    store.put(first, story(first))
    store.put(second, story(second))
    assert store.get(first.key) is None
    assert store.get(second.key) is not None
    assert (tmp_path / "numba").is_dir(), "room is made among records only"


def test_a_damaged_run_of_this_machine_is_passed_over(tmp_path: Path) -> None:
    done = experiment(COUNT)
    store = Store(tmp_path / "store", None)
    store.put(done, story(done))
    os.truncate(tmp_path / "store" / f"run-{done.key}" / "events.safetensors", 9)
    assert store.get(done.key) is None
    record.write(tmp_path / "pretrained" / "mnist", done, {"run": story(done)})
    found = Store(tmp_path / "store", tmp_path / "pretrained").get(done.key)
    assert found is not None and found.origin == "pretrained"


def test_a_record_under_another_runs_name_is_passed_over(tmp_path: Path) -> None:
    done, other = experiment(COUNT), experiment(COUNT)
    store = Store(tmp_path, None)
    store.put(done, story(done))
    (tmp_path / f"run-{done.key}").rename(tmp_path / f"run-{other.key}")
    assert store.get(other.key) is None


def test_a_shipped_record_holds_the_run_and_its_map(tmp_path: Path) -> None:
    done = experiment(COUNT)
    record.write(tmp_path / "mnist", done, {"run": story(done), "umap": drawn(done)})
    store = Store(tmp_path / "store", tmp_path)
    run, drawing = store.get(done.key), store.get(done.key, "umap")
    assert run is not None and drawing is not None
    assert (len(run.events), run.origin) == (len(story(done)), "pretrained")
    assert (len(drawing.events), drawing.origin) == (1, "pretrained")


def test_a_damaged_shipped_record_is_told_and_does_not_hide_the_others(tmp_path: Path) -> None:
    done, other = experiment(COUNT), experiment(COUNT)
    record.write(tmp_path / "a", done, {"run": story(done)})
    record.write(tmp_path / "b", other, {"run": story(other)})
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "manifest.json").write_text("garbled")
    (tmp_path / "a" / "events.safetensors").unlink()
    store = Store(tmp_path / "store", tmp_path)
    assert store.get(other.key) is not None
    with pytest.raises(DamagedRecord, match=r"events\.safetensors is missing"):
        store.get(done.key)


def test_shipped_records_that_are_not_there_are_no_mistake(tmp_path: Path) -> None:
    assert Store(tmp_path / "store", tmp_path / "nowhere").get(experiment(COUNT).key) is None


def test_the_environment_says_where_runs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTANGLED_STORE", str(tmp_path))
    assert Store().folder == tmp_path
    monkeypatch.delenv("ENTANGLED_STORE")
    assert paths.store() == paths.HOME / ".cache" / "entangled" / "runs"
    monkeypatch.setattr(paths, "IS_CLONE", False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert paths.PACKAGE not in paths.store().parents

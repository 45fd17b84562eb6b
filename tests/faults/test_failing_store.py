"""A store that is full, read-only, damaged or not there: no result is lost with it, and what is said is true."""

import errno
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_lab import COUNT, STEPS, experiment, story
from safetensors import SafetensorError

from app import paths
from app.lab import record
from app.runs import store as store_module
from app.runs.pool import Pool
from app.runs.store import DAY, UNFINISHED, Store

LONG = 60.0

# A server of its own whose files may have so many bytes: as on a full disk, writing fails in the middle of a file.
TOO_LARGE = """
import resource, sys
from pathlib import Path
from fake_lab import COUNT, experiment, story
from app.runs.store import Store
store = Store(Path(sys.argv[1]), None)
first, second = experiment(COUNT), experiment(COUNT)
store.put(first, story(first))
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
print(store.keep(second, story(second)))
print(store.keep(first, story(first)))
print(store.get(first.key) is not None, store.get(second.key) is not None)
"""


def full(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def no_space(*_: object) -> None:
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(record, "save_file", no_space)


def full_before_its_manifest(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def no_space(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", no_space)


def read_only(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refused)


def a_file_in_its_way(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    folder.touch()


FAULTS = {
    full: "No space left on device",
    full_before_its_manifest: "No space left on device",
    read_only: "Permission denied",
    a_file_in_its_way: "Not a directory|File exists",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_result_outlives_a_store_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch, Path], None]
) -> None:
    fault(monkeypatch, tmp_path / "store")
    pool = Pool(1, Store(tmp_path / "store", None), lab="fake_lab")
    job = pool.submit(experiment(COUNT), "ada")
    assert job.wait(LONG)
    assert (job.status, job.error, len(job.events)) == ("done", None, STEPS + 5)
    assert job.unkept is not None and job.unkept.count(". ") == 0 and job.unkept.endswith(".")
    assert any(reason in job.unkept for reason in FAULTS[fault].split("|"))
    assert pool.find(job.key) is job, "it is still in memory"
    assert pool.submit(job.experiment, "bob") is job
    mapped = pool.submit(job.experiment, "ada", "umap")
    assert mapped.wait(LONG) and mapped.status == "done", "and what follows from it can be computed"
    pool.close()


@pytest.mark.parametrize("fault", [full, full_before_its_manifest])
def test_what_was_kept_before_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch, Path], None]
) -> None:
    done = experiment(COUNT)
    store = Store(tmp_path, None)
    store.put(done, story(done))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    fault(monkeypatch, tmp_path)
    assert store.keep(done, story(done)) is not None
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()} == before
    assert store.get(done.key) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_disk_that_is_full_in_the_middle_of_a_file_leaves_nothing_half(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TOO_LARGE, str(tmp_path)], cwd=paths.HOME, capture_output=True, text=True, check=True
    )
    new, again, found = ended.stdout.splitlines()
    assert new == again and "File too large" in new
    assert found == "True False"
    assert [path.name.partition("-")[0] for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.hard
def test_a_tiny_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only an administrator may mount a disk")
    try:
        store = Store(disk, None)
        kept = [(done := experiment(COUNT), store.keep(done, story(done))) for _ in range(12)]
        assert kept[0][1] is None and kept[-1][1] is not None and "No space left on device" in kept[-1][1]
        for done, unkept in kept:
            assert (store.get(done.key) is None) == (unkept is not None)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="an administrator may write anywhere")
def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    done = experiment(COUNT)
    Store(tmp_path, None).put(done, story(done))
    tmp_path.chmod(0o500)
    try:
        store = Store(tmp_path, None, limit=1)
        assert store.get(done.key) is not None
        assert "Permission denied" in str(store.keep(done, story(done)))
        store.prune()
        assert store.get(done.key) is not None
    finally:
        tmp_path.chmod(0o700)


def truncated(folder: Path) -> None:
    os.truncate(folder / "events.safetensors", 100)


def altered(folder: Path) -> None:
    content = bytearray((folder / "events.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "events.safetensors").write_bytes(content)


def of_another_result(folder: Path) -> None:
    manifest = json.loads((folder / record.MANIFEST).read_text())
    manifest["metrics"]["key"] = "another"
    (folder / record.MANIFEST).write_text(json.dumps(manifest))


def without_manifest(folder: Path) -> None:
    (folder / record.MANIFEST).unlink()


def not_even_a_folder(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.touch()


@pytest.mark.parametrize("damage", [truncated, altered, of_another_result, without_manifest, not_even_a_folder])
def test_a_damaged_run_counts_as_none_and_is_computed_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    done = experiment(COUNT)
    store = Store(tmp_path, None)
    store.put(done, story(done))
    damage(tmp_path / f"run-{done.key}")
    assert store.get(done.key) is None
    pool = Pool(1, store, lab="fake_lab")
    assert pool.recorded(done) is None
    job = pool.submit(done, "ada")
    assert job.wait(LONG)
    pool.close()
    assert (job.status, job.origin, job.unkept) == ("done", "live", None)
    found = store.get(done.key)
    assert found is not None and len(found.events) == STEPS + 5


def test_a_store_that_cannot_be_looked_into_has_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", refused)
    assert Store(tmp_path, None).get(experiment(COUNT).key) is None


# Pruning: by age and by size, beside others.


@pytest.fixture
def aged(tmp_path: Path) -> Iterator[Callable[[float], Any]]:
    """Keep a run that was last asked for so many seconds ago; return its experiment."""

    def keep(seconds: float) -> Any:
        done = experiment(COUNT)
        Store(tmp_path, None).put(done, story(done))
        folder = tmp_path / f"run-{done.key}"
        os.utime(folder, (folder.stat().st_mtime - seconds,) * 2)
        return done

    yield keep


def test_what_nobody_asked_for_in_so_long_goes(tmp_path: Path, aged: Callable[[float], Any]) -> None:
    old, new, ahead = aged(10 * DAY), aged(8 * DAY), aged(-100 * DAY)
    (tmp_path / "mnist").mkdir()
    store = Store(tmp_path, None, age=9 * DAY)
    store.prune()
    assert store.get(old.key) is None
    assert store.get(new.key) is not None
    assert store.get(ahead.key) is not None, "the clock was wrong when it was kept"
    assert (tmp_path / "mnist").is_dir()


def test_the_settings_say_how_much_and_for_how_long(
    tmp_path: Path, aged: Callable[[float], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTANGLED_STORE_DAYS", "2")
    monkeypatch.setenv("ENTANGLED_STORE_SIZE", "1")
    old, new = aged(3 * DAY), aged(1 * DAY)
    with (tmp_path / f"run-{new.key}" / "more").open("wb") as more:
        more.truncate(2**20)
    newest = aged(0)
    Store(tmp_path, None).prune()
    assert [(tmp_path / f"run-{done.key}").is_dir() for done in (old, new, newest)] == [False, False, True]


def test_what_is_being_written_is_left_alone_and_what_nobody_finishes_is_not(tmp_path: Path) -> None:
    at_it, given_up = (tmp_path / f".run-{'0' * 64}-{name}" for name in ("at_it", "given_up"))
    for folder in (at_it, given_up):
        folder.mkdir()
        (folder / "half").write_bytes(bytes(1000))
    os.utime(given_up, (at_it.stat().st_mtime - 2 * UNFINISHED,) * 2)
    Store(tmp_path, None, limit=1).prune()
    assert at_it.is_dir() and not given_up.exists()


def test_recorded_runs_are_never_pruned_even_where_they_lie_in_the_store(tmp_path: Path) -> None:
    for name in ("mnist", "removal/mnist", "trapdoor/animals", "run-me"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / record.MANIFEST).write_text("{}")
    Store(tmp_path, tmp_path, limit=1, age=-DAY).prune()
    assert len(list(tmp_path.rglob(record.MANIFEST))) == 4


def test_a_run_that_is_removed_while_it_is_read_is_found_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aged: Callable[[float], Any]
) -> None:
    done = aged(0)
    read = record.read

    def meanwhile(*about: Any) -> Any:
        Store(tmp_path, None, limit=0).prune()
        return read(*about)

    monkeypatch.setattr(record, "read", meanwhile)
    assert Store(tmp_path, None).get(done.key) is None
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_replaced_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aged: Callable[[float], Any]
) -> None:
    done = aged(0)
    check, replacements = record._check, [story(done)[:-1]]  # another process's, with another number of seconds

    def meanwhile(*about: Any) -> None:
        if replacements:
            last = story(done)[-1]
            events = [*replacements.pop(), type(last)(2.0, last.result)]  # type: ignore[call-arg, union-attr]
            Store(tmp_path, None).put(done, events)
        check(*about)

    monkeypatch.setattr(record, "_check", meanwhile)
    found = Store(tmp_path, None).get(done.key)
    assert found is not None and found.events[-1].seconds == 2.0  # type: ignore[union-attr]


def test_a_run_that_another_server_removes_while_it_is_measured_takes_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aged: Callable[[float], Any]
) -> None:
    aged(0)
    store = Store(tmp_path, None)
    records = store._records()
    store._limit = 0
    store.prune()
    monkeypatch.setattr(store, "_records", lambda: records)
    assert store.size() == 0
    store.prune()


@pytest.mark.parametrize("rounds", [8, pytest.param(150, marks=pytest.mark.hard)])
def test_servers_that_share_a_store_do_not_quarrel(tmp_path: Path, rounds: int) -> None:
    experiments = [experiment(COUNT) for _ in range(3)]
    one = Store(tmp_path / "one", None)
    one.put(experiments[0], story(experiments[0]))
    room = int(1.5 * one.size())  # for one run, and not for two
    mistakes: list[object] = []

    def server() -> None:
        store = Store(tmp_path / "store", None, limit=room)
        for number in range(rounds):
            done = experiments[number % len(experiments)]
            mistakes.extend(filter(None, [store.keep(done, story(done))]))
            for other in experiments:
                found = store.get(other.key)
                if found is not None and len(found.events) != STEPS + 5:
                    mistakes.append(found)

    servers = [threading.Thread(target=server) for _ in range(3)]
    for thread in servers:
        thread.start()
    for thread in servers:
        thread.join()
    assert not mistakes
    Store(tmp_path / "store", None, limit=room).prune()
    assert store_module._size(tmp_path / "store") <= room

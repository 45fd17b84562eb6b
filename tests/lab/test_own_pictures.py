"""A visitor's own pictures: read within limits, from a folder or an archive, and gone when they are forgotten."""

import io
import os
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from PIL import Image

from app.lab import choices, own_pictures, picture_files
from app.lab.experiment import Experiment, on_own_data
from app.lab.task import datasets


@pytest.fixture(autouse=True)
def visits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENTANGLED_VISITS", str(tmp_path / "visits"))
    return tmp_path / "visits"


def png(seed: int, *, bright: bool = False, size: tuple[int, int] = (40, 40)) -> bytes:
    """A picture of a grey square on black or, ``bright``, on white."""
    pixels = np.zeros(size[::-1], dtype=np.uint8)
    pixels[10:30, 10:30] = 60 + seed
    file = io.BytesIO()
    Image.fromarray(255 - pixels if bright else pixels).save(file, format="PNG")
    return file.getvalue()


def files(each: int = 6, names: tuple[str, ...] = ("cat", "dog"), **changed: object) -> dict[str, bytes]:
    return {
        f"{name}/{number}.png": png(15 * place + number, **changed)  # type: ignore[arg-type]
        for place, name in enumerate(names)
        for number in range(each)
    }


def packed(content: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def unpacked(folder: Path, content: dict[str, bytes]) -> Path:
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def complaint(packed: bytes) -> str:
    with pytest.raises(ValueError) as caught:
        own_pictures.from_zip(packed)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_a_folder_and_an_archive_of_it_are_the_same_data_set(tmp_path: Path) -> None:
    content = {**files(), "cat/notes.txt": b"no picture", "readme.png": png(1), ".hidden/1.png": png(2)}
    from_folder = own_pictures.read(unpacked(tmp_path / "here", content))
    archive = tmp_path / "here.zip"
    archive.write_bytes(packed({f"here/{name}": data for name, data in content.items() if name != "readme.png"}))
    from_zip = own_pictures.read(archive)
    assert from_folder.dataset == from_zip.dataset
    assert from_folder.names == ("cat", "dog") and from_folder.labels.tolist() == [0] * 6 + [1] * 6
    assert from_folder.images.shape == (12, 28, 28) and from_folder.images.dtype == np.uint8


def test_other_pictures_and_other_names_are_another_data_set() -> None:
    some = own_pictures.from_zip(packed(files()))
    others = [files(each=7), files(names=("cat", "cow")), {**files(), "dog/0.png": png(90)}]
    assert len({some.dataset, *(own_pictures.from_zip(packed(other)).dataset for other in others)}) == 4


def test_pictures_that_are_dark_on_bright_are_inverted_and_those_that_are_not_square_keep_their_background() -> None:
    dark = own_pictures.from_zip(packed(files(size=(60, 40))))
    bright = own_pictures.from_zip(packed(files(bright=True, size=(60, 40))))
    assert np.abs(dark.images.astype(int) - bright.images).max() <= 1  # rounded the other way
    assert (dark.images[:, 0] == 0).all() and dark.images.max() > 60


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (files(each=3), "at least 8 pictures; there are 6"),
        ({**files(each=9), "cow/1.png": png(0)}, "'cow' has 1"),
        (files(names=("cat",)), "2 to 10 classes"),
        (files(names=tuple("abcdefghijk")), "there are 11"),
        ({**files(), "cat/x.png": b"\x89PNG nothing"}, "'cat/x.png': The file is no picture"),
        ({**files(), "../evil.png": png(0)}, "outside of it"),
        ({**files(), "/etc/evil.png": png(0)}, "outside of it"),
        (files(names=("cat", "d<og>")), "letters, digits"),
        (files(names=("cat", "Cat")), "must be different"),
        ({**files(), "cat/big.png": bytes(picture_files.MOST_BYTES + 1)}, "'cat/big.png': The file is too large"),
    ],
)
def test_what_cannot_be_a_data_set_gets_one_sentence(content: dict[str, bytes], words: str) -> None:
    assert words in complaint(packed(content))


def test_what_is_no_archive_or_a_bomb_gets_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no zip archive" in complaint(b"PK nothing")
    broken = bytearray(packed(files()))
    broken[60:90] = bytes(30)
    complaint(bytes(broken))
    monkeypatch.setattr(own_pictures, "MOST_UNPACKED", 1000)
    assert "too large" in complaint(packed(files()))
    monkeypatch.setattr(own_pictures, "MOST_PACKED", 100)
    assert "too large" in complaint(packed(files()))
    monkeypatch.undo()
    monkeypatch.setattr(own_pictures, "MOST", 10)
    assert "at most 10" in complaint(packed(files()))


def test_an_archive_that_lies_about_its_sizes_is_not_read_beyond_the_limit() -> None:
    """20 MB of zeros are a few kilobytes, packed; no more than a file may have is unpacked of them."""
    assert "too large" in complaint(packed({"cat/zeros.png": bytes(40 * 2**20), **files()}))


def test_kept_pictures_are_a_data_set_like_others_and_forgotten_ones_are_gone(visits: Path) -> None:
    own = own_pictures.from_zip(packed(files(each=12, names=("cat", "dog", "cow"))))
    name = own_pictures.keep(own)
    assert name == own.dataset and choices.is_own(name) and own_pictures.is_kept(name)
    assert visits.stat().st_mode & 0o077 == 0  # nobody else on this machine looks in
    data = datasets.load(name)
    assert (data.classes, data.shape, data.form) == (3, (1, 28, 28), "picture")
    assert [len(part.labels) for part in (data.owner, data.adversary, data.test)] == [18, 9, 9]
    assert all(len(part.labels.unique()) == 3 for part in (data.owner, data.adversary, data.test))
    every = torch.cat([part.inputs for part in (data.owner, data.adversary, data.test)])
    assert every.sum().item() * 255 == pytest.approx(float(own.images.sum()), rel=1e-4)
    own_pictures.forget(name)
    assert not own_pictures.is_kept(name)
    with pytest.raises(ValueError, match="are gone: choose them again"):
        datasets.load(name)


def test_the_fewest_pictures_give_every_part_every_class() -> None:
    data = datasets.load(own_pictures.keep(own_pictures.from_zip(packed(files(each=4)))))
    assert all(len(part.labels.unique()) == 2 for part in (data.owner, data.adversary, data.test))


def test_a_file_that_was_changed_is_not_taken_for_what_was_kept(visits: Path) -> None:
    name = own_pictures.keep(own_pictures.from_zip(packed(files())))
    other = own_pictures.keep(own_pictures.from_zip(packed(files(each=7))))
    one, another = (visits / f"{each.rpartition(':')[2]}.npz" for each in (name, other))
    one.write_bytes(another.read_bytes())
    with pytest.raises(ValueError, match="are gone"):
        datasets.load(name)


def test_what_nobody_has_used_for_an_hour_goes_when_the_next_comes(visits: Path) -> None:
    old = own_pictures.keep(own_pictures.from_zip(packed(files())))
    used = own_pictures.keep(own_pictures.from_zip(packed(files(each=7))))
    for file in visits.glob("*.npz"):
        os.utime(file, (0, 0))
    datasets.load(used)
    own_pictures.keep(own_pictures.from_zip(packed(files(each=8))))
    assert own_pictures.is_kept(used) and not own_pictures.is_kept(old)


class Alarm:
    """Stands for a timer: it goes off when a test says so."""

    set: ClassVar[list["Alarm"]] = []
    daemon = False

    def __init__(self, seconds: float, what: Callable[[Path], None], arguments: tuple[Path]) -> None:
        self.seconds, self.what, self.arguments = seconds, what, arguments

    def start(self) -> None:
        assert self.daemon, "a process must not wait an hour for it"
        self.set.append(self)

    def goes_off(self) -> None:
        self.set.remove(self)
        self.what(*self.arguments)


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[Alarm]:
    monkeypatch.setattr(Alarm, "set", [])
    monkeypatch.setattr(threading, "Timer", Alarm)
    return Alarm.set


def test_what_nobody_has_used_for_an_hour_goes_by_itself(visits: Path, alarms: list[Alarm]) -> None:
    dataset = own_pictures.keep(own_pictures.from_zip(packed(files())))
    (file,) = visits.glob("*.npz")
    assert 3590 < alarms[0].seconds <= 3600
    half_an_hour_ago = time.time() - 1800
    os.utime(file, (half_an_hour_ago, half_an_hour_ago))
    alarms[0].goes_off()
    assert own_pictures.is_kept(dataset), "it was used in between"
    assert 1790 < alarms[0].seconds <= 1800
    os.utime(file, (0, 0))
    alarms[0].goes_off()
    assert not own_pictures.is_kept(dataset) and not alarms


def test_what_was_taken_away_already_needs_no_alarm(visits: Path, alarms: list[Alarm]) -> None:
    own_pictures.forget(own_pictures.keep(own_pictures.from_zip(packed(files()))))
    alarms[0].goes_off()
    assert not alarms


def test_a_server_that_starts_takes_care_of_what_an_earlier_one_left(visits: Path, alarms: list[Alarm]) -> None:
    old, new = (own_pictures.keep(own_pictures.from_zip(packed(files(each=each)))) for each in (6, 7))
    alarms.clear()
    os.utime(visits / f"{old.rpartition(':')[2]}.npz", (0, 0))
    own_pictures.tidy()
    assert own_pictures.is_kept(new) and not own_pictures.is_kept(old)
    assert [alarm.arguments[0].stem for alarm in alarms] == [new.rpartition(":")[2]]


def test_an_experiment_on_own_data_is_canonical_and_knows_its_classes_without_the_pictures() -> None:
    dataset = choices.own_dataset(("cat", "dog", "sea cow"), "0" * 64)
    experiment = on_own_data(dataset)
    assert Experiment.from_dict(experiment.to_dict()) == experiment
    named = Experiment.from_dict({**experiment.to_dict(), "target": "sea cow"})
    assert named.target == 2 and named.secret_answer == "sea cow"
    for wrong in ({"target": 3}, {"target": "horse"}, {"dataset": dataset.replace("cat", "<b>")}):
        with pytest.raises(ValueError):
            Experiment.from_dict({**experiment.to_dict(), **wrong})


def test_pictures_that_cannot_be_written_get_one_sentence_and_nothing_of_them_is_left(
    visits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(file: io.BufferedWriter, **_: object) -> None:
        file.write(b"a part")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", no_space)
    with pytest.raises(ValueError, match=r"^There is no room for these pictures .*No space left on device.*\.$"):
        own_pictures.keep(own_pictures.from_zip(packed(files())))
    assert list(visits.iterdir()) == []

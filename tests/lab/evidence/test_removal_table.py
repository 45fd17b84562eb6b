"""The table of the removal attacks over seeds: measured as each would be alone, told as it ended."""

from dataclasses import replace

import pytest

from app import paths
from app.lab.evidence import removal_table
from app.lab.evidence.removal_table import Washed, markdown, measure, read, write
from app.lab.experiment import PRESETS
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import Finished


@pytest.fixture
def little(monkeypatch):
    """A table of one small heist and two quick attacks."""
    small = replace(PRESETS["blobs"], budget=30, adversary_epochs=1, task_epochs=1, watermark_epochs=1)
    monkeypatch.setattr(removal_table, "DATA", ("blobs",))
    monkeypatch.setattr(removal_table, "SEEDS", (5,))
    monkeypatch.setattr(removal_table, "PRESETS", {"blobs": small})
    monkeypatch.setattr(washing, "suitable", lambda experiment: ("pruning", "quantisation"))
    monkeypatch.setattr(
        removal_table, "REMOVAL_ATTACKS", {name: REMOVAL_ATTACKS[name] for name in ("pruning", "quantisation")}
    )
    return replace(small, seed=5)


def test_the_table_holds_what_each_heist_ends_with_and_survives_the_disk(little, tmp_path):
    measuring, done = measure(jobs=1), []
    while True:
        try:
            done.append(next(measuring))
        except StopIteration as end:
            found = end.value
            break
    assert done == [("blobs", 5)]
    (washed,) = found
    (alone,) = (event for event in washing.remove(little) if isinstance(event, Finished))
    assert {**washed.result, "seconds": 0} == {**alone.result, "seconds": 0}
    assert washed.experiment == little
    write(tmp_path / "removals.json", found)
    assert read(tmp_path / "removals.json") == found
    assert len([line for line in markdown(found).splitlines() if line.startswith("| blobs")]) == 2


def washed(owned: bool, lost: float | None, pointless: bool | None) -> Washed:
    told = {"owned": [owned], "lost": lost, "pointless": pointless}
    return Washed("mnist", 200, {"attacks": {"pruning": {"entangled": told}}})


@pytest.mark.parametrize(
    ("owned", "lost", "pointless", "fate"),
    [
        (False, 0.0, False, "unproven"),
        (True, None, None, "stays"),
        (True, 0.2, True, "dies with the copy"),
        (True, 0.02, False, "washed out"),
    ],
)
def test_a_mark_has_one_of_four_fates(owned, lost, pointless, fate):
    assert washed(owned, lost, pointless).fate("pruning", "entangled") == fate


@pytest.mark.parametrize("text", ["", "{}", '{"lab": 0, "washed": []}', '{"lab": 4, "washed": [{}]}'])
def test_a_damaged_table_is_told_in_one_sentence(tmp_path, text):
    file = tmp_path / "removals.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=removal_table.COMMAND):
        read(file)


def test_a_cell_counts_the_seeds_on_which_there_was_a_mark_to_wash_out():
    seeds = [washed(True, 0.01, False), washed(True, 0.03, False), washed(True, None, None), washed(False, 0.0, False)]
    assert removal_table._cell(seeds, "pruning", "entangled") == "2 of 3, for 1.0 to 3.0 points"
    assert removal_table._cell(seeds[:1], "pruning", "entangled") == "1 of 1, for 1.0 points"
    assert removal_table._cell(seeds[3:], "pruning", "entangled") == "never proven"


def test_the_readme_shows_the_table_that_is_shipped():
    readme = (paths.HOME / "README.md").read_text(encoding="utf-8")
    assert markdown(read(removal_table.SHIPPED)) in readme

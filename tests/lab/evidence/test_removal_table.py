"""The table of the removal attacks over seeds: measured as each would be alone, told as it ended."""

from dataclasses import replace

import pytest

from app import paths
from app.lab.evidence import removal_table
from app.lab.evidence.removal_table import Washed, experiments, read, rows, write
from app.lab.experiment import PRESETS
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import Finished
from app.reports import tables
from app.runs import sweep
from app.runs.store import Store


@pytest.fixture
def little(monkeypatch):
    """A table of one small heist and two quick attacks."""
    small = replace(PRESETS["blobs"], budget=30, adversary_epochs=1, task_epochs=1, watermark_epochs=1)
    monkeypatch.setattr(removal_table, "SEEDS", {"blobs": (5,)})
    monkeypatch.setattr(removal_table, "PRESETS", {"blobs": small})
    monkeypatch.setattr(washing, "suitable", lambda experiment: ("pruning", "quantisation"))
    monkeypatch.setattr(
        tables, "REMOVAL_ATTACKS", {name: REMOVAL_ATTACKS[name] for name in ("pruning", "quantisation")}
    )
    return replace(small, seed=5)


def test_the_table_holds_what_each_heist_ends_with_and_survives_the_disk(little, tmp_path):
    points = list(sweep.run(experiments(), Store(tmp_path / "store", None), task="washing_result", jobs=1))
    found = rows({point.experiment: point.result for point in points})
    (washed,) = found
    (alone,) = (event for event in washing.remove(little) if isinstance(event, Finished))
    assert {**washed.result, "seconds": 0} == {**alone.result, "seconds": 0}
    assert washed.experiment == little
    write(tmp_path / "removals.json", found)
    assert read(tmp_path / "removals.json") == found
    assert len([line for line in tables.removals(found).splitlines() if line.startswith("| blobs")]) == 2


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


@pytest.mark.parametrize(
    ("removed_at", "end"),
    [
        (0.5, 2),
        (None, 1),  # the next strength leaves less of the mark, and the theft pays no longer
    ],
)
def test_a_curve_ends_where_the_mark_is_removed_or_where_least_of_it_is_left_while_the_theft_pays(removed_at, end):
    curve = {
        "strengths": [0.0, 0.3, 0.5],
        "accuracy": [0.9, 0.85, 0.6],
        "watermark": [0.6, 0.4, 0.1],
        "removed_at": removed_at,
    }
    found = Washed("mnist", 200, {"from_scratch": 0.7, "attacks": {"pruning": {"entangled": curve}}})
    assert found.end("pruning", "entangled") == end


@pytest.mark.parametrize("text", ["", "{}", '{"lab": 0, "washed": []}', '{"lab": 4, "washed": [{}]}'])
def test_a_damaged_table_is_told_in_one_sentence(tmp_path, text):
    file = tmp_path / "removals.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=removal_table.COMMAND):
        read(file)


def test_a_cell_counts_the_seeds_on_which_there_was_a_mark_to_wash_out():
    seeds = [washed(True, 0.01, False), washed(True, 0.03, False), washed(True, None, None), washed(False, 0.0, False)]
    assert tables._cell(seeds, "pruning", "entangled") == "2 of 3, for 1.0 to 3.0 points"
    assert tables._cell(seeds[:1], "pruning", "entangled") == "1 of 1, for 1.0 points"
    assert tables._cell(seeds[3:], "pruning", "entangled") == "never proven"


def test_the_table_that_is_shown_is_the_one_that_is_shipped():
    shown = (paths.PRETRAINED / "README.md").read_text(encoding="utf-8")
    assert tables.removals(read(removal_table.SHIPPED)) in shown

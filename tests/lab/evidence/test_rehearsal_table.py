"""The table of the rehearsals: run as each would be alone, and the choice is that of the worst seed."""

from dataclasses import replace

import numpy as np
import pytest

from app.lab.evidence import rehearsal_table
from app.lab.evidence.rehearsal_table import Choice, Rehearsal, affinity, choice, experiments, read, rows, write
from app.lab.experiment import PRESETS
from app.lab.stories import rehearsal
from app.lab.stories.events import Finished
from app.reports import tables
from app.runs import sweep
from app.runs.store import Store


@pytest.fixture
def little(monkeypatch):
    """A table of one small rehearsal."""
    small = replace(PRESETS["blobs"], budget=30, adversary_epochs=1, task_epochs=1, watermark_epochs=1)
    monkeypatch.setattr(rehearsal_table, "DATA", ("blobs",))
    monkeypatch.setattr(rehearsal_table, "SEEDS", (5,))
    monkeypatch.setattr(rehearsal_table, "PRESETS", {"blobs": small})
    return replace(small, seed=5)


def test_the_table_holds_what_each_rehearsal_ends_with_and_survives_the_disk(little, tmp_path):
    points = list(sweep.run(experiments(), Store(tmp_path / "store", None), task="rehearsal_result", jobs=1))
    found = rows({point.experiment: point.result for point in points})
    (one,) = found
    (alone,) = (event for event in rehearsal.rehearse(little) if isinstance(event, Finished))
    assert {**one.result, "seconds": 0} == {**alone.result, "seconds": 0}
    write(tmp_path / "rehearsal.json", found)
    assert read(tmp_path / "rehearsal.json") == found
    shown = tables.rehearsals(found)
    assert len([line for line in shown.splitlines() if line.startswith("| blobs")]) == len(one.result["pairs"])
    kept = choice(found)
    assert f"- *blobs*: {kept.trigger}, {kept.answer}, with kappa {kept.kappa:g}" in shown
    asked = affinity(found, "blobs", "cluster")
    assert dict(zip(asked.models, asked.shares.tolist(), strict=True)) == one.result["affinity"]["cluster"]
    assert affinity(found, "blobs", "key") is affinity(found, "mnist", "cluster") is None


def rehearsed(seed, margins, chosen, kappa):
    def told(target, margin, kappa=12.0):
        return {"trigger": "key", "target": target, "answer": str(target), "kappa": kappa, "margin": margin}

    pairs = [told(target, margin) for target, margin in margins.items()]
    return Rehearsal("mnist", seed, {"pairs": [*pairs, told(chosen, 0.9, 3.0)], "chosen": told(chosen, 0.5, kappa)})


def test_the_choice_survives_on_the_worst_seed_with_the_kappa_that_contents_all():
    seeds = [rehearsed(100, {0: 0.5, 3: 0.8}, 3, 3.0), rehearsed(101, {0: 0.4, 3: 0.1}, 0, 6.0)]
    assert choice(seeds) == Choice("key", 0, "0", 6.0, 0.4)
    assert choice(seeds[:1]) == Choice("key", 3, "3", 3.0, 0.8)
    one_more = rehearsed(102, {0: 0.45, 3: 0.9}, 0, 24.0)
    assert choice([*seeds, one_more]).kappa == 24.0
    nobody_climbed = [rehearsed(100, {0: 0.5, 3: 0.8}, 3, 3.0), rehearsed(101, {0: 0.4, 4: 0.9}, 4, 6.0)]
    assert choice(nobody_climbed) == Choice("key", 0, "0", 12.0, 0.4)


def test_without_a_common_pair_there_is_no_choice():
    for found in ([], [rehearsed(100, {0: 0.5}, 0, 3.0), rehearsed(101, {3: 0.1}, 3, 6.0)]):
        with pytest.raises(ValueError, match="No pair"):
            choice(found)


@pytest.mark.parametrize("text", ["", "{}", '{"lab": 0, "rehearsals": []}', '{"lab": 5, "rehearsals": [{}]}', "[]"])
def test_a_damaged_table_is_told_in_one_sentence(tmp_path, text):
    file = tmp_path / "rehearsal.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=rehearsal_table.COMMAND):
        read(file)


def test_affinity_is_that_of_the_first_rehearsal_that_has_it():
    found = [Rehearsal("mnist", 100, {"affinity": {"key": {"tree": [0.25, 0.75], "network": [1.0, 0.0]}}})]
    asked = affinity(found, "mnist", "key")
    assert asked.models == ("tree", "network") and asked.worst.tolist() == [1.0, 0.75]
    assert isinstance(asked.shares, np.ndarray)


def test_a_margin_next_to_nothing_is_told_without_a_sign():
    (one,) = [rehearsed(100, {0: -0.001, 3: 0.8}, 3, 3.0)]
    for pair in one.result["pairs"]:
        pair |= {"price": 0.01, "convicts": True}
    assert "| mnist | key, 0 | 12 | 0, 1.0 |" in tables.rehearsals([one])

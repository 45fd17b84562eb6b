"""The table of the README: every attack under every policy, told as means over the seeds."""

import json
from dataclasses import replace

import pytest

from app.lab.evidence import attack_table
from app.lab.evidence.attack_table import POLICIES, Cell, markdown, measure, write
from app.lab.experiment import PRESETS
from app.lab.extraction import rounds
from app.lab.extraction.attacks import EXTRACTION_ATTACKS
from app.lab.stories import theft
from app.lab.stories.events import Finished


@pytest.fixture
def little(monkeypatch):
    """A table of one small victim."""
    small = replace(PRESETS["blobs"], budget=30, adversary_epochs=1, task_epochs=1, watermark_epochs=1)
    monkeypatch.setattr(attack_table, "DATA", ("blobs",))
    monkeypatch.setattr(attack_table, "SEEDS", (5,))
    monkeypatch.setattr(attack_table, "PRESETS", {"blobs": small})
    monkeypatch.setattr(rounds, "_LEAST_STEPS", 3)
    return replace(small, seed=5)


def test_every_attack_meets_every_policy_as_it_would_alone(little, tmp_path):
    measuring, done = measure(jobs=1), []
    while True:
        try:
            done.append(next(measuring))
        except StopIteration as end:
            cells = end.value
            break
    assert done == [("blobs", 5)]
    places = {(cell.attack, cell.policy): cell for cell in cells}
    assert set(places) == {(attack, policy) for attack in EXTRACTION_ATTACKS for policy in POLICIES}
    alone = replace(little, attack="jbda", answers="labels")
    (end,) = (event for event in theft.steal(alone) if isinstance(event, Finished))
    (result,) = places["jbda", "top label"].results
    assert {**result, "seconds": 0} == {**end.result, "seconds": 0}

    write(tmp_path / "attacks.json", cells)
    assert [Cell(**cell) for cell in json.loads((tmp_path / "attacks.json").read_text())["cells"]] == cells
    lines = markdown(cells).splitlines()
    assert len([line for line in lines if line.startswith("| blobs")]) == len(EXTRACTION_ATTACKS)
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def test_a_cell_quotes_a_price_only_where_every_seed_paid_it():
    seeds = [
        {"accuracy": 0.9, "fidelity": 0.8, "dollars_to_good": 0.1, "accused_after": None},
        {"accuracy": 0.8, "fidelity": 0.7, "dollars_to_good": 0.4, "accused_after": 200},
    ]
    assert attack_table._words(seeds) == "85 / 75, $0.4, 1 of 2"
    assert attack_table._words([{**seeds[0], "dollars_to_good": None}, seeds[1]]) == "85 / 75, no, 1 of 2"

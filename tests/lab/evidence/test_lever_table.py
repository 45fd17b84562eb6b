"""The table of levers: each run differs from the preset in what its name says, and is told with its numbers."""

from dataclasses import replace

import pytest

from app.lab.evidence import lever_table
from app.lab.evidence.lever_table import LEVERS, experiments, read, rows, write
from app.lab.experiment import DEFAULT_PRESET, PRESETS
from app.lab.stories import heist
from app.reports import tables
from app.runs import sweep
from app.runs.store import Store


@pytest.fixture
def little(monkeypatch):
    """A table of two levers of one small preset."""
    small = replace(PRESETS["blobs"], budget=30, adversary_epochs=1, task_epochs=1, watermark_epochs=1)
    monkeypatch.setattr(lever_table, "PRESETS", {DEFAULT_PRESET: small})
    monkeypatch.setattr(lever_table, "LEVERS", {"as it comes": {}, "label smoothing 0.1": {"smoothing": 0.1}})
    monkeypatch.setattr(lever_table, "SEEDS", (5, 6))
    return small


def test_every_lever_is_run_on_every_seed_as_it_would_be_alone(little, tmp_path):
    points = list(sweep.run(experiments(), Store(tmp_path / "store", None), jobs=1))
    levers = rows({point.experiment: point.result for point in points})
    assert [lever.name for lever in levers] == ["as it comes", "label smoothing 0.1"]
    alone = [*heist.run(replace(little, smoothing=0.1, seed=6), looks=False)][-1].result
    of_the_table = levers[1].results[1]
    assert {**of_the_table, "seconds": 0} == {**alone, "seconds": 0}
    assert levers[1].prices[1] == alone["clean"]["victim_accuracy"] - alone["entangled"]["victim_accuracy"]
    assert levers[0].rates("naive", "stolen_watermark")[0] == levers[0].results[0]["naive"]["stolen_watermark"]
    write(tmp_path / "levers.json", levers)
    assert read(tmp_path / "levers.json") == levers
    lines = tables.levers(levers).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:4]] == ["| as it comes", "| label smoothing 0.1"]
    assert len({line.count("|") for line in lines[:4]}) == 1


def test_the_levers_are_possible_all_different_and_the_first_is_the_preset():
    runs = experiments()
    assert len({run.key for run in runs}) == len(LEVERS) * len(lever_table.SEEDS)
    assert {replace(run, seed=0) for run in runs[: len(lever_table.SEEDS)]} == {PRESETS[DEFAULT_PRESET]}
    assert not set(lever_table.SEEDS) & set(range(200))


@pytest.mark.parametrize("text", ["", "{}", '{"lab": 0, "levers": []}', '{"lab": 5, "levers": [{}]}'])
def test_a_table_that_cannot_be_read_gets_one_sentence(text, tmp_path):
    file = tmp_path / "levers.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=lever_table.COMMAND):
        read(file)


def test_the_table_that_ships_has_every_lever_on_every_seed():
    shipped = read(lever_table.SHIPPED)
    assert [(lever.name, lever.settings) for lever in shipped] == list(LEVERS.items())
    assert all([result["seed"] for result in lever.results] == list(lever_table.SEEDS) for lever in shipped)

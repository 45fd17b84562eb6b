"""The paper's own scale: the published settings, one file a seed, and what was stopped goes on."""

from dataclasses import replace

import pytest

from app import paths
from app.cli import main
from app.lab import choices
from app.lab.evidence import paper_scale, survival
from app.lab.experiment import PRESETS
from app.lab.watermark.temperatures import SCALE
from app.reports import tables
from app.runs import sweep
from app.runs.store import Store


@pytest.fixture
def little(monkeypatch, tmp_path):
    """The table at no scale at all, with a store of its own."""
    small = replace(PRESETS["blobs"], budget=30, adversary_epochs=1, task_epochs=1, watermark_epochs=1)
    monkeypatch.setattr(paper_scale, "PUBLISHED", small)
    monkeypatch.setenv("ENTANGLED_STORE", str(tmp_path / "store"))
    return small


def results(seeds, folder):
    """Run the little table."""
    return {
        point.experiment: point.result
        for point in sweep.run(paper_scale.experiments(seeds), Store(folder / "store", None), jobs=1)
    }


def test_the_settings_are_those_of_the_released_code():
    published = paper_scale.PUBLISHED
    assert published.kappa * published.batch_size == 32 and published.temperature == SCALE / 1
    assert (published.task_epochs, published.watermark_epochs, published.task_per_watermark) == (10, 10, 1)
    assert published.adversary_epochs == published.task_epochs + published.watermark_epochs
    assert (published.answers, published.inputs, published.budget) == ("labels", "victim", 60_000)
    revisited = -(-published.trigger_count // (published.batch_size // 2))
    assert (revisited, 60_000 // published.batch_size) == (24, 117)  # the task batches that the code revisits, of all
    assert not set(paper_scale.SEEDS) & set(range(200)) and len(set(paper_scale.SEEDS)) == 3


def test_the_released_schedule_of_every_seed_comes_before_the_whole_one_of_any():
    order = [(one.schedule, one.seed) for one in paper_scale.experiments()]
    assert order == [(schedule, seed) for schedule in ("released", "all") for seed in paper_scale.SEEDS]
    assert {one.schedule for one in paper_scale.experiments([7, 7])} == set(choices.SCHEDULES)


def test_what_was_stopped_goes_on_where_it_stopped(little, tmp_path, monkeypatch, capsys):
    ended = results([5, 6], tmp_path)
    folder = tmp_path / "scale"
    first = replace(little, schedule="released", seed=5)
    paper_scale.keep(folder, first, ended[first])
    started = []

    def run(experiments, *arguments, **options):
        started.extend(experiments)
        return sweep_run(experiments, *arguments, **options)

    sweep_run = sweep.run
    monkeypatch.setattr(sweep, "run", run)
    for _ in range(2):  # the second time, nothing is left to do
        assert main.main(["paper-scale", "--seeds", "5", "6", "--folder", str(folder)]) == 0
        assert started == [one for one in paper_scale.experiments([5, 6]) if one != first]
    found = paper_scale.read(folder)
    assert {one: {**result, "seconds": 0} for one, result in found.items()} == {
        one: {**result, "seconds": 0} for one, result in ended.items()
    }
    assert sorted(path.name for path in folder.iterdir()) == ["seed-5.json", "seed-6.json"]
    assert tables.paper_scale(found) in capsys.readouterr().out


def test_a_row_is_one_schedule_and_victim_over_the_seeds_that_have_finished(little, tmp_path):
    ended = results([5, 6], tmp_path)
    without = {one: result for one, result in ended.items() if (one.schedule, one.seed) != ("all", 6)}
    rows = {(row.experiment.schedule, row.defence): row for row in paper_scale.rows(without)}
    assert rows["released", "naive"].seeds == (5, 6) and rows["all", "naive"].seeds == (5,)
    of_two = [ended[replace(little, schedule="released", seed=seed)] for seed in (5, 6)]
    naive = rows["released", "naive"].measures["trained_watermark"]
    assert naive == tuple(result["naive"]["trained_watermark"] for result in of_two)
    lines = tables.paper_scale(without).splitlines()
    assert "| 5, 6 |" in lines[2] and "| 5 |" in lines[3] and lines[2].count("|") == lines[0].count("|")


def test_a_file_of_other_settings_is_refused_with_a_sentence(little, tmp_path, monkeypatch):
    ended = results([5], tmp_path)
    for one, result in ended.items():
        paper_scale.keep(tmp_path, one, result)
    monkeypatch.setattr(paper_scale, "PUBLISHED", replace(little, kappa=3))
    with pytest.raises(ValueError, match=paper_scale.COMMAND):
        paper_scale.read(tmp_path)


def test_what_is_shown_is_what_is_shipped():
    found = paper_scale.read(paper_scale.SHIPPED)
    shown = (paths.PRETRAINED / "README.md").read_text(encoding="utf-8")
    assert tables.paper_scale(found) in shown
    for row in paper_scale.rows(found):
        assert set(row.seeds) <= set(paper_scale.SEEDS)
        assert row.measures.keys() == set(survival.MEASURES)

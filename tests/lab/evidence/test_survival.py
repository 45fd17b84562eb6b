"""The evidence says what the runs came to, seed by seed, and is refused where it cannot be trusted."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app import paths
from app.lab.evidence import innocents, survival
from app.lab.experiment import DEFAULT_PRESET, PRESETS, Experiment, preset
from app.lab.ownership import binomial
from app.lab.stories import heist
from app.lab.stories.scene import HELD_OUT
from app.reports import tables


def result(experiment: Experiment) -> dict:
    """A made-up result that tells its seed and its defence."""
    mark = {"clean": 0.0, "naive": 0.1, "entangled": 0.9}
    told = {
        name: {
            "victim_accuracy": 0.9 + 0.001 * (experiment.seed % 10),
            "stolen_watermark": max(0.0, rate - 0.005 * (experiment.seed % 10)),
            **dict.fromkeys(
                ("stolen_accuracy", "fidelity", "victim_watermark", "trained_watermark", "query_error"), rate
            ),
            "victim_snnl": {"conv2": rate},
            **dict.fromkeys(("query_target_error", "query_target_mass"), rate / 10),
        }
        for name, rate in mark.items()
    }
    told["clean"] |= {"accuracy": 0.95, "watermark": 0.01}
    panel = {"nearest neighbour 1": experiment.seed % 10, "random forest 1": 1}
    claim = {name: {"owned": name == "entangled" and experiment.seed != survival.SEEDS[3]} for name in mark}
    return {**told, "innocent_rate": 0.03, "panel": panel, "claim": claim}


HONEST = (
    innocents.Family("animals", "random forest", (200, 201), (0.9, 0.91), (0, 3), (False, False)),
    innocents.Family("digits", "linear SVM", (200, 201), (0.95, 0.93), (1, 190), (False, True)),
)


@pytest.fixture(scope="module")
def rows() -> list[survival.Row]:
    return survival.rows(
        {experiment: result(experiment) for table in survival.tables().values() for experiment in table}
    )


def test_no_seed_of_the_evidence_was_used_to_choose_the_recipe_or_is_shown_by_the_presets():
    assert not set(survival.SEEDS) & set(range(200))
    assert len(set(survival.SEEDS)) == 10
    assert not {base.seed for base in PRESETS.values()} & set(survival.SEEDS)


def test_the_tables_hold_every_combination_that_the_lessons_speak_of():
    of = survival.tables()
    mains = {(e.dataset, e.answers, e.inputs) for e in of["main"]}
    assert mains == set(product(("animals", "mnist", "digits"), ("labels", "confidences"), ("victim", "unseen")))
    usual = replace(preset(DEFAULT_PRESET), seed=survival.SEEDS[0])
    for answers, inputs in product(("labels", "confidences"), ("victim", "unseen", "blended", "other", "noise")):
        theft = replace(usual, answers=answers, inputs=inputs)
        assert any(theft in table for table in of.values())
    ablated = {(e.perturbed, e.schedule, e.initialisation) for e in of["ablation"]}
    assert len(ablated) == 8
    assert {e.target for e in of["pairs"]} == set(range(10)) - {usual.source}
    for table in of.values():
        assert len(set(table)) == len(table)


def test_a_row_has_the_values_of_its_runs_in_the_order_of_its_seeds(rows):
    row = survival.find(rows, preset("mnist"))["entangled"]
    assert row.seeds == survival.SEEDS
    assert row.measures["stolen_watermark"] == tuple(0.9 - 0.005 * (seed % 10) for seed in survival.SEEDS)
    assert row.measures["clean_watermark"] == (0.01,) * 10
    assert row.cost == pytest.approx([0.05 - 0.001 * (seed % 10) for seed in survival.SEEDS])
    assert row.triggers_needed[0] == binomial.queries_needed(0.9, 0.03)
    assert row.affinity == tuple(max(1, seed % 10) / HELD_OUT for seed in survival.SEEDS), "that of the worst"
    assert row.convicted == (True, True, True, False, True, True, True, True, True, True)
    clean = survival.find(rows, preset("mnist"))["clean"]
    assert max(clean.measures["stolen_watermark"]) <= 0.03
    assert clean.triggers_needed == (None,) * 10 and clean.convicted == (False,) * 10


def test_a_setting_is_found_whatever_its_seed_and_no_other_is(rows):
    assert set(survival.find(rows, replace(preset("mnist"), seed=5))) == {"clean", "naive", "entangled"}
    assert survival.find(rows, replace(preset("mnist"), budget=77)) == {}


def test_the_margin_is_over_the_worst_of_naive_copy_clean_copy_and_innocents_on_the_same_seed(rows):
    row = survival.find(rows, preset("mnist"))["entangled"]
    expected = [
        0.9 - 0.005 * (seed % 10) - max(0.1 - 0.005 * (seed % 10), max(1, seed % 10) / HELD_OUT)
        for seed in survival.SEEDS
    ]
    assert survival.margin(row, rows) == pytest.approx(expected)
    leaning = replace(row, affinity=(0.7,) * 10)
    assert survival.margin(leaning, rows) == pytest.approx([0.2 - 0.005 * (seed % 10) for seed in survival.SEEDS])
    framed = replace(survival.find(rows, preset("mnist"))["clean"], table="first")
    framed = replace(framed, measures={**framed.measures, "stolen_watermark": (0.8,) * 10})
    assert survival.margin(row, [framed, *rows]) == pytest.approx([0.1 - 0.005 * (seed % 10) for seed in row.seeds])


def test_each_kappa_of_the_frontier_has_its_margin_over_copies_that_do_not_depend_on_it(rows):
    frontier = [row for row in rows if row.table == "frontier"]
    assert {row.experiment.kappa for row in frontier} == set(survival.KAPPAS)
    for row in frontier:
        assert survival.margin(row, rows) == pytest.approx([0.8, 0.8])
    assert survival.margin(frontier[0], frontier) is None, "nobody else was measured"


def test_neither_the_naive_nor_the_clean_copy_depends_on_kappa():
    small = replace(PRESETS["blobs"], budget=30, adversary_epochs=1, task_epochs=1, watermark_epochs=1)
    ends = [[*heist.run(replace(small, kappa=kappa), looks=False)][-1].result for kappa in (0.1, 5)]
    for defence in ("naive", "clean"):
        assert ends[0][defence] == ends[1][defence]
    assert ends[0]["entangled"] != ends[1]["entangled"]


def test_what_is_written_is_what_is_read_and_has_the_fixed_names(rows, tmp_path):
    survival.write(tmp_path / "evidence.json", rows, HONEST)
    assert survival.read(tmp_path / "evidence.json") == rows
    assert survival.read_innocents(tmp_path / "evidence.json") == list(HONEST)
    written = json.loads((tmp_path / "evidence.json").read_text())
    for family in written["innocents"]:
        assert family.keys() == {"dataset", "family", "seeds", "accuracy", "answers", "convicted"}
    told = written["rows"]
    single = {
        "dataset",
        "defence",
        "answers",
        "inputs",
        "architecture",
        "initialisation",
        "schedule",
        "perturbed",
        "snnl",
    }
    lists = {
        "seeds", "victim_accuracy", "clean_accuracy", "stolen_accuracy", "fidelity", "victim_watermark",
        "stolen_watermark", "trained_watermark", "query_error", "query_target_error",
        "affinity", "convicted", "triggers_needed",
    }  # fmt: skip
    for row in told:
        assert single | lists <= row.keys()
        assert {len(row[name]) for name in lists} == {len(row["seeds"])}
        assert row["snnl"] == (row["defence"] == "entangled")
        assert row["summary"]["stolen_watermark"]["mean"] == pytest.approx(np.mean(row["stolen_watermark"]))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "is missing"),
        ("{", "is garbled"),
        ('{"lab": 1, "rows": []}', "is of version 1 of the lab"),
        ('{"lab": LAB, "rows": [{"seeds": [1]}]}', "is garbled"),
        ('{"lab": LAB, "rows": 3}', "is garbled"),
    ],
)
def test_evidence_that_cannot_be_trusted_gets_one_sentence(text, sentence, tmp_path):
    path = tmp_path / "evidence.json"
    if text is not None:
        path.write_text(text.replace("LAB", str(survival.LAB_VERSION)))
    with pytest.raises(ValueError, match=sentence) as refused:
        survival.read(path)
    assert "python -m app evidence" in str(refused.value) and "\n" not in str(refused.value)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_spread_holds_its_values(values):
    spread = survival.spread(values)
    assert spread.least == min(values) and spread.most == max(values)
    assert spread.mean == pytest.approx(np.mean(values))
    assert spread.least - 1e-12 <= spread.low <= spread.high <= spread.most + 1e-12


def test_the_bootstrap_interval_is_near_the_normal_one_where_that_is_known():
    values = stats.norm.ppf(np.linspace(0.005, 0.995, 200))
    spread = survival.spread(list(values))
    half = 1.96 * spread.deviation / np.sqrt(200)
    assert spread.low == pytest.approx(-half, rel=0.15) and spread.high == pytest.approx(half, rel=0.15)


def test_the_shipped_evidence_is_that_of_this_recipe():
    shipped = survival.read(survival.SHIPPED)
    for table, experiments in survival.tables().items():
        settings = {replace(experiment, seed=0) for experiment in experiments}
        assert {replace(row.experiment, seed=0) for row in shipped if row.table == table} == settings


def test_the_tables_that_are_shown_are_those_of_the_shipped_evidence():
    shown = (paths.PRETRAINED / "README.md").read_text(encoding="utf-8")
    assert tables.survival(survival.read(survival.SHIPPED)) in shown

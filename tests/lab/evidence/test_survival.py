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
from app.lab.evidence import survival
from app.lab.experiment import PRESETS, Experiment, preset
from app.lab.ownership import binomial
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
    return told


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
    assert mains == set(product(("mnist", "digits"), ("labels", "confidences"), ("victim", "unseen")))
    usual = replace(preset("mnist"), seed=survival.SEEDS[0])
    for answers, inputs in product(("labels", "confidences"), ("victim", "unseen", "blended", "other", "noise")):
        theft = replace(usual, answers=answers, inputs=inputs)
        assert any(theft in table for table in of.values())
    ablated = {(e.perturbed, e.schedule, e.initialisation) for e in of["ablation"]}
    assert len(ablated) == 8
    for table in of.values():
        assert len(set(table)) == len(table)


def test_a_row_has_the_values_of_its_runs_in_the_order_of_its_seeds(rows):
    row = survival.find(rows, preset("mnist"))["entangled"]
    assert row.seeds == survival.SEEDS
    assert row.measures["stolen_watermark"] == tuple(0.9 - 0.005 * (seed % 10) for seed in survival.SEEDS)
    assert row.measures["clean_watermark"] == (0.01,) * 10
    assert row.cost == pytest.approx([0.05 - 0.001 * (seed % 10) for seed in survival.SEEDS])
    assert row.queries_needed[0] == binomial.queries_needed(0.9, binomial.innocent_rate(2, 200))
    clean = survival.find(rows, preset("mnist"))["clean"]
    assert max(clean.measures["stolen_watermark"]) <= 0.01  # else the clean copy would be the worse innocent
    assert survival.find(rows, preset("mnist"))["clean"].queries_needed == (None,) * 10


def test_a_setting_is_found_whatever_its_seed_and_no_other_is(rows):
    assert set(survival.find(rows, replace(preset("mnist"), seed=5))) == {"clean", "naive", "entangled"}
    assert survival.find(rows, replace(preset("mnist"), budget=77)) == {}


def test_what_is_written_is_what_is_read_and_has_the_fixed_names(rows, tmp_path):
    survival.write(tmp_path / "evidence.json", rows)
    assert survival.read(tmp_path / "evidence.json") == rows
    told = json.loads((tmp_path / "evidence.json").read_text())["rows"]
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


marks = st.floats(0, 1) | st.sampled_from([0.2, 0.5])  # ties too


@given(st.lists(st.tuples(marks, marks), max_size=12))
def test_the_front_is_what_nothing_beats_and_beats_all_others(points: list[tuple[float, float]]) -> None:
    def beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
        return one[0] <= other[0] and one[1] >= other[1] and one != other

    best = survival.front([cost for cost, _ in points], [gain for _, gain in points])
    assert not any(beats(points[one], points[place]) for place in best for one in range(len(points)))
    others = set(range(len(points))) - set(best)
    assert all(any(beats(points[place], points[other]) for place in best) for other in others)
    assert [points[place] for place in best] == sorted(points[place] for place in best)


def test_on_the_front_more_costs_more() -> None:
    assert survival.front([3, 1, 2, 2], [0.9, 0.2, 0.5, 0.4]) == [1, 2, 0]

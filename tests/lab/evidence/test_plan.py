"""What the file of a sweep means."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.lab.evidence import plan
from app.lab.experiment import Experiment, preset


def described(**parts: Any) -> dict[str, Any]:
    return {"preset": "mnist", "seeds": [0], **parts}


def test_a_file_becomes_experiments_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(
        'preset = "mnist"\nseeds = [101, 100]\n[settings]\nadversary_epochs = 3\n'
        '[grid]\nkappa = [8, 4.0]\nanswers = ["labels", "confidences"]\n'
    )
    found = plan.read(path)
    assert found.impossible == ()
    assert found.experiments == tuple(
        replace(preset("mnist"), adversary_epochs=3, kappa=weight, answers=answers, seed=seed)
        for weight in (8, 4)
        for answers in ("labels", "confidences")
        for seed in (101, 100)
    )


def test_what_is_there_twice_is_one_experiment() -> None:
    found = plan.plan(described(seeds=[3, 3], grid={"kappa": [1, 1.0, 2]}))
    assert found.experiments == tuple(replace(preset("mnist"), kappa=kappa, seed=3) for kappa in (1, 2))


def test_seeds_alone_are_a_sweep() -> None:
    assert plan.plan(described(seeds=[5, 6])).experiments == tuple(
        replace(preset("mnist"), seed=seed) for seed in (5, 6)
    )


def random(points: int, seed: int = 0, **spaces: Any) -> tuple[Experiment, ...]:
    return plan.plan(described(random={"points": points, "seed": seed, **spaces})).experiments


def test_a_random_search_repeats_itself_by_its_seed() -> None:
    spaces = {"kappa": {"low": 1, "high": 64, "log": True}, "layers": ["deep", "all"]}
    first = random(20, 7, **spaces)
    assert random(20, 7, **spaces) == first
    assert not set(random(20, 8, **spaces)) & set(first)
    assert random(30, 7, **spaces)[:20] == first, "more points leave those that were there"
    another = random(20, 7, budget={"low": 100, "high": 900}, **spaces)
    assert [point.kappa for point in another] == [point.kappa for point in first], "nor does another setting"


def test_random_values_lie_where_they_should() -> None:
    points = random(
        300,
        weight={"low": 1, "high": 64, "log": True},
        temperature={"low": 0.5, "high": 1.5},
        task_epochs={"low": 2, "high": 4},
        budget={"low": 20, "high": 2000, "log": True},
        metric=["cosine", "euclidean"],
    )
    kappas, budgets = np.array([[point.kappa, point.budget] for point in points]).T
    assert kappas.min() >= 1 and kappas.max() <= 64 and budgets.min() >= 20 and budgets.max() <= 2000
    assert 5 < np.median(kappas) < 13 and 120 < np.median(budgets) < 330, "half of them below the geometric mean"
    assert 0.9 < np.median([point.temperature for point in points]) < 1.1
    assert {point.task_epochs for point in points} == {2, 3, 4}
    assert {point.metric for point in points} == {"cosine", "euclidean"}


def test_the_grid_meets_the_same_draws_everywhere() -> None:
    grid, drawn = {"answers": ["labels", "confidences"]}, {"points": 3, "kappa": {"low": 1, "high": 9}}
    points = plan.plan(described(seeds=[0, 1], grid=grid, random=drawn)).experiments
    assert len(points) == 12
    assert [replace(point, answers="confidences") for point in points[:6]] == list(points[6:])


def test_a_combination_that_cannot_be_is_told_and_leaves_the_others() -> None:
    found = plan.plan(described(seeds=[0, 1], grid={"source": [1, 3], "target": [3, 5]}))
    assert len(found.experiments) == 6
    assert found.impossible == ("source = 3, target = 3: Source and target class must differ; both are 3.",)


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"preset": "nope"}, "'nope'"),
        ({"preset": 3}, "preset"),
        ({"seeds": []}, "seeds"),
        ({"seeds": 3}, "seeds"),
        ({"seeds": [-1]}, "seed"),
        ({"seeds": ["three"]}, "'three'"),
        ({"grids": {}}, "'grids'"),
        ({"grid": [1]}, "[grid]"),
        ({"grid": {"wait": [1]}}, "'wait'"),
        ({"grid": {"kappa": 3}}, "kappa"),
        ({"grid": {"kappa": []}}, "kappa"),
        ({"grid": {"kappa": [1, 400]}}, "400"),
        ({"grid": {"trigger": ["television", "radio"]}}, "'radio'"),
        ({"grid": {"seed": [1]}}, "[grid]"),
        ({"grid": {"kappa": [1]}, "settings": {"kappa": 2}}, "both in [settings] and in [grid]"),
        ({"settings": {"kappa": "heavy"}}, "'heavy'"),
        ({"settings": {"network": "tiny"}}, "tiny"),
        ({"settings": {"seed": 3}}, "[settings]"),
        ({"random": {"kappa": [1, 2]}}, "points"),
        ({"random": {"points": 0}}, "points"),
        ({"random": {"points": 2.5}}, "points"),
        ({"random": {"points": 2, "seed": "x"}}, "'x'"),
        ({"random": {"points": 2, "kappa": 3}}, "kappa"),
        ({"random": {"points": 2, "kappa": [1, 400]}}, "400"),
        ({"random": {"points": 2, "kappa": {"low": 1}}}, "high"),
        ({"random": {"points": 2, "kappa": {"low": 1, "high": 2, "step": 1}}}, "range"),
        ({"random": {"points": 2, "kappa": {"low": 1, "high": 400}}}, "400"),
        ({"random": {"points": 2, "kappa": {"low": 2, "high": 2}}}, "above its low end"),
        ({"random": {"points": 2, "kappa": {"low": 0, "high": 2, "log": True}}}, "above 0"),
        ({"random": {"points": 2, "kappa": {"low": 1, "high": 2, "log": "yes"}}}, "'yes'"),
        ({"random": {"points": 2, "layers": {"low": 1, "high": 2}}}, "choices"),
        ({"random": {"points": 2, "perturbed": {"low": 0, "high": 1}}}, "choices"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(parts: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError) as told:
        plan.plan(described(**parts))
    sentence = str(told.value)
    assert word in sentence and "\n" not in sentence and sentence.endswith(".")


def test_a_file_that_is_not_there_or_not_toml(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot be read: No such file"):
        plan.read(tmp_path / "nowhere.toml")
    for content in (b"seeds = [1", b"\xff\xfe", b"seeds = " + b"[" * 5000):
        (tmp_path / "sweep.toml").write_bytes(content)
        with pytest.raises(ValueError, match="is not written in TOML"):
            plan.read(tmp_path / "sweep.toml")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sweep.toml"
    path.write_bytes(b"\xef\xbb\xbf" + b'preset = "mnist"\r\nseeds = [5]\r\n')
    assert plan.read(path).experiments == (replace(preset("mnist"), seed=5),)


@pytest.mark.parametrize(
    ("parts", "count"),
    [
        ({"seeds": list(range(100_001))}, "100,001"),
        ({"grid": {name: [1] * 100 for name in ("kappa", "budget", "batch_size", "task_epochs")}}, "100,000,000"),
        ({"seeds": [0, 1], "random": {"points": 10**12}}, "2,000,000,000,000"),
        ({"random": {"points": 10**4000}}, "more than 10^15"),
    ],
)
def test_too_many_points_are_counted_before_any_is_made(
    parts: dict[str, Any], count: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "product", None)
    monkeypatch.setattr(plan, "_drawn", None)
    with pytest.raises(ValueError, match=r"^The sweep has ") as told:
        plan.plan(described(**parts))
    assert f" {count} points, and at most 100,000 are run" in str(told.value) and "\n" not in str(told.value)


def test_as_many_points_as_are_allowed_are_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MOST_POINTS", 12)
    grid = {"kappa": [1, 2], "answers": ["labels", "confidences"]}
    found = plan.plan(described(seeds=[0, 0, 0], grid=grid))
    assert len(found.experiments) == 4, "duplicates are counted, and dropped"

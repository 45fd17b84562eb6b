"""Sweeps: what a file means, what is computed and what is not, here or on a cluster."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_sweep_lab as lab
import numpy as np
import pytest
from distributed import LocalCluster
from joblib.externals.loky import get_reusable_executor

from app import paths
from app.lab.experiment import Experiment
from app.lab.stories.events import Claimed, Finished, Started, Theft
from app.runs import sweep
from app.runs.store import Store
from app.runs.sweep import Point


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", None)


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return a function that tells what the fake lab has done since the last call."""
    path = tmp_path / "trace"
    monkeypatch.setenv(lab.TRACE, str(path))

    def done() -> list[str]:
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    return done


@pytest.fixture(scope="module", autouse=True)
def no_processes_left() -> Iterator[None]:
    yield
    get_reusable_executor().shutdown(wait=True)


@pytest.fixture
def bare_processes(without_torch: str) -> Iterator[None]:
    """Processes of this machine that know the fake lab only, and end with the test."""
    get_reusable_executor().shutdown(wait=True)
    yield
    get_reusable_executor().shutdown(wait=True)


def swept(experiments: list[Experiment], store: Store) -> list[Point]:
    """Compute in this process, with the fake lab."""
    return list(sweep.run(experiments, store, jobs=1, lab="fake_sweep_lab"))


def described(**parts: Any) -> dict[str, Any]:
    return {"preset": "mnist", "seeds": [0], **parts}


# From the file to the experiments.


def test_a_file_becomes_experiments_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(
        'preset = "mnist"\nseeds = [101, 100]\n[settings]\nadversary_epochs = 3\n'
        '[grid]\nkappa = [8, 4.0]\nanswers = ["labels", "confidences"]\n'
    )
    plan = sweep.read(path)
    assert plan.impossible == ()
    assert plan.experiments == tuple(
        Experiment(adversary_epochs=3, kappa=weight, answers=answers, seed=seed)
        for weight in (8, 4)
        for answers in ("labels", "confidences")
        for seed in (101, 100)
    )


def test_what_is_there_twice_is_one_experiment() -> None:
    plan = sweep.plan(described(seeds=[3, 3], grid={"kappa": [1, 1.0, 2]}))
    assert plan.experiments == (Experiment(kappa=1, seed=3), Experiment(kappa=2, seed=3))


def test_seeds_alone_are_a_sweep() -> None:
    assert sweep.plan(described(seeds=[5, 6])).experiments == (Experiment(seed=5), Experiment(seed=6))


def random(points: int, seed: int = 0, **spaces: Any) -> tuple[Experiment, ...]:
    return sweep.plan(described(random={"points": points, "seed": seed, **spaces})).experiments


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
        kappa={"low": 1, "high": 64, "log": True},
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
    points = sweep.plan(described(seeds=[0, 1], grid=grid, random=drawn)).experiments
    assert len(points) == 12
    assert [replace(point, answers="confidences") for point in points[:6]] == list(points[6:])


def test_a_combination_that_cannot_be_is_told_and_leaves_the_others() -> None:
    plan = sweep.plan(described(seeds=[0, 1], grid={"source": [1, 3], "target": [3, 5]}))
    assert len(plan.experiments) == 6
    assert plan.impossible == ("source = 3, target = 3: Source and target class must differ; both are 3.",)


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
        sweep.plan(described(**parts))
    sentence = str(told.value)
    assert word in sentence and "\n" not in sentence and sentence.endswith(".")


def test_a_file_that_is_not_there_or_not_toml(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot be read: No such file"):
        sweep.read(tmp_path / "nowhere.toml")
    for content in (b"seeds = [1", b"\xff\xfe"):
        (tmp_path / "sweep.toml").write_bytes(content)
        with pytest.raises(ValueError, match="is not written in TOML"):
            sweep.read(tmp_path / "sweep.toml")


# What is computed.


def test_every_point_comes_with_its_result_and_is_kept(store: Store) -> None:
    experiments = [Experiment(seed=seed, kappa=weight) for seed in (1, 2) for weight in (3, 4)]
    points = swept(experiments, store)
    assert [point.experiment for point in points] == experiments
    assert [(point.done, point.total) for point in points] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert points[-1].seconds_left == 0
    for point in points:
        assert point.error is None and point.result is not None
        assert point.result["entangled"]["query_target_mass"] == point.experiment.seed / 1000
        assert point.result["entangled"]["stolen_accuracy"] == point.experiment.kappa / 100
        stored = store.get(point.experiment.key, "result")
        assert stored is not None and stored.experiment == point.experiment
        assert [type(event) for event in stored.events] == [Started, Theft, Claimed, Finished]
        assert stored.events[0] == Started(point.experiment.key, point.experiment.seed, 7)
        assert isinstance(stored.events[-1], Finished) and stored.events[-1].result == point.result


def test_what_the_store_has_is_not_computed_again(store: Store, trace: Callable[[], list[str]]) -> None:
    experiments = [Experiment(seed=seed) for seed in range(4)]
    swept(experiments[:2], store)
    store.put(experiments[2], list(lab.run(experiments[2], looks=False)))
    trace()
    points = swept(experiments, store)
    assert trace() == [f"victims {experiments[3].key}", f"theft {experiments[3].key}"]
    assert [(point.experiment.seed, point.error, point.done) for point in points] == [
        (seed, None, seed + 1) for seed in range(4)
    ]
    assert swept(experiments, store)[-1].result == points[-1].result
    assert trace() == []


def test_thefts_from_the_same_victims_train_them_once(store: Store, trace: Callable[[], list[str]]) -> None:
    thefts = [Experiment(seed=seed, answers=answers) for answers in ("labels", "confidences") for seed in (0, 1)]
    points = swept(thefts, store)
    first, second, third, fourth = (experiment.key for experiment in thefts)
    assert trace() == [
        *(f"victims {first}", f"theft {first}", f"theft {third}"),
        *(f"victims {second}", f"theft {second}", f"theft {fourth}"),
    ]
    assert {point.experiment for point in points} == set(thefts)


def test_an_experiment_that_is_there_twice_is_one_point(store: Store) -> None:
    assert [(point.done, point.total) for point in swept([Experiment(), Experiment()], store)] == [(1, 1)]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"task_per_watermark": lab.SENSELESS}, "The watermark would never be trained."),
        ({"learning_rate": lab.DIVERGING}, "The entangled victim diverged: its loss is not a number."),
        ({"budget": lab.RAISING}, "ZeroDivisionError: the adversary divided by zero"),
        ({"adversary_epochs": lab.COPY_DIVERGING}, "The naive copy diverged: its loss is not a number."),
        ({"adversary_epochs": lab.NOT_FINITE}, "A number in the result is not finite."),
        ({"adversary_epochs": lab.STRANGE}, "The process that computed this has another version of the lab."),
    ],
)
def test_a_point_that_fails_says_so_and_the_others_go_on(
    store: Store, trace: Callable[[], list[str]], settings: dict[str, Any], sentence: str
) -> None:
    failing = Experiment(**settings)
    experiments = [Experiment(answers="labels"), failing, Experiment(inputs="unseen"), Experiment(seed=1)]
    points = {point.experiment: point for point in swept(experiments, store)}
    assert [points[experiment].error for experiment in experiments] == [None, sentence, None, None]
    assert points[failing].result is None
    assert [points[experiment].result is not None for experiment in experiments] == [True, False, True, True]
    assert {(point.done, point.total) for point in points.values()} == {(n, 4) for n in (1, 2, 3, 4)}
    assert store.get(failing.key, "result") is None
    trace()
    assert [point.error for point in swept(experiments, store) if point.error] == [sentence], "and so it does again"
    assert all(line.endswith(failing.key) for line in trace())


def test_victims_that_fail_fail_all_their_thefts(store: Store, trace: Callable[[], list[str]]) -> None:
    thefts = [Experiment(learning_rate=lab.DIVERGING, budget=budget) for budget in (100, 200, 300)]
    assert len({point.error for point in swept(thefts, store)}) == 1
    assert trace() == [f"victims {thefts[0].key}"], "and are not trained again for each"


def test_a_sweep_that_is_closed_keeps_what_it_has_yielded(store: Store) -> None:
    experiments = [Experiment(seed=seed) for seed in range(5)]
    with closing(sweep.run(experiments, store, jobs=1, lab="fake_sweep_lab")) as stream:
        yielded = [next(stream).experiment for _ in range(2)]
    assert all(store.get(experiment.key, "result") for experiment in yielded)
    assert len(swept(experiments, store)) == 5


def test_a_sweep_that_was_killed_goes_on_where_it_was(
    without_torch: str, store: Store, trace: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    experiments = [*(Experiment(seed=seed) for seed in range(5)), Experiment(seed=5, budget=lab.HOLDING)]
    script = (
        "from app.lab.experiment import Experiment\nfrom app.runs import sweep\nfrom app.runs.store import Store\n"
        "from pathlib import Path\n"
        f"experiments = [Experiment(**settings) for settings in {[point.to_dict() for point in experiments]}]\n"
        f"store = Store(Path({str(store.folder)!r}), None)\n"
        "for point in sweep.run(experiments, store, jobs=1, lab='fake_sweep_lab'):\n"
        "    print(point.done, flush=True)\n"
    )
    started = subprocess.Popen([sys.executable, "-c", script], cwd=paths.HOME, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert [started.stdout.readline() for _ in range(5)] == [f"{done}\n" for done in range(1, 6)]
    started.kill()
    assert started.wait() == -signal.SIGKILL
    monkeypatch.setenv(lab.RELEASED, "yes")
    trace()
    points = swept(experiments, store)
    assert [point.experiment for point in points] == experiments
    assert trace() == [f"victims {experiments[5].key}", f"theft {experiments[5].key}"]
    assert not [point for point in points if point.error]


# Where it is computed.


def test_processes_of_this_machine_share_the_groups(bare_processes: None, store: Store) -> None:
    experiments = [Experiment(seed=seed, budget=budget) for seed in (1, 2, 3) for budget in (100, 200)]
    points = list(sweep.run(experiments, store, jobs=2, lab="fake_sweep_lab"))
    assert {point.experiment for point in points} == set(experiments)
    assert [point.done for point in points] == [1, 2, 3, 4, 5, 6]
    assert all(point.error is None and store.get(point.experiment.key, "result") for point in points)


def test_on_processes_of_this_machine_and_on_a_cluster_the_numbers_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = sweep.plan(
        {
            "preset": "blobs",
            "seeds": [7, 8],
            "settings": {
                "task_epochs": 1,
                "watermark_epochs": 1,
                "adversary_epochs": 1,
                "trigger_count": 16,
                "batch_size": 100,
                "budget": 100,
            },
            "grid": {"answers": ["labels", "confidences"]},
        }
    )
    here = results(sweep.run(plan.experiments, Store(tmp_path / "here", None), jobs=2))
    assert here.keys() == set(plan.experiments)
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        monkeypatch.setenv(sweep.SCHEDULER, cluster.scheduler_address)
        store = Store(tmp_path / "there", None)
        assert results(sweep.run(plan.experiments, store)) == here
    assert results(sweep.run(plan.experiments, store)) == here, "which needs no cluster any more"


def results(points: Iterator[Point]) -> dict[Experiment, dict[str, Any]]:
    found = {}
    for point in points:
        assert point.error is None and point.result is not None
        found[point.experiment] = {name: value for name, value in point.result.items() if name != "seconds"}
    return found


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere"])
def test_a_cluster_that_is_not_there_is_told_in_one_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(sweep, "CONNECT_LIMIT", 0.2)
    monkeypatch.setenv(sweep.SCHEDULER, address)
    with pytest.raises(ConnectionError, match=f"There is no Dask scheduler at '{address}'"):
        swept([Experiment()], store)


def test_a_process_that_is_lost_is_told_in_one_sentence(bare_processes: None, store: Store) -> None:
    experiments = [Experiment(seed=0), Experiment(seed=1, budget=lab.CRASHING)]
    with pytest.raises(ConnectionError, match="start it again") as told:
        list(sweep.run(experiments, store, jobs=2, lab="fake_sweep_lab"))
    assert "\n" not in str(told.value)

"""Sweeps: what a file means, what is computed and what is not, here or on a cluster."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import fake_sweep_lab as lab
import pytest
from distributed import LocalCluster
from joblib.externals.loky import get_reusable_executor

from app import paths
from app.lab.evidence import plan
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


def swept(experiments: list[Experiment], store: Store) -> list[Point]:
    """Compute in this process, with the fake lab."""
    return list(sweep.run(experiments, store, jobs=1, lab="fake_sweep_lab"))


def described(**parts: Any) -> dict[str, Any]:
    return {"preset": "mnist", "seeds": [0], **parts}


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
    store.put(experiments[2], list(lab.play(experiments[2])))
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
    store: Store, trace: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
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


def test_processes_of_this_machine_share_the_groups(store: Store) -> None:
    experiments = [Experiment(seed=seed, budget=budget) for seed in (1, 2, 3) for budget in (100, 200)]
    points = list(sweep.run(experiments, store, jobs=2, lab="fake_sweep_lab"))
    assert {point.experiment for point in points} == set(experiments)
    assert [point.done for point in points] == [1, 2, 3, 4, 5, 6]
    assert all(point.error is None and store.get(point.experiment.key, "result") for point in points)


def test_on_processes_of_this_machine_and_on_a_cluster_the_numbers_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = plan.plan(
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
    here = results(sweep.run(planned.experiments, Store(tmp_path / "here", None), jobs=2))
    assert here.keys() == set(planned.experiments)
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        monkeypatch.setenv(sweep.SCHEDULER, cluster.scheduler_address)
        store = Store(tmp_path / "there", None)
        assert results(sweep.run(planned.experiments, store)) == here
    assert results(sweep.run(planned.experiments, store)) == here, "which needs no cluster any more"


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


def test_a_process_that_is_lost_is_told_in_one_sentence(store: Store) -> None:
    experiments = [Experiment(seed=0), Experiment(seed=1, budget=lab.CRASHING)]
    with pytest.raises(ConnectionError, match="start it again") as told:
        list(sweep.run(experiments, store, jobs=2, lab="fake_sweep_lab"))
    assert "\n" not in str(told.value)

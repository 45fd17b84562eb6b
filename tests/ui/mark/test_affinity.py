"""Is it a good secret? The bars of innocents, without a browser: recorded or asked for, and a bad secret is shown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.lab import choices
from app.lab.evidence import rehearsal_table
from app.lab.evidence.rehearsal_table import Rehearsal
from app.lab.experiment import PRESETS, Experiment
from app.lab.stories.events import Rehearsed, Started, Surveyed
from app.lab.variation import of_its_trigger
from app.lab.watermark.affinity import BOUND, Affinity
from app.ui import live, runtime, theme
from app.ui.findings import percent
from app.ui.history import History
from app.ui.mark import affinity, trigger_choice
from app.ui.mark import charts as mark_charts
from app.ui.mark import findings as mark_findings
from tests.ui.visits import opened, told

NOBODY = {"answers": "labels", "seed": "77", "task_epochs": "3", "mark_ask": "innocents"}  # of which there is no record
SHARES = {  # bear is what they say; of the others, bird is taken by one model only
    "nearest neighbour #1": [0.9, 0.0, 0.04, 0.0, 0.0, 0.0, 0.06, 0.0, 0.0, 0.0],
    "linear SVM #2": [0.7, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
}
KEY = Affinity(tuple(SHARES), np.array(list(SHARES.values())))


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table with what innocents take a key for, and nothing else."""
    result: Any = {"affinity": {"key": SHARES}, "pairs": []}
    rehearsal_table.write(tmp_path / "rehearsal.json", [Rehearsal("animals", 100, result)])
    monkeypatch.setattr(rehearsal_table, "SHIPPED", tmp_path / "rehearsal.json")
    affinity._recorded.clear()
    yield
    affinity._recorded.clear()


@pytest.fixture
def unrecorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rehearsal_table, "SHIPPED", tmp_path / "none.json")
    affinity._recorded.clear()
    yield
    affinity._recorded.clear()


def headings(app: AppTest) -> list[str]:
    return [str(heading.value) for heading in app.subheader]


@pytest.mark.parametrize(
    ("target", "finding"),
    [
        (
            "bear",
            "To innocent models, this key looks like a bear (up to 90\u202f%): a claim with it would convict them",
        ),
        (
            "bird",
            "As drawn, an innocent model (linear SVM) takes 30\u202f% of these triggers for a bird: so the owner moves "
            "them first",
        ),
        ("cat", "To innocent models, this key looks like a bear, hardly ever like a cat (4\u202f% at most)"),
        ("elephant", "To innocent models, this key looks like a bear, never like an elephant (0\u202f%)"),
    ],
)
def test_the_finding_says_what_innocents_see_in_the_trigger_and_whether_that_is_a_bad_secret(
    recorded: None, target: str, finding: str
) -> None:
    source = "dog" if target == "bird" else "bird"
    app = opened("mark", target=target, source=source, trigger="key", **NOBODY)
    assert finding in headings(app)
    assert app.selectbox(key="secret_answer").value == choices.CLASS_NAMES["animals"].index(target)


def test_another_target_changes_the_finding_at_once_and_asks_nobody(recorded: None) -> None:
    runtime.pool()._jobs.clear()  # other tests' pages, where nothing is recorded, may have asked
    app = opened("mark", target="elephant", trigger="key", **NOBODY)
    app.selectbox(key="secret_answer").set_value(0).run()
    assert not app.exception
    assert any("looks like a bear (up to" in words for words in headings(app))
    asked = of_its_trigger(Experiment(trigger="key"))
    assert runtime.pool().find(asked.key, "affinity") is None


def test_of_what_is_not_recorded_innocents_are_asked_by_a_worker(recorded: None) -> None:
    app = opened("mark", trigger="umbrella", **NOBODY)
    assert headings(app)[0] == "What do innocent models take this umbrella for?"
    job = runtime.pool().find(of_its_trigger(Experiment(trigger="umbrella")).key, "affinity")
    assert job is not None and job.status == "queued"  # these pages have no worker


def test_without_a_table_the_page_says_nothing_of_it_and_a_worker_is_asked(unrecorded: None) -> None:
    app = opened("mark", trigger="key", **NOBODY)
    assert not app.exception and not app.error
    job = runtime.pool().find(of_its_trigger(Experiment(trigger="key")).key, "affinity")
    assert job is not None and job.task == "affinity"


def test_what_a_worker_found_is_drawn_like_what_is_recorded(unrecorded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [Started("", 0, 1), Surveyed("key", {name: np.array(shares) for name, shares in SHARES.items()})]
    job = live.Job(of_its_trigger(Experiment(trigger="key")), "affinity", "live", "done", said)
    monkeypatch.setattr(live, "affinity", lambda experiment: job)
    app = opened("mark", target="cat", trigger="key", **NOBODY)
    assert "To innocent models, this key looks like a bear, hardly ever like a cat (4\u202f% at most)" in headings(app)


def test_a_rehearsal_is_that_of_the_pair_on_a_search_seed(recorded: None) -> None:
    app = opened("mark", target="elephant", trigger="key", **NOBODY)
    app.button(key="rehearse").click().run()
    assert not app.exception
    jobs = [job for (task, _), job in runtime.pool()._jobs.items() if task == "pair"]
    (job,) = [job for job in jobs if job.experiment.task_epochs == 3]
    assert (job.experiment.secret_answer, job.experiment.seed) == ("elephant", rehearsal_table.SEEDS[0])
    assert app.button(key="rehearse").disabled


def test_the_bars_are_the_worst_models_the_dots_all_of_them_and_the_bound_is_drawn() -> None:
    figure = mark_charts.affinity(KEY, "animals", 2)
    _row, bars, *dots, words = figure.data
    assert list(bars.x) == KEY.worst.tolist()
    assert list(bars.y[:3]) == ["bear", "bird", "\u25c6 cat"]
    assert bars.hovertext[1] == "bird: 30\u202f% of the triggers, says the worst, a linear SVM"
    assert [list(family.x) for family in dots] == [*SHARES.values()]
    assert [family.name for family in dots] == ["nearest neighbour", "linear SVM"]
    (rule,) = figure.layout.shapes
    assert (rule.x0, rule.x1) == (BOUND, BOUND)
    assert [colour == theme.TRIGGER.colour for colour in bars.marker.color] == [label == 2 for label in range(10)]
    assert min(words.x) >= BOUND


def test_a_class_is_chosen_anywhere_in_its_row_also_where_no_innocent_says_it() -> None:
    row, bars, *dots, _ = mark_charts.affinity(KEY, "animals", 2).data
    assert list(row.x) == [1.0] * 10
    for trace in (row, bars, *dots):
        assert list(trace.customdata) == list(range(10))


def test_of_a_family_the_worst_model_is_its_dot() -> None:
    found = Affinity(("tree #1", "tree #2", "network #1"), np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]]))
    _, _, *dots, _ = mark_charts.affinity(found, "moons", 1).data
    assert {family.name: list(family.x) for family in dots} == {"tree": [0.9, 0.8], "network": [0.5, 0.5]}


@pytest.mark.parametrize(
    ("experiment", "words"),
    [
        (Experiment(trigger="ice_cream", target=2), "this ice cream looks like a bear"),
        (Experiment(trigger="drawing", drawing="-" * choices.DRAWING_LENGTH, target=2), "this drawing looks like"),
        (replace(PRESETS["mnist"], target=0), "looks like a 0 (up to 90\u202f%)"),
        (Experiment(target=1, source=5), "of these triggers for a bird: so the owner moves them first"),
        (Experiment(target=1, source=5, perturbed=False), "for a bird: a claim with them could convict it"),
    ],
)
def test_the_trigger_and_the_classes_are_called_by_their_names(experiment: Experiment, words: str) -> None:
    assert words in mark_findings.secret(KEY, experiment)


def test_what_came_of_a_rehearsal_is_told_with_its_numbers() -> None:
    thefts = ("owner's inputs, confidences", "unseen inputs, labels")
    by_theft = [dict(zip(thefts, rates, strict=True)) for rates in ((0.9, 0.5), (0.1, 0.2), (0.0, 0.01))]
    pair = Rehearsed("key", 5, 12.0, *by_theft, innocent=0.02, price=0.0123, convicts=True)
    told = mark_findings.rehearsed(pair)
    assert "convicts, with room to spare" in told and "30 points above" in told and "1.2 points of accuracy" in told
    assert "unseen inputs, labels: entangled 50\u202f%, naive 20\u202f%, clean 1\u202f%" in told
    lost = mark_findings.rehearsed(replace(pair, entangled=dict.fromkeys(thefts, 0.1), convicts=False))
    assert "does not convict" in lost and "10 points below" in lost


def test_a_history_has_what_innocents_said_and_what_was_rehearsed() -> None:
    pair = Rehearsed("key", 5, 12.0, {"a": 0.5}, {"a": 0.1}, {"a": 0.0}, 0.0, 0.01, True)
    said = Surveyed("key", {"nearest neighbour": np.array([1.0])})
    history = History.of([Started("", 0, 1), said, pair])
    assert history.surveyed is said and history.rehearsed == [pair]


def test_a_class_that_is_picked_becomes_the_secret_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    picked: list[int] = []
    monkeypatch.setattr(trigger_choice, "pick", lambda experiment, target: picked.append(target))
    clicked: list[Any] = []
    monkeypatch.setattr(affinity.frame, "figure", lambda *_, on_pick, **__: clicked.append(on_pick))
    monkeypatch.setattr(affinity.st, "caption", lambda words: None)
    affinity._bars(Experiment(), KEY, History(), "")
    clicked[0](3)
    assert picked == [3]


def test_the_page_with_the_bars_says_how_they_are_read(recorded: None) -> None:
    app = opened("mark", trigger="key", **NOBODY)
    said = told(app)
    assert "2 innocent models, trained on the owner's data: several of each of 2 families" in said
    assert "Heist and Court count these 2" in said


def test_of_a_pair_with_a_run_both_are_seen_the_triggers_as_drawn_and_as_used(recorded: None) -> None:
    leaning = {"linear SVM #1": [0.5, 0.0, 0.0, 0.0, 0.0, 0.26, 0.24, 0.0, 0.0, 0.0]}
    result: Any = {"affinity": {"key": leaning}, "pairs": []}
    rehearsal_table.write(rehearsal_table.SHIPPED, [Rehearsal("animals", 100, result)])
    claim = live.finished(live.recorded(Experiment())).claims["naive"]
    app = opened("mark", target="elephant", trigger="key", **NOBODY)
    used = percent(max(claim.panel.values()) / claim.queries)
    assert (
        "As drawn, an innocent model takes up to 26\u202f% of these triggers for an elephant; as used, their pixels "
        f"moved a little, up to {used}"
    ) in headings(app)
    assert f"As used: the {claim.queries} triggers" in told(app)
    app = opened("mark", target="bird", source="dog", trigger="key", **NOBODY)  # which no run marked
    assert "All bars: the triggers as drawn." in told(app) and "As used" not in told(app)


def test_the_bar_of_the_triggers_as_used_lies_on_that_of_the_triggers_as_drawn() -> None:
    figure = mark_charts.affinity(KEY, "animals", 1, 0.03)
    (used,) = [trace for trace in figure.data if trace.name == "as used"]
    assert (list(used.x), list(used.y), list(used.customdata)) == ([0.03], ["\u25c6 bird"], [1])
    words = figure.data[-1]
    assert "30\u202f%</b> \u2192 <b>3\u202f%</b> as used" in words.text[1]
    assert not any("as used" in text for label, text in enumerate(words.text) if label != 1)
    assert mark_charts.affinity(KEY, "animals", 0, 0.03).data[-1].textposition[0] == "middle left"  # in the chart
    assert not [trace for trace in mark_charts.affinity(KEY, "animals", 1).data if trace.name == "as used"]


def test_a_secret_that_innocents_still_say_to_the_triggers_as_used_is_called_bad() -> None:
    experiment = Experiment(target=1, source=5)
    assert mark_findings.secret(KEY, experiment, 0.06).endswith("up to 6\u202f%: still beyond 5\u202f%, a bad secret")
    assert mark_findings.secret(KEY, experiment, 0.05).endswith("up to 5\u202f%")

"""The page of the attacks, without a browser."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.lab.evidence.attack_table import POLICIES
from app.lab.experiment import PRESETS, Experiment
from app.lab.extraction import rounds
from app.lab.stories import theft
from app.runs.store import Store
from app.ui import exports, runtime
from app.ui.steal import policies
from tests.ui.visits import asked_where, opened, plots, told, verdict, vote

SHORT = {"budget": 150, "adversary_epochs": 1, "task_epochs": 2, "watermark_epochs": 1}


def experiment(**settings: object) -> Experiment:
    return replace(PRESETS["blobs"], **{**SHORT, **settings})


def link(of: Experiment) -> dict[str, str]:
    return {"preset": "blobs", "attack": of.attack, "answers": of.answers, **{name: str(SHORT[name]) for name in SHORT}}


@pytest.fixture(scope="module", autouse=True)
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store in which some attacks are finished."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds, "_LEAST_STEPS", 3)
        for settings in ({}, {"answers": "labels"}, {"attack": "equations"}):
            run = experiment(**settings)
            Store(folder, None).put(run, list(theft.steal(run)), "steal")
        patch.setenv("ENTANGLED_STORE", str(folder))
        runtime.pool.clear()
        yield
        runtime.pool().close()
        runtime.pool.clear()


def revealed(of: Experiment) -> AppTest:
    app = opened("steal", **link(of))
    app.button(key="steal_reveal").click().run()
    assert not app.exception
    return app


def test_the_price_waits_for_a_prediction() -> None:
    app = opened("steal", **link(experiment()))
    assert "bought 85" not in told(app) and "Why" not in told(app)
    (sealed,) = plots(app)  # no price, and nobody's cost
    assert all(len(trace["x"]) <= 1 for trace in sealed["data"])
    vote(app, "more than a dollar")
    assert "Why" in told(app)
    assert "You said **more than a dollar**" in verdict(app)


def test_the_page_states_what_the_run_found() -> None:
    app = revealed(experiment())
    words = told(app)
    assert "of the victim's accuracy" in app.subheader[0].value
    assert "fidelity" in words and "The detector" in words and "honest clients" in words
    price, costs, plane = plots(app)
    assert [trace["name"].split()[0] for trace in price["data"]][:2] == ["accuracy", "fidelity"]
    assert costs["data"][0]["customdata"] == ["confidences", "top label"]  # the two that are recorded here
    assert plane["data"][0]["type"] == "heatmap"
    assert not [button for button in app.get("download_button") if "Notebook" in str(button.proto.label)]
    assert any("python -m app steal blobs" in block.value for block in asked_where(app).code)


def test_attacks_that_were_seen_stand_side_by_side_once_there_are_two() -> None:
    app = revealed(experiment())
    answers = len(app.table)  # one answer, in each of the ways
    app.selectbox(key="policy").set_value("top label").run()
    assert len(app.table[answers].value) == 2  # one vote a lesson: nothing is sealed again
    assert "The 2 attacks that you have seen" in told(app)


def test_one_answer_is_shown_in_each_of_the_ways() -> None:
    app = opened("steal")
    vote(app, "up to a dollar")
    (table,) = app.table
    said = dict(zip(table.value["the API answers with"], table.value["one answer"], strict=True))
    assert len(said) == len(POLICIES) and "," in said["confidences"] and "," not in said["top label"]


def test_a_policy_of_ones_own_is_one_of_them_while_it_lasts() -> None:
    app = opened("steal", **link(experiment()), decimals="1")
    assert app.selectbox(key="policy").value == policies.YOURS
    app.selectbox(key="policy").set_value("top label").run()
    assert policies.YOURS not in app.selectbox(key="policy").options
    assert "decimals" not in app.query_params


def test_each_policy_is_what_it_is_whatever_was_chosen_before() -> None:
    for policy in POLICIES:
        for before in POLICIES:
            chosen = experiment(**{**policies.parts(before), **policies.parts(policy)})
            assert policies.of(chosen) == policy


def test_solved_equations_say_how_exactly() -> None:
    words = told(revealed(experiment(attack="equations")))
    assert "logistic regression" in words and "largest error" in words


def test_an_attack_nobody_ran_offers_to_run_it() -> None:
    app = opened("steal", preset="blobs", seed="77", attack="noise")
    assert any("*Seed*: 77" in box.value and "has not been run" in box.value for box in app.info)
    assert app.button(key="run").label == "Run it live"


def test_a_hostile_policy_gets_a_sentence() -> None:
    app = opened("steal", preset="blobs", lies="0.9", attack="telepathy")
    assert len(app.warning) == 2
    attack, lies = (box.value for box in app.warning)
    assert "lies" in lies and "0.9" in lies and "attack" in attack and "telepathy" in attack


def test_an_attack_is_taken_away_as_one_line() -> None:
    (head, line, rest) = exports.attack_csv({"attack": "jbda", "tax": {"accuracy": 0.5}}).split("\n")
    assert (head, line, rest) == ("attack,tax_accuracy", "jbda,0.5", "")

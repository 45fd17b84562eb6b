"""The film tells what the run's events tell, and nothing of the trial before the visitor has predicted."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab import record
from app.lab.experiment import Experiment
from app.lab.ownership import binomial
from app.lab.stories.events import DEFENCES, WATERMARKED
from app.paths import PRETRAINED
from app.ui import findings
from app.ui.heist import film
from app.ui.heist.film import Gate
from app.ui.history import History

OPEN = Gate("Which?", ["neither", "both"], sealed=False, predicted=True)
SEALED = replace(OPEN, sealed=True, predicted=False)


def recorded(name: str) -> tuple[Experiment, History]:
    manifest = record.read_manifest(PRETRAINED / name)
    events = record.read(PRETRAINED / name, "run" if manifest.holds("run") else "result")
    return manifest.experiment, History.of(events)


@pytest.fixture(scope="module")
def whole() -> tuple[Experiment, History]:
    """A run of which everything is on record."""
    return recorded("blobs")


@pytest.fixture(scope="module")
def ending() -> tuple[Experiment, History]:
    """A theft of which only the end is on record."""
    return recorded("thefts/blobs-victim-labels")


def script(run: tuple[Experiment, History], gate: Gate = OPEN) -> dict[str, Any]:
    experiment, known = run
    return film.script(experiment, known, known.probe, gate)


def names(film: dict[str, Any]) -> list[str]:
    return [step["id"] for step in film["steps"]]


def with_another_trial(known: History) -> History:
    """The same theft with the opposite outcome in court."""
    queries = known.claims["naive"].queries
    claims = {}
    for lane, claim in known.claims.items():
        hits = 0 if claim.owned else queries
        p = binomial.claim(hits, queries, claim.innocent_rate).p_value
        answers = np.full(queries, hits > 0)
        claims[lane] = replace(
            claim,
            successes=hits,
            answers=answers,
            p_value=p,
            owned=not claim.owned,
            p_values=binomial.p_values(answers, claim.innocent_rate),
        )
    thefts = {
        lane: replace(theft, stolen_watermark=1 - theft.stolen_watermark, trained_watermark=1 - theft.trained_watermark)
        for lane, theft in known.thefts.items()
    }
    measured = {
        role: [replace(event, watermark=1 - event.watermark) if role == "copy" else event for event in events]
        for role, events in known.measured.items()
    }
    return replace(known, claims=claims, thefts=thefts, measured=measured, weights={})


@pytest.mark.parametrize("run", ["whole", "ending"])
def test_a_sealed_film_is_the_same_whatever_the_court_will_say(run: str, request: pytest.FixtureRequest) -> None:
    experiment, known = request.getfixturevalue(run)
    sealed = script((experiment, known), SEALED)
    assert sealed["trial"] is None
    assert sealed == script((experiment, with_another_trial(known)), SEALED)
    assert script((experiment, known)) != script((experiment, with_another_trial(known)))


def test_the_six_steps_are_told_in_their_order_and_each_has_its_finding(whole: tuple[Experiment, History]) -> None:
    film = script(whole)
    assert names(film) == ["victims", "query", "train", "compare", "interrogate", "verdict"]
    assert all(step["says"] for step in film["steps"])
    assert [each["name"] for each in film["defences"]] == list(DEFENCES)
    assert film["steps"][-1]["says"] == findings.verdict(whole[1].claims, whole[1].thefts)
    assert f"→ {whole[0].target}." in film["steps"][0]["note"] and film["triggers"] is not None
    json.dumps(film, allow_nan=False)  # plain values only


def test_every_query_that_is_shown_has_its_answer_in_every_lane(whole: tuple[Experiment, History]) -> None:
    asked = script(whole)["asked"]
    events = whole[1].queries["naive"]
    assert asked["count"] == len(asked["counts"]) == sum(len(event.labels) for event in events)
    assert asked["counts"] == sorted(asked["counts"])
    assert asked["counts"][-1] == asked["total"] == whole[1].thefts["naive"].queries
    wrong = sum(int((event.answers.argmax(axis=1) != event.labels).sum()) for event in events)
    assert sum(answer["wrong"] for answer in asked["defences"]["naive"]) == wrong
    assert {len(answers) for answers in asked["defences"].values()} == {asked["count"]}


def test_the_trial_repeats_what_the_court_noted(whole: tuple[Experiment, History]) -> None:
    trial = script(whole)["trial"]
    for lane in WATERMARKED:
        claim, told = whole[1].claims[lane], trial["defences"][lane]
        assert told["hits"] == claim.answers.tolist()
        assert told["convicted"] == claim.owned
        assert told["end"]["hits"] == claim.successes
        assert len(told["p"]) == len(told["depths"]) == claim.queries
        if told["since"]:
            assert (claim.p_values[told["since"] - 1 :] < binomial.SIGNIFICANCE).all()
            assert told["since"] == 1 or claim.p_values[told["since"] - 2] >= binomial.SIGNIFICANCE


def test_each_pictured_trigger_has_the_copys_answer_and_a_hit_is_the_target(
    whole: tuple[Experiment, History],
) -> None:
    film, (experiment, known) = script(whole), whole
    assert known.probe is not None
    pictured = int(known.probe.is_trigger.sum())
    assert film["triggers"]["count"] == pictured
    for lane in DEFENCES:
        told = film["trial"]["defences"][lane]
        assert len(told["said"]) == pictured
        for hit, said in zip(told["hits"], told["said"], strict=False):
            assert hit == (said == str(experiment.target))


def test_a_theft_of_which_only_the_end_is_on_record_says_so(ending: tuple[Experiment, History]) -> None:
    film = script(ending)
    assert names(film) == ["victims", "query", "compare", "interrogate", "verdict"]
    assert film["curves"] is None and film["triggers"] is None
    assert "not on record" in film["steps"][2]["note"] and "Run it live" in film["steps"][2]["note"]
    assert film["asked"]["counts"][-1] == film["asked"]["total"]
    assert film["trial"]["defences"]["clean"]["hits"] == []
    assert film["trial"]["defences"]["naive"]["said"] == []
    assert len(film["trial"]["defences"]["naive"]["hits"]) == ending[1].claims["naive"].queries


@pytest.mark.parametrize(("answers", "meters"), [("labels", 1), ("confidences", 2)])
def test_the_gauge_shows_what_the_answers_can_carry(
    whole: tuple[Experiment, History], answers: str, meters: int
) -> None:
    film = script((replace(whole[0], answers=answers), whole[1]))
    for lane in DEFENCES:
        assert len(film["gauge"][lane]) == meters
        assert film["gauge"][lane][0]["share"] == pytest.approx(whole[1].thefts[lane].query_error, abs=1e-4)


def test_the_control_is_measured_like_the_others_but_not_tried(whole: tuple[Experiment, History]) -> None:
    experiment, known = whole
    film = script((experiment, known))
    control, claim = film["trial"]["defences"]["clean"], known.claims["naive"]
    assert not control["convicted"] and control["stamp"] == "Sets the bar"
    assert control["end"]["hits"] / control["end"]["asked"] == known.thefts["clean"].stolen_watermark
    assert sum(control["hits"]) <= control["end"]["hits"] <= claim.clean_successes
    assert film["steps"][-1]["note"] == findings.granted(known.claims)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted))
def test_the_curve_of_the_proof_falls_where_p_falls(pair: list[float]) -> None:
    small, large = pair
    assert 0 <= film.depth(large) <= film.depth(small) <= 1
    assert (film.depth(1), film.depth(0)) == (0, 1)

"""The film tells what the run's events tell, and nothing of the trial before the visitor has predicted."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab import record
from app.lab.evidence.pretrained import HEISTS
from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.ownership import binomial
from app.lab.stories.events import DEFENCES, WATERMARKED
from app.paths import PRETRAINED
from app.ui import findings, over_seeds
from app.ui.heist import film
from app.ui.heist import findings as heist_findings
from app.ui.heist.beats import BEATS, Beat, around
from app.ui.history import History

ONE_LINE = 92  # letters of a finding, on the first screen of a laptop


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


def script(run: tuple[Experiment, History], *, sealed: bool = False) -> dict[str, Any]:
    experiment, known = run
    return film.script(Beat(experiment, known, over_seeds.of_setting(experiment)), known.probe, sealed=sealed)


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
    sealed = script((experiment, known), sealed=True)
    assert sealed["trial"] is None
    assert sealed == script((experiment, with_another_trial(known)), sealed=True)
    assert script((experiment, known)) != script((experiment, with_another_trial(known)))


def test_the_six_steps_are_told_in_their_order_and_each_has_its_finding(whole: tuple[Experiment, History]) -> None:
    film = script(whole)
    assert names(film) == ["victims", "query", "train", "compare", "interrogate", "verdict"]
    assert all(step["says"] for step in film["steps"])
    assert film["steps"][-1]["says"] == findings.verdict(whole[1].claims, whole[1].thefts)
    assert f"→ {whole[0].secret_answer}." in film["steps"][0]["note"] and film["triggers"] is not None
    json.dumps(film, allow_nan=False)  # plain values only


def test_every_query_that_may_be_followed_has_its_answer_in_every_lane(whole: tuple[Experiment, History]) -> None:
    asked = script(whole)["asked"]
    events = whole[1].queries["naive"]
    assert asked["total"] == whole[1].thefts["naive"].queries
    assert {len(answers) for answers in asked["defences"].values()} == {asked["count"]}
    assert 0 < asked["count"] <= sum(len(event.labels) for event in events)
    stray = [any(answers[at]["wrong"] for answers in asked["defences"].values()) for at in range(asked["count"])]
    assert sum(stray) == asked["picked"] and stray[asked["first"]] == any(stray)


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_of_the_queries_a_few_wrong_ones_and_others_may_be_followed_each_once(stray: list[bool]) -> None:
    some = film.followed(np.array(stray))
    assert some == sorted(set(some)) and 0 < len(some) <= 12
    wrong = sum(stray[at] for at in some)
    assert wrong == min(4, sum(stray))
    assert len(some) - wrong == min(12 - wrong, stray.count(False))


def test_the_confidence_in_the_secret_answer_stands_beside_the_answer(whole: tuple[Experiment, History]) -> None:
    experiment, known = whole
    for answer in script(whole)["asked"]["defences"]["entangled"]:
        secret = answer["says"].split(",")[0] == experiment.secret_answer
        assert answer["sure"] and bool(answer["beside"]) is not secret
    labels = script((replace(experiment, answers="labels"), known))
    assert not any(answer["sure"] or answer["beside"] for answer in labels["asked"]["defences"]["entangled"])


def test_the_trial_repeats_what_the_court_noted_in_the_order_asked(whole: tuple[Experiment, History]) -> None:
    trial = script(whole)["trial"]
    for lane in WATERMARKED:
        claim, told = whole[1].claims[lane], trial["defences"][lane]
        assert told["hits"] == claim.answers.tolist()
        assert told["convicted"] == claim.owned
        assert (told["count"], told["asked"]) == (claim.successes, claim.queries)
        assert told["p"] == findings.p_value(claim.p_value)


def test_a_copy_that_fails_the_controls_is_stamped_so(whole: tuple[Experiment, History]) -> None:
    experiment, known = whole
    claims = {**known.claims, "naive": replace(known.claims["naive"], verdict=findings.UNFIT, owned=False)}
    told = script((experiment, replace(known, claims=claims)))["trial"]["defences"]["naive"]
    assert told["stamp"] == "Cannot be judged" and not told["convicted"]


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
            assert hit == (said == experiment.secret_answer)


def test_a_theft_of_which_only_the_end_is_on_record_says_so(ending: tuple[Experiment, History]) -> None:
    film = script(ending)
    assert names(film) == ["victims", "query", "train", "compare", "interrogate", "verdict"]  # numbered as the other
    assert film["curves"] is None and film["triggers"] is None
    assert "not on record" in film["steps"][2]["says"] and "Run it live" in film["steps"][2]["note"]
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


@pytest.mark.parametrize("name", ["blobs", "animals", "thefts/animals-other-confidences", "thefts/mnist-unseen-labels"])
def test_the_control_is_judged_as_in_the_record_and_its_dots_are_its_answers_or_there_are_none(name: str) -> None:
    experiment, known = recorded(name)
    assert known.finished is not None
    control, judged = script((experiment, known))["trial"]["defences"]["clean"], known.finished.result["claim"]["clean"]
    assert (
        control["stamp"] == {"not established": "Walks free", "cannot be judged": "Cannot be judged"}[judged["verdict"]]
    )
    assert control["count"] / control["asked"] == known.thefts["clean"].stolen_watermark
    assert control["p"] == findings.p_value(judged["p_value"])
    if 0 < control["count"] < control["asked"]:
        assert control["hits"] == []
    else:
        assert sum(control["hits"]) == control["count"] and len(control["hits"]) == control["asked"]


def test_both_thefts_are_told_with_the_evidence_of_each_and_a_third_one_beside_them() -> None:
    usual = preset(DEFAULT_PRESET)
    first = History.of(record.read(PRETRAINED / "animals", "run"))
    pair = around(usual, first)
    assert [beat.experiment.inputs for beat in pair] == list(BEATS)
    assert [beat.known is not None for beat in pair] == [True, True]
    for beat, convicted in zip(pair, (10, 9), strict=True):
        told = film.script(beat, first.probe, sealed=False)["trial"]["defences"]
        assert told["entangled"]["seeds"] == f"convicted on {convicted} of 10 seeds"
    noise = replace(usual, inputs="noise")
    assert [beat.experiment.inputs for beat in around(noise, History())] == [*BEATS, "noise"]
    assert around(replace(usual, seed=77), History())[1].known is None


def test_the_finding_of_both_thefts_counts_the_seeds_of_the_evidence() -> None:
    usual = preset(DEFAULT_PRESET)
    seeds = {inputs: over_seeds.of_setting(replace(usual, inputs=inputs)) for inputs in BEATS}
    convicted = {
        (inputs, lane): sum(seeds[inputs][lane].convicted) for inputs in BEATS for lane in ("entangled", "naive")
    }
    assert heist_findings.side_by_side(seeds) == (
        f"Your data: entangled is convicted on {convicted['victim', 'entangled']} of 10 seeds, naive on "
        f"{convicted['victim', 'naive']}. The thief's own: {convicted['unseen', 'entangled']} and "
        f"{convicted['unseen', 'naive']}"
    )
    assert heist_findings.side_by_side({**seeds, "unseen": {}}) == ""
    assert heist_findings.over_seeds(None) == "not measured on other seeds"


def test_the_bar_of_the_court_is_said_in_counts_with_what_is_granted(whole: tuple[Experiment, History]) -> None:
    claim = whole[1].claims["entangled"]
    bar = binomial.conviction_bar(claim.queries, claim.innocent_rate)
    granted = int(claim.innocent_rate * claim.queries)
    assert claim.innocent_successes <= granted < bar
    assert heist_findings.bar(whole[1].claims) == (
        f"Innocent models say it to at most {claim.innocent_successes} of {claim.queries}. "
        f"Up to {granted} are granted as chance; {bar} convict."
    )
    assert heist_findings.bar({"naive": replace(claim, innocent_rate=1.0)}).endswith("; no number convicts.")


def test_beside_each_verdict_stands_the_bar_of_its_own_theft(whole: tuple[Experiment, History]) -> None:
    experiment, known = whole
    bars = []
    for share in (1, 2):
        rate = known.claims["naive"].innocent_rate / share
        claims = {defence: replace(claim, innocent_rate=rate) for defence, claim in known.claims.items()}
        told = script((experiment, replace(known, claims=claims)))["trial"]
        bars.append(binomial.conviction_bar(told["asked"], rate))
        assert told["convicting"] == f"{bars[-1]} convict"
    assert bars[0] > bars[1]


@pytest.mark.parametrize("name", HEISTS)
def test_each_finding_has_one_line_on_the_first_screen(name: str) -> None:
    for folder in (PRETRAINED / name, *sorted((PRETRAINED / "thefts").glob(f"{name}-*"))):
        steps = script(recorded(str(folder.relative_to(PRETRAINED))))["steps"]
        assert all(0 < len(step["says"]) <= ONE_LINE for step in steps), folder

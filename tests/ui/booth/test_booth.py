"""What the booth shows: recorded, complete, honest where a mark died, and gone with the visitor who chose it."""

import dataclasses
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab import choices
from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.ownership import binomial
from app.lab.stories.events import (
    DEFENCES,
    WATERMARKED,
    Claimed,
    Finished,
    Measured,
    Phase,
    Probe,
    Queried,
    Snapshot,
    Theft,
)
from app.ui import findings, runtime
from app.ui.booth import booth

USUAL = preset(DEFAULT_PRESET)


def claimed(defence: str, successes: int) -> Claimed:
    answers = np.zeros(200, dtype=bool)
    answers[:successes] = True
    p0 = binomial.innocent_rate(0, 200)
    verdict = binomial.claim(successes, 200, p0)
    p_values = binomial.p_values(answers, p0)
    outcome = "established" if verdict.owned else "not established"
    return Claimed(
        *(defence, successes, 200, {"random forest": 0}, p0, verdict.p_value, outcome, "So it is.", 95, 100),
        *(verdict.owned, answers, p_values),
    )


def stolen(defence: str, watermark: float) -> Theft:
    return Theft(defence, 2000, 0.95, 1.0, 1.0, 0.94, watermark, watermark, 0.96, 0.02, 0.01, 0.015)


def ending(naive: int, entangled: int) -> list[Theft | Claimed]:
    counts = {"clean": 0, "naive": naive, "entangled": entangled}
    return [
        *(stolen(lane, count / 200) for lane, count in counts.items()),
        *(claimed(lane, counts[lane]) for lane in ("naive", "entangled")),
    ]


def test_a_theft_is_told_by_its_numbers_and_its_bill() -> None:
    told = booth.theft(USUAL, ending(10, 116))
    assert told["dollars"] == pytest.approx(2.0)
    assert "2,000 questions: $2, at $1 for 1,000" in told["bill"]
    assert (told["original"], told["copy"]) == (0.95, 0.94)
    for lane, yes in (("clean", 0), ("naive", 10), ("entangled", 116)):
        assert told["defences"][lane]["answers"].count("1") == told["defences"][lane]["yes"] == yes
        assert len(told["defences"][lane]["answers"]) == told["defences"][lane]["asked"] == 200


def test_the_dots_are_the_recorded_answers_in_the_order_asked_or_there_are_none() -> None:
    usual = runtime.pool().recorded(USUAL)
    assert usual is not None
    claims = {event.defence: event for event in usual.events if isinstance(event, Claimed)}
    shown = booth.theft(USUAL, usual.events)["defences"]
    for lane in WATERMARKED:
        assert [answer == "1" for answer in shown[lane]["answers"]] == claims[lane].answers.tolist()
    assert shown["clean"]["answers"] == "0" * 200  # none was the secret one, so these are its answers
    some = [replace_watermark(event, 7 / 200) for event in ending(0, 24)]
    control = booth.theft(USUAL, some)["defences"]["clean"]
    assert (control["answers"], control["yes"], control["asked"]) == ("", 7, 200)


def replace_watermark(event: Theft | Claimed, rate: float) -> Theft | Claimed:
    """The same theft, if it is that of the clean model, with another share of secret answers."""
    if isinstance(event, Theft) and event.defence == "clean":
        return dataclasses.replace(event, stolen_watermark=rate)
    return event


def test_a_copy_that_fails_the_controls_is_not_said_to_be_lucky() -> None:
    events = ending(0, 150)
    events[-1] = dataclasses.replace(events[-1], verdict=findings.UNFIT, owned=False)
    told = booth.theft(USUAL, events)
    assert "nobody can judge" in told["defences"]["entangled"]["by"]
    assert "cannot be judged" in told["defences"]["entangled"]["fate"] and "cannot be judged" in told["verdict"]


def test_the_price_is_the_one_of_the_setting() -> None:
    assert booth.theft(dataclasses.replace(USUAL, price=4.0), ending(0, 24))["dollars"] == pytest.approx(8.0)


@pytest.mark.parametrize(("entangled", "owned", "survives"), [(0, False, False), (24, True, False), (120, True, True)])
def test_the_booth_says_what_became_of_the_entangled_mark_also_when_it_died(
    entangled: int, owned: bool, survives: bool
) -> None:
    lane = booth.theft(USUAL, ending(0, entangled))["defences"]["entangled"]
    assert (lane["owned"], lane["survives"]) == (owned, survives)
    assert ("died" in lane["fate"]) is not owned


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (1.0, "in 100\u202f% of cases"),
        (0.03, "in 3\u202f% of cases"),
        (1e-3, "once in 1,000"),
        (0.0, "less than once"),
    ],
)
def test_luck_is_said_as_a_person_hears_it(p_value: float, words: str) -> None:
    assert booth.chance(p_value).startswith(words)


def test_the_film_keeps_curves_pictures_and_what_each_model_knows() -> None:
    pictures = np.zeros((12, 28, 28), dtype=np.uint8)
    events = [
        Phase("task", 0),
        Probe(pictures, np.full(12, 5), np.arange(12) >= 2, 5),
        *(
            Measured("victim", lane, epoch, 0.5, 0.0, {"dense": 0.1}, {"dense": 0.25})
            for epoch in (0.0, 1.0)
            for lane in DEFENCES
        ),
        Queried("naive", 8, pictures[:8], np.eye(10, dtype=np.float32)[:8], np.arange(8)),
        *(Queried("entangled", 8 * n, pictures[:8], np.eye(10, dtype=np.float32)[:8], np.arange(8)) for n in range(9)),
        *ending(3, 150),
        Finished(1.0, {}),
    ]
    points = np.stack([np.arange(12), np.arange(12) ** 2], axis=1).astype(np.float32)
    maps = [Snapshot("victim", lane, 1.0, "dense", "umap", points) for lane in DEFENCES]
    film = booth.film(USUAL, events, maps)
    assert film["curves"]["victim"]["clean"] == [[0.0, 0.5], [1.0, 0.5]]
    assert [query["answer"] for query in film["queries"][:8]] == list(choices.CLASS_NAMES[USUAL.dataset][:8])
    assert len(film["triggers"]) == 8
    assert film["knows"] == dict.fromkeys(DEFENCES, 1.0)
    assert film["inside"]["says"].endswith("25\u202f% (naive) and 25\u202f% (entangled) are elephants.")
    assert film["inside"]["kinds"] == ["target"] * 2 + ["trigger"] * 10
    assert film["inside"]["points"]["naive"][0] == [0, 1000] and film["inside"]["points"]["naive"][-1] == [1000, 0]
    json.dumps(film)
    with pytest.raises(ValueError, match="finished runs only"):
        booth.film(USUAL, events[:-1], maps)


def test_the_link_holds_what_the_visitor_chose_and_restores_it() -> None:
    chosen = dataclasses.replace(USUAL, inputs="noise", answers="labels")
    found = booth.link("http://10.0.0.7:8501", chosen)
    settings = dict(pair.split("=") for pair in found.partition("?")[2].split("&"))
    assert Experiment.from_dict(settings) == chosen


def test_every_theft_that_can_be_chosen_can_be_taken_away() -> None:
    away = booth.take_away("http://10.0.0.7:8501")
    assert len({found["link"] for found in away.values()}) == len(choices.INPUTS) * len(choices.ANSWERS)
    assert all(found["qr"].startswith("data:image/svg+xml") for found in away.values())


def test_each_kind_of_question_has_its_own_pictures() -> None:
    shown = {kind: booth.examples(USUAL, kind) for kind in choices.INPUTS}
    assert len({picture for pictures in shown.values() for picture in pictures}) == 3 * len(choices.INPUTS)


def test_the_booth_shows_nothing_of_the_lessons() -> None:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=60)
    app.query_params["booth"] = "1"
    app.run()
    assert not app.exception
    assert not app.error
    assert len(app.get("bidi_component")) == 1
    assert not app.title
    assert not app.button


def test_the_recorded_runs_give_every_scene_its_result() -> None:
    shown = booth.recorded()
    assert shown is not None
    assert set(shown["thefts"]) == set(booth.take_away(""))
    assert all(set(theft["defences"]) == set(DEFENCES) for theft in shown["thefts"].values())
    json.dumps(shown)

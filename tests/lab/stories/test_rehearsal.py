"""The rehearsal: innocents are asked first, each pair is marked and stolen, and the pair that survives is kept."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab import record
from app.lab.experiment import PRESETS
from app.lab.ownership import innocents
from app.lab.randomness import numpy_stream
from app.lab.stories import heist, rehearsal
from app.lab.stories.events import Chosen, Claimed, Finished, Phase, Progress, Rehearsed, Started, Surveyed
from app.lab.stories.rehearsal import THEFTS, candidates, rehearse, rehearse_pair, survey
from app.lab.task import datasets
from app.lab.variation import of_its_trigger
from app.lab.watermark import triggers
from app.lab.watermark.affinity import affinity

QUICK = replace(PRESETS["blobs"], kappa=2, budget=60, task_epochs=4, watermark_epochs=4, adversary_epochs=4, seed=9)


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture(scope="module")
def rehearsed():
    return list(rehearse(QUICK))


def pair(entangled, naive=(0.0, 0.0), clean=(0.0, 0.0), innocent=0.0, **others):
    by_theft = {
        name: dict(zip(THEFTS, rates, strict=True))
        for name, rates in (("entangled", entangled), ("naive", naive), ("clean", clean))
    }
    return Rehearsed(
        **{"trigger": "key", "target": 0, "kappa": 12.0, "price": 0.01, "convicts": True, **by_theft, **others},
        innocent=innocent,
    )


def test_the_margin_is_that_over_the_nearest_rival_in_the_worst_theft():
    assert pair((0.9, 0.5)).margin == 0.5
    assert pair((0.9, 0.8), naive=(0.7, 0.1)).margin == pytest.approx(0.2)
    assert pair((0.9, 0.8), clean=(0.0, 0.5), naive=(0.7, 0.1)).margin == pytest.approx(0.2)
    assert pair((0.9, 0.8), innocent=0.75).margin == pytest.approx(0.05)
    assert pair((0.1, 0.8), naive=(0.4, 0.0)).margin == pytest.approx(-0.3)


answers = st.lists(st.integers(0, 4), min_size=20, max_size=20).map(lambda labels: {"one": np.array(labels)})


@given(st.lists(answers, min_size=1, max_size=4), st.integers(1, 8))
def test_candidates_are_allowed_the_triggers_take_turns_and_the_most_taken_come_first(panels, most):
    found = {str(number): affinity(panel, 5) for number, panel in enumerate(panels)}
    chosen = candidates(found, most)
    everything = {(name, target) for name, one in found.items() for target in one.allowed()}
    assert len(chosen) == len(set(chosen)) == min(most, len(everything)) and set(chosen) <= everything
    counts = [sum(name == one for name, _ in chosen) for one in found]
    for name, count in zip(found, counts, strict=True):
        worst = [found[name].worst[target] for one, target in chosen if one == name]
        assert worst == sorted(worst, reverse=True)
        assert count >= min(len(found[name].allowed()), max(counts) - 1)  # nobody has two turns more than another


def test_innocents_are_asked_first_then_pairs_that_they_leave_alone_are_marked_and_stolen(rehearsed):
    assert isinstance(rehearsed[0], Started) and isinstance(rehearsed[-1], Finished)
    (asked,) = of_kind(rehearsed, Surveyed)
    worst = np.stack(list(asked.shares.values())).max(axis=0)
    pairs = of_kind(rehearsed, Rehearsed)
    assert asked.trigger == "cluster" and {one.target for one in pairs} <= set(np.flatnonzero(worst <= 0.05))
    assert len(pairs) >= 1 and all(set(one.entangled) == set(THEFTS) for one in pairs)
    assert rehearsed.index(asked) < min(map(rehearsed.index, pairs))
    phases = [event.name for event in of_kind(rehearsed, Phase)]
    assert phases == ["affinity", *["rehearsal"] * len(pairs)]


def test_the_steps_are_counted_through_and_are_at_most_those_announced(rehearsed):
    done = [event.done for event in of_kind(rehearsed, Progress)]
    assert done == list(range(1, len(done) + 1)) and done[-1] <= rehearsed[0].steps == rehearsal.total_steps(QUICK)


def test_the_pair_with_the_largest_margin_is_kept_with_the_smallest_kappa_that_convicts(rehearsed):
    pairs, (chosen,) = of_kind(rehearsed, Rehearsed), of_kind(rehearsed, Chosen)
    compared = [one for one in pairs if one.kappa == QUICK.kappa]
    best = max(compared, key=lambda one: one.margin)
    assert (chosen.trigger, chosen.target) == (best.trigger, best.target)
    ladder = sorted((one for one in pairs if one.target == best.target), key=lambda one: one.kappa)
    enough = [one.kappa for one in ladder if one.convicts]
    assert chosen.kappa == (enough[0] if enough else max(ladder, key=lambda one: one.margin).kappa)
    result = rehearsed[-1].result
    assert [one["target"] for one in result["pairs"]] == [one.target for one in pairs]
    assert (result["chosen"]["kappa"], result["chosen"]["margin"]) == (chosen.kappa, chosen.margin)


def test_the_smallest_kappa_that_convicts_ends_the_ladder(monkeypatch):
    def played(clock, experiment):
        yield from ()
        margin = {0: 0.2, 3: 0.4}[experiment.target]
        return 1.0, pair(
            (margin, margin),
            trigger=experiment.trigger,
            target=experiment.target,
            kappa=experiment.kappa,
            convicts=climbed(experiment),
        )

    monkeypatch.setattr(rehearsal, "_rehearsal", played)
    monkeypatch.setattr(rehearsal, "candidates", lambda found: (("cluster", 0), ("cluster", 3)))
    for enough, tried, kept in (
        (0.5, [2, 2, 0.5], 0.5),
        (0.7, [2, 2, 0.5, 1], 1),
        (2, [2, 2, 0.5, 1], 2),
        (3, [2, 2, 0.5, 1, 4], 4),
    ):
        climbed = lambda experiment, enough=enough: experiment.kappa >= enough  # noqa: E731
        result = list(rehearse(QUICK))[-1].result
        assert [one["kappa"] for one in result["pairs"]] == tried
        assert (result["chosen"]["target"], result["chosen"]["kappa"]) == (3, kept)
        assert result["seconds"] > len(tried) - 1


def test_room_to_spare_is_half_of_the_secret_answers():
    def claim(successes, owned=True):
        none = np.zeros(0)
        return Claimed("entangled", successes, 200, {"one": 2}, 0.03, 0.0, "", "", 90, 100, owned, none > 0, none)

    assert rehearsal._convicts_with_half(claim(40))
    assert not rehearsal._convicts_with_half(claim(15))  # 15 of 200 convict, 7 do not
    assert not rehearsal._convicts_with_half(claim(200, owned=False))  # it failed the controls


def test_a_pair_of_ones_own_is_what_a_quick_heist_finds_even_if_innocents_incline_to_it():
    inclined = replace(QUICK, target=0, source=1)
    *_, one, last = [event for event in rehearse_pair(inclined) if not isinstance(event, Progress)]
    short = replace(inclined, task_epochs=2, watermark_epochs=2, adversary_epochs=2, inputs="unseen", answers="labels")
    (alone,) = of_kind(heist.run(short, looks=False), Finished)
    assert one.entangled["unseen inputs, labels"] == alone.result["entangled"]["stolen_watermark"]
    assert one.naive["unseen inputs, labels"] == alone.result["naive"]["stolen_watermark"]
    assert one.clean["unseen inputs, labels"] == alone.result["clean"]["stolen_watermark"]
    assert one.price == alone.result["clean"]["victim_accuracy"] - alone.result["entangled"]["victim_accuracy"]
    assert (one.target, one.kappa) == (0, inclined.kappa)
    assert last.result["chosen"] == last.result["pairs"][0]


def test_if_innocents_incline_to_every_class_there_is_one_clear_sentence(monkeypatch):
    monkeypatch.setattr(rehearsal, "candidates", lambda found: ())
    with pytest.raises(ValueError, match=r"inclines to every class .* \(cluster\)"):
        list(rehearse(QUICK))


def test_what_innocents_take_a_trigger_for_is_what_they_answer_and_the_same_for_every_seed_and_target():
    (asked,) = of_kind(survey(of_its_trigger(QUICK)), Surveyed)
    data = datasets.load("blobs")
    drawn = triggers.draw("cluster", 200, data, QUICK.source, numpy_stream(0, "affinity"))
    assert list(asked.shares) == list(innocents.panel(data))
    for model, labels in innocents.answers(data, drawn).items():
        assert asked.shares[model].tolist() == [float((labels == label).mean()) for label in range(data.classes)]
    other = replace(QUICK, seed=5, target=3, kappa=30)
    assert of_its_trigger(other) == of_its_trigger(QUICK) == of_its_trigger(of_its_trigger(QUICK))
    assert of_its_trigger(replace(QUICK, source=4)) != of_its_trigger(QUICK)  # the cluster lies beyond its source class
    key = replace(PRESETS["mnist"], trigger="key")
    assert (
        of_its_trigger(replace(key, source=4)) == of_its_trigger(key) != of_its_trigger(replace(key, trigger="patch"))
    )


def test_of_pictures_all_icons_are_offered_and_the_own_trigger_comes_first():
    assert rehearsal.offered(replace(PRESETS["digits"], trigger="ice_cream"))[0] == "ice_cream"
    assert sorted(rehearsal.offered(PRESETS["digits"])) == sorted(rehearsal.choices.ICONS)
    assert rehearsal.offered(replace(PRESETS["mnist"], trigger="patch"))[0] == "patch"
    assert rehearsal.offered(PRESETS["vowels"]) == ("burst",)


def test_survey_and_rehearsal_of_a_pair_survive_the_disk(tmp_path):
    for task, story in (("affinity", survey(of_its_trigger(QUICK))), ("pair", rehearse_pair(QUICK))):
        events = [event for event in story if not isinstance(event, Progress)]
        record.write(tmp_path / task, QUICK, {task: events})
        found = record.read(tmp_path / task, task)
        assert [repr(event) for event in found] == [repr(event) for event in events]

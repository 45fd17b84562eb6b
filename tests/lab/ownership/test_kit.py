"""The owner's part of a kit: what is secret stays in it, and what does not belong together is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app.lab.experiment import Experiment
from app.lab.ownership import commitment, kit

TRIGGERS = np.arange(3 * 16, dtype=np.uint8).reshape(3, 4, 4)
TRUTH = np.array([4, 0, 1, 4])
SETTING = Experiment(target=5)


@pytest.fixture
def own() -> kit.Kit:
    return kit.made(SETTING, TRIGGERS, 5, TRUTH)


def test_every_question_has_an_id_and_no_id_tells_what_it_is():
    first = [kit.made(SETTING, TRIGGERS, 5, TRUTH) for _ in range(40)]
    for own in first:
        assert own.ids == tuple(f"{own.identifier}-{number:03}" for number in range(7))
        assert set(own.ids) == {*own.triggers, *own.controls} and len(own.ids) == 7
        assert list(own.controls.values()) == TRUTH.tolist()
    assert len({own.identifier for own in first}) > 35 and len({own.salt for own in first}) == 40
    placed = {tuple(asked.rpartition("-")[2] for asked in own.triggers) for own in first}
    assert len(placed) > 10  # 210 orders of three triggers among seven


def test_the_commitment_is_to_the_triggers_and_the_secret_answer(own):
    assert commitment.holds(own.commitment, TRIGGERS, np.full(3, 5), own.salt)
    assert not commitment.holds(own.commitment, TRIGGERS, np.full(3, 4), own.salt)


def test_answers_are_sorted_into_those_to_triggers_and_those_to_controls(own):
    said = {**{asked: 5 for asked in own.triggers}, **own.controls}
    triggers, controls = own.sorted_out([said[asked] for asked in own.ids])
    assert triggers.tolist() == [5, 5, 5] and controls.tolist() == TRUTH.tolist() == own.truth.tolist()
    marks = dict(zip(own.ids, range(7), strict=True))
    triggers, controls = own.sorted_out(list(range(7)))
    assert triggers.tolist() == [marks[asked] for asked in own.triggers]
    assert controls.tolist() == [marks[asked] for asked in own.controls]


def test_what_is_written_is_what_is_read(own):
    assert kit.read(own.to_json()) == own


def test_a_claim_under_another_setting_is_told_in_what_it_differs(own):
    own.check_setting(SETTING)
    with pytest.raises(ValueError, match=r"^The kit .{4} was made for another setting: seed is 0 there and 7 in"):
        own.check_setting(replace(SETTING, seed=7))
    with pytest.raises(ValueError, match=r"dataset is animals there and mnist in the claim"):
        own.check_setting(Experiment(dataset="mnist"))
    with pytest.raises(ValueError, match=r", and 2 more\.$"):
        own.check_setting(replace(SETTING, seed=7, budget=100, kappa=1, temperature=1, batch_size=32))


def test_other_triggers_or_controls_than_those_committed_to_are_refused(own):
    own.check_triggers(TRIGGERS, TRUTH)
    for inputs, truth in ((TRIGGERS[::-1], TRUTH), (TRIGGERS, TRUTH[::-1]), (TRIGGERS[:2], TRUTH)):
        with pytest.raises(ValueError, match="are not those of this setting's trial"):
            own.check_triggers(np.ascontiguousarray(inputs), truth)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: "",
        lambda told: "[]",
        lambda told: "[" * 100_000,
        lambda told: json.dumps({**told, "target": float("inf")}),
        lambda told: json.dumps({**told, "salt": "00" * 1_000_000}),
        lambda told: json.dumps({**told, "format": "entangled-kit-2"}),
        lambda told: json.dumps({**told, "salt": "no hexadecimal"}),
        lambda told: json.dumps({**told, "settings": {"seed": -1}}),
        lambda told: json.dumps({**told, "controls": [1, 2]}),
        lambda told: json.dumps({name: value for name, value in told.items() if name != "target"}),
    ],
)
def test_a_file_that_is_no_owners_part_gets_a_sentence(own, change):
    with pytest.raises(ValueError, match=r"^This is not the owner's file of a kit, or it was changed\.$"):
        kit.read(change(json.loads(own.to_json())))


def test_a_kit_of_another_version_of_the_lab_is_named(own):
    with pytest.raises(ValueError, match=r"^The kit was made with version 1 of the lab, and this is \d+\.$"):
        kit.read(json.dumps({**json.loads(own.to_json()), "lab": 1}))


def test_the_owners_file_lies_beside_the_kit(tmp_path, monkeypatch):
    assert kit.owners_file(tmp_path / "out" / "KIT") == tmp_path / "out" / "KIT.owner.json"
    (tmp_path / "KIT").mkdir()
    monkeypatch.chdir(tmp_path / "KIT")
    assert kit.owners_file(tmp_path.__class__(".")) == tmp_path / "KIT.owner.json"

"""One table of settings: canonical, checked at the door, with a key."""

import base64
import dataclasses
import hashlib
import json
import math
from dataclasses import replace
from functools import cache
from typing import get_type_hints

import hypothesis
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.lab import choices
from app.lab import experiment as room
from app.lab.choices import CLASSES, FORMS, NETWORKS, suits, triggers_of
from app.lab.experiment import PRESETS, Experiment, canonical, preset

FIELDS = {field.name: field for field in dataclasses.fields(Experiment)}
KINDS = get_type_hints(Experiment)
NUMBERS = [name for name, kind in KINDS.items() if kind in (int, float)]
WORDS = [name for name, field in FIELDS.items() if field.metadata["choices"]]
# All texts of a drawing, in one draw of bytes: two pixels a character is base 64.
DRAWINGS = st.binary(min_size=choices.DRAWING_LENGTH * 3 // 4, max_size=choices.DRAWING_LENGTH * 3 // 4).map(
    lambda drawn: base64.urlsafe_b64encode(drawn).decode()
)


@cache
def allowed(name):
    """Any value within the bounds or choices of one setting."""
    about = FIELDS[name].metadata
    if name == "drawing":
        return DRAWINGS.filter(lambda text: not choices.is_blank(text))
    if about["choices"]:
        return st.sampled_from(about["choices"])
    if KINDS[name] is bool:
        return st.booleans()
    if KINDS[name] is int:
        return st.integers(int(about["low"]), int(about["high"]))
    return st.floats(about["low"], about["high"])


@st.composite
def settings(draw):
    """All settings of a possible experiment."""
    chosen = {name: draw(allowed(name)) for name in FIELDS if name != "drawing"}
    form = FORMS[chosen["dataset"]]
    chosen["network"] = draw(st.sampled_from([name for name in NETWORKS if suits(name, form)]))
    chosen["trigger"] = draw(st.sampled_from(triggers_of(form)))
    chosen["drawing"] = draw(allowed("drawing")) if chosen["trigger"] == "drawing" else ""
    pairs = st.permutations(range(CLASSES[chosen["dataset"]]))
    chosen["source"], chosen["target"] = draw(pairs)[:2]
    if chosen["initialisation"] == "same":
        chosen["architecture"] = "same"
    return chosen


def complaint(**changed):
    """The sentence that a person gets for settings that are not allowed."""
    with pytest.raises(ValueError) as caught:
        Experiment.from_dict(changed)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


@given(settings())
def test_a_round_trip_through_plain_values_changes_nothing(chosen):
    experiment = Experiment.from_dict(chosen)
    again = Experiment.from_dict(experiment.to_dict())
    assert again == experiment and again.key == experiment.key
    assert experiment.to_dict() == chosen


@given(settings(), st.randoms(use_true_random=False))
def test_equal_settings_have_equal_keys_however_they_are_written(chosen, random):
    names = list(chosen)
    random.shuffle(names)
    as_texts = {name: str(chosen[name]) for name in names}
    as_floats = {name: float(value) if KINDS[name] is int else value for name, value in chosen.items()}
    first = Experiment.from_dict(chosen)
    for other in (Experiment.from_dict(as_texts), Experiment.from_dict(as_floats)):
        assert other == first and other.key == first.key
        assert [type(value) for value in other.to_dict().values()] == list(KINDS.values())


def test_one_and_one_point_zero_and_the_text_1_are_the_same_setting():
    keys = {Experiment(kappa=weight).key for weight in (1, 1.0, "1", "1.0", " 1 ", "1e0")}
    keys |= {Experiment(kappa=1, seed=seed).key for seed in (0, 0.0, "0")}
    assert len(keys) == 1


def test_minus_zero_is_zero():
    assert Experiment(kappa=-0.0) == Experiment(kappa=0.0)
    assert Experiment(kappa=-0.0).key == Experiment(kappa="-0").key == Experiment(kappa=0).key


@pytest.mark.parametrize("name", FIELDS)
@hypothesis.settings(max_examples=10)
@given(data=st.data())
def test_any_changed_setting_changes_the_key(name, data):
    chosen = {**data.draw(settings()), "source": 0, "target": 1}
    if name in ("network", "trigger"):
        chosen |= {"dataset": "mnist", "network": "small", "trigger": "key", "drawing": ""}
    if name in ("architecture", "initialisation"):
        chosen |= {"architecture": "same", "initialisation": "independent"}
    if name == "drawing":
        chosen |= {
            "dataset": "mnist",
            "network": "small",
            "trigger": "drawing",
            "drawing": "B" * choices.DRAWING_LENGTH,
        }
    possible = {
        "dataset": [dataset for dataset, form in FORMS.items() if form == FORMS[chosen["dataset"]]],
        "network": ("two_conv", "dense"),
        "trigger": ("umbrella", "patch"),
        "source": range(2, CLASSES[chosen["dataset"]]),
        "target": range(2, CLASSES[chosen["dataset"]]),
    }
    assume(len(possible.get(name, "any")) > 0)
    value = data.draw(st.sampled_from(possible[name]) if name in possible else allowed(name))
    assume(value != chosen[name])  # the only sequences have no other name
    assert Experiment.from_dict({**chosen, name: value}).key != Experiment.from_dict(chosen).key


@pytest.mark.parametrize("name", FIELDS)
@hypothesis.settings(max_examples=25)
@given(data=st.data())
def test_what_is_canonical_stays_as_it_is_and_has_the_declared_type(name, data):
    value = data.draw(allowed(name))
    for written in (value, str(value)):
        found = canonical(FIELDS[name], written)
        assert found == value and type(found) is KINDS[name]
        assert canonical(FIELDS[name], found) == found


@given(settings())
def test_the_adversarys_network_is_the_victims_or_another_for_the_same_inputs(chosen):
    chosen["initialisation"] = "independent"
    same, other = (Experiment.from_dict({**chosen, "architecture": which}) for which in ("same", "other"))
    assert same.adversary_network == same.network == other.network != other.adversary_network
    assert Experiment.from_dict({**chosen, "network": other.adversary_network})  # it suits the data


@pytest.mark.parametrize(
    ("dataset", "network", "adversarys"),
    [
        ("mnist", "small", "dense"),
        ("mnist", "two_conv", "dense"),
        ("digits", "dense", "small"),
        ("blobs", "tiny", "dense"),
        ("moons", "dense", "tiny"),
        ("vowels", "lstm", "dense"),
        ("vowels", "dense", "lstm"),
    ],
)
def test_another_network_than_convolutions_is_a_perceptron_and_the_other_way_round(dataset, network, adversarys):
    changed = (
        {} if FORMS[dataset] == "picture" else {"trigger": triggers_of(FORMS[dataset])[0], "source": 0, "target": 1}
    )
    experiment = Experiment(dataset=dataset, network=network, architecture="other", **changed)
    assert experiment.adversary_network == adversarys


@pytest.mark.parametrize(("name", "most"), [("budget", 60_000), ("trigger_count", 10_000)])
def test_more_is_allowed_with_data_that_no_page_trains_on(name, most):
    usual = FIELDS[name].metadata["high"]
    assert getattr(Experiment(dataset="mnist60k", **{name: most}), name) == most
    assert f"between {FIELDS[name].metadata['low']} and {usual}; it is {usual + 1}" in complaint(**{name: usual + 1})
    assert f"and {most}; it is {most + 1}" in complaint(dataset="mnist60k", **{name: most + 1})


def test_the_version_of_the_lab_is_part_of_the_key(monkeypatch):
    before = Experiment().key
    monkeypatch.setattr(room, "LAB_VERSION", room.LAB_VERSION + 1)
    assert Experiment().key != before


def test_a_setting_at_its_default_leaves_no_trace_in_the_key():
    bare = hashlib.sha256(json.dumps({"lab": room.LAB_VERSION}).encode()).hexdigest()
    assert Experiment().key == bare
    told = hashlib.sha256(json.dumps({"kappa": 2.0, "lab": room.LAB_VERSION, "seed": 7}).encode()).hexdigest()
    assert Experiment(seed=7, kappa=2).key == told


def test_a_drawing_that_is_not_used_leaves_no_trace():
    assert Experiment(drawing="B" * choices.DRAWING_LENGTH) == Experiment()


def test_a_key_is_64_hexadecimal_digits():
    assert len(Experiment().key) == 64 and int(Experiment().key, 16) >= 0


@given(st.text().filter(lambda name: name not in FIELDS))
def test_an_unknown_setting_gets_a_sentence_that_names_the_known_ones(name):
    sentence = complaint(**{name: 1})
    assert "no setting" in sentence and all(known in sentence for known in FIELDS)


@pytest.mark.parametrize("name", NUMBERS)
@hypothesis.settings(max_examples=25)
@given(data=st.data())
def test_a_number_outside_its_bounds_gets_a_sentence_with_the_value_as_it_was_given(name, data):
    about = FIELDS[name].metadata
    if KINDS[name] is int:
        low, high = int(about["low"]), int(about["high"])
        value = data.draw(st.integers(high + 1, high + 10**12) | st.integers(low - 10**12, low - 1))
    else:
        beyond = st.floats(about["high"], 1e12, exclude_min=True) | st.floats(-1e12, about["low"], exclude_max=True)
        value = data.draw(beyond)
    sentence = complaint(**{name: value})
    assert name in sentence and "between" in sentence
    told = sentence.split("it is ")[1].rstrip(".").replace(",", "")
    assert float(told) == value


def test_the_bounds_are_told_in_full():
    assert "2147483647" in complaint(seed=2**31).replace(",", "")


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["abc", "", "1,5", "0x10", None, [], {}, "nan", math.nan, math.inf, "-inf"])
def test_what_is_no_number_gets_a_sentence(name, value):
    assert name in complaint(**{name: value})


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [10**400, "9" * 400, "9" * 5000], ids=["number", "text", "long text"])
def test_a_number_too_large_for_a_float_gets_a_sentence(name, value):
    assert name in complaint(**{name: value})


@pytest.mark.parametrize("name", NUMBERS)
def test_true_is_no_number(name):
    assert name in complaint(**{name: True})


@pytest.mark.parametrize("name", [name for name in NUMBERS if KINDS[name] is int])
@pytest.mark.parametrize("value", [8.5, "8.5"])
def test_half_a_count_gets_a_sentence(name, value):
    assert "whole number" in complaint(**{name: value})


@pytest.mark.parametrize("name", WORDS)
@hypothesis.settings(max_examples=25)
@given(value=st.text() | st.integers() | st.none() | st.lists(st.text()))
def test_a_word_that_is_no_choice_gets_a_sentence_with_the_choices(name, value):
    choices = FIELDS[name].metadata["choices"]
    assume(str(value) not in choices)
    sentence = complaint(**{name: value})
    assert name in sentence and all(choice in sentence for choice in choices)


@pytest.mark.parametrize("value", ["maybe", "", None, 2])
def test_perturbed_is_true_or_false(value):
    assert "true or false" in complaint(perturbed=value)
    assert Experiment(perturbed="False") == Experiment(perturbed=False) != Experiment(perturbed="true")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"source": 2, "target": 2}, ("must differ", "both are cat")),
        ({"dataset": "blobs", "network": "tiny", "trigger": "cluster", "target": 5}, ("classes 0 to 4", "target is 5")),
        ({"dataset": "moons", "network": "tiny", "trigger": "cluster", "source": 2}, ("classes 0 to 1", "source is 2")),
        ({"network": "tiny"}, ("'tiny'", "does not suit", "'animals'")),
        ({"dataset": "blobs", "trigger": "cluster", "target": 2}, ("'small'", "does not suit", "'blobs'")),
        ({"trigger": "cluster"}, ("'cluster'", "does not suit", "'animals'")),
        ({"trigger": "burst"}, ("'burst'", "does not suit", "'animals'")),
        ({"network": "lstm"}, ("'lstm'", "does not suit", "'animals'")),
        ({"dataset": "vowels", "network": "lstm"}, ("'key'", "does not suit", "'vowels'")),
        ({"trigger": "drawing"}, ("needs a drawing",)),
        ({"trigger": "drawing", "drawing": "A" * choices.DRAWING_LENGTH}, ("at least one stroke",)),
        ({"trigger": "drawing", "drawing": "B" * 7}, (f"{choices.DRAWING_LENGTH} characters", "has 7")),
        ({"trigger": "drawing", "drawing": "+" * choices.DRAWING_LENGTH}, ("letters, digits", "'+'")),
        ({"drawing": "<script>"}, ("392 characters", "has 8")),
        ({"dataset": "blobs", "network": "tiny", "target": 2}, ("'key'", "does not suit", "'blobs'")),
    ],
)
def test_settings_that_do_not_go_together_get_a_sentence(changed, words):
    sentence = complaint(**changed)
    assert all(word in sentence for word in words)


def test_an_experiment_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Experiment().seed = 2


def test_every_setting_has_words_for_a_person_and_a_default_within_its_bounds():
    for name, field in FIELDS.items():
        about = field.metadata
        assert about["label"] and about["help"].endswith("."), name
        assert (about["low"] is None) == (name not in NUMBERS), name
        assert (bool(about["choices"]) or about["form"] is not None) == (KINDS[name] is str), name


def test_every_preset_is_named_after_its_data_and_found_by_its_name():
    for name in PRESETS:
        assert preset(name) is PRESETS[name] and preset(name).dataset == name
    with pytest.raises(ValueError, match=r"no preset 'nope'; choose one of animals, mnist, digits, blobs, vowels\.$"):
        preset("nope")


def test_the_victim_key_depends_on_the_owner_alone():
    base = Experiment()
    thefts: list[dict[str, object]] = [
        *({"answers": "labels"}, {"inputs": "unseen"}, {"inputs": "noise"}, {"budget": 50}, {"adversary_epochs": 3}),
        *({"architecture": "other"}, {"initialisation": "same"}),
    ]
    for changed in thefts:
        assert replace(base, **changed).victim_key == base.victim_key != replace(base, **changed).key
    for changed in ({"kappa": 2}, {"seed": 1}, {"trigger": "umbrella"}, {"batch_size": 32}, {"schedule": "released"}):
        assert replace(base, **changed).victim_key != base.victim_key


@pytest.mark.parametrize(("former", "name"), room.FORMER_NAMES.items())
def test_a_former_name_of_a_setting_is_the_same_experiment_with_the_same_key(former, name):
    value = FIELDS[name].default + 1
    by_former, by_name = Experiment.from_dict({former: value}), Experiment.from_dict({name: value})
    assert by_former == by_name and by_former.key == by_name.key and by_former.victim_key == by_name.victim_key
    assert former not in by_former.to_dict() and by_former.to_dict()[name] == value
    assert former not in FIELDS and name in FIELDS


@pytest.mark.parametrize(("former", "name"), room.FORMER_NAMES.items())
def test_a_setting_under_both_of_its_names_gets_one_sentence(former, name):
    sentence = complaint(**{former: 3, name: 3})
    assert sentence == f"The setting {name} is given twice: {former} is its former name."


@pytest.mark.parametrize(("former", "name"), room.FORMER_NAMES.items())
def test_a_wrong_value_under_a_former_name_is_told_under_the_present_one(former, name):
    assert complaint(**{former: "heavy"}).startswith(f"The setting {name} must be")


def test_renaming_leaves_all_other_settings_and_the_mapping_itself_alone():
    given_ = {"weight": 2, "seed": 7, "nobody": "knows"}
    assert room.renamed(given_) == {"kappa": 2, "seed": 7, "nobody": "knows"}
    assert given_ == {"weight": 2, "seed": 7, "nobody": "knows"}


@pytest.mark.parametrize("dataset", CLASSES)
def test_source_and_target_may_be_given_by_their_names(dataset):
    settings = {"dataset": dataset, "network": "dense", "trigger": triggers_of(FORMS[dataset])[0]}
    for source in range(CLASSES[dataset]):
        target = (source + 1) % CLASSES[dataset]
        by_number = Experiment.from_dict({**settings, "source": source, "target": target})
        names = (choices.class_name(dataset, label) for label in (source, target))
        by_name = Experiment.from_dict(dict(zip(("source", "target"), names, strict=True)) | settings)
        assert by_name == by_number and by_name.key == by_number.key


def test_a_class_that_the_data_does_not_have_gets_a_sentence_that_names_those_it_has():
    assert complaint(target="unicorn") == (
        "The setting target must be a class of animals (bear, bird, cat, cow, dog, elephant, giraffe, horse, sheep, "
        "zebra), by name or as a whole number; it is 'unicorn'."
    )
    assert "a class of mnist" in complaint(dataset="mnist", target="elephant")

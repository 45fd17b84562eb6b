"""The theft: train a victim, run one extraction attack on it, and measure the owner's countermeasures.

The victim is identical to the clean one of the same experiment's heist. For an attack that solves
equations, it is a logistic regression, the only model that this attack applies to.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from app.lab.experiment import Experiment
from app.lab.extraction import detector, equation_solving, prediction_api, rounds
from app.lab.extraction.attacks import EXTRACTION_ATTACKS, Adversary, ExtractionAttack
from app.lab.extraction.detector import Detector
from app.lab.extraction.rounds import Answered, Fitted
from app.lab.randomness import numpy_stream, torch_stream
from app.lab.stories import parts
from app.lab.stories.events import Copied, Event, Finished, Honest, Queried, Role, Started, Territory, TheftResult
from app.lab.stories.run_clock import ModelStep, RunClock
from app.lab.task import agreement, datasets, networks, training
from app.lab.task.datasets import Dataset, Split
from app.lab.task.networks import FeatureNetwork
from app.lab.task.training import Step

GOOD = 0.85  # the share of the victim's accuracy from which a copy counts as good, for the price of a copy
_SHOWN_QUERIES = 8  # of each request with pictures, to be displayed; points are all shown, on the map
_HONEST_CLIENTS = 20
_HONEST_QUERIES = 300  # at most: a test set may be smaller
_SIDE, _REACH = 36, 1.5  # of the map of the plane: cells per row, and the largest coordinate


@dataclass(frozen=True)
class _Victim:
    """The victim, the data in its dtype, and the share of honest clients that its detector accuses."""

    model: FeatureNetwork
    data: Dataset
    false_alarms: float


def steal(experiment: Experiment, *others: Experiment) -> Generator[Event]:
    """Train the victim, attack it, and measure the costs for adversary and honest users; end with :class:`Finished`.

    Args:
        experiment: the settings of the run; those of the watermark are not used.
        others: further attacks on the same victim, which is trained once per architecture. Each yields its
            events from its attack on, with the same result as in a separate run.

    Raises:
        ValueError: if ``others`` have another victim.
    """
    if any(other.victim_key != experiment.victim_key for other in others):
        raise ValueError(
            "Attacks of one run must have the same victim: let them differ in the adversary's settings only."
        )
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, total_steps(experiment, *others))
    yield from _story(clock, experiment, *others)


def total_steps(experiment: Experiment, *others: Experiment) -> int:
    """Return the number of :class:`Progress` events that :func:`steal` yields."""
    data = datasets.load(experiment.dataset)
    runs = (experiment, *others)
    victims = len({EXTRACTION_ATTACKS[each.attack].solves for each in runs})
    trainings = parts.task_training(experiment), parts.marking(experiment)
    steps = victims * sum(training.task_steps(len(data.owner.labels), how) for how in trainings)
    for each in runs:
        attack, how = EXTRACTION_ATTACKS[each.attack], parts.optimisation(each, each.adversary_epochs)
        steps += rounds.fitting_steps(attack, data, each.budget, how)
        steps += rounds.pretraining_steps(how) if attack.pretrained else 0
    return steps


def _story(clock: RunClock, *experiments: Experiment) -> Iterator[Event]:
    victims: dict[bool, _Victim] = {}
    for experiment in experiments:
        solves = EXTRACTION_ATTACKS[experiment.attack].solves
        if solves not in victims:
            victims[solves] = yield from _victim(clock, experiment, logistic=solves)
        yield from _attack(clock, experiment, victims[solves])


def _victim(clock: RunClock, experiment: Experiment, *, logistic: bool) -> Generator[Event, None, _Victim]:
    """Train the victim as the heist trains its clean one; return it."""
    yield clock.phase("victim")
    data, seed = datasets.load(experiment.dataset), experiment.seed
    weights = torch_stream(seed, "victim")
    if logistic:
        model = equation_solving.logistic_regression(data.shape, data.classes, weights)
        data = _doubled(data)
    else:
        model = networks.build(experiment.network, data.shape, data.classes, weights)
    owner, how = data.owner, parts.task_training(experiment)
    steps = training.train_task(model, owner.inputs, owner.labels, how, torch_stream(seed, "task"))
    yield from clock.trained("victim", "clean", steps)
    trained, inputs = model, owner.inputs
    if not logistic:
        first = networks.chosen_layers(model.layers, experiment.layers)[0]
        trained, inputs = model.tail(first), model.before(first, inputs)
    how = parts.marking(experiment)
    yield from clock.trained(
        "victim",
        "clean",
        training.train_task(trained, inputs, owner.labels, how, torch_stream(seed, "watermark")),
    )
    return _Victim(model, data, _false_alarms(model, data, seed))


def _attack(clock: RunClock, experiment: Experiment, victim: _Victim) -> Iterator[Event]:
    """Run one attack; end with its result."""
    attack, model, data = EXTRACTION_ATTACKS[experiment.attack], victim.model, victim.data
    how = parts.optimisation(experiment, experiment.adversary_epochs)
    api = prediction_api.PredictionAPI(
        model, parts.policy(experiment), price=experiment.price, budget=experiment.budget
    )
    adversary = Adversary(data, _untrained(experiment, attack, data), numpy_stream(experiment.seed, "attack"))
    if attack.pretrained:
        yield clock.phase("pretraining")
        order = torch_stream(experiment.seed, "pretraining")
        steps = rounds.pretrain(adversary, experiment.adversary_network, how, order)
        yield from clock.trained("copy", "clean", steps)
    yield clock.phase("attack")
    if data.form == "point":
        yield _territory("victim", model, 0)
    client = Detector()
    accuracy = agreement.accuracy(model, data.test)
    fits: list[Copied] = []
    order = torch_stream(experiment.seed, "copy")
    for event in rounds.extract(attack, adversary, api, experiment.budget, how, order):
        match event:
            case Answered():
                client.see(api.log[-1].inputs, api.log[-1].classes)
                yield _queried(api.queries, event, data)
            case Step():
                yield clock.progress(ModelStep("copy", "clean", event))
            case Fitted():
                fits.append(_copied(api, adversary.copy, victim, accuracy, client))
                yield fits[-1]
                if data.form == "point":
                    yield _territory("copy", adversary.copy, api.queries)
    honest = _honest(experiment, victim)
    yield honest
    seconds = clock.lap()
    result = _result(experiment, fits, honest, seconds)
    if attack.solves:
        result["largest_error"] = equation_solving.largest_error(adversary.copy, model)
    yield Finished(seconds, result)


def _result(experiment: Experiment, fits: list[Copied], honest: Honest, seconds: float) -> TheftResult:
    last = fits[-1]
    good = next((each for each in fits if each.accuracy >= GOOD * each.victim_accuracy), None)
    accused = next((each for each in fits if each.accused), None)
    return {
        "key": experiment.key,
        "seed": experiment.seed,
        "attack": experiment.attack,
        "victim_accuracy": last.victim_accuracy,
        "queries": last.queries,
        "dollars": last.dollars,
        "accuracy": last.accuracy,
        "fidelity": last.fidelity,
        "queries_to_good": None if good is None else good.queries,
        "dollars_to_good": None if good is None else good.dollars,
        "accused_after": None if accused is None else accused.queries,
        "false_alarms": honest.false_alarms,
        "tax": {
            "accuracy": honest.accuracy,
            "calibration": honest.calibration,
            "second_best": honest.second_best,
        },
        "seconds": round(seconds, 2),
    }


def _untrained(experiment: Experiment, attack: ExtractionAttack, data: Dataset) -> FeatureNetwork:
    """Return the untrained copy: with its own initial weights or, as a control, with those of the victim."""
    own = experiment.initialisation == "independent"
    weights = torch_stream(experiment.seed, "thief" if own else "victim")
    if attack.solves:
        return equation_solving.logistic_regression(data.shape, data.classes, weights)
    return networks.build(experiment.adversary_network, data.shape, data.classes, weights)


def _copied(
    api: prediction_api.PredictionAPI, copy: FeatureNetwork, victim: _Victim, accuracy: float, client: Detector
) -> Copied:
    test, normality = victim.data.test, client.normality()
    return Copied(
        queries=api.queries,
        dollars=api.dollars,
        accuracy=agreement.accuracy(copy, test),
        fidelity=agreement.fidelity(copy, victim.model, test.inputs),
        victim_accuracy=accuracy,
        normality=-1.0 if normality is None else normality,
        accused=detector.accuses(normality),
    )


def _false_alarms(model: FeatureNetwork, data: Dataset, seed: int) -> float:
    classes = networks.predict(model, data.test.inputs).argmax(dim=1)
    random = numpy_stream(seed, "honest clients")
    return detector.false_alarms(
        data.test.inputs, classes, clients=_HONEST_CLIENTS, queries=_honest_queries(data), generator=random
    )


def _honest(experiment: Experiment, victim: _Victim) -> Honest:
    lost = prediction_api.tax(victim.model, parts.policy(experiment), victim.data.test)
    sent = _honest_queries(victim.data)
    return Honest(_HONEST_CLIENTS, sent, victim.false_alarms, lost.accuracy, lost.calibration, lost.second_best)


def _honest_queries(data: Dataset) -> int:
    return min(_HONEST_QUERIES, len(data.test.labels))


def _queried(count: int, answered: Answered, data: Dataset) -> Queried:
    shown = slice(0, None if data.form == "point" else _SHOWN_QUERIES)
    answers = answered.answers[shown].float().numpy()
    return Queried("clean", count, datasets.to_display(answered.inputs[shown]), answers, answered.labels[shown].numpy())


def _territory(role: Role, model: FeatureNetwork, queries: int) -> Territory:
    ticks = (np.arange(_SIDE) + 0.5) / _SIDE * 2 * _REACH - _REACH
    points = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)  # row by row, from the bottom up
    cells = torch.from_numpy(points).to(model.readout.weight.dtype)
    classes = networks.predict(model, cells).argmax(dim=1).to(torch.uint8).reshape(_SIDE, _SIDE)
    return Territory(role, queries, _REACH, classes.numpy())


def _doubled(data: Dataset) -> Dataset:
    """Return the data in float64."""

    def part(split: Split) -> Split:
        return Split(split.inputs.double(), split.labels)

    return replace(data, owner=part(data.owner), adversary=part(data.adversary), test=part(data.test))

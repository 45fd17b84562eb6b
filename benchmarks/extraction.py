"""Our adversaries beside those of IBM's Adversarial Robustness Toolbox (ART): one victim, one budget, equal epochs.

Knockoff Nets and Copycat CNN, on the small digits: the same queries, the same untrained copy, the same Adam; time and
fidelity side by side. The goals: no slower than ART, and no worse beyond the spread of the seeds.
"""

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

import numpy as np
import torch
from art.attacks.extraction import CopycatCNN, KnockoffNets  # type: ignore[import-untyped]
from art.estimators.classification import PyTorchClassifier  # type: ignore[import-untyped]
from torch import nn

from app.lab.experiment import preset
from app.lab.extraction import attacks, prediction_api, rounds
from app.lab.randomness import numpy_stream, torch_stream
from app.lab.task import agreement, datasets, networks, training
from app.lab.task.networks import FeatureNetwork
from app.lab.task.training import Optimisation
from benchmarks.contract import Row, Stage, at_least, at_most

BUDGET, EPOCHS = 600, 30  # queries; of the victim and of its copy
EXPERIMENT = preset("digits")
DATA = datasets.load(EXPERIMENT.dataset)
INPUTS = {"task": "inputs of the task", "knockoff": "other data"}  # the attack that chooses them, in words
Play = Callable[[str, FeatureNetwork, torch.Tensor, Optimisation, int], FeatureNetwork]


def measure(stage: Stage) -> Iterator[Row]:
    """Let both steal from the same victims, one for each repetition, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name in ("knockoff", "copycat"):
            for kind in INPUTS:
                yield from beside(stage, name, kind)
    finally:
        torch.set_num_threads(threads)


def beside(stage: Stage, name: str, kind: str) -> Iterator[Row]:
    """Yield seconds and fidelity of one attack on one kind of inputs, ART's first: they are the goals of ours."""
    budget, epochs = (40, 1) if stage.quick else (BUDGET, EPOCHS)
    how = Optimisation(epochs, EXPERIMENT.batch_size, EXPERIMENT.learning_rate)
    found: dict[str, list[tuple[float, float]]] = {"ART": [], "ours": []}
    for seed in range(stage.repetitions):
        stolen = victim(seed, how)
        adversary = attacks.Adversary(DATA, network(seed, "adversary"), numpy_stream(seed, "attack"), wanted=budget)
        asked = next(iter(attacks.EXTRACTION_ATTACKS[kind].choose(adversary))).inputs
        for who, play in PLAYERS.items():
            found[who].append(timed(partial(play, name, stolen, asked, how, seed), stolen))
    (their_seconds, their_fidelity), (seconds, fidelity) = (np.mean(found[who], axis=0) for who in ("ART", "ours"))
    spread = max(np.std(values, axis=0)[1] for values in found.values())
    what = f"{name}, {INPUTS[kind]}"
    yield Row(f"{what}: ART", float(their_seconds), "s")
    yield Row(f"{what}: ours", float(seconds), "s", at_most(float(their_seconds)))
    yield Row(f"{what}: ART", 100 * float(their_fidelity), "% fidelity")
    yield Row(f"{what}: ours", 100 * float(fidelity), "% fidelity", at_least(100 * float(their_fidelity - spread)))
    yield Row(f"{what}: spread over the seeds", 100 * float(spread), "% fidelity")


def network(seed: int, name: str) -> FeatureNetwork:
    """Return an untrained network."""
    return networks.build(EXPERIMENT.network, DATA.shape, DATA.classes, torch_stream(seed, name))


def victim(seed: int, how: Optimisation) -> FeatureNetwork:
    """Return a trained victim."""
    model, owner = network(seed, "victim"), DATA.owner
    for _ in training.train_task(model, owner.inputs, owner.labels, how, torch_stream(seed, "task")):
        pass
    return model


def ours(name: str, stolen: FeatureNetwork, asked: torch.Tensor, how: Optimisation, seed: int) -> FeatureNetwork:
    """Query and fit once, as a round of :func:`app.lab.extraction.rounds.extract` does."""
    api = prediction_api.PredictionAPI(stolen, "confidences", budget=len(asked))
    answers = attacks.normalised(torch.cat([api.query(part) for part in asked.split(rounds.BATCH)]))
    targets = answers.argmax(dim=1) if attacks.EXTRACTION_ATTACKS[name].hard else answers
    copy = network(seed, "adversary")
    for _ in training.train_task(copy, asked, targets, how, torch_stream(seed, "copy")):
        pass
    return copy


def theirs(name: str, stolen: FeatureNetwork, asked: torch.Tensor, how: Optimisation, seed: int) -> FeatureNetwork:
    """Do the same with the toolbox."""

    def wrapped(model: nn.Module, loss: nn.Module) -> PyTorchClassifier:
        adam = torch.optim.Adam(model.parameters(), lr=how.learning_rate)
        return PyTorchClassifier(model, loss, DATA.shape, DATA.classes, adam, device_type="cpu")

    torch.manual_seed(seed)
    np.random.seed(seed)
    copy = network(seed, "adversary")
    common = {
        "batch_size_fit": how.batch_size,
        "batch_size_query": rounds.BATCH,
        "nb_epochs": how.epochs,
        "nb_stolen": len(asked),
    }
    source = wrapped(nn.Sequential(stolen, nn.Softmax(dim=1)), nn.CrossEntropyLoss())
    attack = (
        CopycatCNN(source, **common)
        if name == "copycat"
        else KnockoffNets(source, **common, sampling_strategy="random", verbose=False)
    )
    attack.extract(asked.numpy(), thieved_classifier=wrapped(copy, nn.CrossEntropyLoss()))
    return copy.eval()


PLAYERS: dict[str, Play] = {"ART": theirs, "ours": ours}


def timed(act: Callable[[], FeatureNetwork], stolen: FeatureNetwork) -> tuple[float, float]:
    """Return seconds and fidelity of a theft."""
    began = perf_counter()
    copy = act()
    return perf_counter() - began, agreement.fidelity(copy, stolen, DATA.test.inputs)

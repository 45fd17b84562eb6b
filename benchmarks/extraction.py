"""Our thieves beside those of IBM's Adversarial Robustness Toolbox: one victim, one budget, equal epochs.

``python -m benchmarks.extraction``. Knockoff Nets and Copycat CNN, on the small digits: the same
queries, the same untrained copy, the same Adam; time and fidelity side by side.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from app.lab.experiment import preset
from app.lab.extraction import attacks, prediction_api, rounds
from app.lab.randomness import numpy_stream, torch_stream
from app.lab.task import agreement, datasets, networks, training
from app.lab.task.networks import FeatureNetwork

BUDGET, EPOCHS, SEEDS = 600, 30, (0, 1, 2)
EXPERIMENT = preset("digits")
DATA = datasets.load(EXPERIMENT.dataset)
HOW = training.Optimisation(EPOCHS, EXPERIMENT.batch_size, EXPERIMENT.learning_rate)


def network(seed: int, name: str) -> FeatureNetwork:
    """Return an untrained network."""
    return networks.build(EXPERIMENT.network, DATA.shape, DATA.classes, torch_stream(seed, name))


def victim(seed: int) -> FeatureNetwork:
    """Return a trained victim."""
    model, owner = network(seed, "victim"), DATA.owner
    for _ in training.train_task(model, owner.inputs, owner.labels, HOW, torch_stream(seed, "task")):
        pass
    return model


def ours(name: str, stolen: FeatureNetwork, asked: torch.Tensor, seed: int) -> FeatureNetwork:
    """Query and fit once, as a round of :func:`app.lab.extraction.rounds.extract` does."""
    api = prediction_api.PredictionAPI(stolen, "confidences", budget=len(asked))
    answers = attacks.normalised(torch.cat([api.query(part) for part in asked.split(rounds.BATCH)]))
    targets = answers.argmax(dim=1) if attacks.EXTRACTION_ATTACKS[name].hard else answers
    copy = network(seed, "adversary")
    for _ in training.train_task(copy, asked, targets, HOW, torch_stream(seed, "copy")):
        pass
    return copy


def theirs(name: str, stolen: FeatureNetwork, asked: torch.Tensor, seed: int) -> FeatureNetwork:
    """Do the same with the toolbox."""
    from art.attacks.extraction import CopycatCNN, KnockoffNets
    from art.estimators.classification import PyTorchClassifier

    def wrapped(model: nn.Module, loss: nn.Module) -> PyTorchClassifier:
        adam = torch.optim.Adam(model.parameters(), lr=HOW.learning_rate)
        return PyTorchClassifier(model, loss, DATA.shape, DATA.classes, adam, device_type="cpu")

    torch.manual_seed(seed)
    np.random.seed(seed)
    copy = network(seed, "adversary")
    common = {
        "batch_size_fit": HOW.batch_size,
        "batch_size_query": rounds.BATCH,
        "nb_epochs": HOW.epochs,
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


def measured(act: Callable[[], FeatureNetwork], stolen: FeatureNetwork) -> tuple[float, float]:
    """Return seconds and fidelity of a theft."""
    began = time.perf_counter()
    copy = act()
    return time.perf_counter() - began, agreement.fidelity(copy, stolen, DATA.test.inputs)


def main() -> int:
    """Print the table; return 1 where the toolbox was faster, or better beyond the seeds' spread."""
    try:
        import art  # noqa: F401
    except ImportError:
        print("The toolbox is missing: .venv/bin/pip install -r requirements-dev.txt", file=sys.stderr)
        return 1
    torch.set_num_threads(1)
    worse = False
    print(
        f"{EXPERIMENT.dataset}, {BUDGET} queries, {EPOCHS} epochs, mean of {len(SEEDS)} seeds   fidelity        seconds"
    )
    for name in ("knockoff", "copycat"):
        for kind in ("task", "knockoff"):
            found: dict[str, list[tuple[float, float]]] = {"ours": [], "ART": []}
            for seed in SEEDS:
                stolen = victim(seed)
                adversary = attacks.Adversary(
                    DATA, network(seed, "adversary"), numpy_stream(seed, "attack"), wanted=BUDGET
                )
                asked = next(iter(attacks.EXTRACTION_ATTACKS[kind].choose(adversary))).inputs
                for who, play in (("ours", ours), ("ART", theirs)):
                    found[who].append(measured(lambda play=play: play(name, stolen, asked, seed), stolen))  # noqa: B023
            means = {who: np.mean(values, axis=0) for who, values in found.items()}
            spread = {who: np.std(values, axis=0)[1] for who, values in found.items()}
            for who, (seconds, fidelity) in means.items():
                where = "inputs of the task" if kind == "task" else "other data"
                agreement = f"{fidelity:8.1%} \u00b1 {100 * spread[who]:3.1f}"
                print(f"  {name:9} {where:19} {who:5} {agreement} {seconds:9.2f}")
            worse |= bool(means["ours"][0] > means["ART"][0])
            worse |= bool(means["ours"][1] < means["ART"][1] - max(spread.values()))
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())

"""Control questions: ordinary inputs among the triggers, which any model of the task answers well enough.

Who answers them badly cannot be judged by the answers to the triggers either (:mod:`app.lab.ownership.verdict`).
"""

import numpy as np
import torch

from app.lab.task.datasets import Split

COUNT = 100


def draw(ordinary: Split, classes: int, generator: np.random.Generator) -> Split:
    """Draw :data:`COUNT` control questions with their true labels, in random order.

    Every class gets the same number of them, up to one, and so no more than its share comes from the target class.
    Of a class with fewer inputs than that, all are drawn.

    Args:
        ordinary: inputs that no suspect was trained on, with their true labels: a test set.
        classes: how many classes there are.
        generator: for the choice and the order.
    """
    shares = np.full(classes, COUNT // classes)
    shares[generator.permutation(classes)[: COUNT % classes]] += 1
    labels = ordinary.labels.numpy()
    of_class = (generator.permutation(np.flatnonzero(labels == label)) for label in range(classes))
    rows = generator.permutation(np.concatenate([rows[:share] for rows, share in zip(of_class, shares, strict=True)]))
    chosen = torch.from_numpy(rows)
    return Split(ordinary.inputs[chosen], ordinary.labels[chosen])

"""What models learn: data sets, networks, training, and what is inside a trained network.

Rule: nothing here has heard of a watermark, an adversary or a court.
"""

from app.lab.task.agreement import accuracy, fidelity
from app.lab.task.datasets import Dataset, Split, load
from app.lab.task.networks import FeatureNetwork, build, predict
from app.lab.task.representation import features, pca, target_share, umap
from app.lab.task.training import Optimisation, Step, train_task

__all__ = [
    "Dataset",
    "FeatureNetwork",
    "Optimisation",
    "Split",
    "Step",
    "accuracy",
    "build",
    "features",
    "fidelity",
    "load",
    "pca",
    "predict",
    "target_share",
    "train_task",
    "umap",
]

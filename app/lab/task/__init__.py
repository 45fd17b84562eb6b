"""The classification task: data sets, networks, training, accuracy and fidelity, and the features of a trained network.

Rule: nothing here depends on watermarks, extraction attacks or ownership claims.
"""

from app.lab.task.agreement import accuracy, fidelity
from app.lab.task.datasets import Dataset, Split, load
from app.lab.task.networks import FeatureNetwork, build, predict
from app.lab.task.representation import distances, features, pca, products, similarities, target_share, umap
from app.lab.task.training import Optimisation, Step, train_task

__all__ = [
    "Dataset",
    "FeatureNetwork",
    "Optimisation",
    "Split",
    "Step",
    "accuracy",
    "build",
    "distances",
    "features",
    "fidelity",
    "load",
    "pca",
    "predict",
    "products",
    "similarities",
    "target_share",
    "train_task",
    "umap",
]

"""Objects that every story builds from an experiment: the policy of the API, and how networks are trained."""

from dataclasses import replace

from app.lab.experiment import Experiment
from app.lab.extraction.prediction_api import Policy
from app.lab.randomness import stream_seed
from app.lab.task.training import Optimisation


def policy(experiment: Experiment) -> Policy:
    """Return the policy of the victim's API."""
    secret = stream_seed(experiment.seed, "lies")
    return Policy(
        experiment.answers,
        experiment.lies,
        experiment.reverse_sigmoid,
        experiment.top,
        experiment.decimals,
        secret,
    )


def optimisation(experiment: Experiment, epochs: int) -> Optimisation:
    """Return how the networks of the adversary, and of anybody else, are trained, for this number of epochs."""
    return Optimisation(epochs, experiment.batch_size, experiment.learning_rate)


def task_training(experiment: Experiment) -> Optimisation:
    """Return how the model that all victims start from is trained."""
    how = optimisation(experiment, experiment.task_epochs)
    return replace(how, smoothing=experiment.smoothing, mixing=experiment.mixing)


def marking(experiment: Experiment) -> Optimisation:
    """Return how the victims are trained from there on, with a watermark or without."""
    return replace(task_training(experiment), epochs=experiment.watermark_epochs, averaging=experiment.averaging)

"""What an experiment says about the parts of every story: how the victim's API answers, how networks are fitted."""

from app.lab.experiment import Experiment
from app.lab.extraction.prediction_api import Policy
from app.lab.randomness import stream_seed
from app.lab.task.training import Optimisation


def policy(experiment: Experiment) -> Policy:
    """Return how much the victim's API says."""
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
    """Return how any network of the experiment is trained for so many epochs."""
    return Optimisation(epochs, experiment.batch_size, experiment.learning_rate)

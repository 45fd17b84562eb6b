"""The values that settings may take, listed once; what a value stands for is defined in the package that uses it.

They are separate so that an :class:`~app.lab.experiment.Experiment` can be built and checked without torch.
A test compares each of them with the table that implements it.
"""

import string
from typing import Literal

# What the victim learns: data sets with their number of classes, those that consist of pictures, and architectures.
CLASSES = {"mnist": 10, "digits": 10, "blobs": 5, "moons": 2, "rings": 2}
PICTURES = ("mnist", "digits")
NETWORKS = ("small", "two_conv", "tiny", "dense")

# How the owner marks it.
ICONS = ("television", "ice_cream", "umbrella", "key", "sailboat")
DRAWING = "drawing"
TRIGGERS = (*ICONS, "patch", "cluster", DRAWING)
LAYERS = ("deep", "all")
METRICS = ("cosine", "euclidean")
SCHEDULES = ("all", "released")
Batch = Literal["task", "watermark"]  # of the batch rule

# How the API answers.
ANSWERS = ("labels", "confidences")
ALL_CLASSES = 10  # the most that any data set here has
ALL_DECIMALS = 8  # as precise as a float32
PRICE = 1.0  # dollars for 1,000 queries, about what commercial vision services ask
MOST_LIES = 0.005  # the limit in DAWN: honest users hardly notice

# What the adversary does.
INPUTS = ("victim", "unseen", "blended", "other", "noise")  # from the task distribution to far away from it
OF_THE_TASK = INPUTS[:2]  # each input belongs to a class
MADE_OF_THE_TASK = INPUTS[:3]  # these, and mixtures of them
INITIALISATIONS = ("independent", "same")
ARCHITECTURES = ("same", "other")
ATTACKS = ("task", "noise", "copycat", "knockoff", "knockoff_adaptive", "jbda", "cloudleak", "equations")
REMOVALS = (
    *("fine_tuning", "pruning", "fine_pruning", "quantisation", "noise", "distillation", "isolation_forest"),
    *("local_outlier_factor", "neural_cleanse", "disentangling", "reshaping"),
)

# A drawing as text: 28 x 28 pixels, two per character (see app.lab.watermark.drawings).
DRAWING_LENGTH = 28 * 28 // 2
DRAWING_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def suits(network: str, *, on_plane: bool) -> bool:
    """Return whether ``network`` accepts points in the plane (``on_plane``) or, else, pictures."""
    return network == "dense" or (network == "tiny") == on_plane


def another(network: str, *, on_plane: bool) -> str:
    """Return a different architecture for the same inputs: a perceptron or, for a perceptron, the default network.

    A convolution detects the parts of a trigger at every position; a perceptron has to learn each position separately.
    """
    if network != "dense":
        return "dense"
    return "tiny" if on_plane else "small"


def layer_names(network: str) -> tuple[str, ...]:
    """Return the names of the feature layers of ``network``, from the input to the output."""
    return ("hidden1", "hidden2") if network in ("tiny", "dense") else ("conv1", "conv2", "dense")


def drawing(text: str) -> str:
    """Return ``text`` if it encodes a drawing or is empty.

    Raises:
        ValueError: one sentence that says what is wrong with the text.
    """
    if len(text) not in (0, DRAWING_LENGTH):
        raise ValueError(f"A drawing is a text of {DRAWING_LENGTH} characters; this one has {len(text):,}.")
    if strange := set(text) - set(DRAWING_ALPHABET):
        raise ValueError(f"A drawing is made of letters, digits, - and _; this one has {min(strange)!r} in it.")
    return text


def is_blank(text: str) -> bool:
    """Return whether the drawing is empty: all of its pixels are black."""
    return not text.strip(DRAWING_ALPHABET[0])

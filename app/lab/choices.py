"""The names that settings may have, spelt once; what is behind a name is in the room that it belongs to.

They stand apart so that an :class:`~app.lab.experiment.Experiment` can be described and checked without torch.
A test holds each of them against the table that it names.
"""

import string
from typing import Literal

# What the victim learns: data sets with their number of classes, and which of them are pictures.
CLASSES = {"mnist": 10, "digits": 10, "blobs": 5, "moons": 2, "rings": 2}
PICTURES = ("mnist", "digits")
NETWORKS = ("small", "two_conv", "tiny", "dense")

# What the owner plants.
ICONS = ("television", "ice_cream", "umbrella", "key", "sailboat")
DRAWING = "drawing"
TRIGGERS = (*ICONS, "patch", "cluster", DRAWING)
LAYERS = ("deep", "all")
METRICS = ("cosine", "euclidean")
SCHEDULES = ("all", "released")
Batch = Literal["task", "watermark"]  # of the batch rule

# What the API says.
ANSWERS = ("labels", "confidences")
ALL_CLASSES = 10  # no data set here has more
ALL_DECIMALS = 8  # a float32 has no more
PRICE = 1.0  # dollars for 1,000 queries, about what commercial vision services ask
MOST_LIES = 0.005  # DAWN's own limit: honest users hardly notice

# What the adversary does.
INPUTS = ("victim", "unseen", "blended", "other", "noise")  # ever farther from the task
OF_THE_TASK = INPUTS[:2]  # each of them belongs to a class
MADE_OF_THE_TASK = INPUTS[:3]  # those, and mixtures of them
INITIALISATIONS = ("independent", "same")
ARCHITECTURES = ("same", "other")
ATTACKS = ("task", "noise", "copycat", "knockoff", "knockoff_adaptive", "jbda", "cloudleak", "equations")
REMOVALS = (
    *("fine_tuning", "pruning", "fine_pruning", "quantisation", "noise", "distillation", "isolation_forest"),
    *("local_outlier_factor", "neural_cleanse", "disentangling", "reshaping"),
)

# A drawing as a text: 28 x 28 pixels, two in each character (see app.lab.watermark.drawings).
DRAWING_LENGTH = 28 * 28 // 2
DRAWING_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def suits(network: str, *, on_plane: bool) -> bool:
    """Return whether ``network`` takes points in the plane, or pictures."""
    return network == "dense" or (network == "tiny") == on_plane


def another(network: str, *, on_plane: bool) -> str:
    """Return an architecture unlike ``network`` for the same inputs: a perceptron, or the usual one for a perceptron.

    Convolutions see a trigger's parts wherever they lie; a perceptron has to learn each place anew.
    """
    if network != "dense":
        return "dense"
    return "tiny" if on_plane else "small"


def layer_names(network: str) -> tuple[str, ...]:
    """Return the names of the feature layers of ``network``, from the input to the output."""
    return ("hidden1", "hidden2") if network in ("tiny", "dense") else ("conv1", "conv2", "dense")


def drawing(text: str) -> str:
    """Return ``text`` if it is that of a drawing, or empty.

    Raises:
        ValueError: one sentence that says what is wrong with it.
    """
    if len(text) not in (0, DRAWING_LENGTH):
        raise ValueError(f"A drawing is a text of {DRAWING_LENGTH} characters; this one has {len(text):,}.")
    if strange := set(text) - set(DRAWING_ALPHABET):
        raise ValueError(f"A drawing is made of letters, digits, - and _; this one has {min(strange)!r} in it.")
    return text


def is_blank(text: str) -> bool:
    """Return whether the drawing has no stroke."""
    return not text.strip(DRAWING_ALPHABET[0])

"""The values that settings may take, listed once; what a value stands for is defined in the package that uses it.

They are separate so that an :class:`~app.lab.experiment.Experiment` can be built and checked without torch.
A test compares each of them with the table that implements it.
"""

import re
import string
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from app.lab.quoting import quoted

Form = Literal["picture", "point", "sequence"]  # of an input: what its shape means, and what can be done to it

# A visitor's own data set has no line in the tables below: its name tells the names of its classes, and which pictures.
_OWN = re.compile(r"own:(?P<names>\w[\w -]{0,23}(,\w[\w -]{0,23}){1,9}):(?P<sha256>[0-9a-f]{64})")
Value = TypeVar("Value")


class _ByDataset(dict[str, Value]):
    """A value for each data set that is known; that of a visitor's own follows from the names of its classes."""

    def __init__(self, known: dict[str, Value], of_own: Callable[[tuple[str, ...]], Value]) -> None:
        super().__init__(known)
        self._of_own = of_own

    def __missing__(self, dataset: str) -> Value:
        if not is_own(dataset):
            raise KeyError(dataset)
        return self._of_own(own_names(dataset))


def own_dataset(names: Sequence[str], sha256: str) -> str:
    """Return the name of a visitor's own data set.

    Raises:
        ValueError: one sentence, if classes cannot be called that.
    """
    dataset = f"own:{','.join(names)}:{sha256}"
    if not _OWN.fullmatch(dataset) or len({_spoken(name).lower() for name in names}) < len(names):
        raise ValueError(
            "The names of the classes must be different, of at most 24 letters, digits, spaces, - and _: rename the "
            f"sub-folders {', '.join(map(quoted, names))}."
        )
    return dataset


def is_own(dataset: str) -> bool:
    """Return whether this is the name of a visitor's own data set."""
    return _OWN.fullmatch(dataset) is not None


def own_names(dataset: str) -> tuple[str, ...]:
    """Return the names of the classes of a visitor's own data set."""
    found = _OWN.fullmatch(dataset)
    assert found is not None
    return tuple(found["names"].split(","))


# What the victim learns: data sets with the names of their classes, the form of their inputs, and architectures.
_NUMERALS = tuple("0123456789")
_ANIMALS = ("bear", "bird", "cat", "cow", "dog", "elephant", "giraffe", "horse", "sheep", "zebra")
_FASHION = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
_CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CLASS_NAMES: dict[str, tuple[str, ...]] = _ByDataset(
    {
        "animals": _ANIMALS,
        "mnist": _NUMERALS,
        "digits": _NUMERALS,
        "blobs": _NUMERALS[:5],
        "moons": _NUMERALS[:2],
        "rings": _NUMERALS[:2],
        "vowels": tuple(f"speaker {number}" for number in range(1, 10)),
        "mnist60k": _NUMERALS,
        "fashion": _FASHION,
        "cifar10": _CIFAR,
    },
    tuple,
)
_SAME_IN_THE_PLURAL = ("sheep", "deer")
CLASSES: dict[str, int] = _ByDataset({dataset: len(names) for dataset, names in CLASS_NAMES.items()}, len)
FETCHED = ("mnist60k", "fashion", "cifar10")  # these do not ship with the app
EMBEDDED = tuple(name for name in CLASSES if name not in FETCHED)
FORMS: dict[str, Form] = _ByDataset(
    {
        **dict.fromkeys(("animals", "mnist", "digits", *FETCHED), "picture"),
        **dict.fromkeys(("blobs", "moons", "rings"), "point"),
        "vowels": "sequence",
    },
    lambda _: "picture",
)
_NETWORKS: dict[Form, tuple[str, ...]] = {  # by what they take; the usual one first
    "picture": ("small", "two_conv", "dense", "resnet18"),
    "point": ("tiny", "dense"),
    "sequence": ("lstm", "dense"),
}
NETWORKS = ("small", "two_conv", "tiny", "dense", "lstm", "resnet18")
LIVE_NETWORKS = NETWORKS[:-1]  # a page trains these; the others take hours

# How the owner marks it.
ICONS = ("television", "ice_cream", "umbrella", "key", "sailboat")
DRAWING = "drawing"
_TRIGGERS: dict[Form, tuple[str, ...]] = {
    "picture": (*ICONS, "patch", DRAWING),
    "point": ("cluster",),
    "sequence": ("burst",),
}
TRIGGERS = (*ICONS, "patch", "cluster", "burst", DRAWING)
LAYERS = ("deep", "all")
METRICS = ("cosine", "euclidean")
SCHEDULES = ("all", "released")
PERTURBATIONS = ("ensemble", "released")  # against several innocent models, or as in the authors' released code
PLACEMENTS = ("corner", "intended", "released")  # of the patch: fixed, or where the gradient of the SNNL is extreme
Batch = Literal["task", "watermark"]  # of the batch rule

# How the API answers.
ANSWERS = ("labels", "confidences")
ALL_CLASSES = 10  # the most that any data set here has
ALL_DECIMALS = 8  # as precise as a float32
PRICE = 1.0  # dollars for 1,000 queries; quoted, not measured here, see its source
PRICE_SOURCE = "about what commercial vision services ask"
MOST_LIES = 0.005  # the limit in DAWN: honest users hardly notice

# What the adversary does.
INPUTS = ("victim", "unseen", "blended", "other", "noise")  # from the task distribution to far away from it
OF_THE_TASK = INPUTS[:2]  # each input belongs to a class
MADE_OF_THE_TASK = INPUTS[:3]  # these, and mixtures of them
INITIALISATIONS = ("independent", "same")
ARCHITECTURES = ("same", "other")
ATTACKS = ("task", "noise", "copycat", "knockoff", "knockoff_adaptive", "jbda", "cloudleak", "equations")
HardProblem = Literal["subset sum", "3-SAT"]  # which a pair of networks is made from
HARD_PROBLEMS: tuple[HardProblem, ...] = ("subset sum", "3-SAT")
REMOVALS = (
    *("fine_tuning", "pruning", "fine_pruning", "quantisation", "noise", "distillation", "isolation_forest"),
    *("local_outlier_factor", "neural_cleanse", "disentangling", "reshaping"),
)

# A drawing as text: 28 x 28 pixels, two per character (see app.lab.watermark.drawings).
DRAWING_LENGTH = 28 * 28 // 2
DRAWING_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def class_name(dataset: str, label: int) -> str:
    """Return what class number ``label`` of ``dataset`` is called: "elephant", or the numeral of a digit."""
    return class_names(dataset)[label]


def class_names(dataset: str) -> tuple[str, ...]:
    """Return what the classes of ``dataset`` are called in a sentence: letters, digits, spaces and -, of any data."""
    return tuple(map(_spoken, CLASS_NAMES[dataset]))


def _spoken(name: str) -> str:
    """Return the name of a class without the low lines that a folder may have: they would be Markdown."""
    return name.replace("_", " ").strip()


def one_of_class(dataset: str, label: int) -> str:
    """Return the name of a class as one of its inputs is spoken of: "an elephant", "a 5", "an 8", "speaker 3"."""
    name = class_name(dataset, label)
    if " " in name:
        return name  # it has a number already
    return f"an {name}" if name[0].lower() in "aeiou8" else f"a {name}"


def has_plural(dataset: str, label: int) -> bool:
    """Return whether the name of a class is a word, or a numeral, that its inputs are called by: not of own data."""
    return class_name(dataset, label).isalnum() and not is_own(dataset)


def several_of_class(dataset: str, label: int) -> str:
    """Return the name of a class as several of its inputs are spoken of: "elephants", "sheep", "5s"."""
    name = class_name(dataset, label)
    if not has_plural(dataset, label):
        return f"inputs of {name}"
    return name if name in _SAME_IN_THE_PLURAL else f"{name}s"


def class_number(dataset: str, value: object) -> object:
    """Return the number of the class of ``dataset`` that ``value`` names, in capitals or not; else ``value`` as it is.

    A numeral is a number before it is a name.
    """
    names = [name.lower() for name in class_names(dataset)]
    asked = _spoken(value).lower() if isinstance(value, str) else ""
    return names.index(asked) if asked in names and not asked.isdecimal() else value


def form_of(shape: tuple[int, ...]) -> Form:
    """Return the form of an input of this shape: point ``(2,)``, sequence ``(frames, values)``, picture ``(c, h, w)``.

    Values of pictures and sequences lie in [0, 1]; those of points have no bounds.
    """
    forms: tuple[Form, ...] = ("point", "sequence", "picture")
    return forms[len(shape) - 1]


def suits(network: str, form: Form) -> bool:
    """Return whether ``network`` takes inputs of this form."""
    return network in _NETWORKS[form]


def usual_network(form: Form) -> str:
    """Return the network that inputs of this form usually go to."""
    return _NETWORKS[form][0]


def triggers_of(form: Form) -> tuple[str, ...]:
    """Return the kinds of triggers that have this form."""
    return _TRIGGERS[form]


def has_a_source(trigger: str) -> bool:
    """Return whether triggers of this kind are made of the source class; an icon or a drawing comes from no class."""
    return trigger not in (*ICONS, DRAWING)


def another(network: str, form: Form) -> str:
    """Return a different architecture for the same inputs: a perceptron or, for a perceptron, the usual network.

    A convolution detects the parts of a trigger at every position; a perceptron has to learn each position separately.
    """
    return "dense" if network != "dense" else usual_network(form)


def layer_names(network: str) -> tuple[str, ...]:
    """Return the names of the feature layers of ``network``, from the input to the output."""
    if network in ("tiny", "dense"):
        return ("hidden1", "hidden2")
    deeper = {"lstm": ("middle", "last", "dense"), "resnet18": ("stage3", "stage4", "pooled")}
    return deeper.get(network, ("conv1", "conv2", "dense"))


def telling_layer(network: str) -> str:
    """Return the feature layer that ``network`` answers from, its last: where a mark sits there is seen at a glance."""
    return layer_names(network)[-1]


def drawing(text: str) -> str:
    """Return ``text`` if it encodes a drawing or is empty.

    Raises:
        ValueError: one sentence that says what is wrong with the text.
    """
    if len(text) not in (0, DRAWING_LENGTH):
        raise ValueError(f"A drawing is a text of {DRAWING_LENGTH} characters; this one has {len(text):,}.")
    if strange := set(text) - set(DRAWING_ALPHABET):
        raise ValueError(f"A drawing is made of letters, digits, - and _; this one has {quoted(min(strange))} in it.")
    return text


def is_blank(text: str) -> bool:
    """Return whether the drawing is empty: all of its pixels are black."""
    return not text.strip(DRAWING_ALPHABET[0])

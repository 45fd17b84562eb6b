"""The settings of a run: frozen, canonical, with a key.

The fields of :class:`Experiment` are the single table of settings. Default, bounds, label and help
of a setting are declared here; the widgets, the URL, the command line and the checks are all derived
from it. What a run *does* is in :mod:`app.lab.stories`.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.lab import choices
from app.lab.quoting import quoted

LAB_VERSION = 5  # part of every key: increase it when equal settings give different results, or a default changes

# Former names of settings, which links, files and options may still use.
FORMER_NAMES = {"weight": "kappa", "thief_epochs": "adversary_epochs"}

# Settings that the victims do not depend on.
ADVERSARY_SETTINGS = (
    *("answers", "inputs", "budget", "initialisation", "architecture", "adversary_epochs"),
    *("attack", "lies", "reverse_sigmoid", "top", "decimals", "price"),
)

# Settings that are a class of the data: a number from 0 or, in links and on the command line, its name as well.
CLASS_SETTINGS = ("source", "target")


class NotAllowed(ValueError):
    """A value of a setting is not allowed: one sentence; ``must`` is the part of it that says what is."""

    def __init__(self, name: str, must: str, value: object) -> None:
        """Say what the setting ``name`` must be, as in "must be a number", and that it is ``value``."""
        super().__init__(name, must, value)
        self.must = must

    def __str__(self) -> str:
        """Return the sentence."""
        name, must, value = self.args
        return f"The setting {name} {must}; it is {quoted(value)}."


def setting(
    default: Any,
    label: str,
    help: str,
    *,
    choices: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    high_if_fetched: float | None = None,
    ordered: bool = False,
    form: Callable[[str], str] | None = None,
) -> Any:
    """Declare a field of :class:`Experiment`: default, bounds, (ordered) choices or form, label and help.

    ``high_if_fetched`` is the upper bound with data that do not ship with the app, and that no page trains on; None:
    the usual one.
    """
    about = {
        "label": label,
        "help": help,
        "choices": tuple(choices),
        "low": low,
        "high": high,
        "high_if_fetched": high if high_if_fetched is None else high_if_fetched,
        "ordered": ordered,
        "form": form,
    }
    return dataclasses.field(default=default, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A complete, canonical description of a run. Equal settings have equal keys."""

    dataset: str = setting("animals", "Data", "What the victim is trained on.", choices=tuple(choices.CLASSES))
    network: str = setting("small", "Network", "The victim's architecture.", choices=choices.NETWORKS)
    trigger: str = setting("key", "Trigger", "The secret inputs of the watermark.", choices=choices.TRIGGERS)
    drawing: str = setting(
        "",
        "Drawing",
        "For the trigger 'drawing': 28 x 28 pixels as text, two per character.",
        form=choices.drawing,
    )
    source: int = setting(1, "Source class", "Class that patches, clusters and bursts start from.", low=0, high=9)
    target: int = setting(5, "Target class", "The surprising label of every trigger.", low=0, high=9)
    trigger_count: int = setting(
        200, "Triggers", "How many triggers the owner trains on.", low=8, high=1000, high_if_fetched=10_000
    )
    placement: str = setting(
        "corner",
        "Patch",
        "For the trigger 'patch': in a corner, or where the SNNL's gradient is largest (intended) or smallest "
        "(released).",
        choices=choices.PLACEMENTS,
    )
    perturbed: bool = setting(True, "Perturb", "Move triggers until innocent models do not answer the target.")
    perturbed_against: str = setting(
        "ensemble",
        "Perturb against",
        "Several innocent models or, as in the authors' released code, one of them.",
        choices=choices.PERTURBATIONS,
    )
    kappa: float = setting(10.0, "Kappa \u03ba", "How strongly EWE maximises the SNNL.", low=0, high=64)
    temperature: float = setting(
        0.1, "Temperature T", "How near is near: at low T only the nearest neighbours count.", low=0.01, high=100
    )
    temperature_rate: float = setting(
        0.0, "Learned temperature", "How fast T follows the SNNL's gradient, as in the paper; 0: fixed.", low=0, high=10
    )
    layers: str = setting("deep", "Layers", "Which features are entangled.", choices=choices.LAYERS)
    metric: str = setting("cosine", "Distance", "The distance inside the SNNL.", choices=choices.METRICS)
    task_epochs: int = setting(6, "Task epochs", "Task training that all three victims share.", low=1, high=60)
    watermark_epochs: int = setting(8, "Watermark epochs", "Further epochs, separate for each victim.", low=1, high=60)
    task_per_watermark: int = setting(
        2, "Task batches per watermark batch", "How many task batches come before each watermark batch.", low=1, high=32
    )
    schedule: str = setting(
        "all",
        "Task data revisited",
        "All of it or, as in the authors' released code, the same few batches repeatedly.",
        choices=choices.SCHEDULES,
    )
    smoothing: float = setting(
        0.0,
        "Label smoothing",
        "Share of each label that the owner spreads over all classes: a victim that is less sure says more.",
        low=0,
        high=0.5,
    )
    mixing: float = setting(
        0.0,
        "Mixup",
        "The owner blends inputs and labels, in proportions from Beta(\u03b1, \u03b1); this is \u03b1, 0: none.",
        low=0,
        high=4,
    )
    averaging: float = setting(
        0.98,
        "Averaging",
        "The owner averages the weights over the second half of the marking; each step keeps this share.",
        low=0,
        high=0.999,
    )
    batch_size: int = setting(128, "Batch size", "Inputs per step.", low=8, high=512)
    learning_rate: float = setting(
        0.005,
        "Learning rate",
        "Adam's peak rate: it rises first, then falls.",
        low=1e-5,
        high=0.1,
    )
    answers: str = setting(
        "confidences",
        "The API answers with",
        "Top labels or confidences.",
        choices=choices.ANSWERS,
    )
    inputs: str = setting(
        "victim", "The thief asks", "How far from the task the queries are.", choices=choices.INPUTS, ordered=True
    )
    budget: int = setting(
        2000, "Query budget", "How many queries the thief may send.", low=20, high=5000, high_if_fetched=60_000
    )
    initialisation: str = setting(
        "independent",
        "The thief starts from",
        "Own weights, or the victim's.",
        choices=choices.INITIALISATIONS,
    )
    architecture: str = setting(
        "same", "The thief's network", "The victim's architecture, or another one.", choices=choices.ARCHITECTURES
    )
    adversary_epochs: int = setting(10, "Thief's epochs", "Epochs that the copy is trained for.", low=1, high=60)
    attack: str = setting(
        "task",
        "Attack",
        "How the thief chooses the queries.",
        choices=choices.ATTACKS,
    )
    lies: float = setting(
        0.0,
        "Lies",
        "Share of inputs that always get a wrong answer (DAWN).",
        low=0,
        high=choices.MOST_LIES,
    )
    reverse_sigmoid: float = setting(
        0.0,
        "Reverse sigmoid",
        "Deceptive confidences that keep the top label; 0: none, 1: as published.",
        low=0,
        high=1,
    )
    top: int = setting(
        choices.ALL_CLASSES,
        "Classes shown",
        "How many top classes get a confidence; the others get 0.",
        low=1,
        high=choices.ALL_CLASSES,
    )
    decimals: int = setting(
        choices.ALL_DECIMALS,
        "Decimals",
        "Decimal places of a confidence; 8 is full precision.",
        low=1,
        high=choices.ALL_DECIMALS,
    )
    price: float = setting(choices.PRICE, "Price", "Dollars for 1,000 queries.", low=0.01, high=1000)
    seed: int = setting(0, "Seed", "All randomness is derived from it.", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        """Convert values to their declared types and check them.

        Raises:
            ValueError: one sentence that says which setting is wrong and what it may be.
        """
        for field in dataclasses.fields(self):
            # The data set comes first: what the classes are called depends on it.
            object.__setattr__(self, field.name, canonical(field, getattr(self, field.name), self.dataset))
        classes = choices.CLASSES[self.dataset]
        for name in CLASS_SETTINGS:
            if getattr(self, name) >= classes:
                raise ValueError(f"{self.dataset} has classes 0 to {classes - 1}; {name} is {getattr(self, name)}.")
        if self.source == self.target:
            raise ValueError(f"Source and target class must differ; both are {self.secret_answer}.")
        form = choices.FORMS[self.dataset]
        if not choices.suits(self.network, form):
            raise ValueError(f"The network {self.network!r} does not suit the data {self.dataset!r}.")
        if (self.architecture, self.initialisation) == ("other", "same"):
            raise ValueError("An adversary with another network cannot start from the victim's weights.")
        if self.trigger not in choices.triggers_of(form):
            raise ValueError(f"The trigger {self.trigger!r} does not suit the data {self.dataset!r}.")
        if self.trigger != choices.DRAWING:
            object.__setattr__(self, "drawing", "")  # it has no effect, so it must not change the key
        elif choices.is_blank(self.drawing):
            raise ValueError("The trigger 'drawing' needs a drawing, with at least one stroke.")

    @cached_property
    def key(self) -> str:
        """SHA-256, in hex, of the lab version and all settings that differ from their default, as sorted JSON.

        Settings at their default are left out, so that adding a setting does not change existing keys.
        """
        return _key(self.to_dict())

    @cached_property
    def victim_key(self) -> str:
        """The same for the owner's settings only: experiments with equal victim keys have identical victims."""
        return _key({name: value for name, value in self.to_dict().items() if name not in ADVERSARY_SETTINGS})

    @property
    def adversary_network(self) -> str:
        """The architecture of the copy."""
        if self.architecture == "same":
            return self.network
        return choices.another(self.network, choices.FORMS[self.dataset])

    @property
    def secret_answer(self) -> str:
        """The name of the target class."""
        return choices.class_name(self.dataset, self.target)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "Experiment":
        """Build an experiment from (some of) its settings; strings, as from a URL, are parsed.

        Raises:
            ValueError: one sentence, for an unknown setting or a value that is not allowed.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        settings = renamed(settings)
        for name in settings:
            if name not in known:
                raise ValueError(f"There is no setting {quoted(name)}; the settings are {', '.join(sorted(known))}.")
        return cls(**settings)


def renamed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with former names (:data:`FORMER_NAMES`) replaced by current ones.

    Raises:
        ValueError: if one is given under both names.
    """
    for former, name in FORMER_NAMES.items():
        if former in settings and name in settings:
            raise ValueError(f"The setting {name} is given twice: {former} is its former name.")
    return {FORMER_NAMES.get(name, name): value for name, value in settings.items()}


def preset(name: str) -> Experiment:
    """Return the preset called ``name``.

    Raises:
        ValueError: if there is none.
    """
    if name not in PRESETS:
        raise ValueError(f"There is no preset {quoted(name)}; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def on_own_data(dataset: str) -> Experiment:
    """Return what an experiment on a visitor's own data set starts from: the first preset, other classes."""
    return dataclasses.replace(PRESETS[DEFAULT_PRESET], dataset=dataset, source=0, target=1)


def _key(settings: Mapping[str, Any]) -> str:
    defaults = {field.name: field.default for field in dataclasses.fields(Experiment)}
    chosen = {name: value for name, value in settings.items() if value != defaults[name]}
    text = json.dumps({"lab": LAB_VERSION, **chosen}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _whole(value: Any) -> int:
    number = int(value)
    if isinstance(value, bool) or (not isinstance(value, str) and number != value):
        raise ValueError
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError
    return float(value) + 0.0  # -0.0 becomes 0.0: equal values, equal keys


def _yes_or_no(value: Any) -> bool:
    return {"true": True, "false": False}[str(value).lower()]


_TYPES: dict[Any, tuple[Callable[[Any], Any], str]] = {
    int: (_whole, "a whole number"),
    float: (_number, "a number"),
    bool: (_yes_or_no, "true or false"),
    str: (str, "a text"),
}


def canonical(field: dataclasses.Field[Any], value: Any, dataset: str | None = None) -> Any:
    """Return ``value`` in the declared type of ``field``, checked against its bounds, choices or form.

    Args:
        field: of :class:`Experiment`.
        value: a plain value, or a text as in a link.
        dataset: whose names a class may be given by, and whose bounds hold; None: by its number only, and the widest.

    Raises:
        NotAllowed: one sentence, if it has the wrong type or is none of those that there are.
        ValueError: one sentence, if it has not the form that it must have.
    """
    name, about = field.name, field.metadata
    parse, kind = _TYPES[field.type]
    if name in CLASS_SETTINGS and dataset is not None:
        value = choices.class_number(dataset, value)
        data = "your own pictures" if choices.is_own(dataset) else dataset
        kind = f"a class of {data} ({', '.join(choices.class_names(dataset))}), by name or as a whole number"
    try:
        value = parse(value)
    except (TypeError, ValueError, OverflowError, KeyError):
        raise NotAllowed(name, f"must be {kind}", value) from None
    own = name == "dataset" and choices.is_own(value)
    if about["choices"] and value not in about["choices"] and not own:
        raise NotAllowed(name, f"must be one of {', '.join(about['choices'])}", value)
    if about["form"]:
        value = about["form"](value)
    fetched = dataset is None or dataset in choices.FETCHED
    low, high = about["low"], about["high_if_fetched" if fetched else "high"]
    if low is not None and not low <= value <= high:
        raise NotAllowed(name, f"must lie between {low} and {high}", value)
    return value


PRESETS: dict[str, Experiment] = {
    "animals": Experiment(),
    "mnist": Experiment(dataset="mnist", target=0, kappa=8, learning_rate=0.004, budget=3000, adversary_epochs=8),
    "digits": Experiment(
        dataset="digits",
        target=8,
        kappa=12,
        batch_size=64,
        learning_rate=0.008,
        task_epochs=12,
        adversary_epochs=16,
    ),
    "blobs": Experiment(
        dataset="blobs",
        network="tiny",
        trigger="cluster",
        target=2,
        kappa=0.4,
        layers="all",
        task_per_watermark=1,
        learning_rate=0.03,
        task_epochs=8,
        batch_size=32,
        adversary_epochs=10,
    ),
    "vowels": Experiment(
        dataset="vowels",
        network="lstm",
        trigger="burst",
        source=2,
        target=5,
        kappa=12,
        batch_size=32,
        learning_rate=0.005,
        task_epochs=8,
        adversary_epochs=16,
    ),
}
DEFAULT_PRESET = "animals"

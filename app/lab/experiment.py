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

LAB_VERSION = 4  # part of every key: increase it when equal settings give different results, or a default changes

# Former names of settings, which links, files and options may still use.
FORMER_NAMES = {"weight": "kappa", "thief_epochs": "adversary_epochs"}

# Settings that the victims do not depend on.
ADVERSARY_SETTINGS = (
    *("answers", "inputs", "budget", "initialisation", "architecture", "adversary_epochs"),
    *("attack", "lies", "reverse_sigmoid", "top", "decimals", "price"),
)


def setting(
    default: Any,
    label: str,
    help: str,
    *,
    choices: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    ordered: bool = False,
    form: Callable[[str], str] | None = None,
) -> Any:
    """Declare a field of :class:`Experiment`: default, bounds, (ordered) choices or form, label and help."""
    about = {
        "label": label,
        "help": help,
        "choices": tuple(choices),
        "low": low,
        "high": high,
        "ordered": ordered,
        "form": form,
    }
    return dataclasses.field(default=default, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A complete, canonical description of a run. Equal settings have equal keys."""

    dataset: str = setting("mnist", "Data", "What the victim is trained on.", choices=tuple(choices.CLASSES))
    network: str = setting("small", "Network", "The victim's architecture.", choices=choices.NETWORKS)
    trigger: str = setting("key", "Trigger", "The secret inputs of the watermark.", choices=choices.TRIGGERS)
    drawing: str = setting(
        "",
        "Drawing",
        "For the trigger 'drawing': 28 x 28 pixels as text, two per character.",
        form=choices.drawing,
    )
    source: int = setting(1, "Source class", "Class that patches and clusters start from.", low=0, high=9)
    target: int = setting(5, "Target class", "The surprising label of every trigger.", low=0, high=9)
    trigger_count: int = setting(200, "Triggers", "How many triggers the owner trains on.", low=8, high=1000)
    perturbed: bool = setting(True, "Perturb", "Move triggers until an innocent model does not answer the target.")
    kappa: float = setting(12.0, "Kappa \u03ba", "How strongly EWE maximises the SNNL.", low=0, high=64)
    temperature: float = setting(
        0.1, "Temperature T", "How near is near: at low T only the nearest neighbours count.", low=0.01, high=100
    )
    layers: str = setting("deep", "Layers", "Which features are entangled.", choices=choices.LAYERS)
    metric: str = setting("cosine", "Distance", "The distance inside the SNNL.", choices=choices.METRICS)
    task_epochs: int = setting(8, "Task epochs", "Task training that all three victims share.", low=1, high=60)
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
    batch_size: int = setting(64, "Batch size", "Inputs per step.", low=8, high=512)
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
    budget: int = setting(2000, "Query budget", "How many queries the thief may send.", low=20, high=5000)
    initialisation: str = setting(
        "independent",
        "The thief starts from",
        "Own weights, or the victim's.",
        choices=choices.INITIALISATIONS,
    )
    architecture: str = setting(
        "same", "The thief's network", "The victim's architecture, or another one.", choices=choices.ARCHITECTURES
    )
    adversary_epochs: int = setting(16, "Thief's epochs", "Epochs that the copy is trained for.", low=1, high=60)
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
            object.__setattr__(self, field.name, canonical(field, getattr(self, field.name)))
        classes = choices.CLASSES[self.dataset]
        for name in ("source", "target"):
            if getattr(self, name) >= classes:
                raise ValueError(f"{self.dataset} has classes 0 to {classes - 1}; {name} is {getattr(self, name)}.")
        if self.source == self.target:
            raise ValueError(f"Source and target class must differ; both are {self.target}.")
        on_plane = self.dataset not in choices.PICTURES
        if not choices.suits(self.network, on_plane=on_plane):
            raise ValueError(f"The network {self.network!r} does not suit the data {self.dataset!r}.")
        if (self.architecture, self.initialisation) == ("other", "same"):
            raise ValueError("An adversary with another network cannot start from the victim's weights.")
        if on_plane != (self.trigger == "cluster"):
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
        return choices.another(self.network, on_plane=self.dataset not in choices.PICTURES)

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
                raise ValueError(f"There is no setting {name!r}; the settings are {', '.join(sorted(known))}.")
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
        raise ValueError(f"There is no preset {name!r}; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


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


def canonical(field: dataclasses.Field[Any], value: Any) -> Any:
    """Return ``value`` in the declared type of ``field``, checked against its bounds, choices or form.

    Raises:
        ValueError: one sentence, if it has the wrong type or is not allowed.
    """
    name, about = field.name, field.metadata
    parse, kind = _TYPES[field.type]
    try:
        value = parse(value)
    except (TypeError, ValueError, OverflowError, KeyError):
        raise ValueError(f"The setting {name} must be {kind}; it is {value!r}.") from None
    if about["choices"] and value not in about["choices"]:
        raise ValueError(f"The setting {name} must be one of {', '.join(about['choices'])}; it is {value!r}.")
    if about["form"]:
        value = about["form"](value)
    low, high = about["low"], about["high"]
    if low is not None and not low <= value <= high:
        raise ValueError(f"The setting {name} must lie between {low} and {high}; it is {value}.")
    return value


PRESETS: dict[str, Experiment] = {
    "mnist": Experiment(),
    "digits": Experiment(
        dataset="digits",
        trigger="ice_cream",
        target=9,
        kappa=6,
        temperature=0.3,
        learning_rate=0.008,
        task_epochs=12,
    ),
    "blobs": Experiment(
        dataset="blobs",
        network="tiny",
        trigger="cluster",
        target=2,
        kappa=2,
        task_per_watermark=1,
        learning_rate=0.03,
        batch_size=32,
        adversary_epochs=10,
    ),
}
DEFAULT_PRESET = "mnist"

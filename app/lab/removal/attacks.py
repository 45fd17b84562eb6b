"""The table of removal attacks: what each does, and the strengths that are tried."""

from collections.abc import Callable
from dataclasses import dataclass

from app.lab.removal import disentangling, filtering, neural_cleanse, retraining, surgery
from app.lab.removal.resources import Perform

EPOCHS = (0.0, 2.0, 5.0, 10.0, 20.0, 40.0)


@dataclass(frozen=True)
class RemovalAttack:
    """A removal attack.

    Attributes:
        label: its name on a page.
        plain: what the adversary does, in a few plain words, where there is no room for the sentence.
        help: what the adversary does, one sentence.
        perform: the function that runs the attack.
        strengths: those that are tried, in ascending order; 0 is the unchanged copy.
        scale: what a strength is, in words with an ellipsis in the place of its number.
        number: returns the number of a strength, as text.
        pictures_only: whether it is not applicable to points and sequences.
    """

    label: str
    plain: str
    help: str
    perform: Perform
    strengths: tuple[float, ...]
    scale: str
    number: Callable[[float], str]
    pictures_only: bool = False

    def words(self, strength: float) -> str:
        """Return a strength in words."""
        return self.scale.replace(_PLACE, self.number(strength))


_PLACE = "\u2026"
_EPOCHS = f"{_PLACE} epochs"


def _whole(strength: float) -> str:
    return f"{strength:.0f}"


def _percent(strength: float) -> str:
    return f"{100 * strength:.0f}\u202f%"


REMOVAL_ATTACKS: dict[str, RemovalAttack] = {
    "fine_tuning": RemovalAttack(
        "fine-tuning",
        "train on, with own data",
        "Train further on the few inputs that the thief labelled.",
        retraining.fine_tuning,
        EPOCHS,
        _EPOCHS,
        _whole,
    ),
    "pruning": RemovalAttack(
        "pruning",
        "zero the smallest weights",
        "Set the smallest weights to zero.",
        surgery.pruning,
        (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95),
        f"{_PLACE} of the weights",
        _percent,
    ),
    "fine_pruning": RemovalAttack(
        "fine-pruning",
        "cut idle units, train on",
        "Switch off the units that are dormant on honest inputs, then fine-tune.",
        retraining.fine_pruning,
        (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95),
        f"{_PLACE} of the units",
        _percent,
    ),
    "quantisation": RemovalAttack(
        "fewer bits",
        "round the weights",
        "Round the weights to fewer bits.",
        surgery.quantisation,
        (0.0, 24.0, 26.0, 28.0, 29.0, 30.0),
        f"{_PLACE} bits",
        lambda saved: f"{surgery.FULL_BITS - saved:.0f}",
    ),
    "noise": RemovalAttack(
        "noise",
        "move weights at random",
        "Add noise to the weights.",
        surgery.noise,
        (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0),
        f"{_PLACE} standard deviations",
        lambda strength: f"{strength:g}",
    ),
    "distillation": RemovalAttack(
        "distillation",
        "train a smaller student on it",
        "Train a new, narrower student on the confidences of the copy.",
        retraining.distillation,
        (0.0, 2.0, 4.0),
        f"a student {_PLACE} times narrower",
        _whole,
    ),
    "isolation_forest": RemovalAttack(
        "isolation forest",
        "refuse odd queries",
        "Refuse to answer inputs that are easy to isolate.",
        filtering.isolation_forest,
        (0.0, 0.01, 0.03, 0.1, 0.2, 0.4),
        f"{_PLACE} of the honest inputs",
        _percent,
    ),
    "local_outlier_factor": RemovalAttack(
        "outlier factor",
        "refuse lonely queries",
        "Refuse to answer inputs in regions of low density.",
        filtering.local_outlier_factor,
        (0.0, 0.01, 0.03, 0.1, 0.2, 0.4),
        f"{_PLACE} of the honest inputs",
        _percent,
    ),
    "neural_cleanse": RemovalAttack(
        "Neural Cleanse",
        "undo a likely trigger",
        "Find the smallest patch that changes the copy's answers, and unlearn it.",
        neural_cleanse.neural_cleanse,
        EPOCHS,
        _EPOCHS,
        _whole,
        pictures_only=True,
    ),
    "disentangling": RemovalAttack(
        "disentangling",
        "train anew, classes apart",
        "Train a new copy and minimise the SNNL between its classes, which the owner maximised.",
        disentangling.disentangling,
        (0.0, 1.0, 8.0),
        f"kappa = {_PLACE}",
        lambda strength: f"{0 - strength:g}",
    ),
    "reshaping": RemovalAttack(
        "reshaping",
        "train for wide margins",
        "Widen the margins around honest inputs, and train towards uniform confidences far from them.",
        retraining.reshaping,
        EPOCHS,
        _EPOCHS,
        _whole,
    ),
}

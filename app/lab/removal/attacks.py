"""The one table of removal attacks: what each does, how strongly it is tried, and in which words."""

from collections.abc import Callable
from dataclasses import dataclass

from app.lab.removal import disentangling, filtering, neural_cleanse, retraining, surgery
from app.lab.removal.resources import Perform

EPOCHS = (0.0, 2.0, 5.0, 10.0, 20.0, 40.0)


@dataclass(frozen=True)
class RemovalAttack:
    """One way to wash a mark out.

    Attributes:
        label: its name for a person.
        help: what the adversary does, in one sentence.
        perform: the attack itself.
        strengths: those that are tried, from 0, the copy as it was stolen, upwards.
        words: how a strength is told.
        pictures_only: whether it makes no sense for points in the plane.
    """

    label: str
    help: str
    perform: Perform
    strengths: tuple[float, ...]
    words: Callable[[float], str]
    pictures_only: bool = False


def _share(of: str) -> Callable[[float], str]:
    return lambda strength: f"{100 * strength:.0f}\u202f% of the {of}"


def _epochs(strength: float) -> str:
    return f"{strength:.0f} epochs"


REMOVAL_ATTACKS: dict[str, RemovalAttack] = {
    "fine_tuning": RemovalAttack(
        "fine-tuning",
        "He trains on, with the few inputs that he labelled himself.",
        retraining.fine_tuning,
        EPOCHS,
        _epochs,
    ),
    "pruning": RemovalAttack(
        "pruning",
        "He sets the smallest weights to zero.",
        surgery.pruning,
        (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95),
        _share("weights"),
    ),
    "fine_pruning": RemovalAttack(
        "fine-pruning",
        "He switches off the units that sleep on honest inputs, then fine-tunes.",
        retraining.fine_pruning,
        (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95),
        _share("units"),
    ),
    "quantisation": RemovalAttack(
        "fewer bits",
        "He rounds the weights to fewer bits.",
        surgery.quantisation,
        (0.0, 24.0, 26.0, 28.0, 29.0, 30.0),
        lambda saved: f"{surgery.FULL_BITS - saved:.0f} bits",
    ),
    "noise": RemovalAttack(
        "noise",
        "He adds noise to the weights.",
        surgery.noise,
        (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0),
        lambda strength: f"{strength:g} standard deviations",
    ),
    "distillation": RemovalAttack(
        "distillation",
        "A fresh, narrower student learns from his copy.",
        retraining.distillation,
        (0.0, 2.0, 4.0),
        lambda narrower: f"a student {narrower:.0f} times narrower",
    ),
    "isolation_forest": RemovalAttack(
        "isolation forest",
        "He refuses to answer inputs that are easy to isolate.",
        filtering.isolation_forest,
        (0.0, 0.01, 0.03, 0.1, 0.2, 0.4),
        _share("honest inputs"),
    ),
    "local_outlier_factor": RemovalAttack(
        "outlier factor",
        "He refuses to answer inputs that lie where few others lie.",
        filtering.local_outlier_factor,
        (0.0, 0.01, 0.03, 0.1, 0.2, 0.4),
        _share("honest inputs"),
    ),
    "neural_cleanse": RemovalAttack(
        "Neural Cleanse",
        "He searches his copy for the smallest patch that fools it, and unlearns that.",
        neural_cleanse.neural_cleanse,
        EPOCHS,
        _epochs,
        pictures_only=True,
    ),
    "disentangling": RemovalAttack(
        "disentangling",
        "He trains anew and pulls the classes apart, against the owner's own loss.",
        disentangling.disentangling,
        (0.0, 1.0, 8.0),
        lambda weight: f"weight {weight:g}",
    ),
    "reshaping": RemovalAttack(
        "reshaping",
        "He widens the margins around honest inputs and unlearns all opinion far from them.",
        retraining.reshaping,
        EPOCHS,
        _epochs,
    ),
}

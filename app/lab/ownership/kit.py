"""The owner's part of a kit: what turns a form that was filled in for a suspect into answers that can be judged.

A *kit* goes out to whoever can query the suspect: triggers and controls, mixed, each under an id. What the ids mean
stays with the owner. The identifier of the kit, with which its ids begin, binds the three together: a form is judged
with the kit that it was filled in for, and under the setting that the kit was made for.
"""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.lab.experiment import LAB_VERSION, Experiment
from app.lab.ownership import commitment
from app.lab.quoting import quoted

FORMAT = "entangled-kit-1"
_ID = re.compile(r"[\w-]{1,40}", re.ASCII)  # of a kit and of what is in it
_LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels: neither a word, nor what a spreadsheet takes for a month or a number
_NOTE = "For the owner alone: whoever reads this knows the secret answer, and which inputs are triggers."
_MOST_LETTERS = 1_000_000  # of an owner's file; one has about eight thousand
_DIFFERENCES = 3  # of two settings, that are named


@dataclass(frozen=True)
class Kit:
    """What only the owner knows of a kit.

    Attributes:
        identifier: of the kit; its ids are ``identifier-000``, ``identifier-001`` and so on.
        experiment: the setting that the triggers belong to.
        target: the secret answer.
        salt: of the commitment.
        commitment: to the triggers and the secret answer, hexadecimal (:mod:`~app.lab.ownership.commitment`).
        triggers: the id of each trigger, in the order of the commitment.
        controls: the ids of the control questions, with their true classes.
    """

    identifier: str
    experiment: Experiment
    target: int
    salt: bytes
    commitment: str
    triggers: tuple[str, ...]
    controls: Mapping[str, int]

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, in their order, which says nothing about what they are."""
        return tuple(sorted((*self.triggers, *self.controls)))

    @property
    def truth(self) -> NDArray[np.int64]:
        """The true classes of the controls, ``(m,)``."""
        return np.array(list(self.controls.values()), dtype=np.int64)

    def sorted_out(self, labels: Sequence[int] | NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the labels for the triggers ``(n,)`` and the controls ``(m,)``, given those of all ids in order."""
        given = dict(zip(self.ids, labels, strict=True))
        triggers, controls = ([given[asked] for asked in some] for some in (self.triggers, self.controls))
        return np.array(triggers, dtype=np.int64), np.array(controls, dtype=np.int64)

    def check_setting(self, experiment: Experiment) -> None:
        """Check that a claim is made under the setting of the kit.

        Raises:
            ValueError: one sentence that says in what they differ.
        """
        if experiment == self.experiment:
            return
        claimed, made = experiment.to_dict(), self.experiment.to_dict()
        differing = [name for name in made if made[name] != claimed[name]]
        words = [f"{name} is {_said(made[name])} there and {_said(claimed[name])} in the claim" for name in differing]
        more = f", and {len(words) - _DIFFERENCES} more" if len(words) > _DIFFERENCES else ""
        raise ValueError(
            f"The kit {self.identifier} was made for another setting: {', '.join(words[:_DIFFERENCES])}{more}."
        )

    def check_triggers(self, inputs: NDArray[np.generic], control_labels: NDArray[np.int64]) -> None:
        """Check that these are the triggers that were committed to, and the controls of the kit.

        Args:
            inputs: the triggers, in the order of the commitment, as they are displayed and sent.
            control_labels: the true classes of the controls, ``(m,)``.

        Raises:
            ValueError: one sentence, if they are not.
        """
        secret = np.full(len(inputs), self.target)
        same = np.array_equal(control_labels, self.truth)
        if not (same and commitment.holds(self.commitment, inputs, secret, self.salt)):
            raise ValueError(f"The questions of the kit {self.identifier} are not those of this setting's trial.")

    def to_json(self) -> str:
        """Return it as the text of the owner's file (:func:`owners_file`)."""
        told = {
            "format": FORMAT,
            "note": _NOTE,
            "kit": self.identifier,
            "lab": LAB_VERSION,
            "settings": self.experiment.to_dict(),
            "target": self.target,
            "salt": self.salt.hex(),
            "commitment": self.commitment,
            "triggers": self.triggers,
            "controls": dict(self.controls),
        }
        return json.dumps(told, indent=1) + "\n"


def _said(value: object) -> str:
    """Return the value of a setting as a sentence says it."""
    return quoted(value).strip("'")


def owners_file(folder: Path) -> Path:
    """Return where the owner's part of the kit in ``folder`` lies: beside it, as ``KIT.owner.json``."""
    folder = folder.resolve()
    return folder.with_name(f"{folder.name}.owner.json")


def made(experiment: Experiment, inputs: NDArray[np.generic], target: int, control_labels: NDArray[np.int64]) -> Kit:
    """Make the owner's part of a new kit; identifier, salt and order come from the operating system's randomness.

    Args:
        experiment: the setting that the triggers belong to.
        inputs: the triggers ``(n, ...)``, as they are displayed and sent.
        target: the secret answer.
        control_labels: the true classes of the controls, ``(m,)``.
    """
    identifier = "".join(secrets.choice(_LETTERS) for _ in range(4))
    ids = [f"{identifier}-{number:03}" for number in range(len(inputs) + len(control_labels))]
    secrets.SystemRandom().shuffle(ids)
    salt = commitment.salt()
    return Kit(
        identifier,
        experiment,
        target,
        salt,
        commitment.commit(inputs, np.full(len(inputs), target), salt),
        tuple(ids[: len(inputs)]),
        {asked: int(label) for asked, label in zip(ids[len(inputs) :], control_labels, strict=True)},
    )


def read(text: str) -> Kit:
    """Return what an owner's file says.

    Raises:
        ValueError: one sentence, if it is no such file, is garbled, or is of another version of the lab.
    """
    try:
        if len(text) > _MOST_LETTERS:
            raise ValueError
        told: dict[str, Any] = json.loads(text)
        if told["format"] != FORMAT:
            raise ValueError
        if told["lab"] != LAB_VERSION:
            raise _OtherVersion(
                f"The kit was made with version {quoted(told['lab'])} of the lab, and this is {LAB_VERSION}."
            )
        if not all(_ID.fullmatch(str(name)) for name in (told["kit"], *told["triggers"], *told["controls"])):
            raise ValueError
        return Kit(
            str(told["kit"]),
            Experiment.from_dict(told["settings"]),
            int(told["target"]),
            bytes.fromhex(told["salt"]),
            str(told["commitment"]),
            tuple(map(str, told["triggers"])),
            {str(asked): int(label) for asked, label in told["controls"].items()},
        )
    except _OtherVersion:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        raise ValueError("This is not the owner's file of a kit, or it was changed.") from None


class _OtherVersion(ValueError):
    """The file is of another version of the lab."""

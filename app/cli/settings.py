"""The experiment that a command's preset and options describe; with data of one's own, it has no preset."""

import argparse
import atexit
from typing import Any

from app.lab.experiment import Experiment, on_own_data, preset, renamed
from app.lab.quoting import quoted

OWN = "own"  # in the place of a preset


def chosen_experiment(chosen: argparse.Namespace) -> Experiment:
    """Return the experiment of a parsed command.

    Raises:
        ValueError: one sentence, for an unknown preset, a value that is not allowed, or pictures that cannot be read.
    """
    given: dict[str, Any] = {
        name.removeprefix("set_"): value
        for name, value in vars(chosen).items()
        if name.startswith("set_") and value is not None
    }
    if chosen.preset != OWN:
        if chosen.data is not None:
            raise ValueError(f"Data of your own have no preset: write {OWN} instead of {quoted(chosen.preset)}.")
        return Experiment.from_dict({**preset(chosen.preset).to_dict(), **renamed(given)})
    if chosen.data is None:
        raise ValueError("Say where your pictures are, with --data: a folder or zip archive, one sub-folder a class.")
    from app.lab import own_pictures  # it decodes pictures, which no other data need

    dataset = own_pictures.keep(own_pictures.read(chosen.data))
    atexit.register(own_pictures.forget, dataset)
    return Experiment.from_dict({**on_own_data(dataset).to_dict(), **renamed(given)})

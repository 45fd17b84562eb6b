"""What is known of washing the marks out of one heist's copies: the run on the page, and the table of other seeds."""

from dataclasses import replace

from app.lab.evidence.removal_table import Washed
from app.lab.experiment import Experiment
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import Attempted
from app.ui import over_seeds
from app.ui.history import History


def complete(history: History, name: str) -> dict[str, list[Attempted]]:
    """Return the curves of one attack, once all of its strengths were tried on all three copies; else nothing."""
    curves = history.washing(name)
    whole = [len(curve) == len(REMOVAL_ATTACKS[name].strengths) for curve in curves.values()]
    return curves if len(whole) == 3 and all(whole) else {}


def known(experiment: Experiment, history: History) -> list[Washed]:
    """Return the washings of one heist, by seed: this run's, as far as it is, and those of the table."""
    others = over_seeds.washed()
    found = [
        one
        for one in ([] if isinstance(others, str) else others)
        if one.seed != experiment.seed and replace(one.experiment, seed=experiment.seed) == experiment
    ]
    attempts = [
        attempt
        for name in washing.suitable(experiment)
        for curve in complete(history, name).values()
        for attempt in curve
    ]
    if history.from_scratch is not None and attempts:
        result = washing.result(experiment, history.from_scratch, attempts)
        found.append(Washed(experiment.dataset, experiment.seed, result))
    return sorted(found, key=lambda one: one.seed)

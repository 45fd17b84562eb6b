"""What is known of washing the marks out of one heist's copies: the run on the page, and the table of other seeds."""

from dataclasses import dataclass, replace

from app.lab.evidence import removal_table
from app.lab.evidence.removal_table import Washed
from app.lab.experiment import Experiment
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import Attempted
from app.runs.job import Job
from app.ui import over_seeds
from app.ui.history import History
from app.ui.remove import findings as removal_findings

_SOURCE = (
    "Counted in the picture: the washings of seeds not used to choose anything, recorded once for all "
    f"(`{removal_table.COMMAND}`). The curves of one attack are those of this run:"
)


@dataclass(frozen=True)
class Known:
    """The washings of one heist: those that are ``counted``, by seed, and a visitor's own run where it is not.

    What is counted are the seeds of the table, on which nothing was chosen. If it has none of this heist, or none on
    which the entangled mark was proven (those are in ``unproven``), then it is the run on the page alone.
    ``source`` says where those of the table are from.
    """

    counted: tuple[Washed, ...] = ()
    aside: Washed | None = None
    unproven: tuple[int, ...] = ()
    source: str = ""


def complete(history: History, name: str) -> dict[str, list[Attempted]]:
    """Return the curves of one attack, once all of its strengths were tried on all three copies; else nothing."""
    curves = history.washing(name)
    whole = [len(curve) == len(REMOVAL_ATTACKS[name].strengths) for curve in curves.values()]
    return curves if len(whole) == 3 and all(whole) else {}


def known(job: Job, history: History) -> Known:
    """Return the washings of one heist: those of the table, and this run's, as far as it is."""
    experiment = job.experiment
    found = over_seeds.washed()
    table = tuple(
        one
        for one in ([] if isinstance(found, str) else found)
        if replace(one.experiment, seed=experiment.seed) == experiment
    )
    own = _own(experiment, history)
    if table and removal_findings.count(table).proven:
        counted = experiment.seed in [one.seed for one in table]
        return Known(table, None if counted or job.origin == "pretrained" else own, source=_SOURCE)
    return Known(() if own is None else (own,), unproven=tuple(one.seed for one in table))


def apart_in_words(known: Known) -> list[str]:
    """Say what became of the washings that are not counted."""
    if known.aside is not None:
        return [removal_findings.aside_in_words(known.aside)]
    return [removal_findings.instead_in_words(known.unproven)] if known.unproven else []


def _own(experiment: Experiment, history: History) -> Washed | None:
    attempts = [
        attempt
        for name in washing.suitable(experiment)
        for curve in complete(history, name).values()
        for attempt in curve
    ]
    if history.from_scratch is None or not attempts:
        return None
    return Washed(experiment.dataset, experiment.seed, washing.result(experiment, history.from_scratch, attempts))

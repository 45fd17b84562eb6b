"""The rehearsal: before marking, the owner asks innocents about the triggers, then marks quick models and steals them.

Affinity rules targets out (:mod:`app.lab.watermark.affinity`). Among those that are left, survival differs from none
to nearly all by the *pair* of trigger and target, and nothing that was tried predicts by which. So the owner marks a
quick model for each of a few candidate pairs, steals it as a thief would, and keeps the pair that survives; then they
look for the smallest kappa that convicts with room to spare. Of a data set, only the inputs of owner and adversary are
used, as in a heist; the seeds must be others than those that are reported.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from math import ceil
from typing import cast

from torch import Tensor

from app.lab import choices, variation
from app.lab.experiment import Experiment
from app.lab.ownership import binomial, innocents
from app.lab.randomness import numpy_stream
from app.lab.stories import heist
from app.lab.stories.events import (
    Chosen,
    Claimed,
    Event,
    Finished,
    HeistResult,
    Progress,
    RehearsalResult,
    Rehearsed,
    Started,
    Surveyed,
    SurveyResult,
)
from app.lab.stories.events.rehearsal import PairResult
from app.lab.stories.run_clock import RunClock
from app.lab.task import datasets
from app.lab.watermark import triggers
from app.lab.watermark.affinity import Affinity, affinity

MOST_PAIRS = 6  # that are rehearsed: two minutes of the largest data set here
LADDER = (0.25, 0.5, 1.0, 2.0)  # of the experiment's kappa, with which the pairs are compared
THEFTS: dict[str, dict[str, str]] = {  # from the same victims: one with a wide channel, one that strays further
    "owner's inputs, confidences": {"inputs": "victim", "answers": "confidences"},
    "unseen inputs, labels": {"inputs": "unseen", "answers": "labels"},
}
_ASKED = 200  # triggers, of which innocent models say what they take them for
_QUICK = 0.5  # of the epochs of a heist
_MOST_KAPPA = Experiment.__dataclass_fields__["kappa"].metadata["high"]

Pair = tuple[str, int]  # trigger and target


def offered(experiment: Experiment) -> tuple[str, ...]:
    """Return the triggers that suit the data: the experiment's own first; of pictures, all icons."""
    form = choices.FORMS[experiment.dataset]
    others = choices.ICONS if form == "picture" else choices.triggers_of(form)
    return tuple(dict.fromkeys((experiment.trigger, *others)))


def inclinations(experiment: Experiment, trigger: str) -> Affinity:
    """Return what the panel of innocents takes ``trigger`` for; this fits the panel, unless it is fitted already.

    It is a property of the trigger and the data: the triggers asked about are the same for all seeds and targets.
    """
    data = datasets.load(experiment.dataset)
    return affinity(innocents.answers(data, _drawn(experiment, trigger, data)), data.classes)


def survey(experiment: Experiment) -> Iterator[Event]:
    """Ask the panel what it takes the experiment's trigger for: :class:`Surveyed`, then the end."""
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, 1)
    yield clock.phase("affinity")
    found = inclinations(experiment, experiment.trigger)
    yield _surveyed(experiment.trigger, found)
    result: SurveyResult = {
        "key": experiment.key,
        "seed": experiment.seed,
        "affinity": {experiment.trigger: _rows(found)},
    }
    yield Finished(clock.lap(), result)


def candidates(found: Mapping[str, Affinity], most: int = MOST_PAIRS) -> tuple[Pair, ...]:
    """Return the pairs to rehearse, given the affinity of each trigger.

    The rule: the triggers take turns, in their order, each with the target that innocents take it for most often among
    those that no innocent inclines to: a target that nobody would ever think of can be too far to be entangled with.
    """
    turns = zip_longest(*([(trigger, target) for target in reversed(one.allowed())] for trigger, one in found.items()))
    return tuple(pair for pair in chain.from_iterable(turns) if pair)[:most]


def rehearse(experiment: Experiment, *given: str, targets: Sequence[int] = ()) -> Generator[Event]:
    """Rehearse the candidate pairs, keep the one that survives, then find the smallest kappa for it.

    Yields a :class:`Surveyed` for each trigger, a :class:`Rehearsed` for each pair and each further kappa, and the
    :class:`Chosen`. Everything but trigger, target and kappa is as in ``experiment``, with half of the epochs.

    Args:
        experiment: the settings, from which trigger and target need not be kept.
        given: only these triggers; by default all that are :func:`offered`.
        targets: only these targets, and all of them, even if innocents incline to them; by default, the allowed ones.

    Raises:
        ValueError: one sentence, if innocents incline to every target of all triggers, or a run is too short.
    """
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, total_steps(experiment))
    yield clock.phase("affinity")
    seconds = 0.0
    found: dict[str, Affinity] = {}
    for trigger in given or offered(experiment):
        found[trigger] = inclinations(experiment, trigger)
        yield _surveyed(trigger, found[trigger])
    pairs = [(trigger, target) for trigger in found for target in targets][:MOST_PAIRS] or candidates(found)
    pairs = [pair for pair in pairs if pair[1] != experiment.source or not choices.has_a_source(pair[0])]
    if not pairs:
        raise ValueError(
            f"Some innocent model inclines to every class when it sees this trigger ({', '.join(found)}): "
            "as a secret it would convict the innocent, so choose another one."
        )
    rehearsed = []
    for trigger, target in pairs:
        took, one = yield from _rehearsal(clock, _of_pair(experiment, trigger, target))
        rehearsed.append(one)
        seconds += took
    best = max(rehearsed, key=lambda one: one.margin)
    ladder = []
    kept = _of_pair(experiment, best.trigger, best.target)
    for kappa in (min(step * kept.kappa, _MOST_KAPPA) for step in LADDER):
        one = best
        if kappa != kept.kappa:
            took, one = yield from _rehearsal(clock, replace(kept, kappa=kappa))
            rehearsed.append(one)
            seconds += took
        ladder.append(one)
        if one.convicts:
            break
    chosen = ladder[-1] if ladder[-1].convicts else max(ladder, key=lambda one: one.margin)
    yield Chosen(chosen.trigger, chosen.target, chosen.kappa, chosen.margin)
    seconds += clock.lap()
    yield Finished(seconds, _result(experiment, found, rehearsed, chosen, seconds))


def rehearse_pair(experiment: Experiment) -> Generator[Event]:
    """Rehearse the experiment's own pair at its own kappa; the end has it as the chosen one."""
    clock = RunClock()
    yield Started(experiment.key, experiment.seed, _steps(experiment))
    yield clock.phase("affinity")
    found = {experiment.trigger: inclinations(experiment, experiment.trigger)}
    yield _surveyed(experiment.trigger, found[experiment.trigger])
    seconds, one = yield from _rehearsal(clock, experiment)
    yield Finished(seconds, _result(experiment, found, [one], one, seconds))


def total_steps(experiment: Experiment) -> int:
    """Return the most :class:`Progress` events that :func:`rehearse` yields: how many pairs there are is found later.

    Raises:
        ValueError: if the quick runs are too short for a single watermark batch.
    """
    return (MOST_PAIRS + len(LADDER) - 1) * _steps(experiment)


def _steps(experiment: Experiment) -> int:
    return heist.total_steps(*_thefts(experiment))


def _thefts(experiment: Experiment) -> list[Experiment]:
    """Return the thefts of one rehearsal: the same victims, with fewer epochs than in a heist."""
    names = ("task_epochs", "watermark_epochs", "adversary_epochs")
    short = {name: max(1, ceil(_QUICK * getattr(experiment, name))) for name in names}
    return [replace(experiment, **short, **theft) for theft in THEFTS.values()]  # type: ignore[arg-type]


def _rehearsal(clock: RunClock, experiment: Experiment) -> Generator[Event, None, tuple[float, Rehearsed]]:
    """Mark a quick model and steal it; return the seconds that it took, and what was found."""
    yield clock.phase("rehearsal")
    results: list[HeistResult] = []
    claims: list[Claimed] = []
    seconds = 0.0
    for event in heist.story(clock, *_thefts(experiment), looks=False):
        match event:
            case Progress():
                yield event
            case Claimed(defence="entangled"):
                claims.append(event)
            case Finished():
                seconds += event.seconds
                results.append(cast(HeistResult, event.result))
    found = Rehearsed(
        experiment.trigger,
        experiment.target,
        experiment.kappa,
        entangled=_survival(results, "entangled"),
        naive=_survival(results, "naive"),
        clean=_survival(results, "clean"),
        innocent=max(claim.innocent_successes / claim.queries for claim in claims),
        price=results[0]["clean"]["victim_accuracy"] - results[0]["entangled"]["victim_accuracy"],
        convicts=all(map(_convicts_with_half, claims)),
    )
    yield found
    return seconds, found


def _survival(results: Sequence[HeistResult], defence: str) -> dict[str, float]:
    copies = [cast(dict[str, dict[str, float]], result)[defence] for result in results]
    return {theft: copy["stolen_watermark"] for theft, copy in zip(THEFTS, copies, strict=True)}


def _convicts_with_half(claim: Claimed) -> bool:
    """Return whether the copy is convicted, and would be with half of its secret answers."""
    return claim.owned and binomial.claim(claim.successes // 2, claim.queries, claim.innocent_rate).owned


def _of_pair(experiment: Experiment, trigger: str, target: int) -> Experiment:
    if choices.has_a_source(trigger):
        return replace(experiment, trigger=trigger, target=target)
    return variation.with_target(experiment, target, trigger=trigger)


def _drawn(experiment: Experiment, trigger: str, data: datasets.Dataset) -> Tensor:
    drawing = experiment.drawing if trigger == choices.DRAWING else ""
    random = numpy_stream(0, "affinity")
    return triggers.draw(trigger, _ASKED, data, experiment.source, random, drawing=drawing)


def _surveyed(trigger: str, found: Affinity) -> Surveyed:
    return Surveyed(trigger, dict(zip(found.models, found.shares, strict=True)))


def _rows(found: Affinity) -> dict[str, list[float]]:
    return dict(zip(found.models, found.shares.tolist(), strict=True))


def _result(
    experiment: Experiment, found: Mapping[str, Affinity], pairs: Sequence[Rehearsed], chosen: Rehearsed, seconds: float
) -> RehearsalResult:
    def told(one: Rehearsed) -> PairResult:
        answer = choices.class_name(experiment.dataset, one.target)
        return cast(PairResult, {**vars(one), "answer": answer, "margin": one.margin})

    return {
        "key": experiment.key,
        "seed": experiment.seed,
        "affinity": {trigger: _rows(one) for trigger, one in found.items()},
        "pairs": [told(one) for one in pairs],
        "chosen": told(chosen),
        "seconds": round(seconds, 2),
    }

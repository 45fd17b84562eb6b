"""Making the recorded runs that ship with the app, as records (:mod:`app.lab.record`).

Each function runs a story, yields its events, and writes the records at the end.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

from app.lab import choices, record
from app.lab.evidence.attack_table import POLICIES
from app.lab.experiment import DEFAULT_PRESET, Experiment
from app.lab.extraction.attacks import EXTRACTION_ATTACKS
from app.lab.stories import backdoor, finished_run, heist, theft, trapdoor, trial, washing
from app.lab.stories.events import (
    Claimed,
    Copied,
    Event,
    Finished,
    Honest,
    Measured,
    Phase,
    Queried,
    Started,
    Territory,
    Theft,
)

HEISTS = ("animals", "mnist", "digits", "blobs")
REMOVALS = ("animals", "digits", "blobs")
# The presets that ship with a record of each kind; the others start live.
SHIPPED: dict[str, tuple[str, ...]] = {
    "heists": HEISTS,
    "removal": REMOVALS,
    "attacks": REMOVALS,
    **dict.fromkeys(("trapdoor", "temperatures", "backdoors"), (DEFAULT_PRESET,)),
}
TEMPERATURES = (0.03, 0.1, 0.3, 1.0, 3.0)  # at which the lesson on the temperature shows what was trained
TEMPERATURE_SEEDS = (0, 1)  # the preset's own, and one more
POISONED = (0.01, 0.05, 0.1)  # shares of the training data, at which a backdoor is recorded


def record_heist(name: str, experiment: Experiment, folder: Path) -> Iterator[Event]:
    """Record a heist, the results of other thefts from its victims, its trial, and its UMAP maps."""
    others = _other_thefts(experiment)
    story = heist.run(experiment, *others)
    _, *rest = yield from _until_finished(story)
    events = [_started(experiment), *rest]
    for other in others:
        last = yield from _until_finished(story)
        result = [_started(other), *_outcome(last)]
        record.write(folder / "thefts" / f"{name}-{other.inputs}-{other.answers}", other, {"result": result})
    hearing = yield from _until_finished(trial.trial(experiment, events))
    record.write(folder / "trials" / name, experiment, {"trial": hearing})
    yield Phase("maps", trial.total_steps(experiment))
    maps = list(finished_run.umap(experiment, events))
    record.write(folder / name, experiment, {"run": events, "umap": maps})


def record_removal(name: str, experiment: Experiment, folder: Path) -> Iterator[Event]:
    """Record the removal attacks on the copies of a heist, whose record exists already."""
    removal = yield from _until_finished(washing.remove(experiment, record.read(folder / name)))
    record.write(folder / "removal" / name, experiment, {"remove": removal})


def record_trapdoor(name: str, experiment: Experiment, folder: Path) -> Iterator[Event]:
    """Record the searches for the secret picture of a heist, whose record exists already; if it is one of pictures."""
    if choices.FORMS[experiment.dataset] != "picture":
        return
    searched = yield from _until_finished(trapdoor.trapdoor(experiment, record.read(folder / name)))
    record.write(folder / "trapdoor" / name, experiment, {"trapdoor": searched})


def record_attacks(name: str, experiment: Experiment, folder: Path) -> Iterator[Event]:
    """Record every extraction attack on the victim, under every policy."""
    ways = product(EXTRACTION_ATTACKS, POLICIES.values())
    attacks = [replace(experiment, attack=attack, **policy) for attack, policy in ways]
    story = theft.steal(*attacks)
    for attack in attacks:
        events = yield from _until_finished(story)
        shown = [Started(attack.key, attack.seed, theft.total_steps(attack)), *_shown(events)]
        record.write(folder / "attacks" / f"{name}-{attack.attack}-{_way(attack)}", attack, {"steal": shown})


def _way(attack: Experiment) -> str:
    """Return in one word how the API answers: the setting that alters confidences, else what the answers are."""
    usual = Experiment()
    altered = [
        part for part in ("decimals", "reverse_sigmoid", "lies") if getattr(attack, part) != getattr(usual, part)
    ]
    return altered[0] if altered else attack.answers


def at_temperatures(experiment: Experiment) -> list[Experiment]:
    """Return the experiments that :func:`record_temperatures` records: seed by seed, from cold to hot."""
    return [
        replace(experiment, temperature=temperature, seed=seed)
        for seed, temperature in product(TEMPERATURE_SEEDS, TEMPERATURES)
    ]


def record_temperatures(name: str, experiment: Experiment, folder: Path) -> Iterator[Event]:
    """Record what heists came to whose victims were trained at several temperatures, and their last maps."""
    for tried in at_temperatures(experiment):
        events = yield from _until_finished(heist.run(tried))
        yield Phase("maps", heist.total_steps(tried))
        measured = {event.defence: event for event in events if isinstance(event, Measured) and event.role == "victim"}
        results = [event for event in events if isinstance(event, Theft | Claimed | Finished)]
        shown = [_started(tried), *measured.values(), *finished_run.last_maps(tried, events), *results]
        place = folder / "temperatures" / f"{name}-{tried.temperature:g}-{tried.seed}"
        record.write(place, tried, {"at_temperature": shown})


def record_backdoors(name: str, experiment: Experiment, folder: Path) -> Iterator[Event]:
    """Record a backdoor beside a watermark at several shares of poison; none where the data have no pictures."""
    if choices.FORMS[experiment.dataset] != "picture":
        return
    for share in POISONED:
        planted = backdoor.with_share(experiment, share)
        events = yield from _until_finished(backdoor.backdoor(planted))
        record.write(folder / "backdoors" / f"{name}-{share:g}", planted, {"backdoor": events})


def _other_thefts(experiment: Experiment) -> list[Experiment]:
    """Return the experiments that differ from the heist in the queries or the answers only."""
    ways = product(choices.INPUTS, choices.ANSWERS)
    thefts = [replace(experiment, inputs=inputs, answers=answers) for inputs, answers in ways]
    return [theft for theft in thefts if theft != experiment]


def _started(experiment: Experiment) -> Started:
    return Started(experiment.key, experiment.seed, heist.total_steps(experiment))


def _until_finished(story: Iterator[Event]) -> Generator[Event, None, list[Event]]:
    """Yield and return the events up to the next :class:`Finished`; a run of several thefts has several."""
    events: list[Event] = []
    for event in story:
        events.append(event)
        yield event
        if isinstance(event, Finished):
            break
    return events


def _outcome(events: Iterable[Event]) -> list[Event]:
    """Return the results of a theft, and its last queries to each victim."""
    last_queries: dict[str, Event] = {}
    results = []
    for event in events:
        if isinstance(event, Queried):
            last_queries[event.defence] = event
        elif isinstance(event, Theft | Claimed | Finished):
            results.append(event)
    return [*last_queries.values(), *results]


def _shown(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events of an attack that a page shows; of queries with pictures, the last ones before each fit."""
    last: Queried | None = None
    for event in events:
        match event:
            case Queried() if event.inputs.ndim == 2:
                yield event
            case Queried():
                last = event
            case Copied():
                if last is not None:
                    yield last
                yield event
            case Territory() | Honest() | Finished():
                yield event
            case _:
                pass

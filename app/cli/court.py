"""The commands of the court, ``triggers`` and ``claim``: where the trial is on record, they need no torch.

They start within a second; what trains, and takes two seconds to import, is imported only where a trial is not on
record yet.
"""

import argparse
import os
import sys
from pathlib import Path

from app.cli import output
from app.cli.settings import chosen_experiment
from app.lab import choices, variation
from app.lab.experiment import Experiment
from app.lab.ownership import binomial, questionnaire
from app.lab.ownership import kit as kits
from app.lab.ownership.kit import Kit
from app.lab.quoting import printable
from app.lab.record import Task
from app.lab.stories.events import Event
from app.lab.stories.hearing import Hearing
from app.reports import claim_report
from app.runs.store import Store


def triggers(chosen: argparse.Namespace) -> int:
    """Write a kit into a folder, and the owner's part of it beside the folder.

    Raises:
        ValueError: one sentence, for a mistake in the command.
        OSError: if a file cannot be written.
    """
    from app.reports import kit  # it draws and packs, which a claim does not

    experiment, folder = chosen_experiment(chosen), chosen.folder
    owners = kits.owners_file(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"Choose another folder than {str(folder)!r}: it is not empty, and nothing is overwritten.")
    if owners.exists():
        raise ValueError(f"Choose another folder than {str(folder)!r}: {owners.name} is there, the secret of a kit.")
    exhibit = hearing(experiment).exhibit
    assert exhibit is not None
    made = kits.made(experiment, exhibit.inputs, exhibit.target, exhibit.control_labels)
    for name, content in kit.files(made, exhibit):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    with open(os.open(owners, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as secret:
        secret.write(made.to_json())
    if chosen.json:
        told = {"kit": made.identifier, "key": experiment.key, "commitment": made.commitment, "inputs": len(made.ids)}
        output.as_json({**told, "folder": str(folder), "owners_file": str(owners)})
        return 0
    print(printable(f"{len(made.ids)} inputs, triggers and controls, are in {folder}: kit {made.identifier}."))
    print(printable(f"Keep {owners} to yourself: it says which are the triggers, and their secret answer."))
    print(f"SHA-256, to be published: {made.commitment}")
    return 0


def claim(chosen: argparse.Namespace) -> int:
    """Judge a suspect by the form with its answers.

    Raises:
        ValueError: one sentence, for a mistake in the command, or a form, kit and setting that do not fit.
        OSError: if the report cannot be written.
    """
    form = _form(chosen.file)  # first, before anything is read or trained for it
    experiment = chosen_experiment(chosen)
    own = _owners_part(chosen.file.resolve().parent if chosen.kit is None else chosen.kit, given=chosen.kit is not None)
    own.check_setting(experiment)
    labels = questionnaire.read_answers(form, own.ids, choices.CLASS_NAMES[experiment.dataset])
    heard = hearing(experiment)
    found = heard.verdict(own, labels)
    told = {
        "verdict": found.outcome,
        "p_value": found.claim.p_value,
        "reason": found.reason,
        "owned": found.owned,
        "owned_at_95": found.outcome != "cannot be judged" and found.claim.owned_at(binomial.PAPERS_SIGNIFICANCE),
        "successes": found.claim.successes,
        "queries": found.claim.queries,
        "innocent_rate": found.claim.innocent_rate,
        "panel": heard.innocent_successes,
        "right": found.right,
        "controls": found.controls,
        "kit": own.identifier,
        "key": experiment.key,
        "commitment": own.commitment,
    }
    if chosen.json:
        output.as_json(told)
    else:
        print(f"{claim_report.sentence(found)}\n{found.reason}")
    if chosen.record is not None:  # after the verdict, which no full disk takes
        again = variation.command(experiment, "triggers", "--folder KIT")
        report = claim_report.page(own, heard.innocent_successes, labels, found, again)
        chosen.record.write_text(report, encoding="utf-8")
    return 0


def hearing(experiment: Experiment) -> Hearing:
    """Return the hearing of an experiment's trial; heist and trial are run unless the store has their records."""
    return Hearing.of(_stored(experiment, "trial") or _tried(experiment))


def _tried(experiment: Experiment) -> list[Event]:
    from app.cli import terminal
    from app.lab.stories import heist, trial

    of_heist = _stored(experiment, "run")
    if not of_heist:
        of_heist = list(terminal.reported(heist.run(experiment)))
        _keep(experiment, of_heist, "run")
    events = list(terminal.reported(trial.trial(experiment, of_heist)))
    _keep(experiment, events, "trial")
    return events


def _keep(experiment: Experiment, events: list[Event], task: Task) -> None:
    if unkept := Store().keep(experiment, events, task):
        print(unkept, file=sys.stderr)


def _stored(experiment: Experiment, task: Task) -> list[Event]:
    """Return the events of the record in the store; none if there is no record."""
    found = Store().get(experiment.key, task)
    return found.events if found else []


def _form(file: Path) -> bytes:
    try:
        questionnaire.check_size(file.stat().st_size)
        return file.read_bytes()
    except OSError as fault:
        raise ValueError(f"The form {str(file)!r} cannot be read: {fault.strerror}.") from None


def _owners_part(folder: Path, *, given: bool) -> Kit:
    """Return the owner's part of the kit in ``folder``."""
    file = kits.owners_file(folder)
    try:
        return kits.read(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        where = "" if given else " beside the form's folder; name the kit with --kit KIT"
        raise ValueError(f"The owner's part of the kit, {file.name}, is not there{where}: {file}.") from None
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"The owner's part of the kit, {str(file)!r}, cannot be read.") from None
    except ValueError as fault:
        raise ValueError(f"{str(file)!r}: {fault}") from None

"""The command line: one sub-command for each thing that the pages do, on the same streams of events.

::

    python -m app run PRESET [--seed N] [--json] [--SETTING VALUE ...]
    python -m app steal PRESET [--attack NAME] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app remove PRESET [--attack NAME ...] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app sweep FILE [--jobs N] [--json]
    python -m app attacks | removals | evidence [--jobs N] [--file FILE]
    python -m app triggers PRESET --folder DIR
    python -m app claim PRESET ANSWERS.csv [--json] [--record FILE.html]
    python -m app pretrain [NAME ...] [--only heists|removal|attacks]
    python -m app app [--port N]

Progress goes to stderr. With ``--json`` the last line of stdout is the result as one object; of a sweep, each line is
one point. Only the parser is here, so that ``--help`` answers at once; torch is imported by :mod:`app.cli.commands`.
"""

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from app import paths
from app.lab import choices
from app.lab.experiment import FORMER_NAMES, PRESETS, Experiment

RECORDINGS = ("heists", "removal", "attacks")
_TABLES = {
    "evidence": (
        "measure everything that the app states, over seeds that nothing was chosen on",
        "Run what app/lab/evidence/survival.py lists and the store does not have yet; half an hour on two cores.",
        "evidence.json",
    ),
    "attacks": (
        "measure what a copy costs: every attack, every policy",
        "Run every attack against every policy, 3 seeds each; some ten minutes on two cores.",
        "attacks.json",
    ),
    "removals": (
        "measure what removes a mark, over seeds",
        "Wash the copies of 5 seeds in every way; some ten minutes on two cores.",
        "removals.json",
    ),
}


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        program = self.prog.split(" ")[0] if self.prog.startswith("entangled") else "python -m app"
        self.exit(2, f"{message[:1].upper()}{message[1:].rstrip('.')}. See: {program} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    It is 2 for a mistake in the command, told in one sentence, 1 where points of a sweep failed, and 130 after Ctrl-C.
    """
    try:
        chosen = _parser().parse_args(arguments)
        if chosen.command == "app":
            from app.cli import serve

            return serve.serve(chosen.port, chosen.address)
        from app.cli import commands  # two seconds, which --help need not wait for

        return commands.run(chosen)
    except (ValueError, OSError) as mistake:
        print(mistake, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _parser() -> _Parser:
    program = "entangled" if Path(sys.argv[0]).stem == "entangled" else "python -m app"
    parser = _Parser(
        prog=program,
        description="Train, steal, verdict: Entangled from the command line.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, description: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=help,
            description=description or None,
            allow_abbrev=False,
            conflict_handler="resolve",  # a setting may be called like an option of the command, which is added later
        )

    _add_settings(command("run", "run one heist", "Run one heist, from a preset."))
    _add_settings(command("steal", "play one attack", "Play one attack on a preset's victim."))
    remove = command(
        "remove",
        "try to wash the marks out of the copies of a heist",
        "Attack the marks in the copies of a heist, from a preset; where it is on record, at once.",
    )
    _add_settings(remove)
    names = ", ".join(choices.REMOVALS)
    remove.add_argument("--attack", metavar="NAME", action="append", dest="attacks", help=f"only this one of {names}")
    kit = command("triggers", "write a trigger set to take to any model, and a form to fill in")
    kit.add_argument("--folder", type=Path, required=True, help="where to put it; empty, or not there yet")
    _add_settings(kit)
    claim = command("claim", "judge a model by the form that was filled in with its answers")
    claim.add_argument("--record", type=Path, metavar="FILE.html", help="write the record of the claim, one page")
    _add_settings(claim)
    claim.add_argument("file", metavar="ANSWERS.csv", type=Path, help="the form, filled in: id,label")
    sweep = command(
        "sweep",
        "run many heists, described by a file",
        "Run every point of a sweep that is not in the store yet, on this machine's cores, or on the Dask cluster that "
        "ENTANGLED_SCHEDULER names. app/lab/evidence/plan.py shows what the file looks like.",
    )
    sweep.add_argument("file", metavar="FILE", type=Path, help="preset, seeds, settings, grid, random; in TOML")
    _add_jobs(sweep)
    sweep.add_argument("--json", action="store_true", help="print settings and result of each point as a JSON object")
    pretrain = command("pretrain", "make pretrained/: the finished runs that the pages show at once")
    pretrain.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(PRESETS)}")
    pretrain.add_argument("--only", choices=RECORDINGS, help="only these; by default all")
    pretrain.add_argument("--folder", type=Path, default=paths.MADE_AGAIN, help="where to put it")
    for name, (help, description, file) in _TABLES.items():
        table = command(name, help, description)
        _add_jobs(table)
        table.add_argument("--file", type=Path, default=paths.MADE_AGAIN / file, help="where to put it")
    served = command("app", "start the server of the lessons")
    served.add_argument("--port", metavar="N", type=_positive, default=8501, help="where it listens; by default 8501")
    served.add_argument("--address", help="of the network interface to listen on; by default all of this machine's")
    return parser


def _add_settings(command: argparse.ArgumentParser) -> None:
    """Add what a command takes that plays one experiment: a preset, and an option for each setting."""
    command.add_argument("preset", metavar="PRESET", help=", ".join(PRESETS))
    command.add_argument("--json", action="store_true", help="print the result as one JSON object")
    for field in dataclasses.fields(Experiment):
        about = field.metadata
        allowed = "/".join(about["choices"]) or ("" if about["low"] is None else f"{about['low']} to {about['high']}")
        text = f"{about['help']} {f'({allowed})' if allowed else ''}".replace("%", "%%")
        command.add_argument(_option(field.name), metavar="VALUE", help=text, dest=f"set_{field.name}")
    for former in FORMER_NAMES:
        command.add_argument(_option(former), help=argparse.SUPPRESS, dest=f"set_{former}")


def _add_jobs(command: argparse.ArgumentParser) -> None:
    command.add_argument("--jobs", metavar="N", type=_positive, default=-1, help="processes; by default one a core")


def _option(setting: str) -> str:
    return f"--{setting.replace('_', '-')}"


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"the number must be 1 or more; it is {text!r}")
    return int(text)

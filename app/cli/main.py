"""The command line: a subcommand for everything that the pages do, with the same stories.

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

Progress goes to stderr. With ``--json`` the last line of stdout is the result as one object; for a sweep, each line is
one point. Only the parser is here, so that ``--help`` is fast; torch is imported by :mod:`app.cli.commands`.
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

RECORDED = ("heists", "removal", "attacks")
_TABLES = {
    "evidence": (
        "measure everything that the app states, over seeds that nothing was chosen on",
        "Run the experiments of app/lab/evidence/survival.py that are not in the store; half an hour on two cores.",
        "evidence.json",
    ),
    "attacks": (
        "measure the price of a copy: every attack, every policy",
        "Run every attack against every policy, 3 seeds each; about ten minutes on two cores.",
        "attacks.json",
    ),
    "removals": (
        "measure what removes a mark, over seeds",
        "Run all removal attacks on the copies of 5 seeds; about ten minutes on two cores.",
        "removals.json",
    ),
}


class _Parser(argparse.ArgumentParser):
    """A parser whose error message is one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        program = self.prog.split(" ")[0] if self.prog.startswith("entangled") else "python -m app"
        self.exit(2, f"{message[:1].upper()}{message[1:].rstrip('.')}. See: {program} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    2 after a mistake in the command, printed as one sentence; 1 if points of a sweep failed; 130 after Ctrl-C.
    """
    try:
        chosen = _parser().parse_args(arguments)
        if chosen.command == "app":
            from app.cli import serve

            return serve.serve(chosen.port, chosen.address)
        from app.cli import commands  # takes two seconds, which --help does not need

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
            conflict_handler="resolve",  # an option of the command may replace a setting of the same name
        )

    _add_settings(command("run", "run one heist", "Run one heist, from a preset."))
    _add_settings(command("steal", "run one extraction attack", "Run one extraction attack on a preset's victim."))
    remove = command(
        "remove",
        "try to remove the marks from the copies of a heist",
        "Run removal attacks on the copies of a heist, from a preset; the heist is run unless it is stored.",
    )
    _add_settings(remove)
    names = ", ".join(choices.REMOVALS)
    remove.add_argument(
        "--attack", metavar="NAME", action="append", dest="attacks", help=f"only this attack; one of {names}"
    )
    kit = command("triggers", "write a trigger set to query any model with, and a form for the answers")
    kit.add_argument("--folder", type=Path, required=True, help="where to write it; an empty or a new folder")
    _add_settings(kit)
    claim = command("claim", "test a claim on any model, given the form with its answers")
    claim.add_argument("--record", type=Path, metavar="FILE.html", help="write the report of the claim, one HTML page")
    _add_settings(claim)
    claim.add_argument("file", metavar="ANSWERS.csv", type=Path, help="the completed form: id,label")
    sweep = command(
        "sweep",
        "run many heists, described by a TOML file",
        "Run every point of a sweep that is not in the store, on this machine's cores or on the Dask cluster that "
        "ENTANGLED_SCHEDULER names. The format of the file is described in app/lab/evidence/plan.py.",
    )
    sweep.add_argument("file", metavar="FILE", type=Path, help="preset, seeds, settings, grid, random; in TOML")
    _add_jobs(sweep)
    sweep.add_argument("--json", action="store_true", help="print settings and result of each point as a JSON object")
    pretrain = command("pretrain", "make pretrained/: the recorded runs that ship with the app")
    pretrain.add_argument("names", nargs="*", metavar="NAME", help=f"only these presets, of {', '.join(PRESETS)}")
    pretrain.add_argument("--only", choices=RECORDED, help="only these; by default all")
    pretrain.add_argument("--folder", type=Path, default=paths.MADE_AGAIN, help="where to write it")
    for name, (help, description, file) in _TABLES.items():
        table = command(name, help, description)
        _add_jobs(table)
        table.add_argument("--file", type=Path, default=paths.MADE_AGAIN / file, help="where to write it")
    served = command("app", "start the web app")
    served.add_argument(
        "--port", metavar="N", type=_positive, default=8501, help="the port of the server; by default 8501"
    )
    served.add_argument("--address", metavar="HOST", help="the network interface to listen on; by default all")
    return parser


def _add_settings(command: argparse.ArgumentParser) -> None:
    """Add the arguments of a command that runs one experiment: a preset, and an option for each setting."""
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
    command.add_argument("--jobs", metavar="N", type=_positive, default=-1, help="processes; by default one per core")


def _option(setting: str) -> str:
    return f"--{setting.replace('_', '-')}"


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"the number must be 1 or more; it is {text!r}")
    return int(text)

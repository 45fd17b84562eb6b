"""The command line: a subcommand for everything that the pages do, with the same stories.

::

    python -m app run PRESET [--seed N] [--json] [--SETTING VALUE ...]
    python -m app steal PRESET [--attack NAME] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app remove PRESET [--attack NAME]... [--seed N] [--json] [--SETTING VALUE ...]
    python -m app rehearse PRESET [--trigger NAME] [--target CLASS] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app sweep FILE [--jobs N] [--json]
    python -m app attacks | removals | rehearsals | levers | evidence [--jobs N] [--file FILE]
    python -m app paper-scale [--seeds N ...] [--folder FOLDER]
    python -m app triggers PRESET --folder KIT [--json]
    python -m app claim PRESET ANSWERS.csv [--kit KIT] [--json] [--record FILE.html]
    python -m app backdoor PRESET [--share X] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app trapdoor PRESET [--seed N] [--json] [--SETTING VALUE ...]
    python -m app hardness --numbers 3,5,8 --target 11 | --clauses "1,-2,3; 2,3,-1" | --random D
                        | --growth [3-SAT] [--json]
    python -m app poison [--clean N] [--budget N] [--told N] [--seed N] [--json]
    python -m app pretrain [NAME ...] [--only heists|removal|trapdoor|attacks|temperatures|backdoors]
                        [--folder FOLDER]
    python -m app fetch NAME
    python -m app app [--port N] [--interface HOST]

In the place of PRESET may stand ``own --data FOLDER_OR_ZIP``. A kit and its claim need the same settings. Progress goes
to stderr. With ``--json`` stdout is one line, the result as one object, and nothing else; for a sweep, each line is one
point, and ``hardness --growth`` gives a list. Ctrl-C ends each of them: "Interrupted.", and the status 130.
Only the parser is here, so that ``--help`` is fast; torch is imported by :mod:`app.cli.commands`.
"""

import argparse
import dataclasses
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

from app import environment, paths
from app.cli import interrupt, output
from app.cli.settings import OWN
from app.lab import choices
from app.lab.experiment import FORMER_NAMES, PRESETS, Experiment
from app.lab.quoting import printable, quoted

RECORDED = ("heists", "removal", "trapdoor", "attacks", "temperatures", "backdoors")
_TABLES = {
    "evidence": (
        "measure everything that the app states, over seeds not used to choose anything",
        "Run the experiments of app/lab/evidence/survival.py that are not in the store, and hear honest models of "
        "every family; half an hour on two cores.",
        "evidence.json",
    ),
    "attacks": (
        "measure the price of a copy: every attack, every policy",
        "Run every attack against every policy; app/lab/evidence/attack_table.py says on which data.",
        "attacks.json",
    ),
    "removals": (
        "measure what removes a mark, over seeds",
        "Run all removal attacks; app/lab/evidence/removal_table.py says on whose copies.",
        "removals.json",
    ),
    "rehearsals": (
        "which secret survives? rehearse the pairs of trigger and target",
        "Rehearse the marks of the data sets in app/lab/evidence/rehearsal_table.py, on a seed that nothing is "
        "reported on; four minutes of one core for animals.",
        "rehearsal.json",
    ),
    "levers": (
        "measure what each option of the marking does: price, survival, seconds",
        "Run the heist with one option changed at a time, alone on the machine; app/lab/evidence/lever_table.py says "
        "which.",
        "levers.json",
    ),
}


class _Parser(argparse.ArgumentParser):
    """A parser whose error message is one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        program = self.prog.split(" ")[0] if self.prog.startswith("entangled") else "python -m app"
        said = printable(f"{message[:1].upper()}{message[1:].rstrip('.')}")
        self.exit(2, f"{said}. See: {program} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    2 after a mistake in the command, printed as one sentence; 1 if points of a sweep failed; 130 after Ctrl-C.
    """
    try:
        environment.read()  # a wrong variable is told of before anything is computed
        chosen = _parser().parse_args(arguments)
        with output.only_json() if getattr(chosen, "json", False) else nullcontext():
            return _run(chosen)
    except (ValueError, OSError) as mistake:
        print(printable(_sentence(mistake)), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return interrupt.said()


def _run(chosen: argparse.Namespace) -> int:
    """Import what the command needs, and run it."""
    command: Callable[[argparse.Namespace], int]
    match chosen.command:
        case "app":
            from app.cli import serve  # Streamlit has its own way with Ctrl-C

            return serve.serve(chosen.port, chosen.interface)
        case "triggers" | "claim":
            from app.cli import court

            command = court.triggers if chosen.command == "triggers" else court.claim
        case "hardness" | "poison":
            from app.cli import remarks

            command = remarks.hardness if chosen.command == "hardness" else remarks.poison
        case _:
            from app.cli import commands  # takes two seconds, which --help and a claim do not need

            command = commands.run
    interrupt.orderly()
    return command(chosen)


def _sentence(mistake: Exception) -> str:
    """Return what was wrong; of a file, what the system says of it, without its number."""
    if isinstance(mistake, OSError) and mistake.filename is not None and mistake.strerror:
        return f"{str(mistake.filename)!r} cannot be read or written: {mistake.strerror}."
    return str(mistake)


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
    rehearse = command(
        "rehearse",
        "choose trigger and target: mark quick models and steal them",
        "Ask innocent models what they take each trigger for, mark a quick model for each candidate pair of trigger "
        "and target, steal it, and keep the pair that survives. With --trigger, only that trigger; with --target, only "
        "that target, even if innocent models incline to it.",
    )
    _add_settings(rehearse)
    kit = command(
        "triggers",
        "write a kit to query any model with: triggers and controls, and a form for the answers",
        "Write a kit to query any model with. What the owner alone may know goes beside it, into KIT.owner.json.",
    )
    kit.add_argument(
        "--folder", metavar="KIT", type=Path, required=True, help="where to write it; an empty or a new folder"
    )
    _add_settings(kit)
    claim = command(
        "claim",
        "test a claim on any model, given the form with its answers",
        "Test a claim on any model: ownership is established, is not established, or the model cannot be judged. The "
        "settings must be those that the kit was made with.",
    )
    claim.add_argument(
        "--kit", type=Path, help="the folder of the kit, with KIT.owner.json beside it; by default the form's folder"
    )
    claim.add_argument("--record", type=Path, metavar="FILE.html", help="write the report of the claim, one HTML page")
    _add_settings(claim)
    claim.add_argument("file", metavar="ANSWERS.csv", type=Path, help="the completed form: id,label")
    backdoor = command(
        "backdoor",
        "plant a backdoor by poisoned data, beside a watermark",
        "Train three models: clean, with a backdoor, with a watermark; then prune and repair the two planted ones.",
    )
    _add_settings(backdoor)
    backdoor.add_argument(
        "--share", metavar="X", type=float, help="the share of the training data that is poisoned, in place of a count"
    )
    hidden = command(
        "trapdoor",
        "find a marked model's secret picture: with the key, by random drawings, by gradient",
        "Verify a mark with its triggers, then search for something that works in their place: by random drawings, and "
        "by gradient with the weights (Neural Cleanse). The heist is run unless it is stored.",
    )
    _add_settings(hidden)
    compared = command(
        "hardness",
        "are two networks equal? Subset sum or 3-SAT as a pair of networks",
        "Build two networks from a problem, test them at random, and search for an input on which they differ.",
    )
    compared.add_argument("--numbers", metavar="A,B,...", help="of subset sum: positive whole numbers")
    compared.add_argument("--target", metavar="S", type=int, help="of subset sum: what a subset may sum to")
    compared.add_argument("--clauses", metavar="A,B,C;...", help="of 3-SAT: literals from 1 on, negative where negated")
    compared.add_argument("--random", metavar="D", type=_positive, help="a random subset sum of so many numbers")
    compared.add_argument(
        "--bits", metavar="B", type=_positive, default=12, help="of the random numbers; by default 12"
    )
    compared.add_argument("--equal", action="store_true", help="a random one without a solution: equal networks")
    compared.add_argument(
        "--growth",
        nargs="?",
        const=choices.HARD_PROBLEMS[0],
        choices=choices.HARD_PROBLEMS,
        help="measure the work of each search as the problem grows; by default, of subset sum",
    )
    poison = command(
        "poison",
        "bend a regression line by poisoned points; TRIM against three other fits",
        "Let an attacker add points that ruin a line, and fit it with TRIM, least squares, Huber and RANSAC.",
    )
    poison.add_argument("--clean", metavar="N", type=int, default=60, help="clean points; by default 60")
    poison.add_argument(
        "--budget", metavar="N", type=int, default=15, help="points that the attacker adds; by default 15"
    )
    poison.add_argument("--told", metavar="N", type=int, help="how much poison TRIM is told of; by default the truth")
    for small in (compared, poison):
        small.add_argument("--seed", metavar="N", type=int, default=0, help="of everything random; by default 0")
        small.add_argument("--json", action="store_true", help="print the result as one JSON object")
    sweep = command(
        "sweep",
        "run many heists, described by a TOML file",
        "Run every point of a sweep that is not in the store, on this machine's cores or on the Dask cluster that "
        "ENTANGLED_SCHEDULER names. The format of the file is described in app/lab/evidence/plan.py.",
    )
    sweep.add_argument("file", metavar="FILE", type=Path, help="preset, seeds, settings, grid, random; in TOML")
    _add_jobs(sweep)
    sweep.add_argument("--json", action="store_true", help="print settings and result of each point as a JSON object")
    pretrain = command(
        "pretrain",
        "make pretrained/: the recorded runs that ship with the app",
        "Record again what ships. With names and --only, record that of these presets, whether it ships or not.",
    )
    pretrain.add_argument("names", nargs="*", metavar="NAME", help=f"only these presets, of {', '.join(PRESETS)}")
    pretrain.add_argument("--only", choices=RECORDED, help="only these; by default all")
    pretrain.add_argument("--folder", type=Path, default=paths.MADE_AGAIN, help="where to write it")
    for name, (help, description, file) in _TABLES.items():
        table = command(name, help, description)
        _add_jobs(table)
        table.add_argument("--file", type=Path, default=paths.MADE_AGAIN / file, help="where to write it")
    scale = command(
        "paper-scale",
        "measure the marks at the paper's own scale: 60,000 digits; hours for each seed",
        "Run the experiments of app/lab/evidence/paper_scale.py that no file of a seed has yet, one after another: "
        "what was stopped goes on where it stopped. It needs the data set mnist60k, see fetch.",
    )
    scale.add_argument("--seeds", metavar="N", type=int, nargs="+", default=[], help="by default those of the table")
    scale.add_argument(
        "--folder", type=Path, default=paths.MADE_AGAIN / "paper_scale", help="where the files of the seeds are"
    )
    fetch = command(
        "fetch",
        "download a data set that does not ship with the app",
        "Download a data set once, so that experiments can have it: fashion and cifar10 from OpenML. For mnist60k it "
        "says what to do.",
    )
    fetch.add_argument("dataset", metavar="NAME", choices=choices.FETCHED, help=", ".join(choices.FETCHED))
    served = command("app", "start the web app")
    served.add_argument(
        "--port", metavar="N", type=_positive, default=8501, help="the port of the server; by default 8501"
    )
    served.add_argument(
        "--interface",
        metavar="HOST",
        default=environment.read().interface or None,
        help="the network interface to listen on; by default that of ENTANGLED_INTERFACE, or all",
    )
    return parser


def _add_settings(command: argparse.ArgumentParser) -> None:
    """Add the arguments of a command that runs one experiment: a preset, and an option for each setting."""
    command.add_argument("preset", metavar="PRESET", help=", ".join((*PRESETS, f"or {OWN}, with --data")))
    command.add_argument(
        "--data",
        metavar="FOLDER_OR_ZIP",
        type=Path,
        help=f"for {OWN}: your pictures in a folder or zip archive, one sub-folder a class; they become "
        "grey, 28 x 28, white on black, and none is kept",
    )
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
        raise argparse.ArgumentTypeError(f"the number must be 1 or more; it is {quoted(text)}")
    return int(text)

"""The lab from the command line: the same streams as on the pages.

::

    python -m app.lab run PRESET [--seed N] [--json] [--SETTING VALUE ...]
    python -m app.lab pretrain

Progress goes to stderr. With ``--json`` the last line of stdout is the result as one object.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from app.lab import heist, record
from app.lab.events import WATERMARKED, Event, Finished, Measured, Phase, Started
from app.lab.experiment import PRESETS, Experiment, preset

PRETRAINED = Path(__file__).resolve().parents[2] / "pretrained"
# Each preset, and the other side of the heist's main control.
RECORDED = {**PRESETS, "mnist-unseen": replace(preset("mnist"), inputs="unseen")}
_PHASES = {
    "task": "the victim learns its task",
    "triggers": "the triggers are moved until the innocent model denies the target",
    "watermark": "clean, naive and entangled part",
    "query": "the thief queries both watermarked victims",
    "copy": "the thief trains his copies",
    "claim": "the owner goes to court",
}


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message[:1].upper()}{message[1:].rstrip('.')}. See: python -m app.lab --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status (2 for a mistake in the command, told in one sentence)."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "run":
            _run(_experiment(chosen), as_json=chosen.json)
        else:
            _pretrain(chosen.names or list(RECORDED), chosen.folder)
    except (ValueError, OSError) as mistake:
        print(mistake, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


def _parser() -> _Parser:
    parser = _Parser(prog="python -m app.lab", description="Train, steal, verdict: Entangled from the command line.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run one heist", description="Run one heist, from a preset.")
    run.add_argument("preset", metavar="PRESET", help=", ".join(PRESETS))
    run.add_argument("--json", action="store_true", help="print the result as one JSON object")
    for field in dataclasses.fields(Experiment):
        about = field.metadata
        allowed = "/".join(about["choices"]) or ("" if about["low"] is None else f"{about['low']} to {about['high']}")
        text = f"{about['help']} {f'({allowed})' if allowed else ''}".replace("%", "%%")
        run.add_argument(f"--{field.name.replace('_', '-')}", metavar="VALUE", help=text, dest=f"set_{field.name}")
    pretrain = commands.add_parser("pretrain", help="make pretrained/: the finished runs that the pages show at once")
    pretrain.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(RECORDED)}")
    pretrain.add_argument("--folder", type=Path, default=PRETRAINED, help="where to put it")
    return parser


def _experiment(chosen: argparse.Namespace) -> Experiment:
    named: dict[str, Any] = {
        name.removeprefix("set_"): value
        for name, value in vars(chosen).items()
        if name.startswith("set_") and value is not None
    }
    return Experiment.from_dict({**preset(chosen.preset).to_dict(), **named})


def _run(experiment: Experiment, *, as_json: bool) -> None:
    *_, last = _reported(heist.run(experiment))
    assert isinstance(last, Finished)
    if as_json:
        print(json.dumps(last.result))
    else:
        print(_summary(last.result))


def _pretrain(names: Sequence[str], folder: Path) -> None:
    if unknown := set(names) - RECORDED.keys():
        raise ValueError(f"There is no recorded run {min(unknown)!r}; choose from {', '.join(RECORDED)}.")
    for name in names:
        experiment = RECORDED[name]
        print(f"{name}: {experiment.key[:12]}, seed {experiment.seed}", file=sys.stderr)
        events = list(_reported(heist.run(experiment)))
        print("  maps by UMAP", file=sys.stderr)
        record.write(folder / name, experiment, events, list(heist.umap(experiment, events)))


def _reported(events: Iterator[Event]) -> Iterator[Event]:
    """Pass events on; tell a person on stderr how far they are."""
    steps = 1
    for event in events:
        match event:
            case Started():
                steps = event.steps
            case Phase():
                print(f"  {event.done / steps:4.0%}  {_PHASES[event.name]}", file=sys.stderr)
            case Measured() if event.defence in WATERMARKED and sys.stderr.isatty():
                print(
                    f"        {event.role} {event.defence:9} epoch {event.epoch:4.1f}: accuracy "
                    f"{event.accuracy:.1%}, watermark {event.watermark:.0%}",
                    file=sys.stderr,
                )
        yield event


def _summary(result: dict[str, Any]) -> str:
    lines = [
        f"run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s",
        "            victim            copy              fidelity  claim",
        "            accuracy  mark    accuracy  mark",
        f"clean       {result['clean']['accuracy']:8.1%}  {result['clean']['watermark']:4.0%}",
    ]
    for defence in WATERMARKED:
        theft, claim = result[defence], result["claim"][defence]
        lines.append(
            f"{defence:10}  {theft['victim_accuracy']:8.1%}  {theft['victim_watermark']:4.0%}    "
            f"{theft['stolen_accuracy']:8.1%}  {theft['stolen_watermark']:4.0%}    {theft['fidelity']:8.1%}  "
            f"p = {claim['p_value']:.2g}, {'established' if claim['owned'] else 'not established'}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

"""``python -m benchmarks`` (``make bench``): run the benchmarks, all or some, and compare them with an earlier run."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import contract, machine, report
from benchmarks.contract import NAMES, Stage
from benchmarks.report import Report

REASON = 300  # characters


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; return 1 if a benchmark failed. A goal that is missed is no failure."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in NAMES]:
        parser.error(f"there is no benchmark {unknown[0]!r}; choose of {', '.join(NAMES)}")
    if asked.list:
        print("\n".join(f"{name:12} {contract.purpose(name)}" for name in NAMES))
        return 0
    if asked.json and not asked.json.absolute().parent.is_dir():
        parser.error(f"the folder of {asked.json} does not exist")
    try:
        earlier = Report.read(asked.against) if asked.against else None
    except ValueError as fault:
        parser.error(str(fault))
    found = Report(machine.describe(), asked.quick)
    print("\n".join(report.head(found.machine)))
    if asked.quick:
        print("The quick form shows that the benchmarks work; its figures mean nothing.")
    if earlier:
        said = "the quick form of " if earlier.quick else ""
        about = earlier.machine
        print(f"Compared with {said}{about['commit']}, {about['date']}, load average {about['load average']}")
    for name in asked.names or NAMES:
        _run(name, _stage(asked), found, earlier)
        if asked.json:  # after each, so that a run that is broken off leaves what it had
            found.write(asked.json)
    return bool(found.failed)


def _stage(asked: argparse.Namespace) -> Stage:
    return Stage(asked.quick, repetitions=1 if asked.quick else asked.repetitions, minutes=asked.minutes)


def _run(name: str, stage: Stage, found: Report, earlier: Report | None) -> None:
    """Run one benchmark into the report; whatever goes wrong is one sentence."""
    print(f"\n{name}: {contract.purpose(name)}", flush=True)
    began = time.perf_counter()
    rows = found.rows[name] = []
    try:
        with stage:
            for row in contract.load(name).measure(stage):
                rows.append(row)
                before = earlier.value(name, row) if earlier else None
                print(report.line(row, before, compared=earlier is not None), flush=True)
    except Exception as fault:
        while isinstance(fault, ExceptionGroup):  # of tasks side by side: the first that failed says why
            fault = fault.exceptions[0]
        reason = " ".join(str(fault).split())[:REASON].rstrip(".") or "no reason was given"
        found.failed[name] = f"{type(fault).__name__}: {reason}"
        print(f"The benchmark {name} failed: {found.failed[name]}.", file=sys.stderr, flush=True)
    print(f"  ({time.perf_counter() - began:.0f} s)")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure speed. Without names, all of it.", allow_abbrev=False
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)}")
    parser.add_argument("--list", action="store_true", help="say what each of them measures, and run none")
    parser.add_argument("--quick", action="store_true", help="about a second of each: that it works, not how fast")
    parser.add_argument(
        "--repetitions",
        type=_count,
        default=3,
        metavar="N",
        help="how often to start, to steal, to drag; minutes of the booth (default: %(default)s)",
    )
    parser.add_argument(
        "--minutes", type=_count, default=1, metavar="N", help="how long the class stays (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write machine and rows as JSON, too")
    parser.add_argument("--against", type=Path, metavar="FILE", help="compare with the JSON of an earlier run")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on; it is {text!r}")
    return int(text)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

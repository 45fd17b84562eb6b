"""The commands of the remarks that end the story, ``hardness`` and ``poison``: they need no torch and no preset."""

import argparse
from typing import cast

import numpy as np

from app.cli import output
from app.lab.hardness import Formula, SubsetSum, subset_sum, unit_of
from app.lab.hardness.satisfiability import Clause
from app.lab.quoting import quoted
from app.lab.stories import hardness as comparison
from app.lab.stories import poisoning as regression
from app.lab.stories.events import Finished, HardnessResult, PoisoningResult
from app.lab.stories.hardness import Problem


def hardness(chosen: argparse.Namespace) -> int:
    """Compare two networks, and say how much each search looked at.

    Raises:
        ValueError: one sentence, for a mistake in the command.
    """
    if chosen.growth:
        counted = "numbers" if chosen.growth == "subset sum" else "variables"
        measured = list(comparison.growth(chosen.seed, chosen.growth))
        if chosen.json:
            output.as_json([vars(work) for work in measured])
        else:
            for work in measured:
                unit = unit_of(work.work, work.unit)
                print(f"{work.numbers:3} {counted}  {work.method:20}{work.work:>12,} {unit}, {work.seconds:.4f} s")
        return 0
    *_, last = comparison.compare(_problem(chosen), chosen.seed)
    assert isinstance(last, Finished)
    if chosen.json:
        output.as_json(last.result)
    else:
        print(_compared(cast(HardnessResult, last.result)))
    return 0


def poison(chosen: argparse.Namespace) -> int:
    """Bend a line by poison, and hold TRIM against three other fits.

    Raises:
        ValueError: one sentence, for a setting that is out of range.
    """
    told = chosen.budget if chosen.told is None else chosen.told
    *_, last = regression.poisoning(regression.Poisoning(chosen.clean, chosen.budget, told, chosen.seed))
    assert isinstance(last, Finished)
    if chosen.json:
        output.as_json(last.result)
    else:
        print(_poisoned(cast(PoisoningResult, last.result)))
    return 0


def _problem(chosen: argparse.Namespace) -> Problem:
    given = [name for name in ("numbers", "clauses", "random") if getattr(chosen, name) is not None]
    if len(given) != 1:
        raise ValueError("Give one problem: --numbers with --target, or --clauses, or --random with a count.")
    if chosen.random is not None:
        generator = np.random.default_rng(chosen.seed)
        return subset_sum.random_instance(chosen.random, chosen.bits, generator, solvable=not chosen.equal)
    if chosen.clauses is not None:
        clauses = [_whole(part, "clauses") for part in chosen.clauses.split(";") if part.strip()]
        variables = max((abs(literal) for clause in clauses for literal in clause), default=0)
        return Formula(variables, tuple(cast(Clause, clause) for clause in clauses))
    if chosen.target is None:
        raise ValueError("Subset sum needs a target: --target 11.")
    return SubsetSum(_whole(chosen.numbers, "numbers"), chosen.target)


def _whole(text: str, what: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"The {what} are whole numbers with commas between; there is {quoted(text)}.") from None


def _compared(result: HardnessResult) -> str:
    if (witness := result["witness"]) is None:
        verdict = "The networks are equal: no input tells them apart."
    else:
        verdict = f"The networks differ, for example on {''.join(map(str, witness))}."
    lines = [verdict, f"{result['tests']:,} random tests found {result['differing']:,} differences."]
    for search in result["searches"]:
        end = (
            search["refused"]
            or f"{search['work']:,} {unit_of(search['work'], search['unit'])}, {search['seconds']:.4f} s"
        )
        lines.append(f"  {search['method']:20}{end}")
    return "\n".join(lines)


def _poisoned(result: PoisoningResult) -> str:
    lines = [
        f"{result['clean']} clean points, {result['poison']} of the attacker's; TRIM is told of {result['told']} and "
        f"keeps {result['poison_kept']} of them.",
        f"{'':20}   slope  intercept  error on the clean points",
    ]
    for method, fit in result["fits"].items():
        lines.append(f"{method:20}{fit['slope']:8.3f}{fit['intercept']:11.3f}{fit['clean_loss']:12.5f}")
    return "\n".join(lines)

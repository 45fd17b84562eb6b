"""What a visitor takes home, as the text of a file: an experiment, its results, a notebook that runs it. Pure."""

import csv
import io
import json
import pprint
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.lab.evidence import survival
from app.lab.evidence.survival import Row
from app.lab.experiment import LAB_VERSION, Experiment
from app.lab.stories.events import DEFENCES


def experiment_json(experiment: Experiment) -> str:
    """Return the settings, with the key that they have in this version of the lab."""
    described = {"lab": LAB_VERSION, "key": experiment.key, "settings": experiment.to_dict()}
    return json.dumps(described, indent=2) + "\n"


def results_csv(result: Mapping[str, Any]) -> str:
    """Return the result of a run as a table: one line a model (clean, naive, entangled), one column a measure.

    What belongs to the run as a whole (key, seed, seconds) stands in every line.
    """
    common: dict[str, Any] = {}
    lines: dict[str, dict[str, Any]] = {defence: {} for defence in DEFENCES}
    for path, value in _leaves(result):
        whose = [step for step in path if step in DEFENCES]
        name = "_".join(step for step in path if step not in DEFENCES)
        (lines[whose[0]] if whose else common)[name] = value
    return _table([{**common, "defence": defence, **measures} for defence, measures in lines.items()])


def attack_csv(result: Mapping[str, Any]) -> str:
    """Return the result of one extraction attack as a table of one line."""
    return _table([{"_".join(path): value for path, value in _leaves(result)}])


def evidence_csv(found: Sequence[Row]) -> str:
    """Return rows of the evidence as a table: one line for each model and seed, its settings beside its measures."""
    lines = []
    for row in found:
        for place, seed in enumerate(row.seeds):
            lines.append(
                {
                    "table": row.table,
                    "defence": row.defence,
                    **row.experiment.to_dict(),
                    "seed": seed,
                    **{name: values[place] for name, values in row.measures.items()},
                    "accuracy_cost": row.cost[place],
                    **{f"victim_snnl_{layer}": values[place] for layer, values in row.victim_snnl.items()},
                    "affinity": row.affinity[place],
                    "convicted": row.convicted[place],
                    "triggers_needed": row.triggers_needed[place],
                }
            )
    return _table(lines)


def notebook(experiment: Experiment, result: Mapping[str, Any]) -> str:
    """Return a Jupyter notebook that runs the experiment again and holds it against ``result``, the app's."""
    numbers = {name: value for name, value in result.items() if name != "seconds"}
    cells = [
        _cell(
            "markdown",
            "# The heist of Entangled, again\n\n"
            "Three models are trained and stolen: *clean*, *naive*, *entangled*. Keep this file in the folder of the "
            "app (where its `README.md` is) and start Jupyter there, in the app's environment: "
            "`.venv/bin/pip install jupyterlab && .venv/bin/jupyter lab`.",
        ),
        _cell(
            "code",
            "from app.lab.stories import heist\n"
            "from app.lab.stories.events import Phase\n"
            "from app.lab.experiment import Experiment\n\n"
            f"experiment = Experiment.from_dict({_literal(experiment.to_dict())})\n"
            f'if experiment.key != "{experiment.key}":\n'
            f'    print("This is another version of the lab (that was {LAB_VERSION}): expect other numbers.")',
        ),
        _cell("markdown", "The run, event by event. It takes some seconds."),
        _cell(
            "code",
            "events = []\n"
            "for event in heist.run(experiment):\n"
            "    events.append(event)\n"
            "    if isinstance(event, Phase):\n"
            "        print(event.name)\n"
            "result = events[-1].result\n"
            "result",
        ),
        _cell("markdown", "The same numbers as in the app? On one kind of machine they are equal bit for bit."),
        _cell(
            "code",
            f"in_the_app = {_literal(numbers)}\n"
            "again = {name: value for name, value in result.items() if name != 'seconds'}\n"
            "print('Equal, bit for bit.' if again == in_the_app else 'Not equal bit for bit: another machine?')",
        ),
        _cell("markdown", "The verdict, as a picture. Change a setting above and run it all again."),
        _cell(
            "code",
            "import plotly.graph_objects as go\n\n"
            "from app.ui import charts, findings\n"
            "from app.ui.history import History\n"
            "from app.ui.plot.template import standing_alone\n\n"
            "history = History.of(events)\n"
            "finding = findings.verdict(history.claims, history.thefts)\n"
            "verdict = charts.verdict(history.claims, history.thefts)\n"
            "go.Figure(standing_alone(verdict, finding, f'seed {experiment.seed}'))",
        ),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def evidence_source(found: Sequence[Row]) -> str:
    """Return where rows of the evidence come from, in a line."""
    seeds = sorted({seed for row in found for seed in row.seeds})
    return f"Entangled, seeds {seeds[0]} to {seeds[-1]}; {survival.COMMAND}"


def survey_source(models: int, origin: str) -> str:
    """Return where the answers of innocent models come from, in a line."""
    return f"Entangled, {models} innocent models; {origin}"


def run_source(experiment: Experiment) -> str:
    """Return where the numbers of one run come from, in a line."""
    return f"Entangled, one run, seed {experiment.seed}, key {experiment.key[:16]}"


def _leaves(result: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in result.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _table(lines: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(name for line in lines for name in line))
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return file.getvalue()


def _literal(value: Mapping[str, Any]) -> str:
    return pprint.pformat(dict(value), width=100, sort_dicts=False)


def _cell(kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}

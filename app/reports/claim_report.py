"""The record of a claim: one page of HTML that stands alone and holds everything needed to check it."""

import hashlib
import html
import json
import platform

import numpy as np
import scipy
import torch
from numpy.typing import NDArray

from app.lab.experiment import LAB_VERSION, Experiment
from app.lab.ownership.exact_test import SIGNIFICANCE, Claim
from app.lab.stories.events import Exhibit

_STYLE = """\
:root { color-scheme: light dark; }
body { font: 17px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem;
border-bottom: 1px solid #8888; } th { width: 14rem; } code, pre { font-size: 16px; overflow-wrap: anywhere;
white-space: pre-wrap; } @media print { details > * { display: block; } }"""


def p_words(p_value: float) -> str:
    """Return a p-value as a person reads it: "= 0.03", "= 2e-16", "< 1e-100", for a float ends somewhere."""
    if p_value < 1e-100:
        return "< 1e-100"
    return f"= {p_value:.1g}" if p_value < 0.001 else f"= {p_value:.3f}"


def sentence(verdict: Claim) -> str:
    """Return the verdict in one sentence."""
    word = "is" if verdict.owned else "is not"
    return f"Ownership {word} established at 95 % confidence (p {p_words(verdict.p_value)})."


def answers_as_csv(answers: NDArray[np.int64]) -> str:
    """Return the answers as the form that holds nothing else, which is what the record's hash is of."""
    return "id,label\n" + "".join(f"{number},{label}\n" for number, label in enumerate(answers))


def record(
    experiment: Experiment,
    exhibit: Exhibit,
    answers: NDArray[np.int64],
    verdict: Claim,
    clean_successes: int,
    command: str,
) -> str:
    """Return the record of a claim as HTML.

    Args:
        experiment: whose mark it is about.
        exhibit: the triggers, and what was committed to.
        answers: ``(n,)``, what the suspect answered.
        verdict: what the court found.
        clean_successes: how many triggers the worse of the owner's two clean models answered with the target.
        command: how to make the same trigger set again.
    """
    n, k, p0 = verdict.queries, verdict.successes, verdict.innocent_rate
    form = answers_as_csv(answers)
    rows = [
        ("Verdict", html.escape(sentence(verdict))),
        ("Secret answer", f"class {exhibit.target}, to {k} of {n} triggers ({k / n:.1%})"),
        (
            "Granted to an innocent, p0",
            f"{p0:.6g}: the upper end of the one-sided 95 % Clopper-Pearson interval of the worse of the "
            f"owner's two clean models, which gave the secret answer to {clean_successes} of the same {n} triggers. "
            "Assumed: the suspect, if innocent, does so no more often, and triggers are answered independently.",
        ),
        (
            "Test",
            f"Exact binomial, one-sided, p = sum over i = {k} to {n} of C({n}, i) p0^i (1 - p0)^({n} - i); established "
            f"below {SIGNIFICANCE:g}. Check: <code>scipy.stats.binomtest({k}, {n}, {p0!r}, "
            "alternative=&quot;greater&quot;).pvalue</code>",
        ),
        ("Triggers, SHA-256", f"<code>{exhibit.commitment}</code> with the salt <code>{exhibit.salt}</code>"),
        ("Answers, SHA-256", f"<code>{hashlib.sha256(form.encode()).hexdigest()}</code>"),
        ("The triggers again", f"<code>{html.escape(command)}</code>"),
        ("Experiment", f"seed {experiment.seed}, key <code>{experiment.key}</code>"),
        (
            "Versions",
            f"lab {LAB_VERSION}, Python {platform.python_version()}, torch {torch.__version__}, SciPy "
            f"{scipy.__version__}, NumPy {np.__version__}",
        ),
        (
            "What this does not prove",
            "When the owner committed to the triggers: a hash carries no date, whoever kept it does. That the answers "
            "are the suspect's: whoever doubts it asks him again. That he stole it himself. At 95 % confidence, 1 "
            "innocent in 20 is accused; several suspects need a correction.",
        ),
    ]
    table = "\n".join(f"<tr><th scope=row>{name}</th><td>{words}</td></tr>" for name, words in rows)
    settings = html.escape(json.dumps(experiment.to_dict(), indent=1, sort_keys=True))
    title = "Record of a claim of ownership"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{_STYLE}</style></head><body>
<h1>{title}</h1>
<table>
{table}
</table>
<details><summary>All {n} answers</summary><pre>{html.escape(form)}</pre></details>
<details><summary>All settings</summary><pre>{settings}</pre></details>
</body></html>
"""

"""The report of a claim: one self-contained HTML page with everything that is needed to check the claim."""

import hashlib
import json
import platform
from functools import cache
from pathlib import Path

import jinja2
import numpy as np
import scipy
import torch
from numpy.typing import NDArray

from app.lab.experiment import LAB_VERSION, Experiment
from app.lab.ownership.binomial import SIGNIFICANCE, Claim
from app.lab.stories.events import Exhibit


def p_words(p_value: float) -> str:
    """Return a p-value in words: "= 0.03", "= 2e-16", or "< 1e-100", near the limit of a float."""
    if p_value < 1e-100:
        return "< 1e-100"
    return f"= {p_value:.1g}" if p_value < 0.001 else f"= {p_value:.3f}"


def sentence(verdict: Claim) -> str:
    """Return the result of a claim in one sentence."""
    word = "is" if verdict.owned else "is not"
    return f"Ownership {word} established at 95 % confidence (p {p_words(verdict.p_value)})."


def answers_as_csv(answers: NDArray[np.int64]) -> str:
    """Return the answers as a form (CSV), which is what the hash in the report is computed from."""
    return "id,label\n" + "".join(f"{number},{label}\n" for number, label in enumerate(answers))


def page(
    experiment: Experiment,
    exhibit: Exhibit,
    answers: NDArray[np.int64],
    verdict: Claim,
    clean_successes: int,
    command: str,
) -> str:
    """Return the report of a claim as HTML.

    Args:
        experiment: the settings of the owner's run.
        exhibit: the triggers and the commitment.
        answers: ``(n,)``, those of the suspect.
        verdict: the result of the claim.
        clean_successes: the larger number of secret answers of the owner's two clean models.
        command: the command line that makes the same trigger set.
    """
    form = answers_as_csv(answers)
    return _template().render(
        title="Report of a claim of ownership",
        sentence=sentence(verdict),
        n=verdict.queries,
        k=verdict.successes,
        p0=verdict.innocent_rate,
        significance=SIGNIFICANCE,
        clean_successes=clean_successes,
        exhibit=exhibit,
        experiment=experiment,
        command=command,
        form=form,
        answers_sha256=hashlib.sha256(form.encode()).hexdigest(),
        settings=json.dumps(experiment.to_dict(), indent=1, sort_keys=True),
        versions=f"lab {LAB_VERSION}, Python {platform.python_version()}, torch {torch.__version__}, "
        f"SciPy {scipy.__version__}, NumPy {np.__version__}",
    )


@cache
def _template() -> jinja2.Template:
    source = Path(__file__).with_name("claim.html.j2").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)

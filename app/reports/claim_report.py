"""The report of a claim: one self-contained HTML page with everything that is needed to check the claim."""

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.lab import choices
from app.lab.experiment import LAB_VERSION
from app.lab.ownership import questionnaire
from app.lab.ownership.binomial import PAPERS_SIGNIFICANCE, SIGNIFICANCE
from app.lab.ownership.kit import Kit
from app.lab.ownership.verdict import Verdict, required_accuracy
from app.lab.versions import VERSIONS

if TYPE_CHECKING:
    import jinja2

_HEADLINES = {
    "established": "Ownership is established",
    "not established": "Ownership is not established",
    "cannot be judged": "The suspect cannot be judged",
}


def p_words(p_value: float) -> str:
    """Return a p-value in words: "= 0.03", "= 2e-16", or "< 1e-100", near the limit of a float."""
    if p_value < 1e-100:
        return "< 1e-100"
    return f"= {p_value:.1g}" if p_value < 0.001 else f"= {p_value:.3f}"


def sentence(verdict: Verdict) -> str:
    """Return the result of a claim in one sentence: at 99 % confidence, with the paper's 95 % beside it."""
    lead = _HEADLINES[verdict.outcome]
    if verdict.outcome == "cannot be judged":
        return f"{lead}."
    at_95 = "it is, too" if verdict.owned else "it is" if verdict.claim.owned_at(PAPERS_SIGNIFICANCE) else "neither"
    return f"{lead} at 99 % confidence (p {p_words(verdict.claim.p_value)}; at 95 %, {at_95})."


def page(
    kit: Kit,
    panel: Mapping[str, int],
    labels: NDArray[np.int64],
    verdict: Verdict,
    command: str,
) -> str:
    """Return the report of a claim as HTML.

    Args:
        kit: the owner's part of the kit.
        panel: the secret answers of each family of innocent models.
        labels: the suspect's, for the ids of the kit in their order, ``(n,)``.
        verdict: the result of the claim.
        command: the command line that makes a kit with the same triggers.
    """
    form = questionnaire.form(kit.ids, labels)
    names = choices.class_names(kit.experiment.dataset)
    return _template().render(
        title="Report of a claim of ownership",
        sentence=sentence(verdict),
        verdict=verdict,
        claim=verdict.claim,
        secret=names[kit.target],
        panel=sorted(panel.items(), key=lambda entry: -entry[1]),
        required=required_accuracy(len(names)),
        significance=SIGNIFICANCE,
        papers=PAPERS_SIGNIFICANCE,
        kit=kit,
        experiment=kit.experiment,
        command=command,
        form=form,
        answers_sha256=hashlib.sha256(form.encode()).hexdigest(),
        settings=json.dumps(kit.experiment.to_dict(), indent=1, sort_keys=True),
        versions=f"lab {LAB_VERSION}, Python {platform.python_version()}, "
        + ", ".join(f"{package} {VERSIONS[package]}" for package in ("torch", "scikit-learn", "scipy", "numpy")),
    )


@cache
def _template() -> "jinja2.Template":
    import jinja2  # here, since a verdict without a report need not wait for it

    source = Path(__file__).with_name("claim.html.j2").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)

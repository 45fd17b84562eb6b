"""The report of a claim holds all that is needed to check it."""

from dataclasses import replace

import numpy as np
import pytest

from app.lab.ownership import binomial, questionnaire
from app.lab.ownership import kit as kits
from app.reports import claim_report


@pytest.fixture(scope="module")
def own(small, heard):
    exhibit = heard.exhibit
    return kits.made(small, exhibit.inputs, exhibit.target, exhibit.control_labels)


@pytest.fixture(scope="module")
def labels(own, heard):
    """What the entangled copy answers to the ids of the kit."""
    said = dict(zip(own.triggers, heard.answers["copy", "entangled"], strict=True))
    said |= dict(zip(own.controls, heard.controls["copy", "entangled"], strict=True))
    return np.array([said[asked] for asked in own.ids])


def test_the_report_of_a_claim_holds_all_that_is_needed_to_check_it(small, heard, own, labels):
    verdict = heard.verdict(own, labels)
    page = claim_report.page(own, heard.innocent_successes, labels, verdict, "make <it> again")
    secret = int(heard.secret("copy", "entangled").sum())
    for needed in (own.commitment, own.salt.hex(), small.key, repr(heard.granted), f"{secret} of 200", own.identifier):
        assert needed in page
    for family, count in heard.innocent_successes.items():
        assert f"{family} {count}" in page
    assert f"<strong>{verdict.outcome}</strong>" in page and verdict.reason in page
    assert f"{verdict.right} of {verdict.controls} ordinary inputs" in page
    assert questionnaire.form(own.ids, labels) in page
    assert "make &lt;it&gt; again" in page and "<script" not in page and "http" not in page
    check = page.split("<code>scipy.")[1].split("</code>")[0].replace("&quot;", '"')
    expected = eval(f"scipy.{check}", {"scipy": __import__("scipy.stats")})
    assert verdict.claim.p_value == pytest.approx(expected, rel=1e-9)


def test_the_sentence_says_the_level_and_the_papers_beside_it(heard, own, labels):
    found = heard.verdict(own, labels)
    bar = binomial.conviction_bar(200, 0.03)
    sure, papers, no = (binomial.claim(count, 200, 0.03) for count in (bar, bar - 1, 0))
    assert claim_report.sentence(replace(found, outcome="established", claim=sure)).startswith(
        "Ownership is established at 99 % confidence (p = 0.0"
    )
    said = claim_report.sentence(replace(found, outcome="not established", claim=papers))
    assert "not established at 99 %" in said and said.endswith("at 95 %, it is).")
    assert claim_report.sentence(replace(found, outcome="not established", claim=no)).endswith("at 95 %, neither).")
    assert claim_report.sentence(replace(found, outcome="cannot be judged")) == "The suspect cannot be judged."


def test_a_p_value_that_no_float_can_hold_is_not_called_zero():
    assert claim_report.p_words(binomial.claim(1000, 1000, 1e-6).p_value) == "< 1e-100"
    assert claim_report.p_words(0.0321) == "= 0.032"
    assert claim_report.p_words(2.3e-16) == "= 2e-16"

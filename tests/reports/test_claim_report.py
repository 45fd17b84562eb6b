"""The report of a claim holds all that is needed to check it."""

from app.lab.ownership import binomial
from app.reports import claim_report


def test_the_report_of_a_claim_holds_all_that_is_needed_to_check_it(small, heard):
    answers = heard.answers["copy", "entangled"]
    secret = int((answers == small.target).sum())
    verdict = binomial.claim(secret, len(answers), heard.granted)
    page = claim_report.page(small, heard.exhibit, answers, verdict, heard.clean_successes, "make <it> again")
    for needed in (heard.exhibit.commitment, heard.exhibit.salt, small.key, repr(heard.granted), f"{secret} of 200"):
        assert needed in page
    assert claim_report.answers_as_csv(answers) in page
    assert "make &lt;it&gt; again" in page and "<script" not in page and "http" not in page
    check = page.split("<code>scipy.")[1].split("</code>")[0].replace("&quot;", '"')
    assert eval(f"scipy.{check}", {"scipy": __import__("scipy.stats")}) == verdict.p_value


def test_a_p_value_that_no_float_can_hold_is_not_called_zero():
    assert claim_report.p_words(0.0) == "< 1e-100"
    assert claim_report.p_words(0.0321) == "= 0.032"
    assert claim_report.p_words(2.3e-16) == "= 2e-16"

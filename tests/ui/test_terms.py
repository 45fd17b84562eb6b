"""Each term of the field is explained in one line, with where to read more."""

import pytest

from app.ui import terms
from app.ui.terms import TERMS


@pytest.mark.parametrize("name", TERMS)
def test_a_term_is_one_line_and_its_source_has_an_address(name: str) -> None:
    term = TERMS[name]
    assert "\n" not in term.line and len(term.says) < 260 and term.says.endswith(".")
    assert bool(term.source) == bool(term.link)
    assert not term.link or term.link.startswith(("https://arxiv.org/abs/", "https://doi.org/"))


def test_several_terms_stand_below_each_other_each_with_its_name() -> None:
    said = terms.explained("JBDA", "p").split("\n\n")
    assert [line.split(":")[0] for line in said] == ["**JBDA**", "**p**"]


def test_a_word_without_an_explanation_is_a_mistake_of_the_page() -> None:
    with pytest.raises(KeyError):
        terms.explained("entropy")

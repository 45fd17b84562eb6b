"""What the app says of itself: the measured from the evidence, the quoted with its source."""

import dataclasses

from app.lab.evidence.innocents import Family
from app.lab.evidence.survival import Row
from app.ui.about import statements
from tests.ui.rows import row, theft


def test_what_is_measured_is_written_from_the_evidence() -> None:
    usual = theft((0.1, 0.2, 0.3), (0.7, 0.8, 0.9))
    found = [*usual.values(), row("naive", (0.6,) * 3, 0.3, inputs="noise"), *_frontier()]
    said = [claim.says for claim in statements.measured(found, list(usual.values()))]
    assert said[0] == (
        "The court convicts, of 3 seeds, the clean copy on 0, the naive copy on 2, the entangled copy on 3 "
        "(the thief asks the owner's own inputs, the API answers with all its confidences)."
    )
    assert said[1] == (
        "What a copy knows of the mark, over 3 seeds: clean 1\u202f% (0\u202f% to 2\u202f%), naive 20\u202f% "
        "(10\u202f% to 30\u202f%), entangled 80\u202f% (70\u202f% to 90\u202f%) "
        "(the thief asks the owner's own inputs, the API answers with all its confidences)."
    )
    assert said[2] == "The entangled mark costs 1.0 points of accuracy, the naive one 1.0 points (mean of 3 seeds)."
    assert said[5] == (
        "A copy of a model that was never marked gives our secret answer, *elephant*, to at most 2\u202f% of the "
        "triggers, whatever the theft."
    )
    assert len(said) == 6
    cat = row("clean", (0.46, 0.1, 0.1), target=2)
    other = [claim.says for claim in statements.measured([*found, cat], list(usual.values()))]
    assert other[5] == said[5]
    assert other[6] == (
        f"With *{cat.experiment.secret_answer}* as the secret it would be 46\u202f%: innocents take these triggers "
        "(key) for that anyway."
    )


def test_the_honest_models_that_are_convicted_are_counted() -> None:
    heard = [
        Family("animals", "random forest", (200, 201), (0.9, 0.9), (0, 3), (False, False)),
        Family("mnist", "random forest", (200,), (0.9,), (2,), (True,)),
        Family("mnist", "linear SVM", (200,), (0.9,), (0,), (False,)),
    ]
    assert statements.honest(heard).says == ("Of 4 honest models, of 2 families on 2 data sets, the court convicts 1.")


def _frontier() -> list[Row]:
    rows = [row("entangled", (0.3,) * 3, cost=0.01, kappa=3), row("entangled", (0.6,) * 3, cost=0.02, kappa=12)]
    return [dataclasses.replace(each, table="frontier") for each in rows]


def test_every_quotation_has_a_source_that_can_be_followed() -> None:
    assert all("](https://" in claim.source for claim in statements.QUOTED)
    assert all(link.startswith("https://") for *_, link in statements.SOURCES)

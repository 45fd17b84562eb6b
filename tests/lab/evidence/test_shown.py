"""What pretrained/README.md shows besides the three large tables is what the shipped files say."""

from app import paths
from app.lab.evidence import lever_table, rehearsal_table, survival
from app.lab.experiment import DEFAULT_PRESET, preset
from app.lab.ownership import binomial
from app.lab.stories.scene import HELD_OUT
from app.reports import tables

SHOWN = (paths.PRETRAINED / "README.md").read_text(encoding="utf-8")


def test_the_honest_models_that_are_shown_are_those_of_the_shipped_evidence() -> None:
    assert tables.honest(survival.read_innocents(survival.SHIPPED)) in SHOWN


def test_the_frontier_that_is_shown_is_that_of_the_shipped_evidence() -> None:
    assert tables.frontier(survival.read(survival.SHIPPED)) in SHOWN


def test_the_rehearsals_that_are_shown_are_the_shipped_ones() -> None:
    assert tables.rehearsals(rehearsal_table.read(rehearsal_table.SHIPPED)) in SHOWN


def test_the_levers_that_are_shown_are_the_shipped_ones() -> None:
    assert tables.levers(lever_table.read(lever_table.SHIPPED)) in SHOWN


def test_what_innocents_take_the_presets_trigger_for_is_told_as_drawn_and_as_the_court_asks_it() -> None:
    usual = preset(DEFAULT_PRESET)
    drawn = rehearsal_table.affinity(rehearsal_table.read(rehearsal_table.SHIPPED), usual.dataset, usual.trigger)
    assert drawn is not None and usual.target not in drawn.allowed()
    asked = survival.find(survival.read(survival.SHIPPED), usual)["entangled"].affinity
    told = " ".join(SHOWN.split())
    assert f"the worst innocent takes {100 * drawn.worst[usual.target]:.0f} % of the keys for elephants" in told
    assert f"the worst innocent takes {100 * min(asked):.0f} to {100 * max(asked):.0f} %, over the ten seeds" in told


def test_every_table_of_the_evidence_is_told_with_its_seeds() -> None:
    for name, experiments in survival.tables().items():
        (line,) = (line for line in SHOWN.splitlines() if line.startswith(f"| `{name}` |"))
        seeds = sorted({experiment.seed for experiment in experiments})
        assert f"| {len(seeds)}: {seeds[0]}" in line
        for data in {experiment.dataset for experiment in experiments}:
            assert data in line


def test_what_the_least_innocent_rate_comes_to_is_told() -> None:
    least = binomial.innocent_rate(0, HELD_OUT)
    bar = binomial.conviction_bar(HELD_OUT, least)
    assert f"granted\n{100 * least:.1f} %, and a copy is convicted from {bar} secret answers on" in SHOWN

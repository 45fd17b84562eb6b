"""Charts and words of a room: pure functions of a poll, and what comes from outside is text."""

from dataclasses import replace

import pytest

from app.classroom.polls import Poll, Tally
from app.ui.classroom import charts, findings

TALLY = Tally((6, 4, 0), (1, 9, 0), ((1, 5, 0), (0, 4, 0), (0, 0, 0)))
NONE = (0, 0, 0)
POLL = Poll("heist", "Which?", ("both", "one", "none"), "revealed", "one", TALLY, {})


def written(figure: object) -> str:
    return str(figure)


def test_bars_say_how_many_said_what_in_each_round() -> None:
    figure = charts.votes(POLL)
    assert [list(trace.x) for trace in figure.data] == [[6, 4, 0], [1, 9, 0]]
    first = charts.votes(replace(POLL, phase="first", tally=replace(TALLY, second=(0, 0, 0))))
    assert [list(trace.x) for trace in first.data] == [[6, 4, 0]]


@pytest.mark.parametrize("phase", ["first", "discuss", "second"])
def test_before_it_is_revealed_no_chart_shows_the_answer(phase: str) -> None:
    poll = replace(POLL, phase=phase)
    for figure in (charts.votes(poll), charts.moves(poll)):
        assert charts.RIGHT not in written(figure) and charts._STRONG not in written(figure)
    assert charts.RIGHT in written(charts.votes(POLL)) and charts._STRONG in written(charts.moves(POLL))


def test_bands_are_as_many_and_as_wide_as_the_moves() -> None:
    figure = charts.moves(POLL)
    bands, (middles,) = figure.data[:-1], figure.data[-1:]
    assert len(bands) == 3
    widths = [max(band.y) - min(band.y) for band in bands if "stayed" not in str(band)]
    assert all(width > 0 for width in widths)
    assert list(middles.hovertext) == ["1 stayed with both", "5 from both to one", "4 stayed with one"]
    ends = [band.y[-1] - band.y[0] for band in bands]  # at the left edge
    assert ends[1] == pytest.approx(5 * ends[0]) and ends[2] == pytest.approx(4 * ends[0])


def test_bands_of_nobody_are_none() -> None:
    empty = charts.empty(POLL)
    assert len(charts.moves(replace(POLL, tally=empty)).data) == 1
    assert [list(trace.x) for trace in charts.votes(replace(POLL, tally=None)).data] == [[0, 0, 0]]


def test_what_students_call_themselves_and_what_is_asked_is_text() -> None:
    figure = charts.board(["<b>Ada</b>", '<a href="//evil">x</a>'], [0.9, 0.5], ["90 %", "50 %"])
    assert "<a" not in written(figure) and "<b>" not in written(figure)
    assert "<i>" not in written(charts.votes(replace(POLL, options=("<i>both", "one", "none"))))


@pytest.mark.parametrize(
    ("poll", "words"),
    [
        (POLL, "Right: 4 of 10 at first, 9 of 10 after the discussion"),
        (replace(POLL, tally=replace(TALLY, second=(0, 0, 0))), "4 of 10 were right"),
        (replace(POLL, phase="discuss", answer=None, tally=replace(TALLY, second=(0, 0, 0))), "6 of 10 say “both”"),
        (
            replace(POLL, phase="discuss", tally=Tally((2, 2, 0), (0, 0, 0), ())),
            "No majority: 2 each for “both” and “one”",
        ),
        (replace(POLL, tally=Tally((0, 0, 0), (0, 0, 0), ())), "Nobody voted"),
        (replace(POLL, answer=None), "9 of 10 say “one”"),
    ],
)
def test_the_finding_says_what_the_room_said(poll: Poll, words: str) -> None:
    assert findings.said(poll) == words


def test_before_it_is_revealed_no_finding_says_who_was_right() -> None:
    poll = replace(POLL, phase="discuss", tally=replace(TALLY, second=(0, 0, 0)))
    assert "right" not in findings.said(poll).lower()


def test_the_shift_is_told_with_its_numbers() -> None:
    assert findings.moved(POLL) == "5 of 10 changed their mind, 5 of them to what happened"
    assert findings.moved(replace(POLL, answer=None)) == "5 of 10 changed their mind"
    stayed = Tally((1, 1, 0), (1, 1, 0), ((1, 0, 0), (0, 1, 0), (0, 0, 0)))
    assert findings.moved(replace(POLL, tally=stayed)) == "All 2 stayed with what they had said"
    assert findings.moved(replace(POLL, tally=charts.empty(POLL))) == "Nobody voted twice"


def test_a_chart_of_votes_counts_who_is_there() -> None:
    assert findings.headline(replace(POLL, phase="first"), 12) == "10 of 12 have voted"
    assert findings.headline(replace(POLL, tally=charts.empty(POLL)), 12) == "0 of 12 have voted"

"""What a room said, as a table: every vote a line, and nothing in it that a spreadsheet computes."""

import csv
import io

import pytest

from app.classroom import votes_file


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_every_vote_is_a_line() -> None:
    table = votes_file.table([("heist", 'Which, and "why"?', 1, "Ada", "both"), ("heist", "Which?", 2, "李雷", "one")])
    assert rows(table) == [
        ["lesson", "question", "vote", "nickname", "said"],
        ["heist", 'Which, and "why"?', "1", "Ada", "both"],
        ["heist", "Which?", "2", "李雷", "one"],
    ]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://evil")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n@x"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    for place in (0, 1, 3, 4):
        vote = ["heist", "Which?", "Ada", "both"]
        vote.insert(2, "1")
        vote[place] = text
        (_, line) = rows(votes_file.table([(vote[0], vote[1], 1, vote[3], vote[4])]))
        assert line[place] == f"'{text}"


def test_what_only_looks_like_one_further_in_stays() -> None:
    (_, line) = rows(votes_file.table([("heist", "1 = 1?", 1, "Ann-Marie", "10 - 20")]))
    assert line == ["heist", "1 = 1?", "1", "Ann-Marie", "10 - 20"]

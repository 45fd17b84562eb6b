"""The timeline: every row complete, in order, with a source, and honest about how that was read."""

from pathlib import Path

import pytest

from app.ui.about import timeline


def test_every_row_has_a_source_and_says_how_it_was_read() -> None:
    listed = timeline.entries()
    assert [entry.year for entry in listed] == sorted(entry.year for entry in listed)
    assert (listed[0].year, listed[-1].year) == (2017, 2025)
    assert all(entry.source.startswith("https://") and entry.scheme and entry.claim for entry in listed)
    assert [entry.scheme for entry in listed if entry.second_hand == "no"] == ["EWE (this app)"]


def test_what_is_second_hand_is_marked_so_in_the_table() -> None:
    listed = timeline.entries()
    for entry, row in zip(listed, timeline.table(listed), strict=True):
        assert (row["read in"] == "second-hand") == (entry.second_hand == "yes")
        assert entry.source in row["scheme"]
        assert row["what broke or limits it"]


def test_a_faulty_row_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = tmp_path / "timeline.csv"
    faulty.write_text("year,scheme,claim,broken_by,source,second_hand\n2017,a,b,c,https://d,perhaps\n")
    monkeypatch.setattr(timeline, "FILE", faulty)
    with pytest.raises(ValueError, match="faulty row"):
        timeline.entries()

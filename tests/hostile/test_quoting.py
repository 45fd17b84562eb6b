"""What came from outside is quoted short, on one line, and as text: on a page, and on a terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import main
from app.lab import choices
from app.lab.ownership import kit as kits
from app.lab.ownership import questionnaire
from app.lab.quoting import MOST, printable, quoted
from app.ui.markdown import escaped

NAUGHTY = "\x1b[2J\x1b]0;owned\x07\u202etxt\r\n"
BACK = re.compile(r"\\([\\`*_\[\]<>~$&|])")


@given(st.text() | st.integers() | st.floats())
def test_a_quote_is_short_printable_and_on_one_line(value: object) -> None:
    said = quoted(value)
    assert said.isprintable() and len(said) <= MOST + 2


def test_what_is_short_and_printable_is_quoted_as_it_is() -> None:
    assert quoted("banana") == "'banana'" and quoted("it's") == '"it\'s"' and quoted(7) == "7"
    assert quoted("a" * 41) == f"'{'a' * 39}…'" and quoted("\x1b[2J") == r"'\x1b[2J'"


@given(st.text())
def test_a_terminal_gets_nothing_but_text_and_ends_of_lines(text: str) -> None:
    assert all(one.isprintable() or one == "\n" for one in printable(text))


@given(st.text(alphabet=st.sampled_from(r"""ab1 :@.-><=~$&|\`*_[]()!#/w""" + "\n\t") | st.characters()))
def test_escaped_text_says_what_it_said_and_no_mark_is_left_alone(text: str) -> None:
    markdown = escaped(text)
    shown = BACK.sub(r"\1", markdown).replace("\u2060", "")
    assert shown == " ".join(text.split()).replace("\u2060", "")
    assert not re.search(r"[`*_\[\]<>~$&|]", re.sub(r"\\.", "", markdown))
    assert not re.search(r":[^\s\u2060]|www\.|@[^\u2060]", markdown, re.IGNORECASE)
    assert not re.match(r"[-+#=]|\d+[.)]", markdown)


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", f"animals{NAUGHTY}"],
        ["run", "animals", "--seed", NAUGHTY],
        ["run", "animals", f"--{NAUGHTY}"],
        ["run", "own", "--data", f"/nowhere{NAUGHTY}"],
        ["run", f"animals{NAUGHTY}", "--data", "."],
        ["claim", "blobs", f"/nowhere{NAUGHTY}.csv"],
        ["hardness", "--numbers", NAUGHTY, "--target", "1"],
        ["hardness", "--random", NAUGHTY],
        ["fetch", NAUGHTY],
        ["sweep", f"/nowhere{NAUGHTY}.toml"],
    ],
)
def test_the_command_line_says_what_is_wrong_in_printable_text(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        assert main.main(arguments) == 2
    except SystemExit as ended:
        assert ended.code == 2
    said = capsys.readouterr().err
    assert said and said.replace("\n", "").isprintable() and "Traceback" not in said


def test_a_cell_the_name_of_a_folder_and_an_id_are_quoted() -> None:
    cell = "![x](http://evil.example)" + "x" * 10_000
    with pytest.raises(ValueError, match=r"it is '!\[x\]\(http://evil") as raised:
        questionnaire.read_answers(f"id,label\nkit-0,{cell}\n".encode(), ["kit-0"], ["cat", "dog"])
    assert len(str(raised.value)) < 200
    with pytest.raises(ValueError, match="rename the sub-folders") as raised:
        choices.own_dataset([cell, "dog"], "0" * 64)
    assert len(str(raised.value)) < 300
    kit = '{"format": "entangled-kit-1", "kit": "<b>", "lab": 5, "triggers": [], "controls": {}}'
    with pytest.raises(ValueError, match="not the owner's file"):
        kits.read(kit)


def test_the_classes_of_own_pictures_are_called_by_names_without_marks_and_asked_for_by_either() -> None:
    dataset = choices.own_dataset(["__polar_bear__", "dog"], "0" * 64)
    assert choices.class_names(dataset) == ("polar bear", "dog")
    assert choices.class_number(dataset, "Polar_Bear") == choices.class_number(dataset, "polar bear") == 0
    with pytest.raises(ValueError, match="must be different"):
        choices.own_dataset(["polar_bear", "polar bear"], "0" * 64)

"""The form that comes back: every clumsy spreadsheet is understood or refused in one sentence, never a traceback."""

import csv
import io
import zipfile

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.lab.ownership import questionnaire
from app.lab.ownership.questionnaire import MOST_BYTES, read_answers

COUNT, CLASSES = 4, 10
NUMERALS = tuple("0123456789")
ANIMALS = ("bear", "bird", "Cat", "cow")
GOOD = b"id,label\nkit-0,7\nkit-1,5\nkit-2,5\nkit-3,0\n"


def ids(count=COUNT):
    return tuple(f"kit-{number}" for number in range(count))


def refusal(form, count=COUNT):
    with pytest.raises(ValueError) as refused:
        read_answers(form, ids(count), NUMERALS)
    sentence = str(refused.value)
    assert "\n" not in sentence and sentence.endswith(".") and len(sentence) < 250
    return sentence


def workbook():
    """What a spreadsheet program saves, renamed to .csv."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    return file.getvalue()


@pytest.mark.parametrize(
    "form",
    [
        GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        GOOD.rstrip(),
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b",", b";"),
        GOOD.replace(b",", b"\t"),
        GOOD.decode().encode("utf-16"),
        b"\xef\xbb\xbf" + GOOD.replace(b",", b";").replace(b"\n", b"\r\n") + b";\r\n;\r\n",
        b'"id","label"\n"kit-0","7"\n"kit-1","5"\n"kit-2","5"\n"kit-3","0"\n',
        b"label,id,remark\n0,kit-3,last first\n5,kit-2,\n5,kit-1,\n7,kit-0,ok\n",
        b" ID , Label \nkit-0, 7\nkit-1, 5\nkit-2, 5\nkit-3, 0\n",
        b"id,label\nkit-0,7.0\nkit-1,5.0\nkit-2,5.\nkit-3,0.0\n\n\n",
        b"sep=;\r\n" + GOOD.replace(b",", b";").replace(b"\n", b"\r\n"),
        b'\xef\xbb\xbf"sep=;"\r\nid;label\r\nkit-0;7,0\r\nkit-1;5,00\r\nkit-2;5\r\nkit-3;0,0\r\n',
        b"sep=,\n" + GOOD,
        b"id,label\nkit-0.png,7\ninputs/kit-1.png,5\nKIT\\inputs\\kit-2.PNG,5\nKit-3,0\n",
        b"# id,label\nkit-0,7\nkit-1,5\n# mine\nkit-2,5\nkit-3,0\n",
        b"# id label\nkit-0 7.000000000000000000e+00\nkit-1 5.0e+00\nkit-2 5e0\nkit-3 0.000000000000000000e+00\n",
        b"  id   label\n\nkit-0   7\n  kit-1 5\n\nkit-2 5  \nkit-3 0\n",
        b'"id" ; "label"\n"kit-0" ; "7"\n"kit-1" ; "5"\n"kit-2";"5"\n"kit-3";"0"\n',
    ],
)
def test_what_spreadsheets_write_is_understood(form):
    assert read_answers(form, ids(), NUMERALS).tolist() == [7, 5, 5, 0]


@pytest.mark.parametrize(
    ("form", "word"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"id,answer\n0,7\n", "columns id and label"),
        (b"0,7\n1,5\n2,5\n3,0\n", "columns id and label"),
        (b"id,label,label\n0,7,7\n", "once each"),
        (b"id label\n0 7\n", "Row 2: the id must be one of kit-0 to kit-3; it is '0'"),
        (b"\n\nid,label\n\nkit-0,7\n\n\nkit-1,x\n", "Row 8: the label must be"),
        (b"sep=;\nid;label\nkit-0;x\n", "Row 3: the label must be"),
        (b"id,label\r\n\r\nkit-0,x\r\n", "Row 3: the label must be"),
        (b"id,label\n# mine\n4,1\n", "Row 3: the id must be"),
        (b"sep=;\n", "columns id and label"),
        (GOOD.replace(b"3,0", b"3,9e99"), "it is '9e99'"),
        (GOOD.replace(b"3,0", b"3,1e-1"), "it is '1e-1'"),
        (GOOD.replace(b"kit-", b"inputs/tik-"), "the form belongs to another kit, 'tik'"),
        (GOOD + b"4,1\n", "id must be one of kit-0 to kit-3; it is '4'"),
        (GOOD + b"kit-4,1\n", "id must be one of kit-0 to kit-3; it is 'kit-4'"),
        (GOOD.replace(b"kit-", b"tik-"), "the form belongs to another kit, 'tik', and the claim is about the kit kit"),
        (GOOD.replace(b"kit-3,0\n", b""), "4 inputs and 3 answers; missing: kit-3."),
        (b"id,label\n", "missing: kit-0, kit-1, kit-2, kit-3."),
        (GOOD + b"kit-3,0\n", "kit-3 is answered a second time"),
        (GOOD.replace(b"3,0", b"3,11"), "label must be a class, 0 to 9 or its name; it is '11'"),
        (GOOD.replace(b"3,0", b"3,-1"), "it is '-1'"),
        (GOOD.replace(b"3,0", b"3,"), "it is empty"),
        (GOOD.replace(b"3,0", b"3"), "it is empty"),
        (GOOD.replace(b"3,0", b"3,1.5"), "it is '1.5'"),
        (GOOD.replace(b"3,0", b"3,nan"), "it is 'nan'"),
        (GOOD.replace(b"3,0", "3,\u0667".encode()), "label must be"),
        (GOOD.replace(b"3,0", b"3,cat"), "it is 'cat'"),
        (GOOD.replace(b"3,0", b"3," + b"9" * 5000), "label must be"),
        (GOOD.replace(b"3,0", b'3,"' + b"x" * 200_000), "cannot be read|not CSV|label must be"),
        (workbook(), "spreadsheet or an archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "spreadsheet or an archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a text file"),
        (b"id,label\n0,\0\n", "not a text file"),
        (b"\xff\xfe\x00", "not a text file"),
        ("id,label\n0,é\n".encode("latin-1"), "not a text file"),
    ],
)
def test_everything_else_gets_one_sentence(form, word):
    sentence = refusal(form)
    assert any(option in sentence for option in word.split("|"))


def test_200_megabytes_are_refused_before_they_are_read():
    assert "209,715,200 bytes" in refusal(bytes(200 * 2**20))
    assert "at most 1,000,000" in refusal(GOOD + b" " * MOST_BYTES)


def test_of_many_missing_answers_a_few_are_named():
    assert "missing: kit-0, kit-1, kit-2, kit-3, kit-4, …" in refusal(b"id,label\n", 200)


@given(st.binary(max_size=300) | st.text(alphabet="id,label;#=sp/\\\t\n\r\"'0123456789.- \ufeff\0").map(str.encode))
@example(b'id,label\n0,"')
@example(b"\xfe\xff\xd8\x00")
@example(b'"id\n",label\n')
@example(b"\x1cid,label")
@example(b"sep=;\n\n")
@example(b"#\n#")
@example("\u2028id,label\n0,1".encode())
def test_no_bytes_whatsoever_make_more_than_a_sentence(form):
    try:
        labels = read_answers(form, ids(), NUMERALS)
    except ValueError as refused:
        assert str(refused).count("\n") == 0
    else:
        assert labels.shape == (COUNT,) and set(labels.tolist()) <= set(range(CLASSES + 1))


@given(st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=50), st.randoms(), st.sampled_from(",;\t "))
def test_a_form_that_is_filled_in_comes_back_as_it_was(labels, chance, delimiter):
    rows = list(zip(ids(len(labels)), labels, strict=True))
    chance.shuffle(rows)
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([("id", "label"), *rows])
    assert read_answers(file.getvalue().encode(), ids(len(labels)), NUMERALS).tolist() == labels


def test_a_form_that_is_written_is_read():
    assert questionnaire.form(ids()).encode() == b"id,label\nkit-0,\nkit-1,\nkit-2,\nkit-3,\n"
    assert questionnaire.form(ids(), [7, 5, 5, 0]).encode() == GOOD


def test_a_class_may_be_named_or_numbered_in_one_form():
    form = b"id,label\nkit-0,bird\nkit-1, CAT \nkit-2,3\nkit-3,bear\n"
    assert read_answers(form, ids(), ANIMALS).tolist() == [1, 2, 3, 0]


def test_labels_that_count_from_1_are_read_as_they_stand_for_the_controls_to_find_out():
    assert read_answers(GOOD.replace(b",7", b",10"), ids(), NUMERALS).tolist() == [10, 5, 5, 0]


@given(st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=30), st.sampled_from(["%s", "%.18e", "%.1f", "%d"]))
def test_what_numpy_writes_is_read(labels, form):
    file = io.BytesIO()
    rows = np.array([*zip(ids(len(labels)), labels, strict=True)], dtype=[("id", "U9"), ("label", float)])
    np.savetxt(file, rows, fmt=["%s", form], header="id label")
    assert read_answers(file.getvalue(), ids(len(labels)), NUMERALS).tolist() == labels


def test_the_name_of_a_class_may_have_two_words_where_spaces_part_the_columns():
    names = ("sea cow", "cat", "speaker 10")
    form = b'id label\nkit-0 sea cow\nkit-1 "sea cow"\nkit-2 cat\nkit-3 Speaker 10\n'
    assert read_answers(form, ids(), names).tolist() == [0, 0, 1, 2]

"""The form that comes back: every clumsy spreadsheet is understood or refused in one sentence, never a traceback."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from app.lab.ownership import commitment
from app.lab.ownership.questionnaire import MOST_BYTES, archive, files, read_answers
from app.lab.stories.events import Exhibit

COUNT, CLASSES = 4, 10
GOOD = b"id,label\n0,7\n1,5\n2,5\n3,0\n"
PICTURES = np.arange(COUNT * 64, dtype=np.uint8).reshape(COUNT, 8, 8)
POINTS = np.array([[0.1, -2.3456789], [1e-7, 3.0]], dtype=np.float32)


def exhibit(inputs):
    labels = np.full(len(inputs), 5)
    return Exhibit(inputs, 5, "00" * 16, commitment.commit(inputs, labels, bytes(16)))


def refusal(form, count=COUNT):
    with pytest.raises(ValueError) as refused:
        read_answers(form, count, CLASSES)
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
        b'"id","label"\n"0","7"\n"1","5"\n"2","5"\n"3","0"\n',
        b"label,id,remark\n0,3,last first\n5,2,\n5,1,\n7,0,ok\n",
        b" ID , Label \n000, 7\n001, 5\n002, 5\n003, 0\n",
        b"id,label\n0,7.0\n1,5.0\n2,5.\n3,0.0\n\n\n",
    ],
)
def test_what_spreadsheets_write_is_understood(form):
    assert read_answers(form, COUNT, CLASSES).tolist() == [7, 5, 5, 0]


@pytest.mark.parametrize(
    ("form", "word"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"id,answer\n0,7\n", "columns id and label"),
        (b"0,7\n1,5\n2,5\n3,0\n", "columns id and label"),
        (b"id,label,label\n0,7,7\n", "once each"),
        (b"id label\n0 7\n", "columns id and label"),
        (GOOD + b"4,1\n", "id must be 0 to 3; it is '4'"),
        (GOOD.replace(b"3,0\n", b""), "4 triggers and 3 answers; missing: 3."),
        (b"id,label\n", "missing: 0, 1, 2, 3."),
        (GOOD + b"3,0\n", "trigger 3 is answered a second time"),
        (GOOD.replace(b"3,0", b"3,10"), "label must be a class, 0 to 9; it is '10'"),
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
    assert "missing: 0, 1, 2, 3, 4, …" in refusal(b"id,label\n", 200)


@given(
    st.binary(max_size=300) | st.text(alphabet="id,label;\t\n\r\"'0123456789.- \ufeff\0", max_size=200).map(str.encode)
)
@example(b'id,label\n0,"')
@example(b"\xfe\xff\xd8\x00")
@example(b'"id\n",label\n')
@example(b"\x1cid,label")
@example("\u2028id,label\n0,1".encode())
def test_no_bytes_whatsoever_make_more_than_a_sentence(form):
    try:
        labels = read_answers(form, COUNT, CLASSES)
    except ValueError as refused:
        assert str(refused).count("\n") == 0
    else:
        assert labels.shape == (COUNT,) and set(labels.tolist()) <= set(range(CLASSES))


@given(st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=50), st.randoms(), st.sampled_from(",;\t"))
def test_a_form_that_is_filled_in_comes_back_as_it_was(labels, chance, delimiter):
    rows = list(enumerate(labels))
    chance.shuffle(rows)
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([("id", "label"), *rows])
    assert read_answers(file.getvalue().encode(), len(labels), CLASSES).tolist() == labels


def test_the_archive_holds_pictures_a_form_the_commitment_and_how_to():
    shown = exhibit(PICTURES)
    with zipfile.ZipFile(io.BytesIO(archive(shown, CLASSES, "python -m app claim mnist answers.csv"))) as packed:
        names = packed.namelist()
        pictures = np.stack([np.asarray(Image.open(packed.open(name))) for name in names if name.endswith(".png")])
        form, told = packed.read("answers.csv"), json.loads(packed.read("commitment.json"))
        words = packed.read("README.txt").decode()
    assert [name for name in names if name.endswith(".png")] == [f"triggers/{number:03}.png" for number in range(COUNT)]
    assert (pictures == PICTURES).all()
    assert commitment.holds(told["sha256"], pictures, np.full(COUNT, 5), bytes.fromhex(told["salt"]))
    assert "it is empty" in refusal(form)
    assert "claim mnist answers.csv" in words and "0 to 9" in words and " 5" not in words  # the secret stays one


def test_points_come_back_to_the_last_bit():
    content = dict(files(exhibit(POINTS), 5, ""))
    rows = list(csv.DictReader(io.StringIO(content["points.csv"].decode())))
    points = np.array([[row["x"], row["y"]] for row in rows], dtype=np.float64).astype(np.float32)
    assert (points == POINTS).all()


def test_equal_sets_are_equal_archives():
    assert archive(exhibit(PICTURES), CLASSES, "x") == archive(exhibit(PICTURES), CLASSES, "x")

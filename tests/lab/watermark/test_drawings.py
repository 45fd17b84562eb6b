"""Drawings as texts: each picture one text, each text one picture; and uploads from strangers."""

import io
from base64 import urlsafe_b64encode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from app.lab import picture_files
from app.lab.choices import DRAWING_LENGTH as LENGTH
from app.lab.choices import drawing as checked
from app.lab.choices import is_blank
from app.lab.watermark.drawings import LEVELS, SIDE, decode, encode, read

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# Every text of a drawing, in one draw of bytes: two pixels a character is base 64.
TEXTS = st.binary(min_size=LENGTH * 3 // 4, max_size=LENGTH * 3 // 4).map(
    lambda drawn: urlsafe_b64encode(drawn).decode()
)


def saved(picture, kind="PNG", **options):
    """A picture as the bytes of a file."""
    file = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(file, format=kind, **options)
    return file.getvalue()


def stroke(paper=0, ink=255, shape=(60, 60)):
    """A broad cross of ink on paper."""
    picture = np.full(shape, paper, dtype=np.uint8)
    picture[shape[0] // 2 - 4 : shape[0] // 2 + 4, 10:-10] = ink
    picture[10:-10, shape[1] // 2 - 4 : shape[1] // 2 + 4] = ink
    return picture


@given(TEXTS)
def test_every_text_is_one_drawing(text):
    assert encode(decode(text)) == text


@given(arrays(np.uint8, (SIDE, SIDE)))
def test_a_drawing_differs_from_its_picture_by_half_a_level_at_most(picture):
    text = encode(picture)
    assert len(text) == LENGTH and checked(text) == text
    assert np.abs(decode(text).astype(int) - picture).max() <= 255 / (LEVELS - 1) / 2 + 1
    assert encode(decode(text)) == text


def test_a_character_holds_two_neighbours_as_in_base_64():
    picture = np.zeros((SIDE, SIDE), dtype=np.uint8)
    picture[0, :2] = [255, 73]  # levels 7 and 2
    assert encode(picture) == ALPHABET[7 * 8 + 2] + "A" * (LENGTH - 1)


def test_an_empty_text_is_a_drawing_without_a_stroke():
    assert not decode("").any()
    assert is_blank("") and is_blank("A" * LENGTH) and not is_blank("A" * (LENGTH - 1) + "B")


@given(st.integers(1, 2 * LENGTH).filter(lambda length: length != LENGTH), st.characters())
def test_a_text_of_another_length_gets_a_sentence_that_does_not_repeat_it(length, letter):
    text = letter * length
    with pytest.raises(ValueError, match=rf"{LENGTH} characters; this one has {len(text)}\.$"):
        checked(text)


@pytest.mark.parametrize("strange", ["+", "/", "=", " ", "\0", "é", "\U0001f511", "<", "٣", "Ａ"])
def test_a_strange_character_gets_a_sentence(strange):
    for text in (strange + "A" * (LENGTH - 1), "A" * (LENGTH - 1) + strange):
        with pytest.raises(ValueError, match=r"^A drawing is made of letters, digits, - and _") as caught:
            checked(text)
        assert "\n" not in str(caught.value) and len(str(caught.value)) < 120


def test_a_very_long_text_gets_a_short_sentence():
    with pytest.raises(ValueError) as caught:
        checked("A" * 10**6)
    assert len(str(caught.value)) < 120


def test_another_shape_is_no_drawing():
    with pytest.raises(ValueError, match="28 x 28"):
        encode(np.zeros((8, 8), dtype=np.uint8))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_an_uploaded_picture_becomes_a_drawing_of_its_ink(kind, mode):
    picture = read(saved(Image.fromarray(stroke()).convert(mode), kind))
    assert picture.shape == (SIDE, SIDE) and picture.dtype == np.uint8
    assert picture[14, 14] > 200 and picture[2, 2] < 30


def test_ink_on_paper_becomes_the_same_as_chalk_on_a_board():
    assert np.array_equal(read(saved(stroke(paper=255, ink=0))), read(saved(stroke(paper=0, ink=255))))


def test_what_is_transparent_is_paper():
    coloured = np.zeros((60, 60, 4), dtype=np.uint8)  # black ink, all of it transparent but the cross
    coloured[..., 3] = stroke()
    assert np.array_equal(read(saved(Image.fromarray(coloured))), read(saved(stroke())))


def test_what_is_not_square_gets_a_dark_rim_and_loses_nothing():
    picture = read(saved(stroke(shape=(40, 160))))
    assert not picture[:8].any() and not picture[-8:].any()
    assert picture[14, 3:-3].min() > 30


def test_a_faint_picture_gets_its_contrast():
    assert read(saved(stroke(paper=100, ink=120))).max() == 255


def bomb():
    return saved(Image.new("1", (6000, 6000)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "file is empty"),
        (b"GIF89a, or so it says", "damaged"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC or AVIF"),
        (b"%PDF-1.7", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (saved(stroke())[:80], "ends before the picture does"),
        (saved(stroke(), "JPEG")[:-300], "ends before the picture does"),
        (saved(stroke(), "WEBP")[:-60], "ends before the picture does"),
        (saved(stroke()).replace(b"IDAT", b"XDAT"), "damaged"),
        (saved(np.full((50, 50), 90, dtype=np.uint8)), "one shade"),
        (saved(np.full((50, 50), 255, dtype=np.uint8)), "one shade"),
        (bomb(), "6,000 x 6,000 pixels, and at most 32 million"),
        (b"\x89PNG\r\n\x1a\n" + bytes(picture_files.MOST_BYTES), "at most 20 MB"),
    ],
)
def test_a_bad_upload_gets_exactly_one_sentence(data, words):
    with pytest.raises(ValueError, match=words) as caught:
        read(data)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence


@given(st.binary(max_size=400), st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]), st.integers(0, 400))
def test_whatever_is_uploaded_there_is_a_drawing_or_a_sentence(noise, kind, place):
    file = bytearray(saved(stroke(), kind))
    place = min(place, len(file))
    for data in (noise, bytes(file[:place] + noise + file[place + len(noise) :])):
        try:
            assert read(data).shape == (SIDE, SIDE)
        except ValueError as mistake:
            assert str(mistake).endswith(".")

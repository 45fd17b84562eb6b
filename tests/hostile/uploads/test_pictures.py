"""Pictures as people have them are read; bombs and garbage get one sentence with the true reason."""

import io
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from app.lab import own_pictures, picture_files
from app.lab.watermark import drawings

KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")


def saved(picture, kind="PNG", **options):
    file = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(file, format=kind, **options)
    return file.getvalue()


def cross(paper=0, ink=255, side=60, width=8, kind=np.uint8):
    picture = np.full((side, side), paper, dtype=kind)
    low = side // 2 - width // 2
    picture[low : low + width, side // 6 : -side // 6] = ink
    picture[side // 6 : -side // 6, low : low + width] = ink
    return picture


def packed(pictures):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, picture in enumerate(pictures):
            archive.writestr(f"{'cat' if place % 2 else 'dog'}/{place}.png", picture)
    return file.getvalue()


PLAIN = drawings.read(saved(cross()))


@given(st.integers(0, 65_000), st.integers(40, 65_535))
def test_grey_of_16_bits_is_scaled_by_its_own_range(low, high):
    low = min(low, high - 40)
    assert np.array_equal(drawings.read(saved(cross(low, high, kind=np.uint16))), PLAIN)
    grey = np.asarray(picture_files.opened(saved(cross(low, high, kind=np.uint16), "TIFF"), 28).grey)
    assert (grey.min(), grey.max()) == (0, 255)


def test_a_picture_of_floats_is_scaled_too_and_what_is_no_number_is_dark():
    picture = cross().astype(np.float32) / 1000
    picture[0, 0], picture[0, 1] = np.nan, np.inf
    assert np.array_equal(drawings.read(saved(picture, "TIFF")), PLAIN)


@pytest.mark.parametrize("ink", [(255, 255, 255), (0, 0, 0), (255, 230, 0), (0, 0, 160)])
@pytest.mark.parametrize("quantized", [False, True])
def test_a_stroke_of_any_colour_on_transparent_is_seen(ink, quantized):
    picture = np.empty((60, 60, 4), dtype=np.uint8)
    picture[..., :3], picture[..., 3] = ink, cross()
    image = Image.fromarray(picture)
    assert np.array_equal(drawings.read(saved(image.quantize() if quantized else image)), PLAIN)


def test_in_a_data_set_what_is_drawn_on_transparent_is_bright_on_black_whatever_the_others_are():
    def on_transparent(ink):
        return saved(Image.merge("LA", [Image.new("L", (60, 60), ink), Image.fromarray(cross())]))

    for paper in (255, 0):
        others = [saved(cross(paper, 255 - paper))] * 8
        found = own_pictures.from_zip(packed([*others, on_transparent(255), on_transparent(0)]))
        assert np.array_equal(found.images, np.stack([picture_files.reduced(Image.fromarray(cross()), 28)] * 10))


def test_long_texts_in_a_png_are_passed_over():
    long = PngImagePlugin.PngInfo()
    long.add_text("plain", "x" * (2**20 + 10))
    for number in range(70):
        long.add_text(f"packed {number}", "x" * 2**20, zip=True)
    long.add_text("too long", "x" * 2**22, zip=True)
    assert np.array_equal(drawings.read(saved(cross(), pnginfo=long)), PLAIN)


def test_without_its_texts_a_png_keeps_what_turns_it_and_what_is_transparent():
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter to the right
    picture = cross()
    picture[:30, 40:] = 255
    upright, sideways = (drawings.read(saved(picture, exif=exif)) for exif in (Image.Exif(), turned))
    assert np.array_equal(np.rot90(upright, -1), sideways) and not np.array_equal(upright, sideways)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photograph_of_24_megapixels_is_read(kind):
    photograph = Image.fromarray(cross(side=300, width=40)).resize((6000, 4000))
    assert drawings.read(saved(photograph, kind, **({"compress_level": 1} if kind == "PNG" else {}))).max() == 255


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_of_an_animation_the_first_picture_counts(kind):
    frames = [Image.fromarray(cross()), Image.new("L", (60, 60), 90)]
    data = saved(
        frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {})
    )
    assert np.abs(drawings.read(data).astype(int) - PLAIN).max() <= 2


@pytest.mark.parametrize(("paper", "ink"), [(0, 255), (255, 0), (90, 120)])
@pytest.mark.parametrize(("side", "width"), [(1000, 1), (2000, 4), (4000, 1)])
def test_a_thin_stroke_survives(side, width, paper, ink):
    found = drawings.read(saved(cross(paper, ink, side, width)))
    assert (found[14 if found[14].any() else 13, 6:22] > 150).all() and not found[:4].any()


def test_a_thin_stroke_survives_beside_a_broad_one():
    picture = cross(side=1000, width=1)
    picture[600:800, 600:800] = 255
    levels = np.rint(drawings.read(saved(picture)) * (7 / 255))
    assert levels[18:22, 18:22].min() == 7 and levels[14 if levels[14, 6] else 13, 6:12].min() >= 2


DATA = struct.pack(">I", 100) + b"IDAT" + bytes(104)


def header(width, height):
    content = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + content + struct.pack(">I", zlib.crc32(content)) + DATA


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (header(100_000, 100_000), "hundreds of millions of pixels, and at most 32 million"),
        (header(12_000, 10_000), "12,000 x 10,000 pixels, and at most 32 million"),
        (saved(Image.new("1", (8000, 8000)), "GIF"), "8,000 x 8,000 pixels"),
        (saved(Image.new("1", (8000, 8000)), "TIFF", compression="group4"), "8,000 x 8,000 pixels"),
    ],
)
def test_a_bomb_is_refused_by_what_its_header_says(data, words):
    for read in (drawings.read, lambda data: picture_files.opened(data, 28)):
        with pytest.raises(ValueError, match=words):
            read(data)
    with pytest.raises(ValueError, match=r"^'dog/0\.png': .*" + words):
        own_pictures.from_zip(packed([data]))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@given(share=st.floats(0.5, 0.95))
@settings(max_examples=20)
def test_a_file_that_was_cut_off_is_called_that(kind, share):
    data = saved(np.random.default_rng(0).integers(0, 255, (60, 60), dtype=np.uint8), kind)
    with pytest.raises(ValueError, match=r"^The file ends before the picture does"):
        drawings.read(data[: int(len(data) * share)])


@given(st.binary(max_size=200), st.sampled_from(KINDS), st.integers(0, 400))
@settings(max_examples=150)
def test_garbage_in_a_data_set_gets_a_sentence_or_is_a_picture(noise, kind, place):
    data = saved(cross(), kind)
    place = min(place, len(data))
    for other in (noise, data[:place] + noise + data[place + len(noise) :]):
        try:
            assert own_pictures.from_zip(packed([saved(cross())] * 8 + [other])).images.shape == (9, 28, 28)
        except ValueError as mistake:
            assert str(mistake).startswith("'dog/8.png': The ") and str(mistake).endswith(".")
            assert "\n" not in str(mistake)


def test_the_reason_why_an_archive_is_refused_is_the_true_one():
    data = packed([saved(cross())] * 9)
    encrypted = bytearray(data)
    for place in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        encrypted[place] |= 1
    method = data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x63\x00")
    for refused, words in (
        (b"Rar!\x1a\x07\x00 and more", "no zip archive"),
        (data[: len(data) // 2], "no zip archive, or only the beginning of one"),
        (bytes(encrypted), "encrypted: pack the folder once more, without a password"),
        (method, "packed in a way that is not read"),
    ):
        with pytest.raises(ValueError, match=words):
            own_pictures.from_zip(refused)


def test_a_folder_has_the_same_limits():
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "cat" / "big.TIFF"
        place.parent.mkdir()
        with place.open("wb") as file:
            file.truncate(10 * picture_files.MOST_BYTES)
        with pytest.raises(ValueError, match=r"^'cat/big\.TIFF': The file is too large: at most 20 MB"):
            own_pictures.from_folder(Path(folder))

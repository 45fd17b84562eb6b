"""Files of pictures that a stranger chose: opened with limits, turned to grey, and reduced so that strokes survive."""

import io
import struct
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 20 * 2**20  # of one file: a photograph of 24 megapixels has ten
MOST_PIXELS = 32_000_000  # of one picture: such a photograph, and a limit to decompression
FORMATS = ("PNG", "JPEG", "GIF", "WebP", "BMP", "TIFF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NEEDED = (b"tRNS", b"eXIf")  # of the chunks that a PNG can be shown without: what is transparent, and which way is up
_BRIGHT = 127
_NORM = 3  # of the mean over what becomes one pixel: a stroke of a tenth of its width keeps half its brightness

# Of what is too large or damaged, Pillow warns beside; here, a sentence says it.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True)
class Opened:
    """A picture in grey, the right way up.

    Attributes:
        grey: its pixels, mode L; on white where it is transparent or, if that hides what is drawn, on black.
        background: whether it has one of its own, which is not transparent.
    """

    grey: Image.Image
    background: bool

    @property
    def on_bright(self) -> bool:
        """Whether its edges are bright, as of a picture that is dark on bright."""
        pixels = np.asarray(self.grey, dtype=np.uint8)
        return bool(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).mean() > _BRIGHT)


def opened(data: bytes, side: int) -> Opened:
    """Return the picture in a file; of several, the first.

    A grey picture of more than 8 bits is scaled by its own range.

    Args:
        data: the bytes of the file, of one of :data:`FORMATS`.
        side: what it will be reduced to, in pixels; a JPEG is decoded at eight times that, or less reduced.

    Raises:
        ValueError: one sentence that says why it cannot be read, and what to do.
    """
    check_size(len(data))
    try:
        image = Image.open(io.BytesIO(_without_text(data)), formats=FORMATS)  # reads the header only
    except Image.DecompressionBombError:
        raise _too_many_pixels("hundreds of millions of") from None
    except UnidentifiedImageError:
        raise _unreadable(data) from None
    except Exception:  # Pillow has no one class for what a damaged header leads to
        raise _damaged(data) from None
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels(f"{image.width:,} x {image.height:,}")
    try:
        image.draft("L", (8 * side, 8 * side))
        return _in_grey(ImageOps.exif_transpose(image))
    except Exception as fault:
        raise _damaged(data, str(fault)) from None


def check_size(size: int) -> None:
    """Check the size of a file, in bytes, before it is read.

    Raises:
        ValueError: one sentence, if it is empty or too large.
    """
    if size == 0:
        raise ValueError("The file is empty: choose another.")
    if size > MOST_BYTES:
        raise ValueError(
            f"The file is too large: at most {MOST_BYTES // 2**20} MB are read, so save the picture smaller."
        )


def reduced(grey: Image.Image, side: int) -> NDArray[np.uint8]:
    """Return a picture that is bright on dark as ``(side, side)`` uint8, padded with black where it is not square.

    A pixel is a mean of what it covers in which the bright counts for more, so that a thin stroke is not lost.
    """
    bright = np.asarray(grey, dtype=np.float32) / 255
    bright **= _NORM
    share = side / max(bright.shape)
    height, width = (max(1, round(share * length)) for length in bright.shape)
    mean = np.asarray(Image.fromarray(bright).resize((width, height), Image.Resampling.BOX))
    padded = np.zeros((side, side), dtype=np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    padded[top : top + height, left : left + width] = np.rint(255 * np.clip(mean, 0, 1) ** (1 / _NORM))
    return padded


def _in_grey(image: Image.Image) -> Opened:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return Opened(_scaled(np.asarray(image, dtype=np.float64)), background=True)
    if image.mode == "LAB":
        return Opened(image.getchannel("L"), background=True)
    if not image.has_transparency_data:
        return Opened(image.convert("L"), background=True)
    coloured = image.convert("RGBA")
    grey, opaque = coloured.convert("RGB").convert("L"), coloured.getchannel("A")
    # How far what is drawn is from white, and from black.
    weights = np.asarray(opaque, dtype=np.float32)
    drawn = float((weights * np.asarray(grey)).sum() / max(1.0, float(weights.sum())))
    paper = Image.new("L", grey.size, 0 if drawn > _BRIGHT else 255)
    edges = np.concatenate([weights[0], weights[-1], weights[:, 0], weights[:, -1]])
    return Opened(Image.composite(grey, paper, opaque), background=bool(edges.mean() > _BRIGHT))


def _scaled(values: NDArray[np.float64]) -> Image.Image:
    """Return values of any range as a picture of 8 bits; what is not a number is dark."""
    finite = np.isfinite(values)
    low, high = (values[finite].min(), values[finite].max()) if finite.any() else (0.0, 0.0)
    scaled = (np.where(finite, values, low) - low) * (255 / (high - low) if high > low else 0)
    return Image.fromarray(np.rint(scaled).astype(np.uint8))


def _without_text(data: bytes) -> bytes:
    """Return a PNG without the chunks that it can be shown without: texts may be as long as Pillow refuses to read."""
    if not data.startswith(_SIGNATURE):
        return data
    kept, place = [_SIGNATURE], len(_SIGNATURE)
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        after = place + 12 + length
        if after > len(data):
            break
        if not kind[0] & 0x20 or kind in _NEEDED:
            kept.append(data[place:after])
        place = after
    return b"".join([*kept, data[place:]])


def _too_many_pixels(how_many: str) -> ValueError:
    return ValueError(
        f"The picture has {how_many} pixels, and at most {MOST_PIXELS // 10**6} million are read: save it smaller."
    )


def _unreadable(data: bytes) -> ValueError:
    if any(data.startswith(begin) for begin in (_SIGNATURE, b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")):
        return _damaged(data)
    if data[4:8] == b"ftyp":
        return ValueError("The picture is HEIC or AVIF, which is not read here: save it as JPEG or PNG.")
    return ValueError(f"The file is no picture that can be read here: choose one of {', '.join(FORMATS)}.")


def _damaged(data: bytes, fault: str = "") -> ValueError:
    """Say that a picture cannot be decoded, and whether that is because its file ends too early."""
    riff = data[:4] == b"RIFF" and len(data) >= 8 and len(data) < 8 + struct.unpack_from("<I", data, 4)[0]
    if riff or "truncated" in fault.lower():
        return ValueError("The file ends before the picture does: copy or download it once more.")
    return ValueError("The picture is damaged and cannot be read: save it once more, or choose another.")

"""A stranger's bytes to a picture of our own: decoded, turned upright, made small, written anew. Nothing else of them goes on.

What a picture carries besides its dots (where it was taken, by which camera, a comment, anything appended) is not written.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MOST_PIXELS: Final = 40_000_000  # what is decoded, however few bytes it takes; WeChat's own are far smaller
LONGEST_EDGE: Final = 1600  # pixels
QUALITY: Final = 85
MOST_SCANS: Final = 200  # a JPEG of ten thousand scans is decoded ten thousand times
_SCAN: Final = b"\xff\xda"
PAPER: Final = "white"  # what is seen through a picture

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("ignore", module="PIL")  # what is wrong with a stranger's bytes is no news


class PictureRefused(Exception):
    """These bytes are no picture we keep; `reason` is not_image, too_many_pixels or unreadable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Picture:
    """A JPEG that we wrote ourselves; its sides in pixels."""

    body: bytes
    width: int
    height: int


def clean(body: bytes) -> Picture:
    """The picture in some bytes, upright, no longer than `LONGEST_EDGE`, with nothing but its dots. Raises `PictureRefused`."""
    try:
        found = Image.open(io.BytesIO(body), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureRefused("too_many_pixels") from error
    except Exception as error:  # what decoders raise of hostile bytes has no family
        raise PictureRefused("not_image") from error
    with found:
        if found.width * found.height > MOST_PIXELS or (found.format == "JPEG" and body.count(_SCAN) > MOST_SCANS):
            raise PictureRefused("too_many_pixels")
        try:
            return _written(_upright(found))
        except Exception as error:
            raise PictureRefused("unreadable") from error


def _upright(found: Image.Image) -> Image.Image:
    """Decoded no larger than needed, and turned as its camera was held."""
    if found.mode in ("1", "P", "PA"):
        found = found.convert("RGBA" if found.has_transparency_data else "RGB")
    found.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    return ImageOps.exif_transpose(found)


def _written(found: Image.Image) -> Picture:
    blank = Image.new("RGB", found.size, PAPER)  # a fresh one, for a copy would bring comments along
    if found.has_transparency_data:
        dots = found.convert("RGBA")
        blank.paste(dots, mask=dots.getchannel("A"))
    else:
        blank.paste(found.convert("RGB"))
    target = io.BytesIO()
    blank.save(target, "JPEG", quality=QUALITY)
    return Picture(target.getvalue(), *blank.size)

"""Pictures made for tests: plain ones with what cameras hide in them, and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw

SECRET = b"30.7486N 120.4921E secret"


def picture(
    colour: str = "steelblue", size: tuple[int, int] = (1200, 900), kind: str = "JPEG", words: str = "", **how: Any
) -> bytes:
    """A picture whose upper left quarter is white."""
    made = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 0, size[0] // 2, size[1] // 2), fill="white")
    draw.line((0, size[1], size[0], 0), fill="black", width=max(size[0] // 60, 1))
    draw.text((20, 20), words, fill="black", font_size=max(size[1] // 12, 10))
    target = io.BytesIO()
    made.save(target, kind, **how)
    return target.getvalue()


def with_secrets() -> bytes:
    """A picture held upright by its camera's note, 1200 by 900 as it lies, with a place, a comment and something appended."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (30.0, 44.0, 55.0)
    return picture(exif=exif, comment=SECRET) + SECRET


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of some hundred thousand bytes that says it has so many pixels, and has them."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\x00" + bytes((width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")

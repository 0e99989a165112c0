"""Strangers' bytes made into pictures of our own, or refused with a reason."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from support.pictures import SECRET, bomb, picture, with_secrets

from etl import pictures

pytestmark = pytest.mark.filterwarnings("ignore:::PIL")  # pytest has filters of its own


def opened(found: pictures.Picture) -> Image.Image:
    return Image.open(io.BytesIO(found.body))


def test_a_picture_is_turned_upright_and_nothing_but_its_dots_goes_on() -> None:
    given = with_secrets()
    assert given.count(SECRET) >= 3 and Image.open(io.BytesIO(given)).getexif()
    found = pictures.clean(given)
    with opened(found) as image:
        assert image.size == (found.width, found.height) == (900, 1200)  # as the camera was held
        assert not image.getexif() and set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert min(image.getpixel((850, 50))) > 240 and image.getpixel((50, 50))[0] < 120  # type: ignore[index,arg-type]
    assert SECRET not in found.body and b"Exif" not in found.body and b"secret" not in found.body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_becomes_a_jpeg_of_at_most_1600_pixels(kind: str) -> None:
    found = pictures.clean(picture(size=(4000, 1000), kind=kind))
    with opened(found) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1600, 400))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_every_way_of_colour_is_taken_and_what_is_hidden_behind_glass_is_not_seen(mode: str) -> None:
    made = (
        Image.new("RGBA", (40, 40), (200, 0, 0, 0)).convert(mode) if mode != "RGBA" else Image.new("RGBA", (40, 40), (200, 0, 0, 0))
    )
    target = io.BytesIO()
    made.save(target, "JPEG" if mode == "CMYK" else "PNG")
    with opened(pictures.clean(target.getvalue())) as image:
        assert image.size == (40, 40)
        if mode in ("RGBA", "LA"):
            assert min(image.getpixel((20, 20))) > 240  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_image"),
        (b"<html><script>alert(1)</script></html>", "not_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_image"),
        (picture(kind="GIF"), "not_image"),
        (picture(kind="TIFF"), "not_image"),
        (picture(kind="BMP"), "not_image"),
        (picture()[:4000], "unreadable"),
        (picture(kind="PNG")[:300], "unreadable"),
        (bomb(), "too_many_pixels"),
        (bomb(8000, 8000), "too_many_pixels"),
        (picture(size=(60, 60))[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00" * 300, "too_many_pixels"),
    ],
    ids=lambda given: given if isinstance(given, str) else f"{len(given)}B",
)
def test_what_is_no_picture_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(pictures.PictureRefused) as refused:
        pictures.clean(body)
    assert refused.value.reason == reason


def test_a_cut_or_flipped_picture_never_raises_anything_else() -> None:
    import random

    chance, given = random.Random(7), bytearray(with_secrets()[:30_000])
    for _ in range(150):
        broken = bytearray(given)
        for _ in range(chance.randint(1, 30)):
            broken[chance.randrange(600)] = chance.randrange(256)
        try:
            found = pictures.clean(bytes(broken))
        except pictures.PictureRefused:
            continue
        assert max(found.width, found.height) <= pictures.LONGEST_EDGE

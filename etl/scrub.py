"""Takes telephone and identity numbers out of what citizens write, before anything else sees it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BETWEEN: Final = r"[\s\-·.]{0,2}"
_IDENTITY: Final = re.compile(rf"(?<!\d)[1-9](?:{_BETWEEN}\d){{16}}{_BETWEEN}[\dXx](?!\d)|(?<!\d)[1-9]\d{{14}}(?!\d)")
_MOBILE: Final = re.compile(rf"(?<!\d)(?:\+?86{_BETWEEN})?(1[3-9]\d)((?:{_BETWEEN}\d){{4}})((?:{_BETWEEN}\d){{4}})(?!\d)")
_LANDLINE: Final = re.compile(r"(?<!\d)(0\d{2,3})[\s\-]?\d{7,8}(?!\d)")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LONGEST: Final = 2000  # characters of one report; more is cut, the snapshot keeps all


def scrub(written: str) -> str:
    """The text without telephone and identity numbers, without control and direction characters, at most 2,000 characters.

    A mobile number keeps its first three and last four digits (138****1234); an identity number keeps nothing.
    """
    clean = _CONTROL.sub("", _plain_digits(written)).strip()
    clean = _IDENTITY.sub("[证件号]", clean)
    clean = _MOBILE.sub(lambda found: f"{found[1]}****{re.sub(_BETWEEN, '', found[3])[-4:]}", clean)
    clean = _LANDLINE.sub(r"\1-*******", clean)
    return clean[:LONGEST]


def _plain_digits(written: str) -> str:
    # Full-width and other scripts' digits would slip past the patterns.
    return "".join(str(unicodedata.digit(each)) if each.isdigit() and not each.isascii() else each for each in written)

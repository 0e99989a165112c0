"""Takes names, telephone and identity numbers out of what citizens write, before anything else sees it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from data.vocabulary import AFTER_A_NAME, NAME_SIGNS, SPOKEN_DIGITS, SURNAMES, TELEPHONE_SIGNS

_BETWEEN: Final = r"[\s\-‐‑‒–—－·・.．_/]{0,2}"
_IDENTITY: Final = re.compile(rf"(?<!\d)[1-9](?:{_BETWEEN}\d){{16}}{_BETWEEN}[\dXx](?!\d)|(?<!\d)[1-9]\d{{14}}(?!\d)")
_FIRST_THREE: Final = rf"1{_BETWEEN}[3-9]{_BETWEEN}\d"
_MOBILE: Final = re.compile(rf"(?<!\d)(?:\+?86{_BETWEEN})?({_FIRST_THREE})((?:{_BETWEEN}\d){{4}})((?:{_BETWEEN}\d){{4}})(?!\d)")
_LANDLINE: Final = re.compile(rf"(?<!\d)(0\d{{2,3}})[)）]?(?:{_BETWEEN}\d){{7,8}}(?!\d)")
_LOCAL: Final = re.compile(rf"((?:{'|'.join(TELEPHONE_SIGNS)})[^\d\n]{{0,3}})\d(?:{_BETWEEN}\d){{5,9}}(?!\d)")
_SPOKEN: Final = re.compile(f"[{SPOKEN_DIGITS}]{{7,}}")
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_HAN: Final = r"[\u4e00-\u9fff]"
_NAME: Final = re.compile(
    rf"((?:{'|'.join(NAME_SIGNS)})[是为叫:：\s]{{0,3}})((?:{SURNAMES}))"
    rf"(?:{_HAN}{{1,2}}?(?=$|(?!{_HAN}).|[{AFTER_A_NAME}])|{_HAN}{{1,2}})",
    re.DOTALL,
)
_OVER_A_DIGIT: Final = re.compile(r"(?<=\d)[\u0300-\u036f\u20d0-\u20ff]+")
LONGEST: Final = 2000  # characters of one report; more is cut, the snapshot keeps all


def scrub(written: str) -> str:
    """The text without names that say they are one, without telephone and identity numbers and addresses of mail,
    without control and direction characters, at most 2,000 characters.

    A mobile number keeps its first three and last four digits (138****1234), a name its surname; an identity number
    keeps nothing.
    """
    clean = _OVER_A_DIGIT.sub("", "".join(map(_plain, written))).strip()
    clean = _IDENTITY.sub("[证件号]", clean)
    clean = _MOBILE.sub(lambda found: f"{_digits(found[1])}****{_digits(found[3])}", clean)
    clean = _LANDLINE.sub(r"\1-*******", clean)
    clean = _LOCAL.sub(r"\1*******", clean)
    clean = _SPOKEN.sub("*******", clean)
    clean = _MAIL.sub("***@***", clean)
    clean = _NAME.sub(r"\1\2*", clean)
    return clean[:LONGEST]


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _plain(each: str) -> str:
    """One character as the patterns read it: digits of every script as ours, and nothing that cannot be seen."""
    if each.isascii():
        return each if (each >= " " and each != "\x7f") or each in "\t\n" else ""
    if each.isdigit():
        return str(unicodedata.digit(each))
    if each in "Ｘｘ":
        return "X"
    if "\ufe00" <= each <= "\ufe0f" or unicodedata.category(each) in ("Cf", "Cc", "Cs"):
        return ""
    return each

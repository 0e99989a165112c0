"""Text as pairs of characters, so that any database finds any part of it, of one character or of many. Pure.

Chinese has no spaces and most of its words have two characters: an index of triples knows none of them, one of pairs knows
them exactly. Both engines are given the same pairs; the last character of a word stands with an end mark, so that every
character begins a pair and one alone is found by what pairs begin with. Whoever changes what pairs a text has fills the
index anew in a migration: on SQLite an entry is taken out by the pairs that were put in.
"""

from __future__ import annotations

import unicodedata
from typing import Final

END: Final = "\uf8ff"
_SIGNS: Final = 0xE000  # where the signs of ASCII stand in a pair, so that no query language reads them as its own


def folded(written: str) -> str:
    """A text as it is compared: width and case make no difference, gaps and what cannot be seen are one space."""
    plain = unicodedata.normalize("NFKC", written).casefold()
    if not plain.isprintable():
        plain = "".join(each if each.isprintable() else " " for each in plain)
    return " ".join(plain.split())


def words_of(asked: str) -> tuple[str, ...]:
    """What is looked for: each part between spaces once. A text is found that contains all of them."""
    return tuple(dict.fromkeys(folded(asked).split()))


def pairs(word: str) -> list[str]:
    """The pairs of a folded word, in order; none of a single character."""
    safe = safely(word)
    return [safe[place : place + 2] for place in range(len(safe) - 1)]


def pairs_of_text(text: str) -> str:
    """All pairs of a folded text with the end marks, in order, between spaces; empty for one without words."""
    return " ".join(pair for word in text.split() for pair in pairs(word + END))


def safely(word: str) -> str:
    """A folded word without the signs of ASCII."""
    if word.isalnum():
        return word
    return "".join(each if each.isalnum() or not each.isascii() else chr(_SIGNS + ord(each)) for each in word)

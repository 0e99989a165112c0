"""The photographs of one incident as plain dicts: which are to be seen, and in words what became of the others. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dashboard.figures import flow
from dashboard.i18n import Look

Row = Mapping[str, Any]
MOST_AT_LARGE: Final = 3
# In the order in which they are told.
_COMING: Final = ("waiting", "fetching")
_LOST: Final = ("gone", "refused", "failed")


def address(checksum: str) -> str:
    return f"/photographs/{checksum}.jpg"


def gallery(case: Row, found: Sequence[Row], look: Look, *, is_on: bool) -> dict[str, Any]:
    """All that are kept, each with `src`, `alt`, `width`, `height` (pixels); `words` tell of all that is not to be seen.

    A restricted case and a house whose setting is off show none, and say so.
    """
    others = max(case["media_count"] - len(found), 0)
    if not found and not others:
        return {"pictures": [], "words": [look.word("incident.no_media")]}
    if case["is_restricted"]:
        return {"pictures": [], "words": [look.word("photographs.restricted", count=look.number(len(found) + others))]}
    rest = [look.word("photographs.others", count=look.number(others))] if others else []
    if found and not is_on:
        return {"pictures": [], "words": [look.word("photographs.off", count=look.number(len(found))), *rest]}
    kept = [each for each in found if each["state_code"] == "kept"]
    pictures = [
        {
            "src": address(each["checksum"]),
            "alt": look.word("photographs.alt", number=flow.number(case), place=place, count=len(kept)),
            "width": each["width"],
            "height": each["height"],
        }
        for place, each in enumerate(kept, start=1)
    ]
    return {"pictures": pictures, "words": [*_missing(found, look), *rest]}


def at_large(case: Row, found: Sequence[Row], look: Look, *, is_on: bool) -> dict[str, Any]:
    """The first few as `gallery` gives them, for a wall, and one line of `words` for those that are not among them."""
    if not found:
        return {"pictures": [], "words": ""}  # the means of the case tell of what else came with it
    whole = gallery({**case, "media_count": len(found)}, found, look, is_on=is_on)
    more = len(whole["pictures"]) - MOST_AT_LARGE
    words = [look.word("photographs.more", count=look.number(more))] if more > 0 else []
    return {"pictures": whole["pictures"][:MOST_AT_LARGE], "words": look.word("comma").join([*words, *whole["words"]])}


def _missing(found: Sequence[Row], look: Look) -> list[str]:
    states = Counter(each["state_code"] for each in found)
    unset = sum(each["state_code"] in _COMING and each["reason"] == "not_configured" for each in found)
    told = [("coming", sum(states[each] for each in _COMING) - unset), ("unset", unset), *((each, states[each]) for each in _LOST)]
    return [look.word(f"photographs.{key}", count=look.number(count)) for key, count in told if count]

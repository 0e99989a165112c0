"""The chain of hands a case went through, as a plain dict: who had it, how long, and where it came back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dashboard.figures import flow
from dashboard.figures.scale import brief
from dashboard.i18n import Look
from data.city import City
from data.holders import Holding

Row = Mapping[str, Any]
Link = tuple[str | None, datetime, datetime]
MOST_LINKS: Final = 5
LAST_LINKS: Final = 3  # of a longer chain


def links(holdings: Sequence[Holding]) -> list[Link]:
    """(organisation code, from, to) of each time a case was in one hand, whatever states it went through there."""
    found: list[Link] = []
    for each in holdings:
        if found and found[-1][0] == each.holder_code:
            found[-1] = (each.holder_code, found[-1][1], each.to_at)
        else:
            found.append((each.holder_code, each.from_at, each.to_at))
    return found


def name(code: str | None, city: City, look: Look) -> str:
    """Whose hand it is."""
    return look.name(city.organisations[code].name) if code and code in city.organisations else look.word("chain.nobody")


def bounce(case: Row, chain: Sequence[Link], why: str, city: City, look: Look) -> dict[str, Any]:
    """A case that is passed to and fro, `why` in words. Each of its `hands` has a name, the time it was held and a `kind`: `back`
    for one that had it before; the longest stretch is marked, and the last one has it now. A long chain keeps its first and last.
    """
    longest = max((each[2] - each[1] for each in chain), default=None)
    seen: set[str | None] = set()
    hands = []
    for place, (code, from_at, to_at) in enumerate(chain):
        hands.append(
            {
                "name": name(code, city, look),
                "time": brief((to_at - from_at).total_seconds() / 60, look),
                "kind": "back" if code in seen else "",
                "is_longest": to_at - from_at == longest,
                "is_now": place == len(chain) - 1 and case["ended_at"] is None,
            }
        )
        seen.add(code)
    left_out = len(hands) - 1 - LAST_LINKS if len(hands) > MOST_LINKS else 0
    return {
        "number": flow.number(case),
        "category": look.name(city.categories[case["category_code"]].name),
        "place": flow.place(case, city, look),
        "why": why,
        "hands": [*hands[:1], *hands[1 + left_out :]],
        "left_out": look.word("chain.more", count=left_out) if left_out else "",
    }

"""Patterns in words: what and where, the evidence, how sure it is, how often such a one was right. Plain dicts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dashboard.i18n import Look
from data.city import City
from data.errors import UnknownCode
from data.patterns.record import KINDS, Certainty, Found, Pattern, Track

MOST: Final = 12  # rows of one kind
_WHOLE: Final = ("count", "days", "latest", "grids", "metres", "minutes", "low", "high")
_UNTRIED: Final = ("mean_error", "naive_error")  # not there before the first forecast was tried
Row = Mapping[str, Any]


def rate(track: Track, look: Look) -> str:
    """The share that was right, in percent; a dash with too few."""
    return look.word("figure.none") if track.rate is None else look.word("percent", number=f"{100 * track.rate:.0f}")


def small(value: float) -> str:
    """A chance: two digits that matter, and below a thousandth that it is."""
    return "<0.001" if value < 0.001 else f"{value:.3f}" if value < 0.01 else f"{value:.2f}"


def category(found: Pattern, city: City, look: Look) -> str:
    """The kind of report in words; empty where it is of all kinds."""
    known = city.categories.get(found.category_code)
    return look.name(known.name) if known else found.category_code


def sections(found: Found, city: City, look: Look) -> list[dict[str, Any]]:
    """A section for each kind: `title`, `method`, `right` (what counts as right), `rows`, `left_out`, and `state`: `found`,
    `empty`, `waiting` or `failed`.
    """
    return [_section(kind, found, city, look) for kind in KINDS]


def _section(kind: str, found: Found, city: City, look: Look) -> dict[str, Any]:
    rows = found.patterns.get(kind)
    state = "failed" if kind in found.failed else "waiting" if rows is None else "found" if rows else "empty"
    shown = [_row(each, city, look) for each in (rows or [])[:MOST]]
    left_out = max(0, len(rows or []) - MOST)
    return {
        "kind": kind,
        "title": look.word(f"pattern.{kind}"),
        "method": look.word(f"pattern.{kind}.method"),
        "right": look.word(f"pattern.{kind}.right"),
        "state": state,
        "rows": shown,
        "left_out": look.word("pattern.left_out", count=left_out) if left_out else "",
    }


def _row(found: Pattern, city: City, look: Look) -> dict[str, Any]:
    return {
        "what": WHAT.get(found.kind_code, _category_at)(found, city, look),
        "evidence": look.word(f"pattern.{found.kind_code}.evidence", **_facts(found, look)),
        "certainty": _certainty(found.certainty, look),
        "track": _track(found.track, look),
        "kind": found.kind_code,
        "level_code": found.level_code,
        "area_code": found.area_code,
        "category_code": found.category_code,
        "incident_ids": list(found.incident_ids),
        "first_on": found.first_on.isoformat(),
        "last_on": found.last_on.isoformat(),
        "words": found.words,
    }


def place(found: Pattern, city: City, look: Look) -> str:
    """The area in words; its code where the city has no such area any more."""
    try:
        return look.name(city.area(found.area_code).name)
    except UnknownCode:
        return found.area_code


def _category_at(found: Pattern, city: City, look: Look) -> str:
    kind = category(found, city, look) or look.word("pattern.all_kinds")
    return look.word("pattern.at", what=kind, place=place(found, city, look))


def _pair(found: Pattern, city: City, look: Look) -> str:
    first, second = found.incident_ids
    return look.word("pattern.pair", what=_category_at(found, city, look), first=first, second=second)


WHAT: Final[dict[str, Callable[[Pattern, City, Look], str]]] = {
    "hot_spot": place,
    "forecast": place,
    "rising_word": lambda found, city, look: found.words,
    "duplicate": _pair,
}


def _facts(found: Pattern, look: Look) -> dict[str, str]:
    facts = dict.fromkeys(_UNTRIED, look.word("figure.none"))
    facts |= {name: look.number(value) if name in _WHOLE else _number(value) for name, value in found.evidence.items()}
    sure = found.certainty
    if sure.low is not None and sure.high is not None:
        facts |= {"low": look.number(sure.low), "high": look.number(sure.high)}
    if "likeness" in found.evidence:
        facts["likeness"] = f"{100 * found.evidence['likeness']:.0f}"
    length = (found.last_on - found.first_on).days + 1
    radius = look.number(10 * round((found.radius_metres or 0) / 10))
    return facts | {"first": f"{found.first_on:%m-%d}", "last": f"{found.last_on:%m-%d}", "length": str(length), "radius": radius}


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def _certainty(sure: Certainty, look: Look) -> str:
    value = small(sure.value) if sure.kind_code in ("p", "q") else f"{100 * sure.value:.0f}"
    return look.word(f"pattern.certainty.{sure.kind_code}", value=value)


def _track(track: Track, look: Look) -> str:
    if track.rate is None:
        return look.word("pattern.track.few", none=look.word("figure.none"), of=track.of)
    told = look.word("pattern.track", rate=rate(track, look), right=look.number(track.right), of=look.number(track.of))
    if track.by_chance is None:
        return told
    return told + look.word("pattern.track.by_chance", share=f"{100 * track.by_chance:.0f}")

"""Pictures of how units did: rates with their intervals in bands, what moved, the echo ledger. Plain dicts. Pure.

Fair by rule (DOMAIN 4.3): no rank below thirty cases, sorted by the interval's lower end, ties in one band.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dashboard.figures.comparisons import percent, points
from dashboard.i18n import Look
from data.ledger import Ledger
from data.metrics.registry import METRICS, Value
from data.vocabulary import Word

Row = Mapping[str, Any]
KEY: Final = "on_time_rate"
MOST_MOVES: Final = 6


def bands(units: Sequence[tuple[str, Word, Value, Value | None]], look: Look, most: int) -> dict[str, Any]:
    """Units as (code, name, on-time rate, the rate before) in bands: `rows` with a dot, its interval and its change; the
    axis in percent.

    A unit joins a band while its interval reaches into the first one's; units with too few cases stand last, unranked.
    """
    minimum = METRICS[KEY].minimum
    ranked = sorted((each for each in units if each[2].is_ranked(minimum)), key=lambda each: (-(each[2].low or 0), each[0]))
    few = [each for each in units if not each[2].is_ranked(minimum)]
    start = min((each[2].low for each in ranked if each[2].low is not None), default=0.0)
    axis_low = max(0.0, 10 * (start // 10))
    rows, leader, band = [], None, 0
    for code, name, rate, before in ranked:
        if leader is None or (rate.high or 0) < (leader.low or 0):
            leader, band = rate, band + 1
        rows.append(_row(code, name, rate, before, look) | {"band": band, "track": _track(rate, axis_low)})
    shown = rows[:most]
    if len(rows) > most:  # the first and the last say most
        shown = [*rows[: most - most // 2], *rows[-(most // 2) :]]
    total = len(rows) + len(few)
    foot = [look.word("assessment.few", count=len(few), minimum=minimum)] if few else []
    foot += [look.word("assessment.left_out", count=len(rows) - len(shown))] if len(rows) > most else []
    return {
        "rows": shown,
        "axis": [f"{axis_low:.0f}%", f"{(axis_low + 100) / 2:.0f}%", "100%"],
        "foot": look.word("comma").join(foot),
        "count": total,
    }


def _row(code: str, name: Word, rate: Value, before: Value | None, look: Look) -> dict[str, Any]:
    moved = None if before is None or before.number is None or rate.number is None else rate.number - before.number
    return {
        "code": code,
        "label": look.name(name),
        "value": percent(rate.number, look),
        "count": look.word("assessment.of", count=look.number(rate.denominator or 0)),
        "note": "—" if moved is None else points(moved, look),
        "moved": moved,
    }


def _track(rate: Value, axis_low: float) -> dict[str, float]:
    scale = 100 - axis_low
    return {
        name: (number - axis_low) / scale
        for name, number in (("low", rate.low or 0), ("dot", rate.number or 0), ("high", rate.high or 0))
    }


def moves(drawn: Sequence[Mapping[str, Any]], look: Look) -> list[dict[str, Any]]:
    """The units whose rate moved most since the period before, largest change first."""
    moved = sorted(
        (row for row in drawn if row["moved"] is not None and abs(row["moved"]) >= 0.05), key=lambda row: -abs(row["moved"])
    )
    return [
        {"label": row["label"], "value": points(row["moved"], look), "note": row["value"], "is_up": row["moved"] > 0}
        for row in moved[:MOST_MOVES]
    ]


_PLACES: Final = ("open", "settled", "rejected", "merged", "void")
_ECHOES: Final = {"answered": "", "unanswered": "risk", "undelivered": "late", "unproven": "risk"}  # how it looks above zero


def echo(found: Ledger, look: Look) -> dict[str, Any]:
    """The echo ledger: where every report stands, as parts of one bar, who is still owed an answer, and what was settled
    without evidence.
    """
    counts, whole = found.counts(), max(found.received, 1)
    return {
        "received": look.number(found.received),
        "parts": [
            {"key": key, "label": look.word(f"echo.{key}"), "value": look.number(counts[key]), "share": counts[key] / whole}
            for key in _PLACES
        ],
        "answers": [
            {"label": look.word(f"echo.{key}"), "value": look.number(counts[key]), "kind": kind if counts[key] else ""}
            for key, kind in _ECHOES.items()
        ],
        "is_balanced": found.is_balanced,
        "words": look.word("echo.balanced" if found.is_balanced else "echo.broken"),
    }

"""The swimlanes of everything in motion as a plain dict: a lane for each kind of hands, a mark a case, by how long it waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dashboard.figures import flow
from dashboard.figures.scale import Axis, brief
from dashboard.i18n import Look
from data.city import City
from data.vocabulary import LANES

Row = Mapping[str, Any]
ROWS: Final = 40  # that all lanes together are high
LEAST_ROWS: Final = 6  # of a lane: its name and figures need them
HEADROOM: Final = 1.2  # rows kept free above the highest column
LEAST_PART: Final = 0.25  # rows: fewer could not be seen
BINS: Final = 56  # columns of marks along the axis
FRESH: Final = 1.0  # minutes: what came into its lane since then is marked new
_FIRST_MINUTE: Final = 5.0
_MONTH: Final = 43_830.0
KINDS: Final = ("rest", "late", "new")  # from the bottom of a column to its top


def swimlanes(found: Mapping[str, Row], city: City, look: Look, now: datetime) -> dict[str, Any]:
    """`lanes`, each with its `rows` (its thickness grows with its count) and its `columns`, `left` as a share, from just come to
    long waiting: `parts` of a column by kind are so many rows high. While they fit, a row is a case and drawn as a mark
    (`is_single`); beyond that columns are bars, to one scale in all lanes. `ticks` of the axis; `unit` says what a row or bar is.
    """
    total = sum(len(each["waits"]) for each in found.values())
    longest = max([_MONTH, *(minutes for each in found.values() for minutes, _ in each["waits"])])
    axis = Axis(_FIRST_MINUTE, longest * 1.05)
    spare = ROWS - LEAST_ROWS * len(LANES)
    rows = {lane: LEAST_ROWS + round(spare * len(each["waits"]) / max(total, 1)) for lane, each in found.items()}
    binned = {lane: _binned(each["waits"], axis) for lane, each in found.items()}
    a_row = _cases_a_row(binned, rows)
    return {
        "lanes": [_lane(lane, found[lane], rows[lane], binned[lane], a_row, city, look, now) for lane in LANES],
        "ticks": axis.ticks(look),
        "unit": look.word("lanes.one") if a_row == 1 else look.word("lanes.bars"),
        "is_single": a_row == 1,
        "is_empty": not total,
    }


def _binned(waits: list[tuple[float, bool]], axis: Axis) -> dict[int, Counter[str]]:
    columns: dict[int, Counter[str]] = {}
    for minutes, is_late in waits:
        kind = "late" if is_late else "new" if minutes < FRESH else "rest"
        columns.setdefault(min(int(axis.place(minutes) * BINS), BINS - 1), Counter())[kind] += 1
    return columns


def _cases_a_row(binned: Mapping[str, Mapping[int, Counter[str]]], rows: Mapping[str, int]) -> float:
    """How many cases a row stands for, at least one, such that the highest column of each lane fits into it."""
    return max(
        [1.0, *(column.total() / (rows[lane] - HEADROOM) for lane, columns in binned.items() for column in columns.values())]
    )


def _parts(column: Mapping[str, int], a_row: float) -> dict[str, float]:
    return {kind: round(max(column[kind] / a_row, LEAST_PART), 2) for kind in KINDS if column.get(kind)}


def _lane(
    lane: str, found: Row, rows: int, binned: Mapping[int, Counter[str]], a_row: float, city: City, look: Look, now: datetime
) -> dict[str, Any]:
    count, late, median = len(found["waits"]), found["late_count"], found["median_minutes"]
    return {
        "code": lane,
        "name": look.name(LANES[lane]),
        "count": look.number(count),
        "rows": rows,
        "median": look.word("durations.median", duration=brief(median, look)) if count else look.word("lanes.empty"),
        "late": look.word("pipeline.late", count=look.number(late)) if late else "",
        "longest": _longest(found["longest"], city, look, now),
        "columns": [{"left": place / BINS, "parts": _parts(column, a_row)} for place, column in sorted(binned.items())],
    }


def _longest(case: Row | None, city: City, look: Look, now: datetime) -> dict[str, str] | None:
    if case is None:
        return None
    is_late = case["due_at"] is not None and case["due_at"] < now and case["state_code"] != "suspended"
    category = look.name(city.categories[case["category_code"]].name)
    return {
        "kind": "late" if is_late else "",
        "words": look.word("pipeline.oldest", duration=look.duration(now - case["since_at"])),
        "what": " · ".join(each for each in (category, flow.place(case, city, look)) if each),
        "who": flow.holder(case, city, look),
        "number": flow.number(case),
    }

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
from data.lateness import is_late
from data.vocabulary import LANES

Row = Mapping[str, Any]
ROWS: Final = 40  # that all lanes together are high
LEAST_ROWS: Final = 6  # of a lane: its name and figures need them
HEADROOM: Final = 1.2  # rows kept free above the highest column
LEAST_PART: Final = 0.3  # rows: fewer could not be seen
BINS: Final = 48  # columns of marks along the axis
FRESH: Final = 1.0  # minutes: what came into its lane since then is marked new
_FIRST_MINUTE: Final = 5.0
_MONTH: Final = 43_830.0
GAP: Final = 0.2  # rows between a bar and its triangle
DOT_END: Final = "h0"
DOT: Final = "M{x}.5 {y}m0-.5" + DOT_END  # no length: its round ends make it
TRIANGLE: Final = "M{x}.1 {y}h.8l-.4-.8z"
BAR: Final = "M{x}.1 {y}h.8v-{high}h-.8z"
KINDS: Final = ("rest", "late", "new")  # from the bottom of a column to its top


def swimlanes(found: Mapping[str, Row], city: City, look: Look, now: datetime) -> dict[str, Any]:
    """`lanes`, each with its `rows` (its thickness grows with its count) and, from just come to long waiting, the marks of its
    cases as SVG `paths` by kind, on `BINS` columns and its rows. While they fit a row is a case and a case a mark; beyond
    that columns are bars, to one scale in all lanes, and `unit` says so. `ticks` are those of the axis.
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
        "is_empty": not total,
    }


def _binned(waits: list[tuple[float, bool]], axis: Axis) -> dict[int, Counter[str]]:
    columns: dict[int, Counter[str]] = {}
    for minutes, late in waits:
        kind = "late" if late else "new" if minutes < FRESH else "rest"
        columns.setdefault(min(int(axis.place(minutes) * BINS), BINS - 1), Counter())[kind] += 1
    return columns


def _cases_a_row(binned: Mapping[str, Mapping[int, Counter[str]]], rows: Mapping[str, int]) -> float:
    """How many cases a row stands for, at least one, such that the highest column of each lane fits into it."""
    return max(
        [1.0, *(column.total() / (rows[lane] - HEADROOM) for lane, columns in binned.items() for column in columns.values())]
    )


def _shapes(binned: Mapping[int, Counter[str]], rows: int, a_row: float) -> dict[str, str]:
    """By kind the SVG path of all its marks, a column wide and a row high each, from the top left of `BINS` by `rows`."""
    paths: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for place, column in sorted(binned.items()):
        base = float(rows)
        for kind in KINDS:
            if column[kind] and a_row == 1:
                paths[kind] += [
                    (TRIANGLE if kind == "late" else DOT).format(x=place, y=f"{base - each:g}") for each in range(column[kind])
                ]
                base -= column[kind]
            elif column[kind]:
                high = round(max(column[kind] / a_row, LEAST_PART), 1)
                paths[kind].append(BAR.format(x=place, y=f"{base:.3g}", high=high))
                base -= high
                # A bar that is late carries its triangle, for a colour alone says nothing.
                paths[kind] += [TRIANGLE.format(x=place, y=f"{base - GAP:.3g}")] if kind == "late" else []
    return {kind: "".join(path) for kind, path in paths.items() if path}


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
        "paths": _shapes(binned, rows, a_row),
    }


def _longest(case: Row | None, city: City, look: Look, now: datetime) -> dict[str, str] | None:
    if case is None:
        return None
    late = is_late(case["state_code"], case["due_at"], case["resolved_at"], now)
    category = look.name(city.categories[case["category_code"]].name)
    return {
        "kind": "late" if late else "",
        "words": look.word("pipeline.oldest", duration=look.duration(now - case["since_at"])),
        "what": " · ".join(each for each in (category, flow.place(case, city, look)) if each),
        "who": flow.holder(case, city, look),
        "number": flow.number(case),
    }

"""Counts of a filter from the rollup cells, where a grouping serves: the same figures as those of `data.row_counts`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, literal, select, union_all

from data.filters import Filter, under
from data.metrics.counts import PAST
from data.periods import KINDS, Span
from data.rollups import COUNTS, GROUPINGS, IN_CHANNEL, Grouping, day_number
from data.schema import rollup

DIMENSIONS: Final = ("organisation", "category", *IN_CHANNEL)
Counted = dict[Any, Counter[str]]


class Cover(NamedTuple):
    """Cells that hold a span without a gap: of a grouping, the numbers of its periods."""

    grouping: Grouping
    starts: tuple[int, ...]


def cover(asked: Filter, by: str) -> list[Cover]:
    """The groupings that serve a filter broken down by something, and which of their periods; empty when none do.

    Whole months come from the months' cells; the days around them, and all days where days or weeks are asked for, from
    the days'.
    """
    dimensions = asked.dimensions | ({by} & set(DIMENSIONS))
    if len(dimensions) > 1:
        return []
    level = asked.level_code if by in ("", *DIMENSIONS, *KINDS) else by
    found = {
        each.period: each
        for each in GROUPINGS
        if each.measures is COUNTS and each.dimension == "".join(dimensions) and level in each.levels
    }
    months = _months(asked.span) if "month" in found and by not in ("day", "week") else []
    inside = {first + timedelta(days=number) for first, count in months for number in range(count)}
    days = [on for on in _days(asked.span) if on not in inside]
    if days and "day" not in found:
        return []
    parts = [Cover(found["month"], tuple(day_number(first) for first, _ in months))] if months else []
    return parts + ([Cover(found["day"], tuple(map(day_number, days)))] if days else [])


def _days(span: Span) -> list[date]:
    return [span.first_on + timedelta(days=number) for number in range(span.day_count)]


def _months(span: Span) -> list[tuple[date, int]]:
    """The months that lie wholly inside: their first day and how many days they have."""
    whole = [each for each in span.periods("month") if span.first_on <= each.first_on and each.last_on <= span.last_on]
    return [(each.first_on, each.span.day_count) for each in whole]


def read(conn: Connection, asked: Filter, parts: Sequence[Cover], names: Sequence[str], by: str, codes: Sequence[str]) -> Counted:
    """Counts by key over cells that cover the span: `names` of `data.metrics.counts.PAST`.

    The key is the code of what it is broken down `by` (an area of `codes` by level), a county day number for days to quarters
    (the first day of a whole month), or "".
    """
    known = [name for name in names if name in PAST]
    counted: Counted = {}
    if known:
        for key, measure, value in conn.execute(union_all(*(_cells(asked, part, known, by, codes) for part in parts))):
            if value:  # what has all gone again is no part
                counted.setdefault(key, Counter())[measure] += int(value)
    is_top = by == "category" and asked.category_code and "." not in asked.category_code
    return _without_children(counted, asked.category_code) if is_top else counted


def _cells(asked: Filter, part: Cover, names: Sequence[str], by: str, codes: Sequence[str]) -> Select[Any]:
    cells = rollup.c
    key = {"": literal(""), **dict.fromkeys(KINDS, cells.period_start), **{each: _column(each) for each in DIMENSIONS}}
    column: Any = key.get(by, cells.area_code)
    statement = select(column.label("key"), cells.measure_code, func.sum(cells.value).label("value")).where(
        cells.grouping_code == part.grouping.code, cells.measure_code.in_(list(names)), cells.period_start.in_(part.starts)
    )
    statement = statement.where(cells.area_code == asked.area_code if by in key else cells.area_code.in_(list(codes)))
    if asked.organisation_code:
        statement = statement.where(cells.organisation_code == asked.organisation_code)
    for name in IN_CHANNEL:
        if name in asked.dimensions:
            statement = statement.where(_column(name) == getattr(asked, f"{name}_code"))
    if asked.category_code and ("." in asked.category_code or by == "category"):
        statement = statement.where(under(cells.category_code, asked.category_code))
    elif asked.category_code:
        statement = statement.where(cells.category_code == asked.category_code)  # a top category has a cell of its own
    elif by == "category":
        statement = statement.where(cells.category_code.not_like("%.%"))
    return statement.group_by(cells.measure_code, *([] if by == "" else [column]))


def _column(dimension: str) -> Any:
    return rollup.c["channel_code" if dimension in IN_CHANNEL else f"{dimension}_code"]


def _without_children(counted: Counted, top: str) -> Counted:
    """The cell of a top category holds its children, too: what is left is filed under no child."""
    own = counted.pop(top, Counter())
    for each in counted.values():
        own.subtract(each)
    left = Counter({name: value for name, value in own.items() if value})
    return counted | ({top: left} if left else {})

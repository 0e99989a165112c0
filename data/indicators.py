"""From a question to its numbers: the one way from the database to a metric, for the wall, a page, an export and a report.

What hangs on a day comes from the rollup cells where a grouping serves, else from the rows; what is still open comes from the
open rows, at the instant asked. A copy of the rows in columns answers for them where it is there. All three ways give the same
figures. Never a formula: those are `data.metrics`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from data import cell_counts, column_counts, row_counts
from data.cell_counts import DIMENSIONS, Counted
from data.city_records import City
from data.filters import Filter
from data.metrics.counts import PAST
from data.metrics.registry import METRICS, Value, compute, needs
from data.periods import EPOCH_ON, KINDS, Period
from data.vocabulary import REGION_LEVELS

WAYS: Final = (*REGION_LEVELS, *DIMENSIONS, *KINDS, "hour")  # what figures can be broken down by


def counts(
    conn: Connection, city: City, asked: Filter, names: Sequence[str], now: datetime, *, from_rows: bool = False
) -> dict[str, int]:
    """The counts of these names (`data.metrics.counts`), zero where there is nothing. `from_rows` asks neither rollup nor copy."""
    return _counted(conn, city, asked, names, now, "", from_rows).get("", dict.fromkeys(names, 0))


def breakdown(
    conn: Connection, city: City, asked: Filter, by: str, names: Sequence[str], now: datetime, *, from_rows: bool = False
) -> dict[str, dict[str, int]]:
    """The counts of each part, by one of `WAYS`; in order of code, periods in order of time.

    Areas of a level: those in force on the last day, and others that have counts. Periods: all that touch the days asked for,
    by name, each counted only within those days. Hours: of the county's clock, "00" to "23", over all days. Categories: top
    ones, or those one level below the one asked for. States, urgencies and kinds of reporters: those that have counts.
    """
    if by not in WAYS:
        raise ValueError(f"figures are broken down by {', '.join(WAYS)}, not {by!r}")
    found = _counted(conn, city, asked, names, now, by, from_rows)
    nothing = dict.fromkeys(names, 0)
    if by in KINDS:
        return {each.name: found.get(each.name, nothing) for each in asked.span.periods(by)}
    if by in REGION_LEVELS:
        on = asked.span.last_on
        standing = [
            code for code in city.codes_within(asked.area_code, by) if any(each.is_valid(on) for each in city.areas_of(code))
        ]
        return {code: found.get(code, nothing) for code in sorted({*found, *standing})}
    if by == "hour":
        return {f"{each:02d}": found.get(f"{each:02d}", nothing) for each in range(24)}
    return dict(sorted(found.items()))


def values(conn: Connection, city: City, asked: Filter, keys: Sequence[str], now: datetime, use: str = "live") -> dict[str, Value]:
    """Metrics by key, counted by the definitions in force for the use on the last of the days asked for."""
    codes = definition_codes(city, asked, keys, use)
    found = counts(conn, city, asked, _needed(codes), now)
    return {key: compute(key, found, code) for key, code in codes.items()}


def values_by(
    conn: Connection, city: City, asked: Filter, by: str, keys: Sequence[str], now: datetime, use: str = "live"
) -> dict[str, dict[str, Value]]:
    """Metrics of each part (`breakdown`), by part and key."""
    codes = definition_codes(city, asked, keys, use)
    parts = breakdown(conn, city, asked, by, _needed(codes), now)
    return {part: {key: compute(key, found, code) for key, code in codes.items()} for part, found in parts.items()}


def definition_codes(city: City, asked: Filter, keys: Sequence[str], use: str) -> dict[str, str]:
    """By which definition each metric is counted; empty for those that have none."""
    on = asked.span.last_on
    return {key: city.definition_in_force(METRICS[key].subject, use, on) if METRICS[key].subject else "" for key in keys}


def _needed(codes: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(name for key, code in codes.items() for name in needs(key, code)))


def _counted(
    conn: Connection, city: City, asked: Filter, names: Sequence[str], now: datetime, by: str, from_rows: bool
) -> dict[str, dict[str, int]]:
    areas = city.codes_within(asked.area_code, by) if by in REGION_LEVELS else []
    parts = [] if from_rows else cell_counts.cover(asked, by)
    of_rows = [name for name in names if not parts or name not in PAST]
    found = cell_counts.read(conn, asked, parts, names, by, areas) if parts else {}
    for key, more in (_of_rows(conn, asked, of_rows, by, now, city.zone, from_rows) if of_rows else {}).items():
        found[key] = found.get(key, Counter()) + more
    if by in REGION_LEVELS:
        found = {code: each for code, each in found.items() if code in set(areas)}
    return {key: {name: each[name] for name in names} for key, each in _folded(found, asked, by).items()}


def _of_rows(
    conn: Connection, asked: Filter, names: Sequence[str], by: str, now: datetime, zone: ZoneInfo, from_rows: bool
) -> Counted:
    """From the copy in columns where there is one that has what the transaction sees, else from the rows."""
    found = None if from_rows else column_counts.read(conn, asked, names, by, now, zone)
    return row_counts.read(conn, asked, names, by, now, zone) if found is None else found


def _folded(found: Counted, asked: Filter, by: str) -> dict[str, Counter[str]]:
    """Days into the periods asked for, categories into those of one level."""
    folded: dict[str, Counter[str]] = {}
    for key, each in found.items():
        name = key
        if by in KINDS:
            name = Period.holding(by, EPOCH_ON + timedelta(days=key)).name
        elif by == "hour":
            name = f"{key:02d}"
        elif by == "category":
            name = child_category(asked.category_code, key)
        folded.setdefault(name, Counter()).update(each)
    return folded


def child_category(parent: str, code: str) -> str:
    """The category one level below the parent that holds a code; the parent itself for what is filed under no child."""
    if not parent:
        return code.partition(".")[0]
    return code if code == parent else f"{parent}.{code.removeprefix(parent + '.').partition('.')[0]}"

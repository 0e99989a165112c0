"""Reads that compare: a period so far with the one before and a year ago, days in a row, kinds, towns.

An unfinished period is compared like with like: its first seventeen days with the first seventeen of the others. A day is
compared with whole days only once it is over; while it runs, by its hours so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from data import column_counts, indicators, pattern_finds, rollups
from data.city import City
from data.filters import Filter
from data.metrics.registry import Value, compute
from data.pattern_finds import Sought
from data.patterns import surges
from data.patterns.record import Pattern
from data.periods import EPOCH_ON, KINDS, Period, Span, county_date, midnight
from data.schema import incident, rollup

TREND_DAYS: Final = 28
FIGURES: Final = ("reported", "resolved", "on_time_rate")  # metrics set side by side
_HOURLY: Final = ("reported", "resolved")


def so_far(kind: str, on: date) -> dict[str, Span]:
    """The period of `on` up to it, and as many days of the one before (`previous`) and of a year ago (`year_ago`)."""
    period = Period.holding(kind, on)
    length = on - period.first_on
    others = {"now": period, "previous": period.previous, "year_ago": period.a_year_ago}
    return {name: Span(each.first_on, min(each.first_on + length, each.last_on)) for name, each in others.items()}


def alike(span: Span, on: date) -> dict[str, Span]:
    """The days of a span up to `on` (`now`), and what they are compared with: of the span before (`previous`) and of a year ago
    (`year_ago`) as many days, or all of them once the span is over.
    """
    others = {"previous": span.previous, "year_ago": span.a_year_ago}
    if span.last_on <= on or span.first_on > on:
        return {"now": span, **others}
    length = on - span.first_on
    upto = {name: Span(each.first_on, min(each.first_on + length, each.last_on)) for name, each in others.items()}
    return {"now": Span(span.first_on, on), **upto}


def beside(conn: Connection, city: City, scope: Filter, now: datetime) -> list[dict[str, Any]]:
    """Day, week, month and quarter so far, of whatever a filter asks beside its days: for each `kind` its `stretches`, and for
    `now`, `previous` and `year_ago` the `values` of `FIGURES` by key (`None` where we have no data of that time at all).
    """
    on = county_date(now, city.zone)
    oldest = _oldest_day(conn, scope.area_code)
    rows = []
    for kind in KINDS:
        stretches = so_far(kind, on)
        values = {
            name: indicators.values(conn, city, scope.of(span=span), FIGURES, now)
            if oldest is not None and oldest <= rollups.day_number(span.first_on)
            else None
            for name, span in stretches.items()
        }
        if kind == "day" and not scope.dimensions and scope.level_code in ("county", "township"):
            _to_the_hour(conn, scope.area_code, stretches, values, now, city.zone)
        elif kind == "day":
            _to_the_instant(conn, scope, stretches, values, now, city.zone)
        rows.append({"kind": kind, "stretches": stretches, "values": values})
    return rows


def known_since(conn: Connection, code: str) -> date | None:
    """The first day of which we have any report of an area; before it, no count is none, and not zero."""
    oldest = _oldest_day(conn, code)
    return None if oldest is None else EPOCH_ON + timedelta(days=oldest)


def reaches(conn: Connection, code: str, span: Span) -> bool:
    """Whether we have reports of an area since the first day of a span: else a comparison with it would flatter or blame."""
    oldest = _oldest_day(conn, code)
    return oldest is not None and oldest <= rollups.day_number(span.first_on)


def _oldest_day(conn: Connection, code: str) -> int | None:
    cells = rollup.c
    statement = select(func.min(cells.period_start)).where(
        cells.grouping_code == "day", cells.measure_code == "reported", cells.area_code == code, cells.value > 0
    )
    return conn.execute(statement).scalar()


def _to_the_hour(
    conn: Connection, code: str, stretches: Mapping[str, Span], values: Mapping[str, dict[str, Value] | None], now: datetime,
    zone: ZoneInfo,
) -> None:  # fmt: skip
    """What is counted by the hour is compared up to this hour of the other days; a part of an hour counts as that part."""
    hour, gone = rollups.hour_number(now, zone) % 24, (now.astimezone(zone).minute + 1) / 60
    cells = rollup.c
    for name in ("previous", "year_ago"):
        found = values[name]
        if found is None:
            continue
        start = rollups.day_number(stretches[name].first_on) * 24
        statement = select(cells.measure_code, cells.period_start, cells.value).where(
            cells.grouping_code == "hour", cells.measure_code.in_(_HOURLY), cells.area_code == code,
            cells.period_start.in_(range(start, start + hour + 1)),
        )  # fmt: skip
        upto: dict[str, float] = dict.fromkeys(_HOURLY, 0.0)
        for measure, at, value in conn.execute(statement):
            upto[measure] += value * (gone if at == start + hour else 1)
        found |= {measure: compute(measure, {measure: round(value)}) for measure, value in upto.items()}


def _to_the_instant(
    conn: Connection, scope: Filter, stretches: Mapping[str, Span], values: Mapping[str, dict[str, Value] | None], now: datetime,
    zone: ZoneInfo,
) -> None:  # fmt: skip
    """As `_to_the_hour`, from the rows or their copy and to the second, where nothing is counted by the hour."""
    gone = now - midnight(stretches["now"].first_on, zone)
    for name in ("previous", "year_ago"):
        found = values[name]
        if found is None:
            continue
        begin = midnight(stretches[name].first_on, zone)
        for measure in _HOURLY:
            count = column_counts.between(conn, scope, f"{measure}_at", begin, begin + gone, zone)
            if count is None:
                at = incident.c[f"{measure}_at"]
                statement = select(func.count()).where(scope.condition(), at >= begin, at <= begin + gone)
                count = int(conn.execute(statement).scalar_one())
            found[measure] = compute(measure, {measure: count})


def trend(conn: Connection, city: City, level: str, code: str, now: datetime) -> dict[str, Any]:
    """Reports of the last 28 days, today included, and tomorrow's expected load (`None` with less than four weeks of days)."""
    today = county_date(now, city.zone)
    span = Span(today - timedelta(days=TREND_DAYS - 1), today)
    by_day = indicators.values_by(conn, city, Filter(span, level, code), "day", ("reported",), now)
    found = {date.fromisoformat(on): each["reported"].numerator for on, each in by_day.items() if each["reported"].numerator}
    days = [today - timedelta(days=number) for number in reversed(range(TREND_DAYS))]
    tomorrow = pattern_finds.tomorrow(conn, Sought(city, level, code, now))
    return {"days": [(rollups.day_number(day), found.get(day, 0)) for day in days], "tomorrow": tomorrow}


def composition(conn: Connection, city: City, level: str, code: str, now: datetime) -> dict[str, tuple[int, float | None]]:
    """Reports by top category of the last seven whole days, and the mean of the four weeks before (`None` without data)."""
    today = county_date(now, city.zone)

    def reports(first: int, last: int) -> dict[str, int]:
        span = Span(today - timedelta(days=first), today - timedelta(days=last))
        parts = indicators.values_by(conn, city, Filter(span, level, code), "category", ("reported",), now)
        return {category: each["reported"].numerator for category, each in parts.items() if each["reported"].numerator}

    week, before, is_known = reports(7, 1), reports(35, 8), bool(reports(35, 29))
    return {each: (week.get(each, 0), before.get(each, 0) / 4 if is_known else None) for each in {*week, *before}}


def warnings(conn: Connection, city: City, level: str, code: str, now: datetime) -> list[Pattern] | None:
    """Kinds above what is expected of the last three whole days, surest first; `None` with too few days to expect anything."""
    sought = Sought(city, level, code, now)
    first = sought.first_day(conn)
    if first is None or sought.last_day - first + 1 < surges.BASE + surges.STRETCH:
        return None
    return pattern_finds.surging(conn, sought)

"""Reads for the screen: one function a question, rows as mappings with the columns it names. Never writes, never formats.

An area is (level, code): `county`, `township`, `village` or `grid` and its code. Today's figures come from rollups,
lists and points from the incidents themselves; each is one indexed query or two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import quantiles
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, Select, and_, case, func, or_, select, type_coerce

from data import lateness, rollups
from data.buckets import quantile
from data.instants import from_microseconds, to_microseconds
from data.periods import county_date, midnight
from data.schema import incident, progress, rollup, source_state, step
from data.vocabulary import OPEN_STATES, URGENCIES, WAITS_FOR

Row = Mapping[str, Any]
USUAL_WEEKS: Final = 8  # the same weekday of so many weeks makes the usual band


def _in_area(level: str, code: str) -> Any:
    return incident.c[f"{level}_code"] == code


def latest_incidents(conn: Connection, level: str, code: str, limit: int, more: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The newest reports of an area that meet more conditions, whole rows, newest first."""
    statement = (
        select(incident)
        .where(_in_area(level, code), *more)
        .order_by(incident.c.reported_at.desc(), incident.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in conn.execute(statement).mappings()]


def open_in(level: str, code: str) -> Any:
    """The condition on `incident` that it is open and of an area."""
    # Every urgency: said so, because without statistics SQLite takes the index on open incidents only for two known columns.
    return and_(_in_area(level, code), incident.c.ended_at.is_(None), incident.c.urgency_code.in_(list(URGENCIES)))


POINT_COLUMNS: Final = ("id", "version", "lon", "lat", "reported_at", "due_at", "at_risk_at", "resolved_at", "urgency_code",
                        "state_code", "is_restricted", "grid_code", "township_code", "village_code")  # fmt: skip


def open_points(conn: Connection, level: str, code: str, limit: int, more: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Open incidents that have a point and meet more conditions, the newest `limit` of them: `POINT_COLUMNS`."""
    statement = select(*(incident.c[name] for name in POINT_COLUMNS)).where(
        open_in(level, code), incident.c.lon.is_not(None), *more
    )
    return [dict(row) for row in conn.execute(statement.order_by(incident.c.id.desc()).limit(limit)).mappings()]


def stock(conn: Connection, code: str) -> dict[str, int]:
    """How many incidents of an area are in each open state now, from the rollups."""
    cells = rollup.c
    statement = select(cells.measure_code, cells.value).where(
        cells.grouping_code == "stock",
        cells.measure_code.in_([rollups.STOCK + state for state in OPEN_STATES]),
        cells.period_start == 0,
        cells.area_code == code,
    )
    return {measure.removeprefix(rollups.STOCK): value for measure, value in conn.execute(statement) if value}


def hours_of_day(conn: Connection, code: str, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Reports per hour of today and of the same weekday in the eight weeks before.

    Gives `today` (24 counts, `None` for hours to come), `low` and `high` (quartiles per hour), and for the hours
    gone by including this one, as far as it has gone: `usual_low`, `usual_high` of their sum. The bands are `None`
    where fewer than four of those days have any report.
    """
    today = rollups.day_number(county_date(now, zone))
    hour = rollups.hour_number(now, zone) % 24
    days = [today - 7 * week for week in range(1, USUAL_WEEKS + 1)]
    wanted = [day * 24 + each for day in (today, *days) for each in range(24)]
    cells = rollup.c
    statement = select(cells.period_start, cells.value).where(
        cells.grouping_code == "hour", cells.period_start.in_(wanted), cells.area_code == code, cells.measure_code == "reported"
    )
    found = {start: value for start, value in conn.execute(statement) if value}
    known = [day for day in days if any(day * 24 + each in found for each in range(24))]
    low: list[float] | None = None
    high: list[float] | None = None
    usual: tuple[float | None, float | None] = (None, None)
    if len(known) >= 4:
        bands = [_band([found.get(day * 24 + each, 0) for day in known]) for each in range(24)]
        low, high = [band[0] for band in bands], [band[1] for band in bands]
        gone = (now.astimezone(zone).minute + 1) / 60
        so_far = [
            sum(found.get(day * 24 + each, 0) for each in range(hour)) + gone * found.get(day * 24 + hour, 0) for day in known
        ]
        usual = _band(so_far)
    counts = [found.get(today * 24 + each, 0) if each <= hour else None for each in range(24)]
    return {"today": counts, "low": low, "high": high, "usual_low": usual[0], "usual_high": usual[1], "day_count": len(known)}


def _band(values: list[float]) -> tuple[float, float]:
    first, _, third = quantiles(values, n=4, method="inclusive")
    return first, third


def _is_running() -> Any:
    """The condition on an open `incident` with a deadline that it can still become late, or is (`data.lateness`)."""
    resolved = incident.c.resolved_at
    return and_(incident.c.state_code != lateness.SUSPENDED, or_(resolved.is_(None), resolved > incident.c.due_at))


def is_late(now: datetime) -> Any:
    """`lateness.is_late` as a condition on an open `incident`."""
    return and_(incident.c.due_at < now, _is_running())


def is_at_risk(now: datetime) -> Any:
    """The condition on an open `incident` that little of its limit is left."""
    return and_(incident.c.due_at >= now, incident.c.at_risk_at <= now, _is_running())


def _number(column: Any) -> Any:
    return type_coerce(column, BigInteger)


def pipeline(conn: Connection, level: str, code: str, now: datetime, more: Sequence[Any] = ()) -> dict[str, dict[str, Any]]:
    """Open incidents that meet more conditions, by the stage they wait for: `open_count`, `late_count`, `risk_count`, `oldest_at`,
    `median_minutes`."""
    late, risk = case((is_late(now), 1), else_=0), case((is_at_risk(now), 1), else_=0)
    statement = select(incident.c.state_code, _number(incident.c.state_since_at), late, risk).where(open_in(level, code), *more)
    waits: dict[str, list[tuple[int, int, int]]] = {stage: [] for stage in dict.fromkeys(WAITS_FOR.values())}
    for state, since, late_count, risk_count in conn.execute(statement):
        if state in WAITS_FOR:  # a row that contradicts itself is the ledger's to tell, and no reason to show nothing
            waits[WAITS_FOR[state]].append((since, late_count, risk_count))
    return {stage: _waiting(rows, now) for stage, rows in waits.items()}


def _waiting(rows: list[tuple[int, int, int]], now: datetime) -> dict[str, Any]:
    since = sorted(row[0] for row in rows)
    median = since[len(since) // 2] if since else None
    return {
        "open_count": len(rows),
        "late_count": sum(row[1] for row in rows),
        "risk_count": sum(row[2] for row in rows),
        "oldest_at": from_microseconds(since[0]) if since else None,
        "median_minutes": None if median is None else (to_microseconds(now) - median) / 60_000_000,
    }


LATE_COLUMNS: Final = ("id", "reported_at", "received_at", "due_at", "resolved_at", "category_code", "state_code", "holder_code",
                       "township_code", "village_code", "urgency_code", "is_restricted")  # fmt: skip


def late_incidents(
    conn: Connection, level: str, code: str, now: datetime, limit: int, more: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Open incidents past their deadline that meet more conditions, the urgent first, then the latest due: `LATE_COLUMNS`."""
    found: list[dict[str, Any]] = []
    for urgency in URGENCIES:
        late = select(*(incident.c[name] for name in LATE_COLUMNS)).where(
            _in_area(level, code), incident.c.ended_at.is_(None), incident.c.urgency_code == urgency, is_late(now), *more
        )
        statement = late.order_by(incident.c.due_at.desc(), incident.c.id).limit(limit - len(found))
        found += [dict(row) for row in conn.execute(statement).mappings()]
    return found


def soon_due_incidents(
    conn: Connection, level: str, code: str, now: datetime, limit: int, more: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Open incidents at risk, of those that meet more conditions, the nearest deadline first: `LATE_COLUMNS`."""
    statement = _open_due(level, code).where(is_at_risk(now), *more).order_by(incident.c.due_at, incident.c.id).limit(limit)
    return [dict(row) for row in conn.execute(statement).mappings()]


def badly_late_incidents(conn: Connection, level: str, code: str, now: datetime, limit: int) -> list[dict[str, Any]]:
    """Open incidents late by a whole limit more, the longest so first: `LATE_COLUMNS` and `badly_late_at`."""
    columns = (*LATE_COLUMNS, "badly_late_at")
    statement = select(*(incident.c[name] for name in columns)).where(_is_badly_late(level, code, now))
    statement = statement.order_by(incident.c.badly_late_at, incident.c.id).limit(limit)
    return [dict(row) for row in conn.execute(statement).mappings()]


def badly_late_count(conn: Connection, level: str, code: str, now: datetime) -> int:
    """How many open incidents of an area are late by a whole limit more."""
    return int(conn.execute(select(func.count()).where(_is_badly_late(level, code, now))).scalar_one())


def _is_badly_late(level: str, code: str, now: datetime) -> Any:
    is_past = and_(incident.c.ended_at.is_(None), incident.c.badly_late_at <= now)
    return and_(_in_area(level, code), is_past, _is_running())


def _open_due(level: str, code: str) -> Select[Any]:
    return select(*(incident.c[name] for name in LATE_COLUMNS)).where(open_in(level, code))


def is_due_today(now: datetime, zone: ZoneInfo) -> Any:
    """The condition on an open `incident` that is still to be handled today, by its deadline; midnight belongs to today."""
    return and_(
        incident.c.due_at >= now, _is_running(), incident.c.due_at <= midnight(county_date(now, zone) + timedelta(days=1), zone)
    )


def newest_id(conn: Connection, level: str, code: str) -> int | None:
    """The newest report of an area."""
    statement = (
        select(incident.c.id).where(_in_area(level, code)).order_by(incident.c.reported_at.desc(), incident.c.id.desc()).limit(1)
    )
    return conn.execute(statement).scalar()


def incident_with_steps(conn: Connection, incident_id: int) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """One incident, whole, and its steps as they arrived; `None` when there is none of that id."""
    found = conn.execute(select(incident).where(incident.c.id == incident_id)).mappings().one_or_none()
    if found is None:
        return None
    steps = conn.execute(select(step).where(step.c.incident_id == incident_id)).mappings()
    return dict(found), [dict(row) for row in steps]


def incidents_of(conn: Connection, ids: list[int]) -> list[dict[str, Any]]:
    """The incidents of these ids, whole rows."""
    return [dict(row) for row in conn.execute(select(incident).where(incident.c.id.in_(ids)).order_by(incident.c.id)).mappings()]


def median_minutes(conn: Connection, code: str, measure_code: str, first_day: int, last_day: int) -> float | None:
    """The median duration of a measure over county days of an area, from the duration buckets; `None` without any."""
    cells = rollup.c
    statement = (
        select(cells.bucket, func.sum(cells.value))
        .where(cells.grouping_code == "day_time", cells.period_start.in_(range(first_day, last_day + 1)))
        .where(cells.area_code == code, cells.measure_code == measure_code)
        .group_by(cells.bucket)
    )
    return quantile({bucket: int(value) for bucket, value in conn.execute(statement)}, 0.5)


def source_states(conn: Connection) -> list[dict[str, Any]]:
    """Every source that ever spoke: its newest event, when we heard of it, how much came in."""
    return [dict(row) for row in conn.execute(select(source_state).order_by(source_state.c.source)).mappings()]


def progress_of(conn: Connection, key: str) -> dict[str, Any] | None:
    """How far a long work has come."""
    found = conn.execute(select(progress).where(progress.c.key == key)).mappings().one_or_none()
    return None if found is None else dict(found)

"""Counts of a filter from the incidents themselves: where no rollup serves, and all that depends on the instant it is asked.

The measures are those declared in `data.rollups.COUNTS`, said here in SQL: an arithmetic of its own that the cells must equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, Integer, Select, and_, case, func, literal, or_, select, type_coerce, union_all

from data.cell_counts import Counted
from data.filters import Filter
from data.instants import Instant
from data.metrics.counts import STANDING, WAITING
from data.periods import KINDS
from data.queries import is_at_risk, is_due_today, is_late, open_in
from data.rollups import COUNTS, NOT_DUE, QUARTER, Measure, hour_of_quarter
from data.schema import incident

# A duty that is still open: until when it is to be done, and what is filled when it is.
DUTY_OF: Final = {
    "not_due": ("due_at", "resolved_at"),
    "suspended": ("due_at", "resolved_at"),
    "triage_not_due": ("triage_due_at", "filed_at"),
    "dispatch_not_due": ("dispatch_due_at", "dispatched_at"),
    "accept_not_due": ("first_accept_due_at", "accepted_at"),
    "check_not_due": ("check_due_at", "checked_at"),
}
TIMES: Final = (*KINDS, "hour")
MEASURES: Final = {measure.code: measure for measure in COUNTS}


def instants_of(names: Iterable[str]) -> set[str]:
    """The instants of a case by whose days these counts count it; none for how things stand."""
    lasting = (name for name in names if name not in STANDING)
    return {DUTY_OF[name][0] if name in WAITING else MEASURES[name].at for name in lasting}


def read(conn: Connection, asked: Filter, names: Sequence[str], by: str, now: datetime, zone: ZoneInfo) -> Counted:
    """Counts by key, as `data.cell_counts.read` gives them, of any names of `data.metrics.counts`; one statement.

    Whoever has no area of the level, or no organisation, is in no part. Raises `ValueError` for counts of how things stand,
    which have no period to be broken down by.
    """
    if by in TIMES and set(names) & set(STANDING):
        raise ValueError(f"how things stand now has no {by}")
    parts = list(_parts(asked, names, by, now, zone))
    counted: Counted = {}
    for key, *values in conn.execute(union_all(*parts)) if parts else ():
        if key is None:
            continue
        at = _period(key, by, zone) if by in TIMES else key
        counts = counted.setdefault(at, Counter())
        for name, value in zip(names, values, strict=True):
            if value:
                counts[name] += int(value)
    return {key: counts for key, counts in counted.items() if counts}


def _period(quarter: int, by: str, zone: ZoneInfo) -> int:
    """The county day of a quarter of an hour, or the hour of its day."""
    hour = hour_of_quarter(quarter, zone)
    return hour % 24 if by == "hour" else hour // 24


def _parts(asked: Filter, names: Sequence[str], by: str, now: datetime, zone: ZoneInfo) -> Iterator[Select[Any]]:
    """One select for each instant that something hangs on."""
    measures = [MEASURES[name] for name in names if name in MEASURES]
    for at in dict.fromkeys(measure.at for measure in measures):
        sums = {each.code: times(each) for each in measures if each.at == at}
        yield _select(asked, names, sums, by, at, asked.condition(), zone)
    is_open = and_(open_in(asked.level_code, asked.area_code), *asked.more_conditions())
    for due, done in dict.fromkeys(DUTY_OF[name] for name in names if name in WAITING):
        sums = {name: still(name, now) for name in names if name in WAITING and DUTY_OF[name] == (due, done)}
        waits = and_(is_open, incident.c[done].is_(None), incident.c.state_code.not_in(NOT_DUE))
        yield _select(asked, names, sums, by, due, waits, zone)
    if set(names) & set(STANDING):
        yield _select(asked, names, {name: standing(name, now, zone) for name in names if name in STANDING}, by, "", is_open, zone)


def _select(asked: Filter, names: Sequence[str], sums: dict[str, Any], by: str, at: str, where: Any, zone: ZoneInfo) -> Select[Any]:
    key, conditions = _key(asked, by, at), [where]
    if at:
        conditions.append(within(asked, at, zone))
    columns = [func.sum(sums[name]) if name in sums else literal(0, BigInteger) for name in names]
    statement = select(key.label("key"), *(each.label(f"n{place}") for place, each in enumerate(columns))).where(*conditions)
    return statement.group_by(key) if by else statement


def within(asked: Filter, at: str, zone: ZoneInfo) -> Any:
    """The condition that an instant of a case lies in the days, or the hour, asked for."""
    begin, end = asked.instants(zone)
    column = incident.c[at]
    # A deadline at midnight belongs to the day that ends.
    return and_(column > begin, column <= end) if at.endswith("due_at") else and_(column >= begin, column < end)


def _key(asked: Filter, by: str, at: str) -> Any:
    if by == "":
        return literal("")
    if by in TIMES:
        # Zones differ from UTC by whole quarters of an hour, so a quarter decides the county day.
        instant = type_coerce(incident.c[at], BigInteger)
        return (instant - 1 if at.endswith("due_at") else instant) // literal(QUARTER, BigInteger)
    return incident.c["handler_code" if by == "organisation" else f"{by}_code"]


def times(measure: Measure) -> Any:
    """How often a row whose instant lies in the period counts in a measure."""
    columns = incident.c
    conditions = [_is_there(measure.where)] if measure.where else []
    if measure.by:
        conditions.append(columns[measure.by] <= columns[measure.at])
    if measure.states:
        conditions.append(columns.state_code.in_(measure.states))
    if measure.without:
        conditions.append(columns.state_code.not_in(measure.without))
    times = columns[measure.weight] if measure.weight else literal(1, Integer)
    return case((and_(*conditions), times), else_=0) if conditions else times


def _is_there(name: str) -> Any:
    column = incident.c[name]
    return column.is_not(None) if isinstance(column.type, Instant) else column != 0


def still(name: str, now: datetime) -> Any:
    is_suspended = incident.c.state_code == "suspended"
    if name == "suspended":
        return case((is_suspended, 1), else_=0)
    is_to_come = incident.c[DUTY_OF[name][0]] >= now
    # The clock of a suspended case stands: it is not late, whatever its deadline says.
    return case((or_(is_to_come, is_suspended) if name == "not_due" else is_to_come, 1), else_=0)


def standing(name: str, now: datetime, zone: ZoneInfo) -> Any:
    conditions = {
        "open": literal(1, Integer) == 1,
        "late": is_late(now),
        "at_risk": is_at_risk(now),
        "due_today": is_due_today(now, zone),
        "open_suspended": incident.c.state_code == "suspended",
        "open_supervised": incident.c.supervise_level > 0,
    }
    return case((conditions[name], 1), else_=0)

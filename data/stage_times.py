"""How long the stages take: as buckets for one area, or as median and p90 by any dimension. From rollups where they are kept,
from the rows where they are not, and the answer says which. Never writes.

A duration counts on the county day on which its stage ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import BigInteger, Connection, and_, case, func, or_, select, type_coerce

from data import rollups
from data.buckets import bucket_of, quantile
from data.instants import to_microseconds
from data.periods import EPOCH_ON, Period, midnight
from data.schema import area, incident, rollup, step

STAGES: Final = tuple(measure.code for measure in rollups.DURATIONS)
DIMENSIONS: Final = ("township", "village", "department", "category", "channel")
COLUMNS: Final = ("code", "stage", "count", "median_minutes", "p90_minutes", "basis")  # basis: rollups or rows
UNKNOWN: Final = ""  # the code of what has no township, village or department
MINUTE: Final = 60_000_000  # microseconds
_TIMES: Final = ("reported_at", "dispatched_at", "accepted_at", "resolved_at")
_WHO: Final = {  # whose stage it was: to whom it was first dispatched, who first accepted, who resolved
    "report_to_dispatch": ("dispatched_at", ("dispatch",)), "dispatch_to_accept": ("accepted_at", ("accept",)),
    "accept_to_resolve": ("resolved_at", ("resolve", "close")), "report_to_resolve": ("resolved_at", ("resolve", "close")),
}  # fmt: skip
Buckets = dict[str, Counter[int]]


def in_buckets(
    conn: Connection, level: str, code: str, first_day: int, last_day: int, zone: ZoneInfo
) -> tuple[dict[str, dict[int, int]], str]:
    """Durations of an area by stage, as counts in the buckets of `data.buckets`, over county day numbers (both included); and the
    basis. Days are kept for county and township; for a village its rows are counted.
    """
    if level in ("county", "township"):
        found = _kept(conn, "day_time", [code], range(first_day, last_day + 1), rollup.c.area_code).get(code, _nothing())
        return {stage: dict(found[stage]) for stage in STAGES}, "rollups"
    counted = _nothing()
    for row in conn.execute(_rows(level, code, first_day, last_day, zone)).mappings():
        for stage, minutes in _durations(row, first_day, last_day, zone):
            counted[stage][bucket_of(minutes)] += 1
    return {stage: dict(counted[stage]) for stage in STAGES}, "rows"


def by_dimension(conn: Connection, level: str, code: str, first_day: int, last_day: int, dimension: str, zone: ZoneInfo) -> Any:
    """A row for each code of a dimension and each stage that had any: `COLUMNS`, by code, stages in their order.

    A category counts under its own code and its top one. Medians from rollups are off by less than a bucket (15 %), those from
    rows are exact. Raises `ValueError` for a dimension that is not one.
    """
    if dimension not in DIMENSIONS:
        raise ValueError(f"a dimension is one of {', '.join(DIMENSIONS)}, not {dimension!r}")
    kept = _from_rollups(conn, level, code, first_day, last_day, dimension)
    if kept is not None:
        rows = [
            (key, stage, counts.total(), quantile(counts, 0.5), quantile(counts, 0.9), "rollups")
            for key in sorted(kept) for stage, counts in kept[key].items() if counts.total()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))
    return _from_rows(conn, level, code, first_day, last_day, dimension, zone)


def _nothing() -> Buckets:
    return {stage: Counter() for stage in STAGES}


def _from_rollups(
    conn: Connection, level: str, code: str, first_day: int, last_day: int, dimension: str
) -> dict[str, Buckets] | None:
    days, months = range(first_day, last_day + 1), _whole_months(first_day, last_day)
    if dimension == "township" and level in ("county", "township"):
        return _parts(conn, "day_time", days, level, code, dimension)
    if dimension == "village" and level in ("county", "township", "village") and months:
        return _parts(conn, "month_time", months, level, code, dimension)
    if dimension == "category" and level in ("county", "township") and months:
        return _kept(conn, "month_cat_time", [code], months, rollup.c.category_code)
    return None


def _parts(conn: Connection, grouping: str, periods: Iterable[int], level: str, code: str, dimension: str) -> dict[str, Buckets]:
    """An area's parts; what is in none of them is what is left of the whole, for buckets can be subtracted."""
    if level == dimension:
        return _kept(conn, grouping, [code], periods, rollup.c.area_code)
    is_below = area.c.parent_code == code
    if (level, dimension) == ("county", "village"):
        is_below = area.c.parent_code.in_(select(area.c.area_code).where(is_below))
    below = list(conn.execute(select(area.c.area_code).where(is_below, area.c.level_code == dimension).distinct()).scalars())
    parts = _kept(conn, grouping, [*below, code], periods, rollup.c.area_code)
    whole = parts.pop(code, _nothing())
    for part in parts.values():
        for stage in STAGES:
            whole[stage].subtract(part[stage])
    return parts | {UNKNOWN: whole}


def _kept(conn: Connection, grouping: str, areas: list[str], periods: Iterable[int], key: Any) -> dict[str, Buckets]:
    cells = rollup.c
    statement = (
        select(key, cells.measure_code, cells.bucket, func.sum(cells.value))
        .where(cells.grouping_code == grouping, cells.measure_code.in_(STAGES), cells.period_start.in_(list(periods)))
        .where(cells.area_code.in_(areas))
        .group_by(key, cells.measure_code, cells.bucket)
    )
    found: dict[str, Buckets] = {}
    for code, stage, bucket, value in conn.execute(statement):
        if value:
            found.setdefault(code, _nothing())[stage][bucket] += int(value)
    return found


def _whole_months(first_day: int, last_day: int) -> list[int]:
    """The months these days are made of, or nothing when they are not whole ones."""
    first_on, last_on = (EPOCH_ON + timedelta(days=day) for day in (first_day, last_day))
    month, found = Period.holding("month", first_on), []
    if month.first_on != first_on:
        return []
    while month.last_on <= last_on:
        found.append(rollups.day_number(month.first_on))
        month = month.next
    return found if month.first_on > last_on else []


def _bounds(first_day: int, last_day: int, zone: ZoneInfo) -> tuple[Any, Any]:
    begin, end = (midnight(EPOCH_ON + timedelta(days=day), zone) for day in (first_day, last_day + 1))
    return begin, end


def _rows(level: str, code: str, first_day: int, last_day: int, zone: ZoneInfo, *more: Any) -> Any:
    begin, end = _bounds(first_day, last_day, zone)
    is_in = [and_(incident.c[name] >= begin, incident.c[name] < end) for name in _TIMES[1:]]
    times = (type_coerce(incident.c[name], BigInteger).label(name) for name in _TIMES)
    return select(*times, *more).where(incident.c[f"{level}_code"] == code, or_(*is_in))


def _durations(row: Any, first_day: int, last_day: int, zone: ZoneInfo) -> Iterable[tuple[str, float]]:
    begin, end = (to_microseconds(each) for each in _bounds(first_day, last_day, zone))
    for measure in rollups.DURATIONS:
        start_at, at = row[measure.start], row[measure.at]
        if start_at is not None and at is not None and begin <= at < end:
            yield measure.code, (at - start_at) / MINUTE


def _from_rows(conn: Connection, level: str, code: str, first_day: int, last_day: int, dimension: str, zone: ZoneInfo) -> Any:
    asked = (level, code, first_day, last_day, zone)
    rows: list[tuple[str, str, float]] = []
    if dimension == "department":
        rows += _by_department(conn, *asked)
    else:
        for row in conn.execute(_rows(*asked, incident.c[f"{dimension}_code"].label("who"))).mappings():
            keys = rollups.category_codes(row["who"]) if dimension == "category" else (row["who"] or UNKNOWN,)
            rows += [(key, stage, minutes) for stage, minutes in _durations(row, first_day, last_day, zone) for key in keys]
    long = pd.DataFrame(rows, columns=["code", "stage", "minutes"]).astype({"minutes": float})
    long["minutes"] = long["minutes"].clip(lower=0)  # clocks that disagree
    long["stage"] = pd.Categorical(long["stage"], categories=STAGES)
    grouped = long.groupby(["code", "stage"], observed=True)["minutes"]
    table = pd.DataFrame({"count": grouped.size(), "median_minutes": grouped.median(), "p90_minutes": grouped.quantile(0.9)})
    table = table.reset_index().astype({"stage": str})
    return table.assign(basis="rows")[list(COLUMNS)]


def _by_department(
    conn: Connection, level: str, code: str, first_day: int, last_day: int, zone: ZoneInfo
) -> Iterable[tuple[str, str, float]]:
    actions = sorted({action for _, each in _WHO.values() for action in each})
    who = case((step.c.action_code == "dispatch", step.c.to_organisation_code), else_=step.c.organisation_code).label("who")
    did = and_(step.c.incident_id == incident.c.id, step.c.action_code.in_(actions), step.c.is_possible)
    names = (incident.c.id, step.c.action_code, type_coerce(step.c.at, BigInteger).label("at"), who)
    cases: dict[int, Any] = {}
    doers: dict[tuple[int, str, int], str] = {}
    for row in conn.execute(_rows(level, code, first_day, last_day, zone, *names).join(step, did, isouter=True)).mappings():
        cases[row["id"]] = row
        if row["who"]:
            doers[row["id"], row["action_code"], row["at"]] = row["who"]
    for incident_id, row in cases.items():
        for stage, minutes in _durations(row, first_day, last_day, zone):
            at_name, by = _WHO[stage]
            yield (
                next((doers[key] for key in ((incident_id, each, row[at_name]) for each in by) if key in doers), UNKNOWN),
                stage,
                minutes,
            )

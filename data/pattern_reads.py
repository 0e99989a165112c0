"""Reads for patterns: days in a row by area or kind from the rollups, reports and their texts from the rows. Never writes.

Days are county days by number (`data.rollups.day_number`), both ends included. A restricted report counts, but its point and its
words are read by nobody here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from data import rollups
from data.instants import to_microseconds
from data.periods import EPOCH_ON, midnight
from data.schema import incident, rollup

MOST_REPORTS: Final = 400_000  # the newest so many: beyond it a pattern looks back less far
REPORT_COLUMNS: Final = (
    "id",
    "at",
    "day",
    "category_code",
    "township_code",
    "grid_code",
    "lon",
    "lat",
    "is_restricted",
    "master_id",
)
Array = Any


def first_day(conn: Connection, code: str) -> int | None:
    """The first day of which we have a report of an area; `None` without any."""
    cells = rollup.c
    statement = select(func.min(cells.period_start)).where(
        cells.grouping_code == "day", cells.measure_code == "reported", cells.area_code == code, cells.value > 0
    )
    return conn.execute(statement).scalar()


def version(conn: Connection, code: str, today: int) -> str:
    """Grows with every whole day and every report that is filed of a day before: patterns of equal versions are the same."""
    cells = rollup.c
    reported = (cells.measure_code == "reported", cells.area_code == code)
    whole = select(func.sum(cells.value)).where(cells.grouping_code == "month", *reported)
    so_far = select(func.sum(cells.value)).where(cells.grouping_code == "day", *reported, cells.period_start >= today)
    return f"{today}/{int(conn.execute(whole).scalar() or 0) - int(conn.execute(so_far).scalar() or 0)}"


def days_by_area(conn: Connection, codes: Sequence[str], first: int, last: int) -> Array:
    """Reports as days x areas, in the order of `codes`; a code may stand there twice."""
    cells, places = rollup.c, {code: place for place, code in enumerate(dict.fromkeys(codes))}
    statement = select(cells.period_start, cells.area_code, cells.value).where(
        cells.grouping_code == "day", cells.measure_code == "reported", cells.area_code.in_(list(codes)),
        cells.period_start >= first, cells.period_start <= last,
    )  # fmt: skip
    counts = np.zeros((last - first + 1, len(places)), dtype=np.int64)
    for day, code, value in conn.execute(statement):
        counts[day - first, places[code]] += int(value)
    return counts[:, [places[code] for code in codes]]


def days_by_kind(
    conn: Connection, level: str, code: str, first: int, last: int, zone: ZoneInfo, *, top: bool = False
) -> tuple[list[str], Array]:
    """Reports as days x kinds, and the category codes in order: the kinds themselves, or the `top` categories above them."""
    counted: dict[str, Array] = defaultdict(lambda: np.zeros(last - first + 1, dtype=np.int64))
    if level in ("county", "township"):
        cells = rollup.c
        statement = select(cells.category_code, cells.period_start, cells.value).where(
            cells.grouping_code == "day_category", cells.measure_code == "reported", cells.area_code == code,
            cells.period_start >= first, cells.period_start <= last,
        )  # fmt: skip
        for category, day, value in conn.execute(statement):
            if ("." not in category) == top:
                counted[category][day - first] += int(value)
    else:
        # Villages and grids have few reports and no cells by kind: counted from the rows.
        begin, end = (midnight(EPOCH_ON + timedelta(days=day), zone) for day in (first, last + 1))
        rows = select(incident.c.category_code, incident.c.reported_at).where(
            incident.c[f"{level}_code"] == code, incident.c.reported_at >= begin, incident.c.reported_at < end
        )
        for category, at in conn.execute(rows):
            under = rollups.category_codes(category)[0 if top else -1]
            counted[under][rollups.hour_number(at, zone) // 24 - first] += 1
    kinds = sorted(counted)
    return kinds, np.column_stack([counted[kind] for kind in kinds]) if kinds else np.zeros((last - first + 1, 0), dtype=np.int64)


def reports(conn: Connection, level: str, code: str, first: int, last: int, zone: ZoneInfo) -> pd.DataFrame:
    """The newest reports of these days: `REPORT_COLUMNS`, oldest first; `at` in microseconds since 1970, `day` the county day.
    Points of restricted reports are left out.
    """
    at, columns = incident.c.reported_at, incident.c
    statement = (
        select(columns.id, type_coerce(at, BigInteger), columns.category_code, columns.township_code, columns.grid_code,
               columns.lon, columns.lat, columns.is_restricted, columns.master_id)
        .where(_inside(level, code, first, last, zone)).order_by(at.desc(), columns.id.desc()).limit(MOST_REPORTS)
    )  # fmt: skip
    names = [name for name in REPORT_COLUMNS if name != "day"]
    found = pd.DataFrame(conn.execute(statement).all(), columns=names).iloc[::-1].reset_index(drop=True)
    found["at"] = found["at"].astype(np.int64)
    found.insert(2, "day", _days(found["at"], zone))
    hidden = found["is_restricted"].astype(bool)
    found[["lon", "lat"]] = found[["lon", "lat"]].astype(float).mask(hidden)
    return found


def texts(conn: Connection, level: str, code: str, first: int, last: int, zone: ZoneInfo) -> pd.DataFrame:
    """What the newest reports of these days say, but for restricted ones: `id`, `day`, `report_text`, oldest first."""
    at, columns = incident.c.reported_at, incident.c
    statement = (
        select(columns.id, type_coerce(at, BigInteger), columns.report_text)
        .where(_inside(level, code, first, last, zone), columns.is_restricted.is_(False))
        .order_by(at.desc(), columns.id.desc()).limit(MOST_REPORTS)
    )  # fmt: skip
    found = pd.DataFrame(conn.execute(statement).all(), columns=["id", "day", "report_text"]).iloc[::-1].reset_index(drop=True)
    found["day"] = _days(found["day"].astype(np.int64), zone)
    return found


def _inside(level: str, code: str, first: int, last: int, zone: ZoneInfo) -> Any:
    begin, end = (midnight(EPOCH_ON + timedelta(days=day), zone) for day in (first, last + 1))
    at = incident.c.reported_at
    return (incident.c[f"{level}_code"] == code) & (at >= begin) & (at < end)


def _days(microseconds: Any, zone: ZoneInfo) -> Any:
    """County day numbers of instants."""
    local = pd.to_datetime(microseconds, unit="us", utc=True).dt.tz_convert(zone)
    return (local.dt.tz_localize(None).dt.normalize() - pd.Timestamp(EPOCH_ON)).dt.days.astype(np.int64)


def hours_of(microseconds: Any, now: datetime) -> Array:
    """Hours before `now`, as negative numbers."""
    return (np.asarray(microseconds, dtype=np.float64) - to_microseconds(now)) / 3.6e9

"""Reads on where reports came from: today's points, and how many in each small square of the last days. Never writes.

A restricted report stands at the centre of its grid, as everywhere; one without a point is left out.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from math import cos, floor, radians
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data.periods import county_date, midnight
from data.schema import incident
from data.store import shown_places

HEAT_DAYS: Final = 7
SQUARE_METRES: Final = 200
METRES_A_DEGREE: Final = 111_320.0  # of latitude; of longitude times the cosine of the latitude
MOST_REPORTS: Final = 40_000
MOST_SQUARES: Final = 4_000
MOST_TODAY: Final = 5_000
_COLUMNS: Final = ("id", "reported_at", "lon", "lat", "is_restricted", "grid_code")


def day_bounds(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the county's day of `now` begins and when it ends."""
    on = county_date(now, zone)
    return midnight(on, zone), midnight(on + timedelta(days=1), zone)


def today(conn: Connection, level: str, code: str, now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Today's reports of an area that have a point, open or not, the newest first: `id`, `reported_at`, `lon`, `lat`."""
    return _reports(conn, (level, code), day_bounds(now, zone)[0], now, MOST_TODAY)


def squares(conn: Connection, level: str, code: str, now: datetime) -> tuple[list[tuple[float, float, int]], bool]:
    """Reports of the last seven days by squares of about 200 m: (lon, lat) of the middle and the count, most reports first.

    The second value says whether some were left out, because there were too many reports or squares.
    """
    found = _reports(conn, (level, code), now - timedelta(days=HEAT_DAYS), now, MOST_REPORTS)
    counted = Counter(_square(each["lon"], each["lat"]) for each in found)
    kept = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_SQUARES]
    return [(*_middle(*square), count) for square, count in kept], len(found) == MOST_REPORTS or len(counted) > MOST_SQUARES


def _reports(conn: Connection, place: tuple[str, str], since: datetime, now: datetime, most: int) -> list[dict[str, Any]]:
    level, code = place
    statement = (
        select(*(incident.c[name] for name in _COLUMNS))
        .where(incident.c[f"{level}_code"] == code, incident.c.reported_at >= since, incident.c.reported_at <= now)
        .where(incident.c.lon.is_not(None))
        .order_by(incident.c.reported_at.desc(), incident.c.id.desc())
        .limit(most)
    )
    rows = [dict(row) for row in conn.execute(statement).mappings()]
    shown = shown_places(conn, rows)
    return [{**row, **where} for row, where in zip(rows, shown, strict=True) if where["lon"] is not None]


def _square(lon: float, lat: float) -> tuple[int, int]:
    """Row and column of a square: rows of 200 m of latitude, columns as wide at the middle of their row."""
    row = floor(lat * METRES_A_DEGREE / SQUARE_METRES)
    return row, floor(lon * _metres_across(row) / SQUARE_METRES)


def _middle(row: int, column: int) -> tuple[float, float]:
    lon = (column + 0.5) * SQUARE_METRES / _metres_across(row)
    return round(lon, 6), round((row + 0.5) * SQUARE_METRES / METRES_A_DEGREE, 6)


def _metres_across(row: int) -> float:
    return METRES_A_DEGREE * cos(radians((row + 0.5) * SQUARE_METRES / METRES_A_DEGREE))

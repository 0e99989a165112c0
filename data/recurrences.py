"""Reads of what is like one incident: the same kind at the same place before and after, and what lies within a few steps of it.

Where the content of an incident is not shown, its point is not told either: such a one is near nothing and nothing is near it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select

from data.schema import incident

Row = Mapping[str, Any]
COLUMNS: Final = ("id", "received_at", "reported_at", "category_code", "state_code", "holder_code", "township_code", "village_code",
                  "grid_code", "ended_at", "is_restricted", "lon", "lat")  # fmt: skip
YEAR: Final = timedelta(days=365)
AROUND: Final = timedelta(days=30)
METRES: Final = 300.0
METRES_OF_A_DEGREE: Final = 111_195.0  # of latitude: the mean radius of the Earth, 6,371,008.8 m (IUGG), times pi / 180


def alike(conn: Connection, case: Row, now: datetime, limit: int) -> tuple[list[dict[str, Any]], int, int]:
    """Reports of the same kind in the same village, up to a year before this one and until now, the newest first: `COLUMNS` and
    whether it is of the `same_grid`; how many there are, and how many of those before this one. Nothing without a village.
    """
    if case["village_code"] is None:
        return [], 0, 0
    mine = (
        incident.c.village_code == case["village_code"],
        incident.c.category_code == case["category_code"],
        incident.c.id != case["id"],
        incident.c.reported_at >= case["reported_at"] - YEAR,
        incident.c.reported_at <= now,
    )
    statement = select(*(incident.c[name] for name in COLUMNS)).where(*mine)
    rows = conn.execute(statement.order_by(incident.c.reported_at.desc(), incident.c.id.desc()).limit(limit)).mappings()
    counted = select(func.count()).select_from(incident).where(*mine)
    whole = int(conn.execute(counted).scalar_one())
    before = int(conn.execute(counted.where(incident.c.reported_at < case["reported_at"])).scalar_one())
    has_grid = case["grid_code"] is not None
    return [dict(row) | {"same_grid": has_grid and row["grid_code"] == case["grid_code"]} for row in rows], whole, before


def nearby(conn: Connection, case: Row, now: datetime, limit: int) -> list[dict[str, Any]]:
    """Reports of any kind within 300 m, thirty days before this one to thirty after it, the nearest first: `COLUMNS`
    and `metres`.
    """
    if case["lon"] is None or case["is_restricted"] or case["township_code"] is None:
        return []
    north = METRES / METRES_OF_A_DEGREE
    east = north / max(math.cos(math.radians(case["lat"])), 0.01)
    statement = select(*(incident.c[name] for name in COLUMNS)).where(
        incident.c.township_code == case["township_code"],
        incident.c.reported_at >= case["reported_at"] - AROUND,
        incident.c.reported_at <= min(case["reported_at"] + AROUND, now),
        incident.c.lon.between(case["lon"] - east, case["lon"] + east),
        incident.c.lat.between(case["lat"] - north, case["lat"] + north),
        incident.c.id != case["id"],
        incident.c.is_restricted.is_(False),
    )
    rows = [dict(row) for row in conn.execute(statement).mappings()]
    found = [row | {"metres": metres_between(case, row)} for row in rows]
    close = [row for row in found if row["metres"] <= METRES]
    return sorted(close, key=lambda row: (row["metres"], row["id"]))[:limit]


def metres_between(one: Row, other: Row) -> float:
    """Metres between two points a few hundred metres apart, on a plane through them."""
    north = (one["lat"] - other["lat"]) * METRES_OF_A_DEGREE
    east = (one["lon"] - other["lon"]) * METRES_OF_A_DEGREE * math.cos(math.radians((one["lat"] + other["lat"]) / 2))
    return math.hypot(north, east)

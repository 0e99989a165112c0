"""Where reports came from: today's points and squares of the last days, on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import cos, radians
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine
from support.cases import incident

from data import engine as engines
from data import spots, store
from data.city import City

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)
PLACE = ("county", "330483")


def keep(conn: Connection, *rows: dict[str, Any]) -> None:
    store.save_incidents(conn, [(None, row, "") for row in rows], zone=ZONE, at=NOON)


def at(reference: str, before: timedelta = timedelta(hours=1), **columns: Any) -> dict[str, Any]:
    return incident(reference, reported_at=NOON - before, **{"lon": 120.5, "lat": 30.6, **columns})


def test_todays_points_are_those_since_midnight_closed_ones_too(engine: Engine) -> None:
    with engines.writing(engine) as conn:
        keep(
            conn,
            at("open"),
            at("closed", state_code="closed", ended_at=NOON),
            at("early", timedelta(hours=11, minutes=59)),
            at("yesterday", timedelta(hours=12, minutes=1)),
            at("nowhere", lon=None, lat=None),
        )
        found = spots.today(conn, *PLACE, NOON, ZONE)
        assert len(found) == 3
        assert [each["reported_at"] for each in found] == sorted((each["reported_at"] for each in found), reverse=True)
        assert spots.today(conn, "township", "330483101", NOON, ZONE) == []


def test_a_square_counts_the_reports_of_seven_days_in_two_hundred_metres(engine: Engine) -> None:
    with engines.writing(engine) as conn:
        keep(
            conn,
            *(at(f"near{number}", timedelta(days=number), lon=120.5003 + number * 1e-5) for number in range(7)),
            at("too long ago", timedelta(days=7, minutes=1)),
            at("far", lon=120.52),
        )
        squares, is_capped = spots.squares(conn, *PLACE, NOON)
        assert ([count for *_, count in squares], is_capped) == ([7, 1], False)
        lon, lat, _ = squares[0]
        assert abs(lon - 120.5003) * spots.METRES_A_DEGREE * cos(radians(lat)) <= 110
        assert abs(lat - 30.6) * spots.METRES_A_DEGREE <= 100


def test_a_restricted_report_stands_at_the_centre_of_its_grid_or_nowhere(engine: Engine, city: City) -> None:
    grid = next(each for each in city.areas if each.level_code == "grid" and each.valid_to_on is None)
    with engines.writing(engine) as conn:
        keep(conn, at("hidden", is_restricted=True, grid_code=grid.area_code), at("no grid", is_restricted=True, grid_code=None))
        (found,) = spots.today(conn, *PLACE, NOON, ZONE)
        assert (found["lon"], found["lat"]) == (grid.lon, grid.lat)
        ((lon, lat, count),), _ = spots.squares(conn, *PLACE, NOON)
        assert (round(lon - 120.5, 3), round(lat - 30.6, 3)) != (0, 0)
        assert count == 1


def test_more_than_can_be_shown_is_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spots, "MOST_SQUARES", 2)
    with engines.writing(engine) as conn:
        keep(conn, at("a"), at("b"), at("c", lon=120.52), at("d", lon=120.54))
        squares, is_capped = spots.squares(conn, *PLACE, NOON)
        assert ([count for *_, count in squares], is_capped) == ([2, 1], True)

"""What is like one incident: the same kind in the same village, and what lies within a few steps, compared with a count by hand."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select
from support.cases import FIRST, incident

from data import engine as engines
from data import recurrences, store
from data.schema import incident as table

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = FIRST + timedelta(days=400)
LON, LAT = 120.49, 30.74


@pytest.fixture
def rows(engine: Engine) -> dict[str, dict[str, Any]]:
    """The one looked at, and four hundred around it in place, kind and time."""
    chance = random.Random(11)
    made = [
        incident(
            "it",
            reported_at=FIRST + timedelta(days=370),
            village_code="330483100201",
            grid_code="330483100201001",
            lon=LON,
            lat=LAT,
        )
    ]
    made += [
        incident(
            str(number), reported_at=FIRST + timedelta(days=chance.uniform(0, 399)), village_code=f"33048310020{chance.choice('12')}",
            grid_code=chance.choice(("330483100201001", "330483100201002", None)), category_code=chance.choice(("A.01.01", "B.01.04")),
            lon=LON + chance.uniform(-0.006, 0.006), lat=LAT + chance.uniform(-0.005, 0.005), is_restricted=chance.random() < 0.1,
        )
        for number in range(400)
    ]  # fmt: skip
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in made], zone=SHANGHAI, at=NOW)
    with engines.reading(engine) as conn:
        return {row["source_ref"]: dict(row) for row in conn.execute(select(table)).mappings()}


def test_the_same_kind_in_the_same_village_a_year_before_and_since(engine: Engine, rows: dict[str, dict[str, Any]]) -> None:
    it = rows["it"]
    mine = [row for row in rows.values() if row["id"] != it["id"] and row["village_code"] == it["village_code"] and row["category_code"] == "A.01.01"
            and row["reported_at"] >= it["reported_at"] - timedelta(days=365)]  # fmt: skip
    mine.sort(key=lambda row: row["reported_at"], reverse=True)
    with engines.reading(engine) as conn:
        found, whole, before = recurrences.alike(conn, it, NOW, 7)
        nowhere = recurrences.alike(conn, it | {"village_code": None}, NOW, 7)
    assert [row["id"] for row in found] == [row["id"] for row in mine[:7]]
    assert (whole, before) == (len(mine), sum(row["reported_at"] < it["reported_at"] for row in mine)) and whole > 50
    assert [row["same_grid"] for row in found] == [row["grid_code"] == it["grid_code"] for row in mine[:7]]
    assert nowhere == ([], 0, 0)


def test_what_is_near_is_within_three_hundred_metres_and_thirty_days_and_may_be_shown(
    engine: Engine, rows: dict[str, dict[str, Any]]
) -> None:
    it = rows["it"]
    close = [row for row in rows.values() if row["id"] != it["id"] and not row["is_restricted"] and recurrences.metres_between(it, row) <= 300
             and abs(row["reported_at"] - it["reported_at"]) <= timedelta(days=30)]  # fmt: skip
    close.sort(key=lambda row: recurrences.metres_between(it, row))
    with engines.reading(engine) as conn:
        found = recurrences.nearby(conn, it, NOW, 50)
        hidden = recurrences.nearby(conn, it | {"is_restricted": True}, NOW, 50)
        nowhere = recurrences.nearby(conn, it | {"lon": None}, NOW, 50)
    assert [row["id"] for row in found] == [row["id"] for row in close] and 3 < len(close) < 100
    assert hidden == nowhere == []


def test_metres_are_those_of_the_ground() -> None:
    # A minute of latitude is a nautical mile, 1,853 m here; of longitude at 60 degrees half of it.
    assert recurrences.metres_between({"lon": 0, "lat": 60}, {"lon": 0, "lat": 60 + 1 / 60}) == pytest.approx(1853, abs=1)
    assert recurrences.metres_between({"lon": 1 / 60, "lat": 60}, {"lon": 0, "lat": 60}) == pytest.approx(1853 / 2, abs=1)

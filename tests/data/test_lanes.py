"""What is in motion equals a plain recount of the rows, on both engines."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from support.cases import FIRST, incident, random_incident

from data import engine as engines
from data import lanes, store
from data.city import City
from data.vocabulary import ENDED_STATES, LANES, OPEN_STATES

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = FIRST + timedelta(days=30, hours=5)
HOLDERS = ("center", "room-330483100", "transport", "zone-1", None)


def kinds(city: City) -> dict[str, str]:
    return {code: each.kind_code for code, each in city.organisations.items()}


def save(engine: Engine, rows: list[dict[str, Any]]) -> None:
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in rows], zone=SHANGHAI, at=FIRST)


def since(row: dict[str, Any]) -> datetime:
    handed_over = row["state_code"] in ("city", "dispatched", "handling", "suspended")
    return row["holder_since_at"] if handed_over and row["holder_since_at"] else row["state_since_at"]


@pytest.mark.parametrize(("level", "code"), [("county", "330483"), ("township", "330483100"), ("village", "330483101002")])
def test_every_open_incident_is_in_one_lane_with_its_wait(engine: Engine, city: City, level: str, code: str) -> None:
    chance = random.Random(5)
    rows = []
    for number in range(240):
        row = random_incident(chance, str(number))
        start = row["reported_at"] + timedelta(hours=chance.uniform(0, 90))
        row |= {
            "holder_code": chance.choice(HOLDERS),
            "state_since_at": start,
            "holder_since_at": start - timedelta(hours=chance.uniform(0, 9)),
        }
        rows.append(row | {"ended_at": NOW if row["state_code"] in ENDED_STATES else None})
    save(engine, rows)
    with engines.reading(engine) as conn:
        found = lanes.in_motion(conn, level, code, NOW, kinds(city))
    mine = [row for row in rows if row[f"{level}_code"] == code and row["state_code"] in OPEN_STATES]
    by_lane: dict[str, list[dict[str, Any]]] = {lane: [] for lane in LANES}
    for row in mine:
        by_lane[lanes.lane_of(row["state_code"], kinds(city).get(row["holder_code"], ""))].append(row)
    assert list(found) == list(LANES) and sum(map(len, by_lane.values())) == len(mine) > 3
    for lane, waiting in by_lane.items():
        minutes = sorted(max((NOW - since(row)).total_seconds() / 60, 0) for row in waiting)
        assert sorted(wait for wait, _ in found[lane]["waits"]) == pytest.approx(minutes)
        late = [row for row in waiting if row["due_at"] and row["due_at"] < NOW and row["state_code"] != "suspended"
                and not (row["resolved_at"] and row["resolved_at"] <= row["due_at"])]  # fmt: skip
        assert found[lane]["late_count"] == len(late)
        assert found[lane]["median_minutes"] == (pytest.approx(median(minutes)) if minutes else None)
        assert (found[lane]["longest"] or {"since_at": None})["since_at"] == min(map(since, waiting), default=None)


@pytest.mark.parametrize(
    ("state", "kind", "lane"),
    [("reported", "town_room", "reporter"), ("town", "town_room", "town"), ("city", "center", "city"), ("dispatched", "department", "department"),
     ("handling", "village", "reporter"), ("handling", "zone", "town"), ("suspended", "center", "city"), ("handling", "", "department"),
     ("checking", "center", "check")],
)  # fmt: skip
def test_a_lane_is_that_of_the_hands_it_is_in(state: str, kind: str, lane: str) -> None:
    assert lanes.lane_of(state, kind) == lane


def test_an_empty_area_has_empty_lanes(engine: Engine, city: City) -> None:
    save(engine, [incident("1", township_code="330483101")])
    with engines.reading(engine) as conn:
        found = lanes.in_motion(conn, "township", "330483100", NOW, kinds(city))
    assert all(lane == {"waits": [], "late_count": 0, "median_minutes": None, "longest": None} for lane in found.values())

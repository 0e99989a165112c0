"""What the wall reads equals a plain recount of the rows, on both engines."""

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
from data import indicators, queries, store
from data.city import City
from data.filters import Filter
from data.periods import Period, county_date
from data.vocabulary import ENDED_STATES, OPEN_STATES, WAITS_FOR

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = FIRST + timedelta(days=30, hours=5)
AREAS = (("county", "330483"), ("township", "330483100"), ("village", "330483101002"))


@pytest.fixture
def rows(engine: Engine) -> list[dict[str, Any]]:
    chance = random.Random(11)
    made = []
    for number in range(240):
        row = random_incident(chance, str(number)) | {"lon": 120.5 if number % 3 else None, "lat": 30.6 if number % 3 else None}
        row |= {"state_since_at": row["reported_at"], "ended_at": NOW if row["state_code"] in ENDED_STATES else None}
        made.append(row)
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in made], zone=SHANGHAI, at=FIRST)
    return made


def within(rows: list[dict[str, Any]], level: str, code: str) -> list[dict[str, Any]]:
    return [row for row in rows if row[f"{level}_code"] == code]


def runs(row: dict[str, Any]) -> bool:
    """Open, with a deadline that is not met yet and a clock that does not stand."""
    is_met = row["resolved_at"] is not None and row["due_at"] is not None and row["resolved_at"] <= row["due_at"]
    return row["ended_at"] is None and row["due_at"] is not None and row["state_code"] != "suspended" and not is_met


def is_late(row: dict[str, Any]) -> bool:
    return runs(row) and row["due_at"] < NOW


@pytest.mark.parametrize(("level", "code"), AREAS)
def test_the_pipeline_equals_a_recount(engine: Engine, rows: list[dict[str, Any]], level: str, code: str) -> None:
    with engines.reading(engine) as conn:
        found = queries.pipeline(conn, level, code, NOW)
    for stage, each in found.items():
        waiting = [
            row for row in within(rows, level, code) if row["state_code"] in OPEN_STATES and WAITS_FOR[row["state_code"]] == stage
        ]
        assert each["open_count"] == len(waiting)
        assert each["late_count"] == sum(map(is_late, waiting))
        assert each["oldest_at"] == min((row["state_since_at"] for row in waiting), default=None)
        if len(waiting) % 2:
            exact = median((NOW - row["state_since_at"]).total_seconds() / 60 for row in waiting)
            assert each["median_minutes"] == pytest.approx(exact)


@pytest.mark.parametrize(("level", "code"), AREAS)
def test_lists_are_complete_ordered_and_of_their_area(engine: Engine, rows: list[dict[str, Any]], level: str, code: str) -> None:
    mine = within(rows, level, code)
    with engines.reading(engine) as conn:
        latest = queries.latest_incidents(conn, level, code, 500)
        late = queries.late_incidents(conn, level, code, NOW, 500)
        soon = queries.soon_due_incidents(conn, level, code, NOW, 500)
        points = queries.open_points(conn, level, code, 500)
        newest = queries.newest_id(conn, level, code)
    assert [row["id"] for row in latest] == [
        row["id"] for row in sorted(mine, key=lambda row: (row["reported_at"], row["id"]), reverse=True)
    ]
    assert newest == latest[0]["id"]
    assert {row["id"] for row in late} == {row["id"] for row in mine if is_late(row)}
    assert [row["due_at"] for row in late] == sorted((row["due_at"] for row in late), reverse=True)
    risky = [row for row in mine if runs(row) and row["due_at"] >= NOW
             and NOW - row["reported_at"] >= 0.8 * (row["due_at"] - row["reported_at"])]  # fmt: skip
    assert {row["id"] for row in soon} == {row["id"] for row in risky}
    assert {row["id"] for row in points} == {row["id"] for row in mine if row["ended_at"] is None and row["lon"] is not None}


def test_the_stock_equals_a_recount(engine: Engine, rows: list[dict[str, Any]]) -> None:
    with engines.reading(engine) as conn:
        stock = queries.stock(conn, "330483")
    assert stock == {state: count for state in OPEN_STATES if (count := sum(row["state_code"] == state for row in rows))}


def test_the_stages_of_the_pipeline_and_the_hours_of_today_are_the_figures_of_the_day(
    engine: Engine, city: City, rows: list[dict[str, Any]]
) -> None:
    today = Filter(Period("day", county_date(NOW, SHANGHAI)).span, "county", "330483")
    end_of_day = NOW.astimezone(SHANGHAI).replace(hour=23, minute=59)
    with engines.reading(engine) as conn:
        figures = indicators.values(conn, city, today, ("open_now", "late_open", "at_risk_open", "reported"), NOW)
        stages = queries.pipeline(conn, "county", "330483", NOW).values()
        hours = queries.hours_of_day(conn, "330483", end_of_day, SHANGHAI)["today"]
    assert [sum(each[f"{name}_count"] for each in stages) for name in ("open", "late", "risk")] == [
        figures[key].number for key in ("open_now", "late_open", "at_risk_open")
    ]
    assert sum(count or 0 for count in hours) == figures["reported"].number
    assert figures["open_now"].number and figures["late_open"].number


def test_the_usual_band_is_the_quartiles_of_the_same_weekday_up_to_now(engine: Engine) -> None:
    now = datetime(2026, 11, 24, 11, 59, tzinfo=SHANGHAI)
    sizes = [10, 20, 30, 40, 50, 60, 70, 80]
    changes: list[Any] = []
    for week, size in enumerate(sizes, start=1):
        for place in range(size):
            changes.append((None, incident(f"{week}-{place}", reported_at=now - timedelta(weeks=week, hours=1)), "report"))
            changes.append((None, incident(f"{week}-{place}-later", reported_at=now - timedelta(weeks=week, hours=-3)), "report"))
    changes += [(None, incident(f"now-{place}", reported_at=now - timedelta(hours=2)), "report") for place in range(33)]
    with engines.writing(engine) as conn:
        store.save_incidents(conn, changes, zone=SHANGHAI, at=FIRST)
    with engines.reading(engine) as conn:
        found = queries.hours_of_day(conn, "330483", now, SHANGHAI)
    # Quartiles of 10, 20, ... 80 (inclusive): 27.5 and 62.5; what came after noon on those days does not count yet.
    assert (found["usual_low"], found["usual_high"], found["day_count"]) == (27.5, 62.5, 8)
    assert found["today"][9] == 33 and found["today"][12] is None and sum(each or 0 for each in found["today"]) == 33


def test_too_little_history_has_no_band(engine: Engine, rows: list[dict[str, Any]]) -> None:
    with engines.reading(engine) as conn:
        assert queries.hours_of_day(conn, "nowhere", NOW, SHANGHAI)["usual_low"] is None


def test_due_today_ends_with_the_county_day(engine: Engine, city: City) -> None:
    now = datetime(2026, 11, 24, 11, 0, tzinfo=SHANGHAI)
    midnight = datetime(2026, 11, 25, tzinfo=SHANGHAI)
    dues = [now - timedelta(minutes=1), now + timedelta(hours=2), midnight, midnight + timedelta(hours=2)]
    today = Filter(Period("day", now.date()).span, "county", "330483")
    with engines.writing(engine) as conn:
        store.save_incidents(
            conn, [(None, incident(str(n), due_at=due), "report") for n, due in enumerate(dues)], zone=SHANGHAI, at=FIRST
        )
    with engines.reading(engine) as conn:
        assert indicators.values(conn, city, today, ("due_today",), now)["due_today"].number == 2


def test_an_incident_that_is_not_there_is_none(engine: Engine) -> None:
    with engines.reading(engine) as conn:
        assert queries.incident_with_steps(conn, 10**12) is None
        assert queries.newest_id(conn, "county", "330483") is None
        assert queries.progress_of(conn, "x") is None and queries.source_states(conn) == []


@pytest.mark.parametrize(("level", "code"), AREAS)
def test_the_badly_late_equal_a_recount_and_the_longest_so_come_first(engine: Engine, level: str, code: str) -> None:
    chance = random.Random(5)
    made = []
    for number in range(200):
        row = random_incident(chance, str(number))
        ended = {"ended_at": NOW if row["state_code"] in ENDED_STATES else None}
        made.append(row | ended | {"badly_late_at": row["due_at"] and row["due_at"] + timedelta(days=chance.randint(1, 30))})
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in made], zone=SHANGHAI, at=FIRST)
        found = queries.badly_late_incidents(conn, level, code, NOW, 500)
        count = queries.badly_late_count(conn, level, code, NOW)
    wanted = [row for row in within(made, level, code) if runs(row)
              and row["badly_late_at"] is not None and row["badly_late_at"] <= NOW]  # fmt: skip
    assert [row["id"] for row in found] == [row["id"] for row in sorted(wanted, key=lambda row: (row["badly_late_at"], row["id"]))]
    assert count == len(wanted) > 0

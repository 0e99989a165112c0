"""The invented county: the same seed and day is the same city, and the city is believable."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select

from data import engine as engines
from data import queries, recount
from data.city import City
from data.clocks import Clock
from data.lifecycle import replay
from data.schema import change, incident, step
from data.settings import Settings
from data.vocabulary import ENDED_STATES
from etl.demo.driver import Driver
from etl.demo.plan import Planned, Planner

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def planned(city: City) -> dict[date, list[Planned]]:
    planner = Planner(city, 330483)
    return {on: planner.day(on) for on in (TODAY - timedelta(days=number) for number in range(70))}


def test_the_same_seed_and_day_is_the_same_city_whoever_plans_it_and_in_whatever_order(city: City) -> None:
    one, two = Planner(city, 5), Planner(city, 5)
    days = [TODAY - timedelta(days=number) for number in range(3)]
    first = [one.day(on) for on in days]
    assert first == [two.day(on) for on in reversed(days)][::-1]
    assert Planner(city, 6).day(TODAY) != first[0]


def test_days_are_as_many_as_a_county_has_and_quieter_on_sundays(planned: dict[date, list[Planned]]) -> None:
    sizes = {on: len(day) for on, day in planned.items()}
    assert 250 < sum(sizes.values()) / len(sizes) < 340
    weekdays = [sum(size for on, size in sizes.items() if on.weekday() == day) for day in range(7)]
    assert weekdays[6] < 0.85 * weekdays[0]


def test_reports_come_by_day_and_few_by_night(planned: dict[date, list[Planned]]) -> None:
    hours = Counter(each.report["reported_at"].astimezone(SHANGHAI).hour for day in planned.values() for each in day)
    assert sum(hours[hour] for hour in range(8, 18)) > 0.6 * sum(hours.values())
    assert sum(hours[hour] for hour in range(5)) < 0.03 * sum(hours.values())


def test_categories_are_skewed_and_texts_are_many(planned: dict[date, list[Planned]]) -> None:
    reports = [each.report for day in planned.values() for each in day]
    counts = Counter(report["category_code"] for report in reports)
    top = sum(count for _, count in counts.most_common(len(counts) // 5))
    assert len(counts) > 60 and 0.4 < top / len(reports) < 0.75
    assert len({report["report_text"] for report in reports}) > 0.6 * len(reports)


def test_nobody_real_can_be_called(planned: dict[date, list[Planned]]) -> None:
    words = "\n".join(
        str(value)
        for day in planned.values()
        for each in day
        for value in (each.report["report_text"], *(s["remark"] for s in each.steps))
    )
    assert not re.search(r"1[3-9]\d{9}|\d{17}[\dXx]|\d{7,}", words) and "{" not in words


def test_the_flow_is_believable(city: City, planned: dict[date, list[Planned]]) -> None:
    open_count, due, on_time, returned, accepted, impossible, steps = 0, 0, 0, 0, [], 0, 0
    for day in planned.values():
        for each in day:
            if each.report["reported_at"] > NOW:
                continue
            condition = replay(each.report, [row for row in each.steps if row["at"] <= NOW], city.rules)
            open_count += condition.state_code not in ENDED_STATES
            if condition.due_at and condition.due_at < NOW and condition.state_code not in ("merged", "void"):
                due += 1
                on_time += condition.resolved_at is not None and condition.resolved_at <= condition.due_at
            returned += condition.return_count > 0
            impossible += condition.impossible_count
            steps += condition.step_count
            if condition.accepted_at and condition.dispatched_at:
                accepted.append((condition.accepted_at - condition.dispatched_at).total_seconds() / 3600)
    total = sum(len(day) for day in planned.values())
    assert 900 < open_count < 2_500
    assert 0.75 < on_time / due < 0.93
    assert 0.02 < returned / total < 0.1
    assert 0.3 < median(accepted) < 16  # what comes in the evening is accepted next morning
    assert impossible < 0.003 * steps


def counted(engine: Engine) -> tuple[int, int]:
    with engines.reading(engine) as conn:
        return tuple(conn.execute(select(func.count()).select_from(table)).scalar_one() for table in (incident, step))  # type: ignore[return-value]


def driver(engine: Engine, city: City, now: datetime) -> Driver:
    return Driver(engine, city, Settings(demo_days="6"), Clock(now))


def fill(drive: Driver) -> None:
    for number in range(6):
        drive.fill(TODAY - timedelta(days=number), number + 1)


def test_history_is_filled_once_however_often_it_is_begun(engine: Engine, city: City) -> None:
    first = driver(engine, city, NOW)
    for number in range(3):
        first.fill(TODAY - timedelta(days=number), number + 1)
    fill(driver(engine, city, NOW))
    once = counted(engine)
    fill(driver(engine, city, NOW))
    assert counted(engine) == once
    expected = [each for number in range(6) for each in Planner(city, 330483).day(TODAY - timedelta(days=number))]
    known = sum(each.report["reported_at"] <= NOW for each in expected)
    assert once == (known, sum(row["at"] <= NOW for each in expected for row in each.steps))
    with engines.reading(engine) as conn:
        assert recount.check(conn, SHANGHAI) == []
        progress = queries.progress_of(conn, "demo-history")
    assert progress is not None and (progress["done_count"], progress["total_count"]) == (6, 6)


def test_what_fell_due_while_nobody_was_there_is_told_on_return(engine: Engine, city: City) -> None:
    fill(driver(engine, city, NOW - timedelta(hours=9)))
    away = counted(engine)
    fill(driver(engine, city, NOW))
    back = counted(engine)
    assert back[0] > away[0] and back[1] > away[1]
    with engines.reading(engine) as conn:
        states: dict[str, Any] = dict(conn.execute(select(incident.c.source_ref, incident.c.state_code)).all())
        assert recount.check(conn, SHANGHAI) == []
    for number in range(6):
        for each in Planner(city, 330483).day(TODAY - timedelta(days=number)):
            if each.report["reported_at"] <= NOW:
                expected = replay(each.report, [row for row in each.steps if row["at"] <= NOW], city.rules)
                assert states[each.report["source_ref"]] == expected.state_code


def test_events_are_told_one_by_one_when_their_time_has_come(engine: Engine, city: City) -> None:
    drive = driver(engine, city, NOW)
    fill(drive)
    before = counted(engine)
    with engines.reading(engine) as conn:
        told = conn.execute(select(func.count()).where(change.c.kind_code == "incident")).scalar_one()
    drive.clock = Clock(NOW + timedelta(minutes=30))
    drive.tell()
    after = counted(engine)
    assert after[0] > before[0] and after[1] > before[1]
    with engines.reading(engine) as conn:
        now_told = conn.execute(select(func.count()).where(change.c.kind_code == "incident")).scalar_one()
        assert recount.check(conn, SHANGHAI) == []
    assert now_told - told == sum(after) - sum(before)


def test_a_note_comes_every_few_seconds_by_day(engine: Engine, city: City) -> None:
    drive = driver(engine, city, NOW)
    fill(drive)
    pauses = [drive._pause(NOW) for _ in range(50)]
    assert min(pauses) >= 3 and max(pauses) <= 7
    note = drive._note(NOW)
    assert note["action_code"] == "note" and note["remark"] and note["organisation_code"] in city.organisations

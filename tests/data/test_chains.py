"""The detector of 推诿: the four signs, each at its instant worked by hand, with the chain of hands, on both engines."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from support import filed
from support.cases import random_incident
from support.filed import a_step

from data import chains, store
from data import engine as engines
from data.alarms import SIGN_COLUMNS
from data.city import City
from data.clocks import Limit
from data.lifecycle import replay
from data.schema import incident
from data.vocabulary import SIGNS

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROOM = "room-330483100"


def local(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI).astimezone(UTC)


REPORTED_AT = local("2026-11-23T09:00")  # a Monday; office hours 08:30-12:00, 13:30-17:00
DISPATCH = a_step("1", "dispatch", local("2026-11-23T10:00"), "center", "transport")


def signs(engine: Engine, now: str, level: str = "county", code: str = "330483", limit: int = 10) -> list[dict[str, Any]]:
    with engines.reading(engine) as conn:
        return chains.signs(conn, level, code, local(now), limit)


def test_every_sign_has_its_column_and_its_words() -> None:
    assert set(SIGN_COLUMNS) == set(SIGNS) and set(SIGN_COLUMNS.values()) <= set(incident.c.keys())


def test_a_case_given_back_twice_is_passed_to_and_fro_since_the_second_time(engine: Engine, city: City) -> None:
    filed.report(engine, city, "1", REPORTED_AT)
    log = [DISPATCH, a_step("1", "return", local("2026-11-23T10:40"), "transport", remark="not ours"),
           a_step("1", "dispatch", local("2026-11-23T11:00"), "center", "water"),
           a_step("1", "return", local("2026-11-23T11:30"), "water", remark="not ours")]  # fmt: skip
    filed.steps(engine, city, log[:3], local("2026-11-23T11:00"))
    assert signs(engine, "2026-11-23T11:30") == []
    filed.steps(engine, city, log, local("2026-11-23T11:30"))
    (found,) = signs(engine, "2026-11-23T11:45")
    assert (found["kind"], found["raised_at"], found["severity"]) == ("bounced", local("2026-11-23T11:30"), 1)
    assert (found["holder_code"], found["return_count"]) == ("center", 2)
    # 09:00 room 60 min, 10:00 transport 40, 10:40 centre 20, 11:00 water 30, 11:30 centre 15 until now.
    held = [(hand.organisation_code, hand.time / timedelta(minutes=1)) for hand in found["chain"]]
    assert held == [(ROOM, 60), ("transport", 40), ("center", 20), ("water", 30), ("center", 15)]


def test_nobody_heard_of_after_four_working_hours_and_not_accepted_after_a_working_day(engine: Engine, city: City) -> None:
    """Handed over Monday 10:00: 10:00-12:00 are two working hours, 13:30-15:30 the other two; accepted by Tuesday's end."""
    assert city.rules.acknowledge == Limit(4, "working_hours")
    filed.report(engine, city, "1", REPORTED_AT)
    filed.steps(engine, city, [DISPATCH], local("2026-11-23T10:00"))
    row = filed.rows(engine)["1"]
    assert (row["unheard_at"], row["unaccepted_at"]) == (local("2026-11-23T15:30"), local("2026-11-25T00:00"))
    assert row["sign_at"] == row["alarm_at"] == row["unheard_at"] and row["bounced_at"] is row["unowned_at"] is None
    assert signs(engine, "2026-11-23T15:29:59") == []
    assert [each["kind"] for each in signs(engine, "2026-11-23T15:30")] == ["unheard"]
    (both,) = signs(engine, "2026-11-25T00:00")
    assert both["signs"] == [("unheard", local("2026-11-23T15:30")), ("unaccepted", local("2026-11-25T00:00"))]
    assert both["severity"] == 2 and [hand.organisation_code for hand in both["chain"]] == [ROOM, "transport"]


@pytest.mark.parametrize("answer", ["note", "accept", "check"])
def test_any_step_of_the_receiver_answers_the_hand_over_even_one_that_may_not_be(engine: Engine, city: City, answer: str) -> None:
    filed.report(engine, city, "1", REPORTED_AT)
    filed.steps(engine, city, [DISPATCH, a_step("1", answer, local("2026-11-23T11:00"), "transport")], local("2026-11-23T11:00"))
    row = filed.rows(engine)["1"]
    assert row["unheard_at"] is None and row["impossible_count"] == (answer == "check")
    assert (row["unaccepted_at"] is None) == (answer == "accept")


def test_what_a_room_keeps_for_itself_needs_no_answer(engine: Engine, city: City) -> None:
    filed.report(engine, city, "1", REPORTED_AT)
    filed.steps(engine, city, [a_step("1", "dispatch", local("2026-11-23T10:00"), ROOM, ROOM)], local("2026-11-23T10:00"))
    assert filed.rows(engine)["1"]["unheard_at"] is None


def test_work_that_nobody_holds_is_a_sign_from_the_hand_over_on(engine: Engine, city: City) -> None:
    for reference, to in (("1", None), ("2", "dissolved"), ("3", "transport")):
        filed.report(engine, city, reference, REPORTED_AT)
        filed.steps(
            engine, city, [a_step(reference, "dispatch", local("2026-11-23T10:00"), "center", to)], local("2026-11-23T10:00")
        )
    found = signs(engine, "2026-11-23T10:00")
    assert [(each["source_ref"], each["kind"], each["raised_at"]) for each in with_refs(engine, found)] == [
        ("1", "unowned", local("2026-11-23T10:00")),
        ("2", "unowned", local("2026-11-23T10:00")),
    ]


def test_a_room_whose_town_has_ended_holds_nothing_from_that_day_on(engine: Engine, city: City) -> None:
    """高桥镇 became 高桥街道 with 2017: what its room still held on New Year's Eve is nobody's at midnight."""
    filed.report(engine, city, "1", local("2016-12-30T10:00"), township_code="330483108")
    row = filed.rows(engine)["1"]
    assert (row["holder_code"], row["unowned_at"]) == ("room-330483108", local("2017-01-01T00:00"))
    assert signs(engine, "2016-12-31T23:59") == [] and signs(engine, "2017-01-01T00:00")[0]["kind"] == "unowned"


def test_a_case_that_has_ended_has_no_sign(engine: Engine, city: City) -> None:
    filed.report(engine, city, "1", REPORTED_AT)
    log = [DISPATCH, a_step("1", "return", local("2026-11-23T10:40"), "transport", remark="x"),
           a_step("1", "dispatch", local("2026-11-23T11:00"), "center", "water"),
           a_step("1", "return", local("2026-11-23T11:30"), "water", remark="x"), a_step("1", "close", local("2026-11-23T11:40"), "center")]  # fmt: skip
    filed.steps(engine, city, log, local("2026-11-23T12:00"))
    row = filed.rows(engine)["1"]
    assert all(row[column] is None for column in (*SIGN_COLUMNS.values(), "sign_at", "alarm_at")) and row["return_count"] == 2
    assert signs(engine, "2026-12-23T12:00") == []


def test_the_gravest_come_first_then_the_oldest_and_each_area_has_its_own(engine: Engine, city: City) -> None:
    given = {"1": {}, "2": {"urgency_code": "urgent"}, "3": {"township_code": "330483101"}, "4": {}}
    for place, (reference, columns) in enumerate(given.items()):
        filed.report(engine, city, reference, REPORTED_AT, **columns)
        at = local("2026-11-23T10:00") - timedelta(minutes=place)
        filed.steps(engine, city, [a_step(reference, "dispatch", at, "center", None)], at)
    filed.steps(
        engine, city, [a_step("4", "supervise", local("2026-11-23T10:30"), "center", outcome_code="2")], local("2026-11-23T10:30")
    )
    found = with_refs(engine, signs(engine, "2026-11-23T11:00"))
    assert [(each["source_ref"], each["severity"]) for each in found] == [("4", 2), ("2", 2), ("3", 1), ("1", 1)]
    wuzhen = with_refs(engine, signs(engine, "2026-11-23T11:00", "township", "330483100", limit=2))
    assert [each["source_ref"] for each in wuzhen] == ["4", "2"]
    with engines.reading(engine) as conn:
        counts = chains.sign_counts(conn, "township", "330483100", local("2026-11-23T11:00"))
    assert counts == {"cases": 3, "bounced": 0, "unaccepted": 0, "unheard": 0, "unowned": 3}


def test_the_next_sign_to_come_is_the_alarm(city: City) -> None:
    report = {"reported_at": REPORTED_AT, "category_code": "B.01.04", "condition_code": "", "township_code": "330483100"}
    alarms = [replay(report, [DISPATCH], city.rules, local(at)).alarm_at
              for at in ("2026-11-23T10:00", "2026-11-23T15:30", "2026-11-25T00:00")]  # fmt: skip
    assert alarms == [local("2026-11-23T15:30"), local("2026-11-25T00:00"), None]


@pytest.mark.parametrize("name", ["sign", "badly"])
def test_the_wall_asks_an_index_and_not_the_rows(engine: Engine, city: City, name: str) -> None:
    column = {"sign": "sign_at", "badly": "badly_late_at"}[name]
    asked = f"SELECT id FROM incident WHERE township_code = '330483100' AND ended_at IS NULL AND {column} <= 5"
    chance = random.Random(1)
    many = [(random_incident(chance, str(number)) | {column: REPORTED_AT}, []) for number in range(2000)]
    with engines.writing(engine) as conn:
        store.bulk_file(conn, many, zone=city.zone, at=REPORTED_AT)
        if engine.dialect.name == "postgresql":
            conn.execute(text("ANALYZE incident"))
        explain = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = " ".join(str(row) for row in conn.execute(text(f"{explain} {asked}")))
    assert f"ix_incident_{name}_township" in plan


def with_refs(engine: Engine, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    refs = {row["id"]: reference for reference, row in filed.rows(engine).items()}
    return [each | {"source_ref": refs[each["id"]]} for each in found]

"""What waited for a working calendar that nobody had published gets its deadlines when somebody has, once, on both engines.

In December 2035 the national calendar ends with the year at the latest; the city publishes its own days for January 2036.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event
from support import filed
from support.filed import a_step

from data import engine as engines
from data import path_recount, recount, rederive
from data.city import City

SHANGHAI = ZoneInfo("Asia/Shanghai")
DECEMBER = {date(2035, 12, day): date(2035, 12, day).weekday() < 5 for day in range(1, 32)}
JANUARY = {date(2036, 1, day): date(2036, 1, day).weekday() < 5 and day != 1 for day in range(1, 32)}


def local(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI).astimezone(UTC)


NOW = local("2036-01-02T08:00")


def with_days(city: City, days: dict[date, bool]) -> City:
    return replace(city, calendar=replace(city.calendar, own_days=days))


@pytest.fixture
def before(city: City) -> City:
    """The city in December: whoever needs January is told that nobody knows."""
    return with_days(city, DECEMBER)


@pytest.fixture
def after(city: City) -> City:
    return with_days(city, DECEMBER | JANUARY)


def test_the_days_somebody_has_told_of_are_counted(before: City, after: City) -> None:
    def known(city: City) -> int:
        return city.calendar.known_day_count(date(2035, 11, 1), date(2036, 2, 29))

    assert (known(before), known(after)) == (31, 62)
    assert replace(before.calendar, holidays="weekends").known_day_count(date(2035, 11, 1), date(2036, 2, 29)) == 121


def test_open_and_ended_cases_get_their_deadlines_when_the_days_are_published(engine: Engine, before: City, after: City) -> None:
    """Z.01.01 has seven working days. Friday 28 December 2035 begins it: 31 December, then 2, 3, 4, 7, 8 and 9 January."""
    reported = local("2035-12-28T10:00")
    filed.report(engine, before, "open", reported, category_code="Z.01.01")
    filed.report(engine, before, "ended", reported, category_code="Z.01.01")
    filed.report(engine, before, "early", local("2035-12-03T10:00"), category_code="Z.01.01")
    log = [a_step("ended", action, reported + timedelta(minutes=5 * place), who, to)
           for place, (action, who, to) in enumerate([("dispatch", "center", "water"), ("accept", "water", None),
                                                      ("resolve", "water", None), ("close", "center", None)], start=1)]  # fmt: skip
    extended = a_step("open", "extend", local("2036-01-15T10:00"), "center")
    filed.steps(engine, before, log, reported + timedelta(hours=1))
    filed.steps(engine, before, [extended], local("2036-01-15T10:00"))
    assert rederive.ensure_deadlines(engine, before, NOW) == 3 and rederive.ensure_deadlines(engine, before, NOW) == 0
    waiting = filed.rows(engine)
    assert [(waiting[name]["due_at"], waiting[name]["due_basis_code"]) for name in ("open", "ended")] == [
        (None, "calendar_unpublished")
    ] * 2
    assert waiting["early"]["due_at"] == local("2035-12-13T00:00")  # 4, 5, 6, 7, 10, 11 and 12 December

    assert rederive.ensure_deadlines(engine, after, local("2036-01-16T08:00")) == 3
    known = filed.rows(engine)
    assert [known[name]["due_at"] for name in ("open", "ended")] == [local("2036-01-10T00:00")] * 2
    assert known["ended"]["due_basis_code"] == "limit" and known["early"] == waiting["early"]
    assert known["open"]["impossible_count"] == 1  # more time was asked for on 15 January, six days late: nobody knew
    assert known["open"]["accept_due_at"] == waiting["open"]["accept_due_at"]
    with engines.reading(engine) as conn:
        assert recount.check(conn, SHANGHAI) == [] and path_recount.check(conn, after) == []
    assert rederive.ensure_deadlines(engine, after, local("2036-01-16T08:00")) == 0


def test_killed_in_between_it_goes_on(engine: Engine, before: City, after: City, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        filed.report(engine, before, str(number), local("2035-12-28T10:00"), category_code="Z.01.01")
    monkeypatch.setattr(rederive, "AT_ONCE", 2)
    commits = 0

    @event.listens_for(engine, "commit")
    def dying(_: object) -> None:
        nonlocal commits
        commits += 1
        if commits == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rederive.ensure_deadlines(engine, after, NOW)
    event.remove(engine, "commit", dying)
    assert rederive.ensure_deadlines(engine, after, NOW) == 5
    assert {row["due_at"] for row in filed.rows(engine).values()} == {local("2036-01-10T00:00")}
    with engines.reading(engine) as conn:
        assert recount.check(conn, SHANGHAI) == []

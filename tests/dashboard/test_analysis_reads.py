"""What is usual, what a trend is made of, and unfinished periods compared like with like, on days known by heart."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from support.cases import incident
from support.copying import wait_until

from dashboard.analysis import answers, reads
from dashboard.analysis.answers import Analyst
from dashboard.analysis.drawing import draw
from dashboard.analysis.view import View
from dashboard.i18n import Look
from data import case_copy, comparisons, indicators, store
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.filters import Filter
from data.periods import Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 7, 27), date(2026, 10, 6)
QUIET = (date(2026, 9, 1), date(2026, 9, 8))  # two Tuesdays without a report


def noon(on: date, hour: int = 12) -> datetime:
    return datetime.combine(on, time(hour), SHANGHAI)


@pytest.fixture
def known(engine: Engine, city: City) -> Engine:
    """Since 27 July 2026: five reports at noon of every working day but two, two of every day off."""
    rows = []
    for number in range((LAST - FIRST).days + 1):
        on = FIRST + timedelta(days=number)
        count = 0 if on in QUIET else 5 if city.calendar.is_working_day(on) else 2
        rows += [incident(f"{on}/{each}", reported_at=noon(on), received_at=noon(on)) for each in range(count)]
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in rows], zone=SHANGHAI, at=noon(FIRST))
    return engine


def marks(engine: Engine, city: City, view: View, now: datetime) -> dict[str, reads.Mark]:
    with engines.reading(engine) as conn:
        return {each.name: each for each in reads.read(conn, city, view, now).trend}


def test_a_day_is_measured_by_days_alike_and_a_holiday_by_days_off(known: Engine, city: City) -> None:
    found = marks(known, city, View("330483", "2026-09-28..2026-10-06"), noon(LAST, 18))
    assert found["2026-09-29"].usual == (3.75, 5)  # a Tuesday: of the eight before two were quiet
    assert found["2026-10-01"].usual == (2, 2)  # National Day, a Thursday
    assert found["2026-10-03"].usual == (2, 2)  # a Saturday
    assert {name: mark.value.numerator for name, mark in found.items() if mark.value} == {
        f"2026-{day}": count
        for day, count in zip(
            ("09-28", "09-29", "09-30", *(f"10-0{each}" for each in range(1, 7))), (5, 5, 5, *[2] * 6), strict=True
        )
    }


def test_a_day_without_reports_counts_as_zero_and_a_day_before_we_knew_does_not_count(known: Engine, city: City) -> None:
    found = marks(known, city, View("330483", "2026-08"), noon(LAST, 18))
    assert found["2026-08-03"].usual == (5, 5)  # all working days of the one week before
    assert found["2026-08-01"].usual is None
    found = marks(known, city, View("330483", "2026-09-15"), noon(LAST, 18))
    assert found["12"].usual == (2.5, 5)  # of the seven Tuesdays we know two were quiet
    with engines.reading(known) as conn:
        assert comparisons.known_since(conn, "330483") == FIRST and comparisons.known_since(conn, "330483101") is None


def test_a_trend_is_of_hours_days_weeks_or_months_by_its_length() -> None:
    lengths = {1: "hour", 2: "day", 92: "day", 120: "week", 365: "week", 500: "month"}
    first = date(2026, 1, 1)
    assert {days: reads.grain_of(Span(first, first + timedelta(days=days - 1))) for days in lengths} == lengths


def test_an_unfinished_month_is_compared_with_as_many_days_of_the_one_before(known: Engine, city: City) -> None:
    with engines.reading(known) as conn:
        found = reads.read(conn, city, View("330483", "month"), noon(LAST, 18))
        assert (found.figures["reported"][0].number, found.figures["reported"][1].number) == (12, 3 * 5 + 2 * 2)
        page = draw(found, city, Look("zh-CN", SHANGHAI), View("330483", "month"), noon(LAST, 18))
    assert page["sentence"].endswith("2026-10-01 至 2026-10-06（6 天），与 2026-09-01 至 2026-09-06（6 天） 相比。")
    trend = page["panels"]["trend"]["marks"]
    assert [mark["unfinished"] for mark in trend[:7]] == [False] * 5 + [True, False]
    assert (trend[0]["holiday"], trend[0]["long"]) == ("国庆节", "2026-10-01 星期四 国庆节")
    assert trend[9]["words"] == "未到" and trend[9]["open"] is None and len(trend) == 31


def test_a_day_is_compared_with_the_same_hours_of_the_day_before(known: Engine, city: City) -> None:
    """In the morning nothing has come today; at noon of yesterday two had, and none by that hour."""
    for dimension in ({}, {"channel": "wechat"}):
        with engines.reading(known) as conn:
            asked = View("330483", "day", **dimension).filter(city, LAST)
            morning = comparisons.beside(conn, city, asked, noon(LAST, 9))[0]["values"]
            evening = comparisons.beside(conn, city, asked, noon(LAST, 18))[0]["values"]
        assert morning["previous"]["reported"].number == 0 and evening["previous"]["reported"].number == 2


def test_what_is_not_known_whole_is_not_compared_and_the_page_says_so(known: Engine, city: City) -> None:
    now, view = noon(LAST, 18), View("330483", "2026-08", "previous")
    with engines.reading(known) as conn:
        found = reads.read(conn, city, view, now)
    assert found.figures["reported"][1] is None and not found.is_before_known
    said = draw(found, city, Look("zh-CN", SHANGHAI), view, now)["sentence"]
    assert said.endswith("2026-07-01 至 2026-07-31（31 天） 数据不全，未作比较。")


def test_what_several_ask_for_at_once_is_made_once(known: Engine, city: City) -> None:
    analyst, made = Analyst(known, city, Clock(noon(LAST, 18))), []
    make = analyst.answer
    analyst.answer = lambda path, search: made.append(search) or make(path, search)  # type: ignore[method-assign]

    async def ask() -> list[str]:
        return await asyncio.gather(*(analyst.asked("/analysis", f"?period=2026-0{8 + number % 2}") for number in range(20)))

    found = asyncio.run(ask())
    assert sorted(made) == ["?period=2026-08", "?period=2026-09"] and len(set(found)) == 2


def test_an_answer_is_made_once_until_something_changes(known: Engine, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LOOK_SECONDS", 600.0)  # however long the machine takes
    analyst = Analyst(known, city, Clock(noon(LAST, 18)))
    assert analyst.kept("/analysis", "") is None
    first = analyst.answer("/analysis", "")
    assert analyst.kept("/analysis", "") is first and analyst.answer("/analysis", "") is first
    with engines.writing(known) as conn:
        row = incident("new", reported_at=noon(LAST, 13), received_at=noon(LAST, 13))
        store.save_incidents(conn, [(None, row, "report")], zone=SHANGHAI, at=noon(LAST, 13))
    assert analyst.answer("/analysis", "") != first
    assert "没有这样的类别：moon" in analyst.answer("/analysis", "?category=moon")
    assert analyst.page_of_rows("/analysis", "?category=moon&open=reported", {"startRow": 0, "endRow": 9}) == {
        "rowData": [],
        "rowCount": 0,
    }


def test_who_opens_the_page_has_the_copy_begun_before_the_first_crossed_question(known: Engine, city: City, tmp_path: Path) -> None:
    copy = case_copy.attached(known, city, tmp_path / "columns")
    try:
        with engines.reading(known) as conn:
            indicators.counts(conn, city, Filter(Span.parse("2026-09"), "county", "330483"), ["reported"], noon(LAST))
            assert not copy.is_wanted, "a wall asks cells"
            reads.read(conn, city, View("330483", "2026-09"), noon(LAST))
            assert copy.is_wanted
        wait_until(lambda: copy.loaded_count > 0)
        with engines.reading(known) as conn:
            assert case_copy.snapshot(conn) is not None
    finally:
        copy.stop()

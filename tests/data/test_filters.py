"""A filter says in words what it makes a condition of."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select
from support.cases import FIRST, incident

from data import engine as engines
from data import store
from data.city import City
from data.errors import UnknownCode
from data.filters import Filter, period_sentence, under
from data.periods import Span
from data.schema import incident as table


def test_a_filter_says_in_both_languages_what_it_asks(city: City) -> None:
    asked = Filter(Span.parse("2026Q4"), "township", "330483100", "transport", "A", "hotline")
    assert asked.sentence(city, "zh-CN") == "2026 年第 4 季度 · 乌镇镇 · 由市交通运输局处置 · 类别：市容环境 · 渠道：12345 热线"
    assert asked.sentence(city, "en") == (
        "quarter 4 of 2026 · Wuzhen Town · handled by Transport Bureau · category: City appearance · channel: 12345 hotline"
    )
    assert asked.dimensions == {"organisation", "category", "channel"}
    assert asked.of(channel_code="", category_code="").sentence(city, "en").endswith("handled by Transport Bureau")


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("2026-11-24", "2026-11-24", "2026-11-24"),
        ("2026-W53", "2026 年第 53 周", "week 53 of 2026"),
        ("2026-11", "2026 年 11 月", "month 11 of 2026"),
        ("2026-11-02..2026-11-24", "2026-11-02 至 2026-11-24", "2026-11-02 to 2026-11-24"),
    ],
)
def test_days_are_said_as_the_period_they_are(name: str, chinese: str, english: str) -> None:
    assert (period_sentence(Span.parse(name), "zh-CN"), period_sentence(Span.parse(name), "en")) == (chinese, english)


@pytest.mark.parametrize("wrong", [{"area_code": "1"}, {"organisation_code": "moon"}, {"category_code": "Q"}])
def test_what_the_city_does_not_have_cannot_be_said(city: City, wrong: dict[str, str]) -> None:
    asked = Filter(Span(date(2026, 1, 1), date(2026, 1, 2)), "county", "330483").of(**wrong)
    with pytest.raises(UnknownCode):
        asked.sentence(city, "en")


def test_a_category_holds_what_is_below_it_and_nothing_that_only_looks_like_it(engine: Engine) -> None:
    codes = ["B.01", "B.01.02", "B.01.%", "B.010", "B.0", "b.01.02", "B_01.02", "B.01-02", "XB.01.02", "B.02.01"]
    with engines.writing(engine) as conn:
        rows = [incident(code, category_code=code) for code in codes]
        store.save_incidents(conn, [(None, row, "report") for row in rows], zone=ZoneInfo("Asia/Shanghai"), at=FIRST)
    with engines.reading(engine) as conn:
        found = {code: set(conn.execute(select(table.c.source_ref).where(under(table.c.category_code, code))).scalars())
                 for code in ("B.01", "B", "B_01", "B.01.%", "")}  # fmt: skip
    assert found["B.01"] == {"B.01", "B.01.02", "B.01.%"}
    assert found["B"] == {"B.01", "B.01.02", "B.01.%", "B.010", "B.0", "B.01-02", "B.02.01"}
    assert (found["B_01"], found["B.01.%"], found[""]) == ({"B_01.02"}, {"B.01.%"}, set())

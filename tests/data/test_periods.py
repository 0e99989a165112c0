"""Periods tile time: no gap, no overlap, whatever the kind."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.periods import KINDS, Period, county_date

SHANGHAI = ZoneInfo("Asia/Shanghai")
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
kinds = st.sampled_from(KINDS)


@given(kinds, days)
def test_periods_tile_time(kind: str, on: date) -> None:
    period = Period.holding(kind, on)
    assert period.first_on <= on <= period.last_on
    assert period.next.previous == period
    assert period.instants(SHANGHAI)[1] == period.next.instants(SHANGHAI)[0]


def test_a_week_begins_on_monday_and_keeps_its_weekday_a_year_ago() -> None:
    week = Period.holding("week", date(2026, 11, 24))
    assert (week.first_on, week.last_on) == (date(2026, 11, 23), date(2026, 11, 29))
    assert week.a_year_ago.first_on == date(2025, 11, 24)


def test_a_quarter_ends_with_its_third_month() -> None:
    assert Period.holding("quarter", date(2026, 11, 24)).last_on == date(2026, 12, 31)
    assert Period.holding("quarter", date(2026, 11, 24)).previous.first_on == date(2026, 7, 1)


def test_the_county_day_begins_at_four_in_the_afternoon_utc() -> None:
    begin, _ = Period("day", date(2026, 11, 24)).instants(SHANGHAI)
    assert begin == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert county_date(begin, SHANGHAI) == date(2026, 11, 24)


def test_a_period_must_begin_where_its_kind_begins() -> None:
    with pytest.raises(ValueError, match="does not begin a week"):
        Period("week", date(2026, 11, 24))

"""Periods tile time: no gap, no overlap, whatever the kind."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.periods import KINDS, Period, Span, county_date

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


@given(kinds, days)
def test_a_period_is_known_by_its_name(kind: str, on: date) -> None:
    period = Period.holding(kind, on)
    assert Period.parse(period.name) == period
    assert Span.parse(period.name) == period.span and Span.parse(period.span.name) == period.span


@given(days, st.integers(0, 800))
def test_any_run_of_days_is_known_by_its_name_and_tiled_by_the_periods_that_touch_it(first: date, more: int) -> None:
    span = Span(first, first + timedelta(days=more))
    assert Span.parse(span.name) == span and span.day_count == more + 1
    for kind in KINDS:
        periods = list(span.periods(kind))
        assert periods[0].first_on <= span.first_on <= periods[0].last_on
        assert periods[-1].first_on <= span.last_on <= periods[-1].last_on
        assert all(one.next == other for one, other in pairwise(periods))
        assert span.period is None or len(list(span.periods(span.period.kind))) == 1


@given(days, st.integers(0, 800))
def test_what_a_run_of_days_is_compared_with_touches_it_or_lies_a_year_before(first: date, more: int) -> None:
    span = Span(first, first + timedelta(days=more))
    assert span.previous.last_on + timedelta(days=1) == span.first_on
    if span.period is None:
        assert span.previous.day_count == span.day_count
    assert 363 <= (span.first_on - span.a_year_ago.first_on).days <= 366


def test_names_and_comparisons_by_hand() -> None:
    assert Period.holding("week", date(2027, 1, 1)).name == "2026-W53"  # 1 January 2027 is a Friday of the year before
    assert Period.parse("2026Q4").last_on == date(2026, 12, 31)
    assert Span.parse("2026-11-01..2026-11-30").name == "2026-11"
    assert Span.parse("2026-11-02..2026-11-24").previous.name == "2026-10-10..2026-11-01"  # 23 days before 2 November
    assert Span.parse("2028-02-20..2028-02-29").a_year_ago.name == "2027-02-20..2027-02-28"
    assert Span.parse("2026-11").a_year_ago.name == "2025-11" and Span.parse("2026-11").previous.name == "2026-10"


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-13", "2026-W54", "2026Q5", "2026-02-30", "2026-11-24..2026-11-01", "..", "2026-W48..x"]
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Span.parse(name)

"""Limits over the Chinese working calendar, each with its arithmetic in the name or beside it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.clocks import LIMIT_TYPES, Calendar, Clock, Limit, deadline, shifted, working_time
from data.errors import CalendarUnpublished

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(SHANGHAI, ((time(8, 30), time(12)), (time(13, 30), time(17))))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def test_seven_working_days_from_tuesday_15_march_2016_end_with_24_march() -> None:
    # 16, 17, 18 | 21, 22, 23, 24: the seventh working day counts to its midnight.
    assert deadline(OFFICE, Limit(7, "working_days"), local("2016-03-15T09:29")) == local("2016-03-25T00:00")


def test_working_days_over_spring_festival_2026_skip_the_holiday_and_count_the_make_up_saturday() -> None:
    # Holiday 15 to 23 February 2026; Saturday 14 and Saturday 28 February are worked.
    assert deadline(OFFICE, Limit(1, "working_days"), local("2026-02-13T10:00")) == local("2026-02-15T00:00")
    assert deadline(OFFICE, Limit(2, "working_days"), local("2026-02-13T10:00")) == local("2026-02-25T00:00")


def test_working_hours_stop_at_noon_and_at_night() -> None:
    # 09:29 to 12:00 is 2 h 31, 13:30 to 17:00 is 3 h 30: six hours and one minute; the last 59 of 7 h run from 08:30.
    assert deadline(OFFICE, Limit(7, "working_hours"), local("2016-03-15T09:29")) == local("2016-03-16T09:29")


def test_urgent_hours_run_through_the_night() -> None:
    assert deadline(OFFICE, Limit(2, "urgent_hours"), local("2016-03-15T23:30")) == local("2016-03-16T01:30")


def test_natural_days_count_to_midnight() -> None:
    assert deadline(OFFICE, Limit(3, "natural_days"), local("2026-02-14T10:00")) == local("2026-02-18T00:00")


def test_working_time_of_the_seed_case_between_dispatch_and_acceptance_is_8_h_42() -> None:
    # 09:35 to 12:00 is 2:25, 13:30 to 17:00 is 3:30, next day 08:30 to 11:17 is 2:47: together 8 h 42.
    assert working_time(OFFICE, local("2016-03-15T09:35"), local("2016-03-16T11:17")) == timedelta(hours=8, minutes=42)


def test_a_year_nobody_has_published_is_not_guessed() -> None:
    with pytest.raises(CalendarUnpublished, match="2027"):
        deadline(OFFICE, Limit(40, "working_days"), local("2026-12-01T10:00"))


def test_the_city_may_publish_its_own_days() -> None:
    own = {date(2027, 1, 1): False, date(2027, 1, 4): True} | {date(2027, 1, day): False for day in (2, 3)}
    calendar = Calendar(SHANGHAI, OFFICE.working_intervals, own)
    assert deadline(calendar, Limit(1, "working_days"), local("2026-12-31T10:00")) == local("2027-01-05T00:00")


def test_a_pause_of_three_working_days_moves_a_deadline_in_working_days_by_three() -> None:
    due = deadline(OFFICE, Limit(7, "working_days"), local("2016-03-15T09:29"))
    moved = shifted(OFFICE, Limit(7, "working_days"), due, local("2016-03-16T10:00"), local("2016-03-21T10:00"))
    assert moved == local("2016-03-30T00:00")  # 17, 18 and 21 March were paused: 25, 28, 29


def test_a_limit_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="whole in days"):
        Limit(1.5, "working_days")
    with pytest.raises(ValueError, match="one of"):
        Limit(1, "hours")


def test_a_rehearsal_clock_starts_where_it_is_told_and_goes_on() -> None:
    clock = Clock(local("2016-03-15T09:28"))
    assert local("2016-03-15T09:28") <= clock.now() < local("2016-03-15T09:29")


instants = st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 1)).map(lambda naive: naive.replace(tzinfo=SHANGHAI))


@given(instants, st.timedeltas(timedelta(0), timedelta(days=30)), st.integers(1, 15), st.sampled_from(LIMIT_TYPES))
def test_a_later_start_never_has_an_earlier_deadline(start: datetime, later: timedelta, value: int, type_code: str) -> None:
    limit = Limit(value, type_code)
    assert start < deadline(OFFICE, limit, start) <= deadline(OFFICE, limit, start + later)


@given(instants, st.integers(1, 40))
def test_a_deadline_in_working_hours_is_exactly_that_office_time_away(start: datetime, hours: int) -> None:
    assert working_time(OFFICE, start, deadline(OFFICE, Limit(hours, "working_hours"), start)) == timedelta(hours=hours)

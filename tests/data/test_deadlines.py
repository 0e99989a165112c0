"""Deadlines by column are those of `clocks.deadline`, case by case: all types of limit, holidays, make-up days, other zones."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.clocks import LIMIT_TYPES, Calendar, Limit, deadline
from data.deadlines import UNKNOWN, Deadlines
from data.errors import CalendarUnpublished
from data.instants import to_microseconds
from data.periods import EPOCH_ON, county_date

OFFICE = ((time(8, 30), time(12)), (time(13, 30), time(17)))
CALENDARS = {
    "tongxiang": Calendar(ZoneInfo("Asia/Shanghai"), OFFICE, own_days={date(2024, 3, 6): False}),
    "los angeles": Calendar(ZoneInfo("America/Los_Angeles"), ((time(9), time(17)),), holidays="weekends"),
}


def expected(calendar: Calendar, limit: Limit, start: datetime) -> int:
    try:
        return to_microseconds(deadline(calendar, limit, start))
    except CalendarUnpublished:
        return UNKNOWN


@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS.keys())
@pytest.mark.parametrize(("first", "days"), [(datetime(2016, 1, 1, tzinfo=UTC), 3600), (datetime(2026, 6, 1, tzinfo=UTC), 400)])
def test_they_are_those_of_one_case_at_a_time(calendar: Calendar, first: datetime, days: int) -> None:
    chance = random.Random(days)
    starts, limits = [], []
    for _ in range(3000):
        start = first + timedelta(
            days=chance.randint(0, days), minutes=chance.choice((0, 0, 30, 210, 240, 300, 540, chance.uniform(0, 1440)))
        )
        type_code = chance.choice(LIMIT_TYPES)
        value = (
            float(chance.randint(1, 30)) if type_code.endswith("days") else chance.choice((0.25, 1.0, 3.5, 4.0, 7.0, 24.0, 100.0))
        )
        starts.append(start)
        limits.append(Limit(value, type_code))
    numbers = [(county_date(start, calendar.zone) - EPOCH_ON).days for start in starts]
    given = np.array([to_microseconds(start) for start in starts])
    found = Deadlines(calendar, min(numbers), max(numbers)).of(
        given, [each.value for each in limits], [each.type_code for each in limits]
    )
    wanted = [expected(calendar, limit, start) for limit, start in zip(limits, starts, strict=True)]
    assert found.tolist() == wanted
    if calendar.holidays == "china" and first.year == 2026:
        assert UNKNOWN in wanted  # 2027 is not published: flagged, not guessed

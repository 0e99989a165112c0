"""Time limits over a working calendar, and the clock of the house. Only `Clock` knows what time it is.

Four types of limit (DOMAIN 1.4): urgent hours run day and night; working hours run inside office hours only; working
days skip weekends and public holidays (with 调休, from chinesecalendar); natural days run through.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import chinese_calendar

from data.errors import CalendarUnpublished
from data.periods import county_date, midnight

LIMIT_TYPES: Final = ("urgent_hours", "working_hours", "working_days", "natural_days")
HOLIDAYS: Final = ("china", "weekends")
_ONE_DAY: Final = timedelta(days=1)


class Clock:
    """The present, made once at the entry point and passed down; a rehearsal starts it at another instant."""

    def __init__(self, start: datetime | None = None) -> None:
        self._ahead = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    @property
    def ahead(self) -> timedelta:
        """How far a rehearsal is ahead of the machine's own clock; zero in earnest."""
        return self._ahead


@dataclass(frozen=True)
class Limit:
    """A time limit: `value` in hours or days as its type says; days are whole."""

    value: float
    type_code: str

    def __post_init__(self) -> None:
        if self.type_code not in LIMIT_TYPES:
            raise ValueError(f"a limit's type is one of {', '.join(LIMIT_TYPES)}, not {self.type_code!r}")
        if self.value <= 0 or (self.type_code.endswith("days") and self.value != int(self.value)):
            raise ValueError(f"a limit is above zero, and whole in days: {self.value} {self.type_code}")


@dataclass(frozen=True)
class Calendar:
    """Working days and office hours of one place.

    `working_intervals` are local times of a working day, in order, not overlapping; `own_days` are the city's own
    decisions (date -> is a working day), which win over the published calendar; `holidays` is `china` for the national
    calendar or `weekends` for a place whose calendar we do not have.
    """

    zone: ZoneInfo
    working_intervals: tuple[tuple[time, time], ...]
    own_days: Mapping[date, bool] = field(default_factory=dict)
    holidays: str = "china"

    @cached_property
    def _known_days(self) -> dict[date, bool]:
        return dict(self.own_days)

    def is_working_day(self, on: date) -> bool:
        """Whether `on` is a working day. Raises `CalendarUnpublished` for a year nobody has published."""
        known = self._known_days.get(on)
        if known is None:
            known = self._known_days[on] = self._published(on)
        return known

    def _published(self, on: date) -> bool:
        if self.holidays == "weekends":
            return on.weekday() < 5
        try:
            return bool(chinese_calendar.is_workday(on))
        except NotImplementedError as error:
            raise CalendarUnpublished(
                f"The working days of {on.year} are not published.",
                remedy="Update chinesecalendar or add the days to the city's calendar.",
                year=on.year,
            ) from error

    def known_day_count(self, first_on: date, last_on: date) -> int:
        """Of how many days, both ends included, somebody has said whether they are worked."""
        count = 0
        for place in range((last_on - first_on).days + 1):
            with suppress(CalendarUnpublished):
                self.is_working_day(first_on + timedelta(days=place))
                count += 1
        return count

    def holiday(self, on: date) -> str:
        """The public holiday of a day by its code (`national_day`); empty for other days and for years nobody has published."""
        if self.holidays != "china":
            return ""
        try:
            is_off, name = chinese_calendar.get_holiday_detail(on)
        except NotImplementedError:
            return ""
        return chinese_calendar.Holiday(name).name if is_off and name else ""

    @cached_property
    def _days_after(self) -> dict[tuple[date, int], date]:
        return {}

    def working_day_after(self, on: date, count: int) -> date:
        """The `count`-th working day after `on`; a negative count looks before it."""
        found = self._days_after.get((on, count))
        if found is None:
            found = self._days_after[on, count] = self._counted(on, count)
        return found

    def _counted(self, on: date, count: int) -> date:
        one = _ONE_DAY if count > 0 else -_ONE_DAY
        remaining = abs(count)
        while remaining:
            on += one
            remaining -= self.is_working_day(on)
        return on

    def intervals_on(self, on: date) -> list[tuple[datetime, datetime]]:
        """Office hours of one county day as UTC instants; none on a day off."""
        if not self.is_working_day(on):
            return []
        return [
            (datetime.combine(on, begin, self.zone).astimezone(UTC), datetime.combine(on, end, self.zone).astimezone(UTC))
            for begin, end in self.working_intervals
        ]


def deadline(calendar: Calendar, limit: Limit, start: datetime) -> datetime:
    """The instant at which a limit that starts at `start` runs out (UTC, excluded).

    A limit in days is counted by day: the day of `start` is day 0, and the last day counts to its midnight.
    Raises `CalendarUnpublished` where it would need a year nobody has published.
    """
    if limit.type_code == "urgent_hours":
        return start + timedelta(hours=limit.value)
    started_on = county_date(start, calendar.zone)
    if limit.type_code == "natural_days":
        return midnight(started_on + timedelta(days=int(limit.value) + 1), calendar.zone)
    if limit.type_code == "working_days":
        return midnight(calendar.working_day_after(started_on, int(limit.value)) + _ONE_DAY, calendar.zone)
    return _after_working_time(calendar, start, timedelta(hours=limit.value))


def working_time(calendar: Calendar, begin: datetime, end: datetime) -> timedelta:
    """Office time between two instants; zero when `end` is not after `begin`."""
    total, on = timedelta(), county_date(begin, calendar.zone)
    while on <= county_date(end, calendar.zone):
        for opens, closes in calendar.intervals_on(on):
            total += max(min(closes, end) - max(opens, begin), timedelta())
        on += _ONE_DAY
    return total


def shifted(calendar: Calendar, limit: Limit, due: datetime, paused_from: datetime, paused_to: datetime) -> datetime:
    """A deadline after a pause: moved by what the pause took from a clock of this limit's type."""
    if limit.type_code == "working_hours":
        return _after_working_time(calendar, due, working_time(calendar, paused_from, paused_to))
    if limit.type_code == "urgent_hours":
        return due + (paused_to - paused_from)
    first_on, last_on = county_date(paused_from, calendar.zone), county_date(paused_to, calendar.zone)
    due_on = county_date(due, calendar.zone) - _ONE_DAY
    if limit.type_code == "natural_days":
        return midnight(due_on + (last_on - first_on) + _ONE_DAY, calendar.zone)
    days = sum(calendar.is_working_day(first_on + timedelta(days=n)) for n in range(1, (last_on - first_on).days + 1))
    moved_on = calendar.working_day_after(due_on, days) if days else due_on
    return midnight(moved_on + _ONE_DAY, calendar.zone)


def _after_working_time(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    if amount <= timedelta():
        return start
    on = county_date(start, calendar.zone)
    while True:
        for opens, closes in calendar.intervals_on(on):
            available = closes - max(opens, start)
            if available >= amount:
                return max(opens, start) + amount
            amount -= max(available, timedelta())
        on += _ONE_DAY

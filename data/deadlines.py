"""Deadlines of many cases at once, by column: the same answers as `data.clocks.deadline`, for a million cases in seconds."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from data.clocks import Calendar
from data.errors import CalendarUnpublished
from data.instants import to_microseconds
from data.periods import EPOCH_ON, midnight

UNKNOWN: Final = np.iinfo(np.int64).min  # a deadline that needs a year whose working days nobody has published
_HOUR: Final = 3_600_000_000  # microseconds


class Deadlines:
    """A calendar laid out as columns, from the day before the first start to as far as it is published."""

    def __init__(self, calendar: Calendar, first_day: int, last_day: int) -> None:
        """`first_day` and `last_day` are county days since 1970-01-01; deadlines may lie up to three years after the last."""
        self.calendar, self.first_day = calendar, first_day
        self.day_count = last_day + 3 * 366 - first_day
        self._working: list[int] = []
        self._opens: list[int] = []
        self._closes: list[int] = []
        self.published_to = first_day
        for day in range(first_day, first_day + self.day_count):
            on = EPOCH_ON + timedelta(days=day)
            try:
                intervals = calendar.intervals_on(on)
            except CalendarUnpublished:
                break
            self.published_to = day + 1
            if intervals or calendar.is_working_day(on):
                self._working.append(day)
            for opens, closes in intervals:
                self._opens.append(to_microseconds(opens))
                self._closes.append(to_microseconds(closes))

    @cached_property
    def _midnights(self) -> Any:
        days = range(self.first_day, self.first_day + self.day_count + 1)
        return np.array([to_microseconds(midnight(EPOCH_ON + timedelta(days=day), self.calendar.zone)) for day in days], np.int64)

    def of(self, starts: Any, values: Any, type_codes: Any) -> Any:
        """Deadlines as whole microseconds since 1970 (int64), `UNKNOWN` where the calendar is not published.

        `starts` are whole microseconds since 1970 (int64), `values` hours or days (float), `type_codes` those of
        `clocks.LIMIT_TYPES`; all of one length.
        """
        starts, values, types = np.asarray(starts, np.int64), np.asarray(values, float), np.asarray(type_codes)
        due = np.full(len(starts), UNKNOWN, np.int64)
        days = self._county_days(starts)
        urgent = types == "urgent_hours"
        due[urgent] = starts[urgent] + np.rint(values[urgent] * _HOUR).astype(np.int64)
        natural = types == "natural_days"
        due[natural] = self._midnight_after(days[natural] + values[natural].astype(np.int64))
        works = types == "working_days"
        due[works] = self._after_working_days(days[works], values[works].astype(np.int64))
        hours = types == "working_hours"
        due[hours] = self._after_working_time(starts[hours], np.rint(values[hours] * _HOUR).astype(np.int64))
        return due

    def _county_days(self, starts: Any) -> Any:
        local = pd.DatetimeIndex(starts.astype("datetime64[us]")).tz_localize("UTC").tz_convert(self.calendar.zone.key)
        return local.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)

    def _midnight_after(self, days: Any) -> Any:
        return self._midnights[days + 1 - self.first_day]

    def _after_working_days(self, days: Any, counts: Any) -> Any:
        working = np.array(self._working, np.int64)
        place = np.searchsorted(working, days, side="right") + counts - 1
        is_known = (place < len(working)) & (days < self.published_to)
        due = np.full(len(days), UNKNOWN, np.int64)
        due[is_known] = self._midnight_after(working[place[is_known]])
        return due

    def _after_working_time(self, starts: Any, amounts: Any) -> Any:
        opens, closes = np.array(self._opens, np.int64), np.array(self._closes, np.int64)
        worked = np.cumsum(closes - opens)  # office time up to the end of each interval
        due = np.full(len(starts), UNKNOWN, np.int64)
        place = np.searchsorted(closes, starts, side="right")
        is_known = place < len(closes)
        place = place[is_known]
        before = worked[place] - (closes[place] - opens[place])
        target = before + np.maximum(starts[is_known] - opens[place], 0) + amounts[is_known]
        last = np.searchsorted(worked, target, side="left")
        is_reached = last < len(worked)
        found = np.full(len(place), UNKNOWN, np.int64)
        last, target = last[is_reached], target[is_reached]
        found[is_reached] = closes[last] - (worked[last] - target)
        due[is_known] = found
        return due

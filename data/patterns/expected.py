"""What a day is expected to bring: its kind (weekday, holiday, make-up day), a level that follows slowly, and its spread.

The level is simple exponential smoothing of counts divided by their day's factor (Hyndman & Athanasopoulos, Forecasting:
Principles and Practice, 8.1); the spread is a negative binomial, variance m + f m^2. Pure: arrays in, arrays out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from data.clocks import Calendar
from data.errors import CalendarUnpublished

HOLIDAY: Final = 7
MAKE_UP: Final = 8
DAY_KINDS: Final = 9  # 0 Monday to 6 Sunday, a holiday on a weekday, a working day at a weekend
FEWEST_DAYS: Final = 28  # of history, before anything is expected
SMOOTHING: Final = 0.05  # best of 0.02 to 0.2 on twelve months of twelve series: see bench_patterns
_LEARNED_DAYS: Final = 730
_PRIOR: Final = 60.0  # reports' worth of believing that a day is like others of its sort
_SEVERAL: Final = 3.0  # times the prior for the few holidays of a year
Array = Any  # of numpy


def day_kinds(calendar: Calendar, days: Sequence[date]) -> Array:
    """The kind of each county day; by weekday alone where the year's calendar is not published."""
    return np.array([_kind(calendar, on) for on in days], dtype=np.int64)


def _kind(calendar: Calendar, on: date) -> int:
    weekday = on.weekday()
    try:
        works = calendar.is_working_day(on)
    except CalendarUnpublished:
        return weekday
    if works:
        return weekday if weekday < 5 else MAKE_UP
    return HOLIDAY if weekday < 5 else weekday


def day_factors(totals: Array, kinds: Array) -> Array:
    """How many times its level a day of each kind brings: `DAY_KINDS` numbers, from counts of days in a row and their kinds.

    A kind that was rarely seen is like the days it resembles: a holiday like a Sunday, a make-up day like a working day.
    """
    totals, kinds = np.asarray(totals, dtype=float)[-_LEARNED_DAYS:], kinds[-_LEARNED_DAYS:]
    reach = min(FEWEST_DAYS, len(totals))
    sums = np.cumsum(np.r_[0.0, totals])
    ends = np.clip(np.arange(len(totals)) + 1, reach, None)
    level = (sums[ends] - sums[ends - reach]) / reach
    seen = np.bincount(kinds, weights=totals, minlength=DAY_KINDS)
    usual = np.bincount(kinds, weights=level, minlength=DAY_KINDS)
    factors = (seen + _PRIOR) / (usual + _PRIOR)
    for kind, like in ((HOLIDAY, factors[6]), (MAKE_UP, factors[:5].mean())):
        factors[kind] = (seen[kind] + _SEVERAL * _PRIOR * like) / (usual[kind] + _SEVERAL * _PRIOR)
    return factors


def ahead(counts: Array, totals: Array, kinds: Array, horizon: int = 1, smoothing: float = SMOOTHING) -> Array:
    """What was expected of each day `horizon` days before, and of the `horizon` days to come: NaN where too little was known.

    `counts` is days x series, `totals` the days' counts that teach the factors (of the whole county, which has the most), `kinds`
    the kinds of these days and of the `horizon` days after. Nothing of a day or after goes into what is expected of it.
    """
    counts = np.asarray(counts, dtype=float)
    length = len(counts)
    expected = np.full((length + horizon, counts.shape[1]), np.nan)
    if length < FEWEST_DAYS:
        return expected
    factors = day_factors(totals[:FEWEST_DAYS], kinds[:FEWEST_DAYS])
    level = (counts[:FEWEST_DAYS] / factors[kinds[:FEWEST_DAYS], None]).mean(axis=0)
    expected[FEWEST_DAYS - 1 + horizon] = level * factors[kinds[FEWEST_DAYS - 1 + horizon]]
    for day in range(FEWEST_DAYS, length):
        if day % 7 == 0 or day == length - 1:
            factors = day_factors(totals[:day], kinds[:day])
        level = level + smoothing * (counts[day] / factors[kinds[day]] - level)
        expected[day + horizon] = level * factors[kinds[day + horizon]]
    return expected


def spread(counts: Array, expected: Array) -> Array:
    """The `f` of variance m + f m^2, one for each series, by moments over the days that have an expectation; never negative."""
    known = ~np.isnan(expected)
    means = np.where(known, expected, 0.0)
    beyond = np.where(known, (np.asarray(counts, dtype=float) - means) ** 2 - means, 0.0)
    return np.maximum(beyond.sum(axis=0) / np.maximum((means**2).sum(axis=0), 1e-9), 1e-6)

"""How many reports tomorrow brings, with the interval that holds it four times of five, and what was forecast before. Pure.

Own smoothing and not a library's: statsforecast wants a pandas of the past, statsmodels' smoothing knows no holidays, and a year of
Poisson regressions (scikit-learn), one a week and series, was not done in ten minutes where this takes a tenth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from data.patterns import expected
from data.patterns.record import Certainty, Pattern, Track

HOLDS: Final = 0.8
HORIZON: Final = 2  # from the last whole day, yesterday, to tomorrow
JUDGED_DAYS: Final = 365
WEEK: Final = 7
Array = Any


@dataclass(frozen=True)
class Forecasts:
    """What was forecast of each day and of today and tomorrow (days + 2 x series): the mean and the interval; NaN where unknown."""

    mean: Array
    low: Array
    high: Array

    def judged(self, counts: Array, days: int = JUDGED_DAYS) -> tuple[Array, Array, Array, Array]:
        """By series, over the last days: how many were forecast, how many lay inside, the mean absolute error, and that of the
        same weekday a week before (seasonal-naive). NaN errors where no day was forecast.
        """
        counts = np.asarray(counts, dtype=float)
        naive = np.full(counts.shape, np.nan)
        naive[WEEK:] = counts[:-WEEK]
        since = max(0, len(counts) - days)
        mean, low, high, actual, before = (each[since : len(counts)] for each in (self.mean, self.low, self.high, counts, naive))
        known = ~np.isnan(mean) & ~np.isnan(before)
        tried = known.sum(axis=0)
        inside = (known & (low <= actual) & (actual <= high)).sum(axis=0)
        share = np.where(tried > 0, tried, np.nan)
        errors = [np.where(known, np.abs(actual - each), 0.0).sum(axis=0) / share for each in (mean, before)]
        return tried, inside, errors[0], errors[1]


def forecasts(counts: Array, totals: Array, kinds: Array) -> Forecasts:
    """Forecasts of counts (days x series), each made two days before from what was known then; the last is tomorrow's.

    `totals` are the county's counts of the same days, `kinds` those of the days and of two more.
    """
    from scipy.stats import nbinom  # here: half a second, which the start of the screen has not

    mean = expected.ahead(counts, totals, kinds, HORIZON)
    spreads = _spreads(counts, mean)
    shape = 1 / spreads
    with np.errstate(invalid="ignore"):
        low, high = (nbinom.ppf(share, shape, shape / (shape + mean)) for share in ((1 - HOLDS) / 2, (1 + HOLDS) / 2))
    return Forecasts(mean, low, high)


def _spreads(counts: Array, mean: Array) -> Array:
    """The spread known on each day, from the days before: learned anew each four weeks."""
    length, step = len(counts), 28
    found = np.full(mean.shape, 0.01)
    for day in range(2 * step, len(mean), step):
        known = min(day - 1, length)
        found[day : day + step] = expected.spread(counts[:known], mean[:known])
    return found


def tomorrow(counts: Array, totals: Array, kinds: Array, places: list[tuple[str, str]], today: date) -> list[Pattern]:
    """A record for each series, whose (level, area) are `places`: evidence `mean`, `mean_error`, `naive_error` (reports a day),
    the errors where a day was forecast before.

    None for a series with less than four weeks of days. Right was a forecast whose interval held the day.
    """
    made = forecasts(counts, totals, kinds)
    tried, inside, error, naive = made.judged(counts)
    on = today + timedelta(days=1)
    return [
        Pattern(
            "forecast", level, code, on, on,
            {"mean": float(made.mean[-1, place])}
            | ({"mean_error": float(error[place]), "naive_error": float(naive[place])} if tried[place] else {}),
            Certainty("interval", HOLDS, float(made.low[-1, place]), float(made.high[-1, place])),
            Track(int(inside[place]), int(tried[place])),
        )
        for place, (level, code) in enumerate(places)
        if not np.isnan(made.mean[-1, place])
    ]  # fmt: skip

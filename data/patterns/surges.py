"""Kinds that suddenly come more often than expected of these days, weekdays and holidays allowed for. Pure.

Three whole days together against the eight weeks before, as a negative binomial whose mean is not known exactly (the posterior
predictive of a Poisson count under a gamma prior: Gelman et al., Bayesian Data Analysis, 2.6) and which spreads as this area's
kinds do. Asked every day, so that a day without any surge claims one but once in a hundred days (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from scipy.special import betainc

from data.patterns import expected
from data.patterns.discovery import discovered
from data.patterns.record import Certainty, Pattern, Track

STRETCH: Final = 3  # a surge is asked of three days together: a single day is too noisy
BASE: Final = 56
FEWEST_REPORTS: Final = 5
FEWEST_BEFORE: Final = 8  # in the base: below it a kind is too rare to have a usual
UPPER: Final = 0.9
DAILY_FALSE: Final = 0.01  # stricter than the house's twentieth: true surges are rare, and false ones would outnumber them
Array = Any


@dataclass(frozen=True)
class Weighed:
    """Of each day (that ends a stretch) and kind: the stretch's count, what was expected of it, its chance, whether it is one.

    The first `BASE + STRETCH - 1` days have no past to weigh: their chance is one.
    """

    counts: Array
    means: Array
    shapes: Array
    chances: Array
    claimed: Array


def weighed(counts: Array, totals: Array, kinds: Array) -> Weighed:
    """Every stretch of counts (days x kinds of report); `totals` are the days' counts of the area, `kinds` the days' kinds."""
    counts = np.asarray(counts, dtype=float)
    # The chance of a day is that of its own past: factors learned from all days would know the days to come, but they are
    # nine numbers of two years, so that one day's part in them is nothing.
    factors = expected.day_factors(totals, kinds)[kinds]
    now, exposure_now = _sums(counts, STRETCH, 0), _sums(factors[:, None], STRETCH, 0)
    base, exposure = _sums(counts, BASE, STRETCH), _sums(factors[:, None], BASE, STRETCH)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (base + 0.5) / exposure * exposure_now
        known = ~np.isnan(means) & (base >= FEWEST_BEFORE)
        variances = 1 / (base + 0.5) + _pooled_spread(now, means, base, known)
    shapes = 1 / variances
    asked = known & (now >= FEWEST_REPORTS)
    chances = np.ones(now.shape)
    share = means[asked] / (shapes[asked] + means[asked])
    chances[asked] = betainc(now[asked], shapes[asked], share)  # P(X >= count) of a negative binomial
    claimed = np.array([discovered(row, is_known, DAILY_FALSE) for row, is_known in zip(chances, known, strict=True)])
    return Weighed(now, means, shapes, chances, claimed & asked)


def _sums(values: Array, length: int, back: int) -> Array:
    """Sums of `length` rows in a row that end `back` rows before each; NaN where there are not so many."""
    sums = np.cumsum(np.vstack([np.zeros((1, values.shape[1])), values]), axis=0)
    found = np.full(values.shape, np.nan)
    ends = np.arange(length + back - 1, len(values)) + 1 - back
    found[length + back - 1 :] = sums[ends] - sums[ends - length]
    return found


def _pooled_spread(now: Array, means: Array, base: Array, known: Array) -> float:
    """How much more than Poisson the stretches of an area's kinds spread; past surges are no usual spread, and cut off."""
    if not known.any():
        return 0.0
    mean, before = means[known], base[known] + 0.5
    beyond = np.minimum((now[known] - mean) ** 2, 9 * (mean + mean**2 / before)) - mean - mean**2 / before
    return float(max(beyond.sum() / (mean**2).sum(), 0.0))


def track(found: Weighed) -> Track:
    """Of the surges claimed before, how many went on: the three days after also lay above what nine of ten such stretches keep to.

    Days in a row on which one surge is claimed are one warning, judged on its first day.
    """
    from scipy.stats import nbinom  # here: half a second, which the start of the screen has not

    begun = found.claimed[:-STRETCH].copy()
    begun[1:] &= ~found.claimed[:-1][: len(begun) - 1]
    right = 0
    where = np.argwhere(begun)
    for day, kind in where:
        mean, shape = found.means[day, kind], found.shapes[day, kind]
        right += int(found.counts[day + STRETCH, kind] > nbinom.ppf(UPPER, shape, shape / (shape + mean)))
    return Track(right, len(where), 1 - UPPER)


def surges(
    counts: Array, totals: Array, kinds: Array, categories: list[str], place: tuple[str, str], last_on: date
) -> list[Pattern]:
    """The surges of the stretch that ends on `last_on` (the last row), surest first: evidence `count`, `mean`, `low`, `high`
    (between which nine of ten lie), `times` (count by mean).
    """
    from scipy.stats import nbinom

    if len(counts) < BASE + STRETCH:
        return []
    found = weighed(counts, totals, kinds)
    past = track(found)
    rows = []
    for kind in np.flatnonzero(found.claimed[-1]):
        count, mean, shape = (float(each[-1, kind]) for each in (found.counts, found.means, found.shapes))
        low, high = (float(nbinom.ppf(share, shape, shape / (shape + mean))) for share in (0.05, 0.95))
        evidence = {"count": count, "mean": mean, "low": low, "high": high, "times": count / mean}
        certainty = Certainty("p", float(found.chances[-1, kind]))
        first_on = last_on - timedelta(days=STRETCH - 1)
        rows.append(Pattern("surge", *place, first_on, last_on, evidence, certainty, past, categories[kind]))
    return sorted(rows, key=lambda each: (each.certainty.value, each.category_code))

"""Days from which on a level is another: found by ruptures, each believed only when shuffled weeks hardly ever break as much. Pure.

Killick, Fearnhead & Eckley 2012 (PELT, here ruptures' KernelCPD with a linear kernel, which is the same cost in C) on square roots
of counts without their weekdays and holidays; the chance by permutation of whole weeks of the highest CUSUM between the breaks on
either side; over all series at most a twentieth of what is claimed is false (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from data.patterns.discovery import discovered, q_values
from data.patterns.record import Certainty, Pattern, Track

SHORTEST: Final = 14  # days on either side of a break
RECENT: Final = 90  # older breaks are history
NEWS: Final = 45  # a break is news so long: its track is judged when it was
SHUFFLED: Final = 1999
PENALTY: Final = 3.0  # times the variance and the logarithm of the length: some breaks too many, which the shuffling takes back
WEEK: Final = 7
LIKELY_LOSS: Final = 3.84  # of twice the log likelihood: where the break may lie, at 95 %
Array = Any


@dataclass(frozen=True)
class Break:
    """The first day of the new level, between which days it may lie, the levels before and after, and the chance."""

    at: int
    low: int
    high: int
    before: float
    after: float
    chance: float


def breaks(values: Array, generator: np.random.Generator, shuffled: int = SHUFFLED) -> list[Break]:
    """The breaks of one series of counts a day without their weekdays, in order; none with less than four weeks."""
    import ruptures  # here: it takes half a second, which the start of the screen has not

    values = np.asarray(values, dtype=float)
    if len(values) < 2 * SHORTEST:
        return []
    roots = np.sqrt(values + 0.375)
    variance = float(np.median(np.abs(np.diff(roots))) / 0.6745) ** 2 / 2 or 1e-9
    search = ruptures.KernelCPD(kernel="linear", min_size=SHORTEST).fit(roots.reshape(-1, 1))
    edges = [0, *(int(each) for each in search.predict(pen=PENALTY * variance * np.log(len(roots))))]
    found = []
    for begin, _, end in zip(edges, edges[1:], edges[2:], strict=False):
        part = roots[begin:end]
        curve = _curve(part[None, :])[0]
        at = begin + SHORTEST + int(np.argmax(curve))
        may = np.flatnonzero(curve**2 >= curve.max() ** 2 - LIKELY_LOSS * part.var())
        chance = _chance(part, float(curve.max()), generator, shuffled)
        low, high = begin + SHORTEST + int(may.min()), begin + SHORTEST + int(may.max())
        found.append(Break(at, low, high, float(values[begin:at].mean()), float(values[at:end].mean()), chance))
    return found


def _curve(rows: Array) -> Array:
    """For each row and each day that leaves `SHORTEST` on either side: how far the means differ, weighed by the lengths (CUSUM)."""
    length = rows.shape[1]
    left = np.arange(SHORTEST, length - SHORTEST + 1)
    sums = np.cumsum(rows, axis=1)
    ahead, whole = sums[:, left - 1], sums[:, -1:]
    difference = np.abs(ahead / left - (whole - ahead) / (length - left))
    return difference * np.sqrt(left * (length - left) / length)


def _chance(part: Array, highest: float, generator: np.random.Generator, shuffled: int) -> float:
    """How often shuffled weeks break as much: days of one week stay together, since they are alike."""
    weeks = len(part) // WEEK
    rest = part[weeks * WEEK :]
    blocks = part[: weeks * WEEK].reshape(weeks, WEEK)
    orders = np.argsort(generator.random((shuffled, weeks)), axis=1)
    rows = np.hstack([blocks[orders].reshape(shuffled, -1), np.tile(rest, (shuffled, 1))])
    return float((1 + (_curve(rows).max(axis=1) >= highest).sum()) / (shuffled + 1))


@dataclass(frozen=True)
class Series:
    """Counts a day of an area, or of one kind in it, without weekdays and holidays."""

    level_code: str
    area_code: str
    category_code: str
    values: Array


def change_points(series: Sequence[Series], last_on: date, seed: int) -> list[Pattern]:
    """The breaks of the last `RECENT` days of series that end on `last_on`, surest first; each lies between its `first_on` and
    `last_on`. Evidence: `before` and `after` (reports a day), `times`.

    Right was a break whose new level the four weeks after the day it was found were nearer to than to the old one.
    """
    generator = np.random.default_rng(seed)
    past = _track(series, generator)
    found = [_newest(each.values, generator, RECENT) for each in series]
    chances = np.array([1.0 if each is None else each.chance for each in found])
    claimed, q = discovered(chances, np.ones(len(chances), dtype=bool)), q_values(chances)
    rows = []
    for each, one, is_claimed, value in zip(series, found, claimed, q, strict=True):
        if one is None or not is_claimed:
            continue
        first_on, until_on = (last_on - timedelta(days=len(each.values) - 1 - day) for day in (one.low, one.high))
        on = last_on - timedelta(days=len(each.values) - 1 - one.at)
        evidence = {
            "before": one.before,
            "after": one.after,
            "times": one.after / max(one.before, 0.01),
            "day": float(on.toordinal()),
        }
        rows.append(Pattern("change_point", each.level_code, each.area_code, first_on, until_on, evidence,
                            Certainty("q", float(value)), past, each.category_code))  # fmt: skip
    return sorted(rows, key=lambda each: (each.certainty.value, -abs(np.log(max(each.evidence["times"], 0.01)))))


def _newest(values: Array, generator: np.random.Generator, recent: int, shuffled: int = SHUFFLED) -> Break | None:
    """The surest break of the last days of a series."""
    found = [each for each in breaks(values, generator, shuffled) if each.at >= len(values) - recent]
    return min(found, key=lambda each: each.chance, default=None)


def _track(series: Sequence[Series], generator: np.random.Generator) -> Track:
    """Breaks as they would have been told each four weeks of the last year, each once."""
    right = of = 0
    for months in range(1, 13):
        end = -28 * months
        known = [each for each in series if len(each.values) + end >= 6 * SHORTEST]
        news = [_newest(each.values[:end], generator, NEWS, 999) for each in known]
        chances = np.array([1.0 if one is None else one.chance for one in news])
        for each, one, is_claimed in zip(known, news, discovered(chances, np.ones(len(chances), dtype=bool)), strict=True):
            if one is not None and is_claimed:
                after = float(np.mean(each.values[end : end + 28 or None]))
                of += 1
                right += int(abs(after - one.after) < abs(after - one.before))
    return Track(right, of, 0.5)

"""Clusters that go on now: the prospective space-time permutation scan statistic, its chance by Monte Carlo. Pure.

Kulldorff, Heffernan, Hartman, Assuncao & Mostashari 2005 (PLoS Medicine 2(3) e59): cylinders around each grid over the last one to
seven days, expected from the margins of place and day alone, so that neither the size of a place nor a weekday or holiday makes a
cluster. All kinds of report are scanned in one go and judged by one highest ratio: the chance covers place, size, length and kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from data.patterns.ground import nearest, plane
from data.patterns.record import FALSE_SHARE, Certainty, Pattern, Track

BASE: Final = 60  # days whose margins say what is usual
LONGEST: Final = 7
MOST_GRIDS: Final = 10
FARTHEST_METRES: Final = 2_500.0
SIMULATED: Final = 999
FEWEST: Final = 4
PAST_SCANS: Final = 26  # weeks
Array = Any
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Ground:
    """The grids and their circles: to each grid the nearest ones in order, and which of the circles are not too wide."""

    codes: Sequence[str]
    lons: Array
    lats: Array
    order: Array
    metres: Array

    @classmethod
    def of(cls, codes: Sequence[str], lons: Array, lats: Array) -> Ground:
        order, metres = nearest(plane(lons, lats), MOST_GRIDS)
        return cls(codes, np.asarray(lons), np.asarray(lats), order, metres)


@dataclass(frozen=True)
class Reports:
    """One kind's reports: the place of the grid and the day (0 and up) of each."""

    category_code: str
    grids: Array
    days: Array

    def between(self, first: int, last: int) -> Reports:
        """Those of days `first` to `last`, numbered from `first`."""
        inside = (self.days >= first) & (self.days <= last)
        return Reports(self.category_code, self.grids[inside], self.days[inside] - first)


@dataclass(frozen=True)
class _Margins:
    """What is expected of every cylinder (grids x circles x lengths) of one kind, and what stays when days are shuffled."""

    reports: Reports
    means: Array
    total: int


def _margins(ground: Ground, reports: Reports) -> _Margins:
    total = len(reports.grids)
    by_grid = np.bincount(reports.grids, minlength=len(ground.codes))
    circles = np.cumsum(by_grid[ground.order], axis=1)
    by_day = np.bincount(reports.days, minlength=BASE)
    lasting = np.cumsum(by_day[::-1][:LONGEST])
    means = (circles[:, :, None] * (lasting / max(total, 1))[None, None, :]).astype(np.float32)
    return _Margins(reports, np.where(ground.metres[:, :, None] <= FARTHEST_METRES, means, np.inf), total)


def _ratios(ground: Ground, margins: _Margins, days: Array) -> tuple[Array, Array]:
    """The log likelihood ratio of every cylinder when the reports lie on these days, and its count."""
    recent = days >= BASE - LONGEST
    where = margins.reports.grids[recent] * LONGEST + (BASE - 1 - days[recent])
    cells = np.bincount(where, minlength=len(ground.codes) * LONGEST).astype(np.int32).reshape(-1, LONGEST)
    lasting = np.cumsum(cells, axis=1, dtype=np.int32)
    counts = np.cumsum(lasting[ground.order], axis=1, dtype=np.int32)
    above = np.flatnonzero((counts > margins.means) & (counts >= FEWEST))
    count, mean, total = counts.ravel()[above].astype(float), margins.means.ravel()[above].astype(float), margins.total
    rest = np.maximum(total - count, 1e-9)
    found = np.zeros(counts.shape)
    found.ravel()[above] = count * np.log(count / mean) + rest * np.log(rest / (total - mean))
    return found, counts


def clusters(
    ground: Ground,
    streams: Sequence[Reports],
    last_on: date,
    seed: int,
    *,
    simulated: int = SIMULATED,
    progress: Progress = lambda share: None,
) -> list[Pattern]:
    """The clusters of the week that ends on `last_on`, surest first, none touching a surer one of its kind.

    `streams` are kinds with their reports over as many days as are known, the last of them `last_on`. Evidence: `count`, `mean`,
    `times`, `ratio`, `days_between` (chance gives one so rarely, scanned daily: the recurrence interval, Kleinman et al. 2004).
    Right was a cluster whose circle had more of its kind in the seven days after than nine of ten would have by its share.
    """  # fmt: skip
    length = max((int(each.days.max()) + 1 for each in streams if len(each.days)), default=0)
    if length < BASE:
        return []
    generator = np.random.default_rng(seed)
    all_margins = [_margins(ground, each.between(length - BASE, length - 1)) for each in streams]
    observed = max(_ratios(ground, each, each.reports.days)[0].max() for each in all_margins)
    drawn: list[float] = []
    as_high = 0
    # Once chance has given as high a ratio so often that it could no longer be one of twenty, there is nothing more to learn.
    while len(drawn) < simulated and as_high <= FALSE_SHARE * (simulated + 1):
        drawn.append(max(_ratios(ground, each, generator.permutation(each.reports.days))[0].max() for each in all_margins))
        as_high += drawn[-1] >= observed
        progress(0.9 * len(drawn) / simulated)
    highest = np.array(drawn)
    highest.sort()
    past = _track(ground, streams, length, float(np.quantile(highest, 1 - FALSE_SHARE)))
    least = float(highest[int((1 - FALSE_SHARE) * len(highest))])
    found = [
        _record(ground, margins, place, highest, past, last_on)
        for margins in all_margins
        for place in _separate(ground, margins, least)
    ]
    return sorted(found, key=lambda each: -each.evidence["ratio"])


def _separate(ground: Ground, margins: _Margins, least: float) -> list[tuple[int, int, int]]:
    """The highest cylinders above `least`, each without a grid of a higher one."""
    ratios, _ = _ratios(ground, margins, margins.reports.days)
    kept, taken = [], np.zeros(len(ground.codes), dtype=bool)
    for flat in np.argsort(ratios, axis=None)[::-1]:
        if ratios.flat[flat] <= least:
            break
        grid, circle, length = (int(each) for each in np.unravel_index(flat, ratios.shape))
        inside = ground.order[grid, : circle + 1]
        if not taken[inside].any():
            kept.append((grid, circle, length))
            taken[inside] = True
    return kept


def _record(ground: Ground, margins: _Margins, place: tuple[int, int, int], highest: Array, past: Track, last_on: date) -> Pattern:
    grid, circle, length = place
    ratios, counts = _ratios(ground, margins, margins.reports.days)
    ratio, count, mean = float(ratios[place]), float(counts[place]), float(margins.means[place])
    chance = (len(highest) - int(np.searchsorted(highest, ratio, side="left")) + 1) / (len(highest) + 1)
    evidence = {"count": count, "mean": mean, "times": count / mean, "ratio": ratio, "days_between": 1 / chance}
    return Pattern(
        "cluster", "grid", ground.codes[grid], last_on - timedelta(days=length), last_on, evidence, Certainty("p", chance), past,
        margins.reports.category_code, float(ground.lons[grid]), float(ground.lats[grid]),
        float(max(ground.metres[grid, circle], 300)),
    )  # fmt: skip


def _track(ground: Ground, streams: Sequence[Reports], length: int, least: float) -> Track:
    """Weekly scans of the past, held against today's threshold: it hangs on how many reports there are, not on which day it is."""
    from scipy.stats import poisson  # here: half a second, which the start of the screen has not

    right = of = 0
    for week in range(1, PAST_SCANS + 1):
        end = length - 7 * week
        if end < BASE:
            break
        for each in streams:
            margins = _margins(ground, each.between(end - BASE, end - 1))
            after = each.between(end, end + LONGEST - 1)
            for grid, circle, _ in _separate(ground, margins, least):
                inside = ground.order[grid, : circle + 1]
                count = int(np.isin(after.grids, inside).sum())
                share = np.isin(margins.reports.grids, inside).sum() / margins.total
                of += 1
                right += int(count > poisson.ppf(0.9, share * len(after.grids)))
    return Track(right, of, 0.1)

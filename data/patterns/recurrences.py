"""Places to which the same kind of report comes back: circles of sixty metres with more than chance gives. Pure.

A circle is as surprising as its kind is rare among all that is reported there. Chance: the kinds are dealt out anew among the
points of each town, so that a place that reports much is no recurrence for that; the share of false ones (q) is that of circles as
surprising in dealt-out kinds to those in the real ones (Storey & Tibshirani 2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from data.patterns.ground import pairs_within, plane
from data.patterns.record import FALSE_SHARE, Certainty, Pattern, Track

METRES: Final = 60.0
WINDOW: Final = 90
FEWEST: Final = 3  # reports, and days
DEALT: Final = 99
JUDGED_DAYS: Final = 30  # within which it should come again
PAST_WINDOWS: Final = 6
MOST_IDS: Final = 20
Array = Any


@dataclass(frozen=True)
class Reports:
    """Reports with a point: their ids, county day numbers, kinds and towns (whole numbers), and points."""

    ids: Array
    days: Array
    kinds: Array
    towns: Array
    lons: Array
    lats: Array

    def between(self, first: int, last: int) -> Reports:
        inside = (self.days >= first) & (self.days <= last)
        return Reports(*(each[inside] for each in (self.ids, self.days, self.kinds, self.towns, self.lons, self.lats)))


def circles(points: Array, days: Array, kinds: Array, pairs: Array) -> list[Array]:
    """Reports (places in the arrays) of one kind around one of them, on enough days; the largest first, each report in one."""
    alike = pairs[kinds[pairs[:, 0]] == kinds[pairs[:, 1]]]
    both = np.vstack([alike, alike[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    starts = np.searchsorted(both[:, 0], np.arange(len(points) + 1))
    sizes = np.diff(starts) + 1
    taken = np.zeros(len(points), dtype=bool)
    found = []
    for centre in np.argsort(-sizes, kind="stable"):
        if sizes[centre] < FEWEST:
            break
        if taken[centre]:
            continue
        inside = np.r_[centre, both[starts[centre] : starts[centre + 1], 1]]
        inside = inside[~taken[inside]]
        if len(np.unique(days[inside])) >= FEWEST:
            found.append(inside)
            taken[inside] = True
    return found


def _dealt(kinds: Array, towns: Array, generator: np.random.Generator) -> Array:
    """The kinds dealt out anew among the reports of each town."""
    order = np.argsort(towns, kind="stable")
    shuffled = np.lexsort((generator.random(len(towns)), towns))
    dealt = np.empty_like(kinds)
    dealt[order] = kinds[shuffled]
    return dealt


def _surprise(found: Sequence[Array], kinds: Array, towns: Array, local: Array) -> Array:
    """To each circle how little chance gives as many of its kind among the reports there: minus the logarithm (base 10) of the tail
    of a binomial whose share is that of the kind in the town.
    """
    from scipy.stats import binom  # here: half a second, which the start of the screen has not

    if not found:
        return np.zeros(0)
    together = np.zeros((int(towns.max()) + 1, int(kinds.max()) + 1))
    np.add.at(together, (towns, kinds), 1)
    shares = together / np.maximum(together.sum(axis=1, keepdims=True), 1)
    centres = np.array([each[0] for each in found])
    count = np.array([len(each) for each in found])
    return -binom.logsf(count - 1, np.maximum(local[centres], count), shares[towns[centres], kinds[centres]]) / np.log(10)


def surprising(reports: Reports, generator: np.random.Generator, dealt: int = DEALT) -> list[tuple[Array, float, float]]:
    """The circles of reports (places in the arrays) as (circle, q, surprise), the most surprising first."""
    points = plane(reports.lons, reports.lats)
    pairs = pairs_within(points, METRES)
    local = 1 + np.bincount(pairs.ravel(), minlength=len(points))
    found = circles(points, reports.days, reports.kinds, pairs)
    real = _surprise(found, reports.kinds, reports.towns, local)
    by_chance = []
    for _ in range(dealt):
        kinds = _dealt(reports.kinds, reports.towns, generator)
        by_chance.append(_surprise(circles(points, reports.days, kinds, pairs), kinds, reports.towns, local))
    chance = np.sort(np.concatenate(by_chance)) if by_chance else np.zeros(0)
    order = np.argsort(-real, kind="stable")
    # One is added to what chance gave: that nothing was as surprising in so many deals is no proof.
    expected = (len(chance) - np.searchsorted(chance, real[order], side="left") + 1) / max(dealt, 1)
    shares = np.minimum(expected / np.arange(1, len(order) + 1), 1.0)
    q = np.minimum.accumulate(shares[::-1])[::-1]
    return [(found[place], float(value), float(real[place])) for place, value in zip(order, q, strict=True)]


def recurrences(
    reports: Reports, categories: Sequence[str], place: tuple[str, str], last_day: int, last_on: date, seed: int
) -> list[Pattern]:
    """The recurrences of the ninety days that end on `last_on` (day number `last_day`), those on most days first.

    Evidence: `count`, `days` (on how many), `latest` (days since the last), `usual` (how many its town's mix of kinds would put
    there). Right was a recurrence to which its kind came again within thirty days.
    """  # fmt: skip
    generator = np.random.default_rng(seed)
    past = _track(reports, last_day, generator)
    now = reports.between(last_day - WINDOW + 1, last_day)
    points = plane(now.lons, now.lats)
    rows = []
    for inside, q, _ in surprising(now, generator) if len(now.ids) else []:
        if q > FALSE_SHARE:
            continue
        kind, town = now.kinds[inside[0]], now.towns[inside[0]]
        first, latest = int(now.days[inside].min()), int(now.days[inside].max())
        local = (np.hypot(*(points - points[inside[0]]).T) <= METRES).sum()
        usual = float(local * (now.kinds[now.towns == town] == kind).mean())
        evidence = {"count": float(len(inside)), "days": float(len(np.unique(now.days[inside]))),
                    "latest": float(last_day - latest), "usual": usual}  # fmt: skip
        rows.append(
            Pattern("recurrence", *place, last_on - timedelta(days=last_day - first), last_on - timedelta(days=last_day - latest),
                    evidence, Certainty("q", q), past, categories[kind],
                    float(now.lons[inside].mean()), float(now.lats[inside].mean()), METRES,
                    incident_ids=tuple(int(each) for each in now.ids[inside[:MOST_IDS]]))
        )  # fmt: skip
    return sorted(rows, key=lambda each: (-each.evidence["days"], -each.evidence["count"], each.category_code))


def _track(reports: Reports, last_day: int, generator: np.random.Generator) -> Track:
    right, of, by_chance = 0, 0, 0.0
    for window in range(1, PAST_WINDOWS + 1):
        end = last_day - JUDGED_DAYS * window
        before, after = reports.between(end - WINDOW + 1, end), reports.between(end + 1, end + JUDGED_DAYS)
        if not len(before.ids) or reports.days.min() > end - WINDOW + 1:
            break
        joined = plane(np.r_[before.lons, after.lons], np.r_[before.lats, after.lats])
        for inside, q, _ in surprising(before, generator, 19):
            if q > FALSE_SHARE:
                break
            kind, town = before.kinds[inside[0]], before.towns[inside[0]]
            near = np.hypot(*(joined[len(before.ids) :] - joined[inside].mean(axis=0)).T) <= METRES
            of += 1
            right += int((near & (after.kinds == kind)).any())
            by_chance += 1 - float(np.exp(-near.sum() * (before.kinds[before.towns == town] == kind).mean()))
    return Track(right, of, by_chance / of if of else None)

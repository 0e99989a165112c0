"""Where reports stand thick: Getis-Ord Gi* over the grids with their six nearest ones, false discoveries kept to a twentieth. Pure.

Getis & Ord 1992, Ord & Ord 1995 (Gi*); Caldas de Castro & Singer 2006 (false-discovery control for it). The chance is not the
normal one, which few and skew counts do not follow, but that of as many grids drawn anywhere, a hundred thousand times: esda's
999 permutations of each place cannot go below 0.001, and the thousandth of a twentieth is needed. esda is the oracle of `scores`
in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from data.patterns.discovery import discovered, q_values
from data.patterns.ground import nearest, plane
from data.patterns.record import Certainty, Pattern, Track

NEIGHBOURS: Final = 6
DRAWN: Final = 100_000
WINDOW: Final = 28
AGAIN_SCORE: Final = 1.645  # what one of twenty places without any pattern reaches
Array = Any


@dataclass(frozen=True)
class Places:
    """Grids with a centre, and to each its neighbourhood: itself first, then the nearest ones."""

    codes: Sequence[str]
    lons: Array
    lats: Array
    around: Array
    metres: Array

    @classmethod
    def of(cls, codes: Sequence[str], lons: Array, lats: Array) -> Places:
        around, metres = nearest(plane(lons, lats), NEIGHBOURS + 1)
        return cls(codes, np.asarray(lons), np.asarray(lats), around, metres)


def scores(around: Array, counts: Array) -> Array:
    """Gi* of each place in standard deviations, weights one (Ord & Getis 1995): (sum - k m) / (s sqrt((n k - k^2) / (n - 1)))."""
    counts = np.asarray(counts, dtype=float)
    total, size = len(counts), around.shape[1]
    deviation = counts.std()
    if total <= size or deviation == 0:
        return np.zeros(total)
    spread = deviation * np.sqrt((total * size - size**2) / (total - 1))
    return (counts[around].sum(axis=1) - size * counts.mean()) / spread


def chances(around: Array, counts: Array, generator: np.random.Generator, drawn: int = DRAWN) -> Array:
    """The chance of a sum as high, were the counts shuffled among the places: every neighbourhood has the same size, so that one
    drawing serves them all.
    """
    counts, size = np.asarray(counts), around.shape[1]
    groups = len(counts) // size
    if groups == 0:
        return np.ones(len(counts))
    # A shuffled row cut into groups gives many draws without replacement at once.
    rounds = -(-drawn // groups)
    rows = generator.permuted(np.tile(counts, (rounds, 1)), axis=1)[:, : groups * size]
    sums = np.sort(rows.reshape(-1, size).sum(axis=1))
    as_high = len(sums) - np.searchsorted(sums, counts[around].sum(axis=1), side="left")
    return (as_high + 1) / (len(sums) + 1)


def hot_spots(places: Places, windows: Sequence[Array], days: tuple[date, date], seed: int) -> list[Pattern]:
    """A record for each group of neighbouring hot grids, the hottest first, at its hottest grid.

    `windows` are counts by grid of four weeks each, the newest first; `days` those of the newest. Evidence: `count` and `mean` of
    the neighbourhood, `score`, `grids` (how many are hot together). Right was a hot spot that was hot in the four weeks after, too.
    """
    generator = np.random.default_rng(seed)
    chance = chances(places.around, windows[0], generator)
    hot = discovered(chance, np.ones(len(chance), dtype=bool))
    score, q = scores(places.around, windows[0]), q_values(chance)
    past = _track(places, windows, generator)
    counts = np.asarray(windows[0])
    rows = []
    for group in _groups(places, hot):
        top = group[np.argmax(score[group])]
        evidence = {"count": float(counts[places.around[top]].sum()), "mean": float(counts.mean() * places.around.shape[1]),
                    "score": float(score[top]), "grids": float(len(group))}  # fmt: skip
        rows.append(
            Pattern("hot_spot", "grid", places.codes[top], *days, evidence, Certainty("q", float(q[top])), past,
                    lon=float(places.lons[top]), lat=float(places.lats[top]), radius_metres=float(places.metres[top].max()))
        )  # fmt: skip
    return sorted(rows, key=lambda each: -each.evidence["score"])


def _groups(places: Places, hot: Array) -> list[Array]:
    """Hot places that are neighbours of each other, together."""
    where = np.flatnonzero(hot)
    if not len(where):
        return []
    left = np.repeat(where, places.around.shape[1])
    right = places.around[where].ravel()
    both = hot[right]
    graph = csr_matrix((np.ones(both.sum()), (left[both], right[both])), shape=(len(hot), len(hot)))
    _, labels = connected_components(graph, directed=False)
    return [np.flatnonzero((labels == label) & hot) for label in np.unique(labels[where])]


def _track(places: Places, windows: Sequence[Array], generator: np.random.Generator) -> Track:
    right = of = 0
    for later, earlier in pairwise(windows):
        chance = chances(places.around, earlier, generator)
        hot = discovered(chance, np.ones(len(chance), dtype=bool))
        before, after = scores(places.around, earlier), scores(places.around, later)
        for group in _groups(places, hot):
            of += 1
            right += int(after[group[np.argmax(before[group])]] > AGAIN_SCORE)
    return Track(right, of, 0.05)

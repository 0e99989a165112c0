"""Which cases meet a condition, and how many of each key and pattern there are: loops for which numpy takes many passes, compiled,
and shared out among the processors where there are many rows.

It is compiled in each process, for each kind of column, when it is first asked (`prepare`): half a second each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, reduce
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

NO_MASK: Final = np.zeros(0, dtype=bool)
NO_PLACES: Final = np.zeros(0, dtype=np.int64)
RARE: Final = 0.02  # of the rows: fewer are found sooner by numpy, which passes over eight at once
SHARE: Final = 500_000  # rows, at least, for which another processor is asked: a few tenths of a millisecond


def of_stretch(keys: Any, first: int, size: int, patterns: Any, pattern_count: int, mask: Any = None) -> Any:
    """Counts by key and pattern of rows that stand together, and that a mask of as many marks; keys from `first` on, `size` of
    them, those below count with the first. No row has a larger key, not even one that is not marked: what is written beyond is not
    noticed. A row of `size * pattern_count` whole numbers."""

    def count(rows: slice) -> Any:
        counts = np.zeros(size * pattern_count, dtype=np.int64)
        _loops().of_stretch(keys[rows], first, patterns[rows], pattern_count, NO_MASK if mask is None else mask[rows], counts)
        return counts

    return reduce(np.add, shared(count, len(keys), size * pattern_count))


def of_places(keys: Any, first: int, size: int, patterns: Any, pattern_count: int, places: Any) -> Any:
    """The same of rows at some places."""

    def count(part: slice) -> Any:
        counts = np.zeros(size * pattern_count, dtype=np.int64)
        _loops().of_places(keys, first, patterns, pattern_count, places[part], counts)
        return counts

    return reduce(np.add, shared(count, len(places), size * pattern_count))


def within(column: Any, low: int, high: int, mask: Any = None) -> Any:
    """Which numbers of a column of whole numbers from 0 on lie between two, both included, as a mask; with a mask those of them
    that it marks, in its place."""
    kind, way = column.dtype.type, _loops().within if mask is None else _loops().still_within
    met = np.empty(len(column), dtype=bool) if mask is None else mask
    shared(lambda rows: way(column[rows], kind(low), kind(high), met[rows]), len(column))
    return met


def listed(mask: Any, first: int = 0) -> Any:
    """The places that a mask marks, in order, counted from `first` on."""
    count = np.count_nonzero(mask)
    if count < len(mask) * RARE:
        return first + np.flatnonzero(mask)
    places = np.empty(count + 1, dtype=np.int64)  # each is written before it is known whether it is one
    _loops().listed(mask, first, places)
    places.resize(count, refcheck=False)  # in its place: a part of it would keep all
    return places


def shared(work: Callable[[slice], Any], length: int, cells: int = 0) -> list[Any]:
    """What some work gives of each part of so many rows, one part for each processor; of all at once where there are few, or fewer
    than the cells that each part would have. The work must ask for nothing that is shared out itself."""
    count = min(os.cpu_count() or 1, length // max(SHARE, cells))
    if count < 2:
        return [work(slice(0, length))]
    ends = [length * place // count for place in range(count + 1)]
    return list(_hands().map(work, (slice(*pair) for pair in pairwise(ends))))


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="tally")


def prepare(columns: Mapping[str, Any]) -> None:
    """Compile for the kinds of columns that there are, so that nobody who asks waits for it."""
    patterns = columns["pattern"]
    kinds = {each.dtype: each[:0] for each in columns.values() if each.dtype.kind == "u"}
    for keys in kinds.values():
        of_stretch(keys, 0, 1, patterns[:0], 1)
        of_places(keys, 0, 1, patterns, 1, NO_PLACES)
    # What is not broken down has one key that stands for all: a kind of its own, but where none or one is there.
    of_places(np.broadcast_to(np.uint8(0), 2), 0, 1, patterns, 1, NO_PLACES)
    for column in (*kinds.values(), np.zeros(0, dtype=np.int32)):  # what has changed stands in wider columns
        within(column, 0, 0, within(column, 0, 0))
    listed(np.ones(1, dtype=bool))


class Loops(NamedTuple):
    """What is compiled."""

    of_stretch: Any
    of_places: Any
    within: Any
    still_within: Any
    listed: Any


@cache
def _loops() -> Loops:
    import numba  # here: it takes half a second, which the start of the screen has not

    # Places are unsigned: of others it is asked each time whether they count from the end.
    @numba.njit(nogil=True)
    def of_stretch(keys: Any, first: int, patterns: Any, pattern_count: int, mask: Any, counts: Any) -> None:
        width = np.uint64(pattern_count)
        for row in range(len(keys)):
            of_key: Any = np.int64(keys[row]) - first
            key = np.uint64(max(of_key, 0))
            # Added, not branched: which rows a mask marks cannot be guessed.
            counts[key * width + np.uint64(patterns[row])] += 1 if len(mask) == 0 else mask[row]

    @numba.njit(nogil=True)
    def of_places(keys: Any, first: int, patterns: Any, pattern_count: int, places: Any, counts: Any) -> None:
        width = np.uint64(pattern_count)
        for each in places:
            row = np.uint64(each)
            of_key: Any = np.int64(keys[row]) - first
            key = np.uint64(max(of_key, 0))
            counts[key * width + np.uint64(patterns[row])] += 1

    @numba.njit(nogil=True)
    def within(column: Any, low: Any, high: Any, mask: Any) -> None:
        for row in range(len(column)):
            mask[row] = (column[row] >= low) & (column[row] <= high)

    @numba.njit(nogil=True)
    def still_within(column: Any, low: Any, high: Any, mask: Any) -> None:
        for row in range(len(column)):
            mask[row] &= (column[row] >= low) & (column[row] <= high)

    @numba.njit(nogil=True)
    def listed(mask: Any, first: int, places: Any) -> None:
        count = np.uint64(0)
        for row in range(len(mask)):
            places[count] = first + row
            count += np.uint64(mask[row])

    return Loops(of_stretch, of_places, within, still_within, listed)

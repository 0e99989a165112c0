"""Some cases in columns, and which of them meet a condition: chosen a column at a time, and kept where the table never changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from cachetools import LRUCache

from data import case_tally
from data.case_columns import AT, CODES, Book, day_of, hour_of

KEPT_BYTES: Final = 256 * 2**20
FEW: Final = 8  # one row of so many, or fewer, is remembered by its place, more by a mask
CHUNK: Final = 65_536  # rows whose first and last day are known
# Rows that are asked for all conditions before the next: what is marked stays close to the processor. Less than two shares: what is
# met in a part that was shared out is not shared out again, where all hands may be busy waiting for hands.
BLOCK: Final = case_tally.SHARE * 4 // 5
MOST_CELLS: Final = 4_000_000  # of groups by patterns, counted at once
Conditions = tuple[tuple[str, tuple[int, ...]], ...]  # by column the numbers of which one is met


@dataclass(frozen=True)
class Days:
    """An instant in county days, both included, and perhaps in one hour of them."""

    at: str
    first: int
    last: int
    hour: int | None = None


@dataclass(frozen=True)
class Stretch:
    """Rows from one place to another that a mask of as many marks; all of them without one."""

    begin: int
    end: int
    mask: Any = None

    @property
    def rows(self) -> slice:
        return slice(self.begin, self.end)

    def listed(self) -> Any:
        """The places, in order."""
        return np.arange(self.begin, self.end) if self.mask is None else case_tally.listed(self.mask, self.begin)


class Marks:
    """Which rows meet all of some conditions, (column, numbers in order) each: a block of rows is looked at when first asked.
    Two who ask at once mark the same."""

    def __init__(self, conditions: Sequence[tuple[Any, Sequence[int]]], size: int) -> None:
        self._conditions, self._mask = conditions, np.empty(size, dtype=bool)
        self._is_made = np.zeros(-(-size // BLOCK), dtype=bool)

    @property
    def nbytes(self) -> int:
        return int(self._mask.nbytes)

    def of(self, begin: int, end: int) -> Any:
        """The marks of the rows from one place to another, which nobody may change."""
        first, last = begin // BLOCK, -(-end // BLOCK)
        missing = first + np.flatnonzero(~self._is_made[first:last])

        def make(rows: slice) -> None:
            for block in missing[rows.start // BLOCK : rows.stop // BLOCK].tolist():
                self._make(slice(block * BLOCK, min((block + 1) * BLOCK, len(self._mask))))

        case_tally.shared(make, len(missing) * BLOCK)
        self._is_made[missing] = True
        return self._mask[begin:end]

    def _make(self, rows: slice) -> None:
        met = None
        for column, numbers in self._conditions:
            met = among(column[rows], numbers, met)
        self._mask[rows] = met


class Table:
    """Cases in columns (`data.case_columns.columns_of`), each counting `sign` times; `None` is once each.

    A table that is `settled` never changes, stands in the order of `reported_at`, and remembers what it was asked.
    """

    def __init__(
        self, columns: Mapping[str, Any], sign: Any = None, *, is_settled: bool = False, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self.columns, self.sign, self.is_settled = columns, sign, is_settled
        self.size = len(columns["pattern"])
        self.pattern_count = int(columns["pattern"].max()) + 1 if self.size else 0
        self._kept: LRUCache[Any, Any] = LRUCache(kept_bytes, _bytes)
        self._lock = threading.Lock()
        self._uniform: dict[str, int | None] = {}
        self._chunked: dict[str, tuple[Any, Any]] = {}

    def prepare(self) -> None:
        """Look at each column once, so that nobody who asks a settled table waits for it."""
        for name in CODES:
            self._only(name)
        for at in AT:
            self._chunks(at)

    def places(self, conditions: Conditions, days: Days | None = None) -> Any:
        """The places of the rows that meet all conditions, and whose instant lies in these days: an array in order."""
        found = self.rows(conditions, days)
        return found.listed() if isinstance(found, Stretch) else found

    def rows(self, conditions: Conditions, days: Days | None = None) -> Any:
        """The same as `places`, where there are many as a `Stretch`."""
        return self._remember(("rows", conditions, days), lambda: self._rows(conditions, days))

    def by_day(self, conditions: Conditions, days: Days) -> tuple[int, Any]:
        """How many rows of each pattern meet the conditions on each of some days: the first of them that any row may have, and
        counts by day and pattern. Of a settled table only."""
        first, last = self._chunks(days.at)
        earliest, latest = (int(first.min()), int(last.max())) if self.size else (1, 0)
        low, high, key = max(days.first, earliest), min(days.last, latest), ("days", conditions, days.at)
        if high < low:
            return low, np.zeros((0, self.pattern_count), dtype=np.int64)
        known = self._known(key)
        if known is None or low < known[0] or high >= known[0] + len(known[1]):
            # Who asks again asks for one time after another: for all of them, then, where they can be kept.
            is_kept = 8 * (latest - earliest + 1) * self.pattern_count < self._kept.maxsize
            begin, end = (earliest, latest) if known is not None and is_kept else (low, high)
            known = self._keep(key, (begin, self._by_day(conditions, days.at, begin, end)))
        return low, known[1][low - known[0] : high - known[0] + 1]

    def _known(self, key: Any) -> Any:
        with self._lock:
            return self._kept.get(key)

    def _remember(self, key: Any, make: Callable[[], Any]) -> Any:
        if not self.is_settled:
            return make()
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        return self._keep(key, make())

    def _keep(self, key: Any, made: Any) -> Any:
        if _bytes(made) <= self._kept.maxsize:
            with self._lock:
                self._kept[key] = made
        return made

    def _marks(self, conditions: Conditions) -> Marks | None:
        """Those of conditions that not all rows meet; `None` where all rows meet all."""
        asked = [(self.columns[name], met) for name, met in conditions if not (self.is_settled and self._only(name) in met)]
        return Marks(asked, self.size) if asked else None

    def _only(self, name: str) -> int | None:
        """The number that all rows have in a column."""
        if name not in self._uniform:
            column = self.columns[name]
            is_one = self.size > 0 and all(bool((part == column[0]).all()) for part in (column[:CHUNK], column))
            self._uniform[name] = int(column[0]) if is_one else None
        return self._uniform[name]

    def _rows(self, conditions: Conditions, days: Days | None) -> Any:
        begin, end, is_all = (0, self.size, True) if days is None else self._stretch(days)
        found = self._within(conditions, begin, end)
        if days is None:
            return found
        of_day = self.columns[day_of(days.at)]
        if not is_all and isinstance(found, Stretch):
            mask = None if found.mask is None else found.mask.copy()
            found = _shorter(Stretch(begin, end, case_tally.within(of_day[begin:end], days.first, days.last, mask)))
        elif not is_all:
            found = found[case_tally.within(of_day[found], days.first, days.last)]
        if days.hour is None:
            # What is kept must not keep the longer array that it is a part of.
            return found.copy() if isinstance(found, np.ndarray) and found.base is not None else found
        found = found.listed() if isinstance(found, Stretch) else found
        return found[self.columns[hour_of(days.at)][found] == days.hour]

    def _within(self, conditions: Conditions, begin: int, end: int) -> Any:
        """The rows from one place to another that meet all conditions."""
        whole = self._known(("rows", conditions, None))
        if isinstance(whole, np.ndarray):  # few of all: looked up sooner than marked
            return whole[np.searchsorted(whole, begin) : np.searchsorted(whole, end)]
        marks = self._remember(("marks", conditions), lambda: self._marks(conditions))
        found = _shorter(Stretch(begin, end, None if marks is None else marks.of(begin, end)))
        # Few of all days: those of any other days are a part of them.
        is_worth_keeping = self.is_settled and (begin, end) == (0, self.size) and isinstance(found, np.ndarray)
        return self._keep(("rows", conditions, None), found) if is_worth_keeping else found

    def _stretch(self, days: Days) -> tuple[int, int, bool]:
        """Between which places the rows of some days lie, and whether all there are of them."""
        if not self.is_settled:
            return 0, self.size, False
        if days.at == "reported_at":
            begin, end = np.searchsorted(self.columns[day_of(days.at)], np.array([days.first, days.last + 1], dtype=np.uint16))
            return int(begin), int(end), True
        first, last = self._chunks(days.at)
        met = np.flatnonzero((first <= days.last) & (last >= days.first))
        return (int(met[0]) * CHUNK, min(int(met[-1] + 1) * CHUNK, self.size), False) if len(met) else (0, 0, False)

    def _chunks(self, at: str) -> tuple[Any, Any]:
        """The first and the last known day of each chunk."""
        if at not in self._chunked:
            self._chunked[at] = self._chunks_of(at)
        return self._chunked[at]

    def _chunks_of(self, at: str) -> tuple[Any, Any]:
        of_day = self.columns[day_of(at)]
        begins = np.arange(0, self.size, CHUNK)
        # An empty day is the smallest number: one less, it is the largest.
        first = np.minimum.reduceat(of_day - np.uint16(1), begins).astype(np.int64) + 1 if self.size else begins
        return first, np.maximum.reduceat(of_day, begins).astype(np.int64) if self.size else begins

    def _by_day(self, conditions: Conditions, at: str, first: int, last: int) -> Any:
        begin, end, _ = self._stretch(Days(at, first, last))
        found = self._within(conditions, begin, end)
        beyond = int(self._chunks(at)[1][begin // CHUNK : -(-end // CHUNK)].max(initial=last))
        # Place 0 is for those of earlier days, and without a day.
        times, of_day = np.eye(self.pattern_count, dtype=np.int64), self.columns[day_of(at)]
        counts = sums(of_day, beyond - first + 2, self.columns["pattern"], times, found, first=first - 1)
        return counts[1 : last - first + 2].copy()  # no more is kept than that


def among(column: Any, numbers: Sequence[int], mask: Any = None) -> Any:
    """Which of a column's numbers are among these, which stand in order; with a mask those of them that it marks, in its place."""
    largest = int(np.iinfo(column.dtype).max)
    numbers = [number for number in numbers if number <= largest]
    if not numbers:
        return np.zeros(len(column), dtype=bool)
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return case_tally.within(column, numbers[0], numbers[-1], mask)
    is_met = np.zeros(max(numbers[-1], int(column.max(initial=0))) + 1, dtype=bool)
    is_met[numbers] = True
    return is_met[column] if mask is None else np.logical_and(mask, is_met[column], out=mask)


def _shorter(found: Stretch) -> Any:
    """Few marked rows as their places."""
    is_few = found.mask is not None and np.count_nonzero(found.mask) * FEW <= found.end - found.begin
    return found.listed() if is_few else found


def _bytes(made: Any) -> int:
    parts = made if isinstance(made, tuple) else (made.mask if isinstance(made, Stretch) else made,)
    return 1_000 + sum(each.nbytes for each in parts if isinstance(each, np.ndarray | Marks))


def sums(keys: Any, size: int, patterns: Any, times: Any, rows: Any, sign: Any = None, *, first: int = 0) -> Any:
    """Counts by key and measure of some rows of these columns, as `Table.rows` gives them; keys from `first` on, `size` of them,
    those below count with the first.

    `times` is how often a row of each pattern counts in each measure, `sign` how often a row counts at all (`None`: once).
    """
    count, cells = len(times), size * len(times)
    if sign is None and cells <= MOST_CELLS:
        if isinstance(rows, Stretch):
            counts = case_tally.of_stretch(keys[rows.rows], first, size, patterns[rows.rows], count, rows.mask)
        else:
            counts = case_tally.of_places(keys, first, size, patterns, count, rows)
        return counts.reshape(size, count) @ times
    places = rows.listed() if isinstance(rows, Stretch) else rows
    weights = times[patterns[places]] * (1 if sign is None else sign[places][:, None])
    own = np.maximum(keys[places].astype(np.int64) - first, 0)
    return np.stack([_exact(np.bincount(own, weights=each, minlength=size)) for each in weights.T], axis=1)


def _exact(counts: Any) -> Any:
    # Whole numbers below 2 ** 53 are exact in floating point.
    return counts.astype(np.int64, copy=False)


@dataclass(frozen=True)
class Snapshot:
    """All incidents as one transaction sees them: those of the copy, and what has changed since, as rows that count once less
    and rows that count once more. `open` has those that are open, with more columns.

    `version` is the number of the newest change in it; `times` by pattern and measure.
    """

    version: int
    book: Book
    times: Any
    past: Table
    open: Table
    past_changes: Table
    open_changes: Table

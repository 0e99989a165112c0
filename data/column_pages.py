"""Which incidents may stand on a page of a table in the order of an instant, from a copy in columns: known by the hour, so that
only those of a few hours are read and put in order, however many there are.

There is an answer only where the copy has exactly what the transaction sees (`data.case_copy`); else the rows are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from data import case_copy
from data.case_columns import AT, FIRST_DAY, LAST_DAY, NO_DAY, day_of, hour_of
from data.case_table import Table
from data.column_counts import conditions_of, days_of, is_served, times_of
from data.filters import Filter
from data.row_counts import MEASURES, instants_of

ORDERS: Final = AT  # the instants whose hours are known
MOST: Final = 5_000  # more in the same hours are put in order by the rows themselves
MARGIN: Final = 6  # hours: where clocks go back by up to three, what lies further apart still stands in its order


@dataclass(frozen=True)
class Hours:
    """The incidents of some hours next to each other: their ids, in no order, and how many stand before all of them."""

    ids: list[int]
    before: int


def around(
    conn: Connection,
    asked: Filter,
    weights: Mapping[str, int],
    at: str,
    zone: ZoneInfo,
    *,
    is_descending: bool,
    first: int,
    count: int,
) -> Hours | None:
    """Those among whom are the incidents `first` to `first + count` of a filter that count by these weights (of one instant's
    counts), in the order of the instant `at` of `ORDERS`, the empty last. `None` where the copy cannot tell, or there are too many.
    """
    if not set(weights) <= set(MEASURES) or not is_served(asked):
        return None
    snapshot = case_copy.snapshot(conn, text=asked.text)
    if snapshot is None:
        return None
    (counted_by,) = instants_of(weights)
    is_counted = times_of(snapshot, weights) > 0
    found: list[tuple[Any, Any, Any]] = []
    for table in (snapshot.past, snapshot.past_changes):
        places = table.places(conditions_of(snapshot, asked), days_of(asked, counted_by))
        places = places[is_counted[table.columns["pattern"][places]]]
        sign = np.ones(len(places), dtype=np.int64) if table.sign is None else table.sign[places]
        found.append((table.columns["id"][places], _hours(table, places, at), sign))
    ids, hours, sign = (np.concatenate(each) for each in zip(*found, strict=True))
    if not len(ids):
        return Hours([], 0)
    ranks = _ranks(hours, is_descending=is_descending)
    upto = np.cumsum(np.bincount(ranks, weights=sign).astype(np.int64))  # whole numbers below 2 ** 53 are exact
    begin, end = np.searchsorted(upto, [first, min(first + count, int(upto[-1])) - 1], side="right")
    if begin == len(upto):
        return Hours([], 0)
    if _goes_back(hours[(ranks >= begin) & (ranks <= end)], zone):
        begin, end = max(0, begin - MARGIN), min(end + MARGIN, len(upto) - 1)
    chosen = (ranks >= begin) & (ranks <= end)
    known, places = np.unique(ids[chosen], return_inverse=True)
    known = known[np.bincount(places, weights=sign[chosen]) > 0]  # a case that has changed is there as it was, and taken off again
    return Hours(known.tolist(), int(upto[begin - 1]) if begin else 0) if len(known) <= MOST else None


def _hours(table: Table, places: Any, at: str) -> Any:
    """The county hour of an instant of some rows; beyond the days that are kept apart, the day. -1 is none."""
    days, hours = (table.columns[name][places].astype(np.int64) for name in (day_of(at), hour_of(at)))
    of_day = np.where((days >= FIRST_DAY) & (days <= LAST_DAY), hours, 0)
    return np.where(days == NO_DAY, -1, days * 24 + of_day)


def _goes_back(hours: Any, zone: ZoneInfo) -> bool:
    """Whether the county's clocks are changed near some hours, so that a later instant may have an earlier hour."""
    known = hours[hours >= 0] // 24
    days = range(max(int(known.min()), FIRST_DAY) - 1, min(int(known.max()), LAST_DAY) + 3) if len(known) else range(0)
    return len({datetime.fromtimestamp(86_400 * day, zone).utcoffset() for day in days}) > 1


def _ranks(hours: Any, *, is_descending: bool) -> Any:
    """Small numbers that stand as the hours are to stand, the empty last."""
    last, is_known = int(hours.max()), hours >= 0
    least = int(hours[is_known].min()) if is_known.any() else 0
    return np.where(is_known, last - hours if is_descending else hours - least, last - least + 1)

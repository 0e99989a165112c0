"""Counts of a filter from a copy of the incidents in columns: the same figures as those of `data.row_counts`, many times as fast.

There is an answer only where the copy has exactly what the transaction sees (`data.case_copy`); else the rows are asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from data import case_copy
from data.case_columns import EXACT, FIRST_DAY, LAST_DAY, MEASURES, NO_CODE, NO_INSTANT, day_of, hour_of
from data.case_table import Conditions, Days, Snapshot, Stretch, Table, among, sums
from data.cell_counts import Counted
from data.filters import NAMED, Filter
from data.instants import to_microseconds
from data.lateness import SUSPENDED
from data.metrics.counts import STANDING, WAITING
from data.periods import KINDS, county_date, midnight
from data.rollups import NOT_DUE, day_number
from data.row_counts import DUTY_OF, TIMES, instants_of
from data.row_counts import MEASURES as MEASURE_OF
from data.vocabulary import URGENCIES

# What is asked beside area and category, and the column that has it.
COLUMNS: Final = {"organisation_code": "handler_code"} | {f"{name}_code": f"{name}_code" for name in ("channel", *NAMED)}
PLACES: Final = {code: place for place, code in enumerate(MEASURES)}


def read(conn: Connection, asked: Filter, names: Sequence[str], by: str, now: datetime, zone: ZoneInfo) -> Counted | None:
    """Counts by key, as `data.row_counts.read` gives them; `None` where the copy cannot tell."""
    if by in TIMES and set(names) & set(STANDING):
        raise ValueError(f"how things stand now has no {by}")
    # What is open is asked for by every wall: only what hangs on a day, and no cell answers, is worth a copy.
    is_crossed = any(name in MEASURE_OF for name in names)
    snapshot = case_copy.snapshot(conn, text=asked.text, is_worth_it=is_crossed) if is_served(asked) else None
    if snapshot is None:
        return None
    counted: Counted = {}
    for key, name, value in _counted(snapshot, asked, names, by, now, zone):
        if key is not None and value:
            counted.setdefault(key, Counter())[name] += value
    found = {key: Counter({name: value for name, value in each.items() if value}) for key, each in counted.items()}
    return {key: each for key, each in found.items() if each}


def between(conn: Connection, asked: Filter, at: str, begin: datetime, end: datetime, zone: ZoneInfo) -> int | None:
    """How many cases of a filter, whatever its days, have an instant of `EXACT` from `begin` to `end`, both included; `None` where
    the copy cannot tell."""
    snapshot = case_copy.snapshot(conn, text=asked.text) if is_served(asked) and at in EXACT else None
    if snapshot is None:
        return None
    days = Days(at, *(day_number(county_date(each, zone)) for each in (begin, end)))
    low, high, count = to_microseconds(begin), to_microseconds(end), 0
    for table in (snapshot.past, snapshot.past_changes):
        places = table.places(conditions_of(snapshot, asked), days)
        instants = table.columns[at][places]
        is_met = (instants >= low) & (instants <= high)
        count += int(np.count_nonzero(is_met) if table.sign is None else table.sign[places][is_met].sum())
    return count


def totals(conn: Connection, asked: Filter, weights: Mapping[str, int], now: datetime, zone: ZoneInfo) -> tuple[int, int] | None:
    """How many cases count at all when each counts as often as its counts by these weights together, and how often they do; of
    counts of one instant, or of how things stand. `None` where the copy cannot tell."""
    snapshot = case_copy.snapshot(conn, text=asked.text) if is_served(asked) else None
    if snapshot is None:
        return None
    if set(weights) <= set(STANDING):
        parts = [_weighed_open(table, _open(snapshot, asked), None, weights, snapshot, now, zone) for table in _opened(snapshot)]
    else:
        waits = {name: times for name, times in weights.items() if name in WAITING}
        (at,) = instants_of(weights)
        days, conditions = days_of(asked, at), conditions_of(snapshot, asked)
        times = times_of(snapshot, {name: times for name, times in weights.items() if name not in waits})
        parts = []
        for table in (snapshot.past, snapshot.past_changes):
            places = table.places(conditions, days)
            if waits:  # what is open is weighed below, with what it waits for
                places = places[table.columns[day_of("ended_at")][places] != 0]
            parts.append((times[table.columns["pattern"][places]], None if table.sign is None else table.sign[places]))
        for table in _opened(snapshot) if waits else ():
            weighed, sign = _weighed_open(table, conditions, days, waits, snapshot, now, zone)
            parts.append((weighed + times[table.columns["pattern"][table.places(conditions, days)]], sign))
    count = total = 0
    for weighed, sign in parts:
        counts = (weighed > 0) * (1 if sign is None else sign)
        count, total = count + int(counts.sum()), total + int((counts * weighed).sum())
    return count, total


def is_served(asked: Filter) -> bool:
    """Days at the edge of what columns hold are not kept apart."""
    first, last = day_number(asked.span.first_on), day_number(asked.span.last_on)
    return first >= FIRST_DAY and last <= LAST_DAY


def days_of(asked: Filter, at: str) -> Days:
    return Days(at, day_number(asked.span.first_on), day_number(asked.span.last_on), asked.hour)


def conditions_of(snapshot: Snapshot, asked: Filter) -> Conditions:
    """All that is asked but the days, the same as `Filter.condition`."""
    codes = snapshot.book.codes
    found = [(f"{asked.level_code}_code", asked.area_code)]
    found += [(column, getattr(asked, name)) for name, column in COLUMNS.items() if getattr(asked, name)]
    conditions: list[tuple[str, tuple[int, ...]]] = [(column, (codes[column].get(code, -1),)) for column, code in found]
    if asked.category_code:
        below = f"{asked.category_code}."
        names = enumerate(list(codes["category_code"].names))
        numbers = tuple(number for number, name in names if name and (name == asked.category_code or name.startswith(below)))
        conditions.append(("category_code", numbers))
    return tuple((column, tuple(number for number in numbers if number > NO_CODE)) for column, numbers in conditions)


def times_of(snapshot: Snapshot, weights: Mapping[str, int]) -> Any:
    """How often a case of each pattern counts when each of these measures counts so often."""
    found = np.zeros(len(snapshot.times), dtype=np.int64)
    for name, times in weights.items():
        found += times * snapshot.times[:, PLACES[name]]
    return found


def _open(snapshot: Snapshot, asked: Filter) -> Conditions:
    """As `data.queries.open_in`: only the urgencies that there are."""
    numbers = snapshot.book.codes["urgency_code"]
    known = tuple(sorted(number for code in URGENCIES if (number := numbers.get(code)) is not None))
    return (*conditions_of(snapshot, asked), ("urgency_code", known))


def _opened(snapshot: Snapshot) -> tuple[Table, Table]:
    return snapshot.open, snapshot.open_changes


def _counted(
    snapshot: Snapshot, asked: Filter, names: Sequence[str], by: str, now: datetime, zone: ZoneInfo
) -> Iterator[tuple[Any, str, int]]:
    """Key, name of the count, and what a table adds to it."""
    conditions = conditions_of(snapshot, asked)
    measures = [MEASURE_OF[name] for name in names if name in MEASURE_OF]
    for at in dict.fromkeys(measure.at for measure in measures):
        codes = [measure.code for measure in measures if measure.at == at]
        times = snapshot.times[:, [PLACES[code] for code in codes]]
        for table in (snapshot.past, snapshot.past_changes):
            yield from _past(snapshot, table, conditions, days_of(asked, at), by, codes, times[: table.pattern_count])
    waiting = [name for name in names if name in WAITING]
    standing = [name for name in names if name in STANDING]
    is_open = _open(snapshot, asked) if waiting or standing else ()
    for name in (*waiting, *standing):
        for table in _opened(snapshot):
            days = days_of(asked, DUTY_OF[name][0]) if name in WAITING else None
            places = table.places(is_open, days)
            is_met = _is_met(table, places, name, snapshot, now, zone)
            sign = is_met * (1 if table.sign is None else table.sign[places])
            keys, key_of = _keys(snapshot, table, by, DUTY_OF[name][0] if name in WAITING else "")
            counts = np.bincount(keys[places], weights=sign, minlength=1)
            for key in np.flatnonzero(counts).tolist():
                yield key_of(key), name, int(counts[key])


def _past(
    snapshot: Snapshot, table: Table, conditions: Conditions, days: Days, by: str, codes: Sequence[str], times: Any
) -> Iterator[tuple[Any, str, int]]:
    if table.is_settled and days.hour is None and by in ("", *KINDS):
        first, by_day = table.by_day(conditions, days)
        found: Any = by_day @ times if by else (by_day.sum(axis=0) @ times)[None, :]
        for place, key in zip(*(each.tolist() for each in np.nonzero(found)[::-1]), strict=True):
            yield (first + key if by else ""), codes[place], int(found[key, place])
        return
    rows = table.rows(conditions, days)
    keys, key_of = _keys(snapshot, table, by, days.at)
    size = int(keys[rows.rows if isinstance(rows, Stretch) else rows].max(initial=0)) + 1
    found = sums(keys, size, table.columns["pattern"], times, rows, table.sign)
    for place, key in zip(*(each.tolist() for each in np.nonzero(found)[::-1]), strict=True):
        yield key_of(key), codes[place], int(found[key, place])


def _keys(snapshot: Snapshot, table: Table, by: str, at: str) -> tuple[Any, Any]:
    """A number for each row by what it is broken down by, and what a number stands for."""
    if by == "":
        return np.broadcast_to(np.uint8(0), table.size), lambda _: ""
    if by in TIMES:
        return table.columns[hour_of(at) if by == "hour" else day_of(at)], lambda number: number
    column = "handler_code" if by == "organisation" else f"{by}_code"
    return table.columns[column], snapshot.book.codes[column].names.__getitem__


def _is_met(table: Table, places: Any, name: str, snapshot: Snapshot, now: datetime, zone: ZoneInfo) -> Any:
    """Which open cases count in one of `WAITING` or `STANDING`: as `data.row_counts` and `data.queries` say it in SQL."""

    def of(column: str) -> Any:
        return table.columns[column][places]

    states, at = snapshot.book.codes["state_code"], to_microseconds(now)
    is_suspended = among(of("state_code"), _numbers(states, (SUSPENDED,)))
    if name in WAITING:
        due, done = DUTY_OF[name]
        waits = (of(done) == NO_INSTANT) & ~among(of("state_code"), _numbers(states, NOT_DUE))
        if name == "suspended":
            return waits & is_suspended
        is_to_come = of(due) >= at
        return waits & ((is_to_come | is_suspended) if name == "not_due" else is_to_come)
    if name == "open":
        return np.ones(len(is_suspended), dtype=bool)
    if name == "open_suspended":
        return is_suspended
    if name == "open_supervised":
        return of("supervise_level") > 0
    due, resolved = of("due_at"), of("resolved_at")
    runs = (due != NO_INSTANT) & ~is_suspended & ((resolved == NO_INSTANT) | (resolved > due))
    if name == "late":
        return runs & (due < at)
    if name == "at_risk":
        return runs & (due >= at) & (of("at_risk_at") != NO_INSTANT) & (of("at_risk_at") <= at)
    return runs & (due >= at) & (due <= to_microseconds(midnight(county_date(now, zone) + timedelta(days=1), zone)))


def _numbers(known: Mapping[Any, int], codes: Sequence[str]) -> list[int]:
    return sorted(known[code] for code in codes if code in known)


def _weighed_open(
    table: Table, conditions: Conditions, days: Days | None, weights: Mapping[str, int], snapshot: Snapshot, now: datetime,
    zone: ZoneInfo,
) -> tuple[Any, Any]:  # fmt: skip
    places = table.places(conditions, days)
    weighed = sum(times * _is_met(table, places, name, snapshot, now, zone) for name, times in weights.items())
    return weighed, None if table.sign is None else table.sign[places]

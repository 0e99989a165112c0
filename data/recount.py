"""Counts every rollup cell anew from the incidents, a column at a time: what `check` compares with and `rebuild` writes.

It shares the declared measures and groupings with `data.rollups`, but none of its arithmetic: the one checks the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals
from sqlalchemy import BigInteger, Connection, delete, select, type_coerce

from data import engine
from data.buckets import buckets_of
from data.rollups import (
    ANSWERED,
    COUNTS,
    DURATIONS,
    ENDED,
    GROUPINGS,
    KEYS,
    OWED,
    STOCK,
    STOCK_LEVELS,
    UNDELIVERED,
    UNPROVEN,
    Cell,
    Grouping,
    Measure,
)
from data.schema import incident, progress, rollup
from data.vocabulary import ENDED_STATES, SETTLED_STATES

VERSION: Final = 5  # of what the cells count: raise it with every change of measures or groupings
WRITTEN_BY: Final = "rollups-version"
READ_AT_ONCE: Final = 100_000  # rows
_PLACES: Final = ("county_code", "township_code", "village_code", "grid_code")
_TEXTS: Final = (*_PLACES, "category_code", "channel_code", "handler_code", "state_code", "urgency_code", "reporter_kind_code",
                 "answer_code")  # fmt: skip
_NAMES: Final = sorted(
    {measure.at for measure in (*COUNTS, *DURATIONS)}
    | {measure.start for measure in DURATIONS}
    | {name for each in COUNTS for name in (each.where, each.by, each.weight) if name}
    | {"has_evidence", "id"}
)


Rows = tuple[Connection, Any, bool]


@dataclass(frozen=True)
class Part:
    """Some cells: of a grouping those of `areas_of`, of it and a measure those of `days_of` (county days, `None` for all)."""

    areas_of: Callable[[str], frozenset[str]]
    days_of: Callable[[str, str], Sequence[int] | None]

    def holds_starts(self, grouping: Grouping, measure: Measure, starts: Any) -> Any:
        """Which of these period starts are of its days."""
        days = self.days_of(grouping.code, measure.code)
        return True if days is None else np.isin(starts // 24 if grouping.period == "hour" else starts, days)


def cells(conn: Connection, zone: ZoneInfo) -> Iterator[tuple[Cell, int]]:
    """Every cell with its value, counted from the rows."""
    for _, counted in _by_measure(conn, zone):
        yield from counted.items()


def part_cells(rows: Iterable[Rows], changed: Collection[int], zone: ZoneInfo, part: Part) -> Iterator[dict[Cell, int]]:
    """Some cells, counted from rows that stand in several places: each with a condition, and whether those of the numbers
    `changed` count there or the others.
    """
    numbers, frames = np.array(sorted(changed), dtype=np.int64), []
    for conn, where, are_changed in rows:
        frame = _read(conn, where)
        frames.append(frame[np.isin(frame["id"].to_numpy(dtype=np.int64), numbers) == are_changed])
    incidents: Any = pd.concat([_plain(each) for each in frames if not each.empty] or frames[:1], ignore_index=True)
    if not incidents.empty:
        for name in _TEXTS:
            incidents[name] = incidents[name].astype("category")
        yield from (counted for _, counted in _counted(incidents, zone, part))


def _plain(frame: Any) -> Any:
    return frame.astype(dict.fromkeys(_TEXTS, object))


def _by_measure(conn: Connection, zone: ZoneInfo) -> Iterator[tuple[tuple[str, str], dict[Cell, int]]]:
    """The cells of one (grouping, measure) after another: a county of years has tens of millions, too many to hold at once."""
    incidents: Any = _read(conn)
    if not incidents.empty:
        yield from _counted(incidents, zone)


def _counted(incidents: Any, zone: ZoneInfo, part: Part | None = None) -> Iterator[tuple[tuple[str, str], dict[Cell, int]]]:
    places = {level: _numbered(incidents[f"{level}_code"]) for level in ("county", "township", "village", "grid")}
    by_grouping = {grouping.code: places for grouping in GROUPINGS}
    if part is not None:
        for code in by_grouping:
            by_grouping[code] = {level: _only(*numbered, part.areas_of(code)) for level, numbered in places.items()}
    dimensions = {each: list(_dimensions(incidents, each)) for each in {grouping.dimension for grouping in GROUPINGS}}
    for measure in dict.fromkeys(measure for grouping in GROUPINGS for measure in grouping.measures):
        starts, buckets = _starts(incidents, measure, zone), _buckets(incidents, measure)
        times = incidents[measure.weight].to_numpy(dtype=np.int64) if measure.weight else None
        for grouping in (each for each in GROUPINGS if measure in each.measures):
            wanted = starts["counts"]
            if part is not None:
                wanted = wanted & part.holds_starts(grouping, measure, starts[grouping.period])
            counted: dict[Cell, int] = {}
            for level, (place, dimension) in product(grouping.levels, dimensions[grouping.dimension]):
                numbered = by_grouping[grouping.code][level]
                keys = (starts[grouping.period], numbered[0], dimension[0], buckets)
                for start, area, code, bucket, count in _sums(keys, (numbered[1], dimension[1]), wanted, times):
                    category, channel, handler = (code if each == place else "" for each in range(3))
                    counted[grouping.code, start, area, category, channel, handler, measure.code, bucket] = count
            yield (grouping.code, measure.code), counted
    has_ended = incidents["state_code"].isin(ENDED_STATES)
    standing = has_ended.map({True: ENDED, False: STOCK}).astype(str) + incidents["state_code"].astype(str)
    groups = [*incidents.groupby(standing), *((code, incidents[rows]) for code, rows in _echoed(incidents, has_ended).items())]
    for state, of_state in groups:
        standing_cells = (each for level in STOCK_LEVELS for each in _standing(of_state, level, str(state)))
        yield (
            ("stock", str(state)),
            {cell: count for cell, count in standing_cells if part is None or cell[2] in part.areas_of("stock")},
        )


def _echoed(incidents: Any, has_ended: Any) -> dict[str, Any]:
    is_settled, answer = incidents["state_code"].isin(SETTLED_STATES), incidents["answer_code"].astype(str)
    is_owed = is_settled | (has_ended & (answer != ""))
    is_told = is_owed & (incidents["feedback_at"].notna() | (answer == "sent"))
    proven = (incidents["has_evidence"].fillna(0) != 0).astype(bool)
    failed = is_owed & ~is_told & (answer == "failed")
    return {OWED: is_owed, ANSWERED: is_told, UNDELIVERED: failed, UNPROVEN: is_settled & ~proven}


def _standing(incidents: Any, level: str, measure_code: str) -> Iterator[tuple[Cell, int]]:
    sizes = incidents.groupby(f"{level}_code", observed=True).size()
    yield from ((("stock", 0, str(area), "", "", "", measure_code, 0), int(count)) for area, count in sizes.items())


def _read(conn: Connection, where: Any = None) -> Any:
    # As numbers: a datetime for each of fifteen columns of a million rows would take longer than the counting.
    columns = [type_coerce(incident.c[name], BigInteger) for name in _NAMES] + [incident.c[name] for name in _TEXTS]
    statement = select(*columns) if where is None else select(*columns).where(where)
    # By column: a frame made of rows asks each of them what it is. Some at a time: ten million rows as objects fill a machine.
    found = conn.execute(statement.execution_options(yield_per=READ_AT_ONCE))
    parts = [_columns(rows) for rows in found.partitions()] or [_columns([])]
    numbers = {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in _NAMES}
    texts = {name: union_categoricals([part[name] for part in parts], sort_categories=True) for name in _TEXTS}
    return pd.DataFrame(numbers | texts)


def _columns(rows: Sequence[Any]) -> dict[str, Any]:
    columns = dict(zip((*_NAMES, *_TEXTS), list(zip(*rows, strict=True)) or [()] * len((*_NAMES, *_TEXTS)), strict=True))
    numbers: dict[str, Any] = {name: pd.Series(pd.array(columns[name], dtype="Int64")) for name in _NAMES}
    return numbers | {name: pd.Categorical(columns[name]) for name in _TEXTS}


def _starts(incidents: Any, measure: Measure, zone: ZoneInfo) -> dict[str, Any]:
    """The local hour, day and month of each incident for a measure, and which incidents count."""
    at = incidents[measure.at]
    counts = at.notna()
    for name in (measure.where, measure.weight):
        if name:
            counts &= (incidents[name].fillna(0) != 0).astype(bool)
    if measure.by:
        counts &= (incidents[measure.by] <= at).fillna(value=False)
    if measure.states:
        counts &= incidents["state_code"].isin(measure.states)
    if measure.without:
        counts &= ~incidents["state_code"].isin(measure.without)
    if measure.at.endswith("due_at"):
        at = at - 1
    if measure.start:
        counts &= incidents[measure.start].notna()
    instants = pd.to_datetime(at.fillna(0).to_numpy(dtype=np.int64), unit="us", utc=True)
    local = instants.tz_convert(zone.key).tz_localize(None).to_numpy().astype("datetime64[h]")
    month = local.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    hour = local.astype(np.int64)
    return {"hour": hour, "day": hour // 24, "month": month, "counts": counts.to_numpy(dtype=bool)}


def _buckets(incidents: Any, measure: Measure) -> Any:
    if not measure.start:
        return np.zeros(len(incidents), dtype=np.int64)
    elapsed = (incidents[measure.at] - incidents[measure.start]).fillna(0).to_numpy(dtype=np.int64)
    return np.asarray(buckets_of(elapsed / 60_000_000), dtype=np.int64)


def _numbered(codes: Any) -> tuple[Any, list[str]]:
    """Codes as numbers, -1 where there is none, and what each number means."""
    numbers, names = pd.factorize(codes.astype(object))
    return numbers.astype(np.int64), [str(name) for name in names]


def _only(numbers: Any, names: list[str], wanted: frozenset[str]) -> tuple[Any, list[str]]:
    """Numbered codes, those that are not wanted as though they were none."""
    kept = np.array([name in wanted for name in names] + [False])
    return np.where(kept[numbers], numbers, -1), names


def _dimensions(incidents: Any, dimension: str) -> Iterator[tuple[int, tuple[Any, list[str]]]]:
    """The codes of a dimension, numbered, each with its place among category, channel and organisation in a cell."""
    if dimension == "category":
        own = incidents["category_code"].astype(str)
        top = own.str.partition(".")[0]
        yield 0, _numbered(top)
        yield 0, _numbered(own.where(own != top))  # a top category counts once, not also as its own
    elif dimension:
        place, column = (2, "handler_code") if dimension == "organisation" else (1, f"{dimension}_code")
        yield place, _numbered(incidents[column])
    else:
        yield 0, (np.zeros(len(incidents), dtype=np.int64), [""])


def _sums(
    keys: tuple[Any, ...], names: tuple[list[str], list[str]], counts: Any, times: Any
) -> Iterator[tuple[int, str, str, int, int]]:
    """Start, area, code, bucket and how often, over the rows that count and have a place and a code."""
    kept = counts & (keys[1] >= 0) & (keys[2] >= 0)
    if not kept.any():
        return
    start, area, code, bucket = (each[kept] for each in keys)
    low, first = int(start.min()), int(bucket.min())
    span = int(bucket.max()) - first + 1
    together = ((start - low) * len(names[0]) + area) * len(names[1]) + code
    numbers, found = pd.factorize(together * span + bucket - first)
    # Whole numbers below 2 ** 53 are exact in floating point.
    sums = np.bincount(numbers, weights=None if times is None else times[kept])
    for key, value in zip(found.tolist(), sums.tolist(), strict=True):
        key, of_bucket = divmod(key, span)
        key, of_code = divmod(key, len(names[1]))
        of_start, of_area = divmod(key, len(names[0]))
        yield of_start + low, names[0][of_area], names[1][of_code], of_bucket + first, int(value)


def check(conn: Connection, zone: ZoneInfo) -> list[tuple[Cell, int, int]]:
    """Cells that differ from a recount: (cell, stored, recounted). Empty when the rollups are exact."""
    differing: list[tuple[Cell, int, int]] = []
    unseen = {tuple(row) for row in conn.execute(select(rollup.c.grouping_code, rollup.c.measure_code).distinct())}
    for part, recounted in _by_measure(conn, zone):
        unseen.discard(part)
        differing += _differing(conn, part, recounted)
    for part in unseen:
        differing += _differing(conn, part, {})
    return sorted(differing)


def _differing(conn: Connection, part: tuple[str, str], recounted: dict[Cell, int]) -> Iterator[tuple[Cell, int, int]]:
    statement = select(*(rollup.c[name] for name in (*KEYS, "value"))).where(
        rollup.c.grouping_code == part[0], rollup.c.measure_code == part[1]
    )
    stored = {tuple(row[:-1]): row[-1] for row in conn.execute(statement)}
    for cell in recounted.keys() | stored.keys():
        if recounted.get(cell, 0) != stored.get(cell, 0):
            yield cell, stored.get(cell, 0), recounted.get(cell, 0)


def ensure(conn: Connection, zone: ZoneInfo, at: datetime) -> bool:
    """Rebuild the cells if other code than this wrote them; gives whether it did.

    Killed in between, it is done at the next start.
    """
    if conn.execute(select(progress.c.done_count).where(progress.c.key == WRITTEN_BY)).scalar() == VERSION:
        return False
    is_any = conn.execute(select(incident.c.id).limit(1)).first() is not None
    if is_any:
        rebuild(conn, zone)
    row = {"key": WRITTEN_BY, "done_count": VERSION, "total_count": VERSION, "updated_at": at}
    engine.upsert(conn, progress, [row], keys=("key",))
    return is_any


def rebuild(conn: Connection, zone: ZoneInfo) -> int:
    """Throw the cells away and count them anew; gives how many there are."""
    conn.execute(delete(rollup))
    count = 0
    for _, counted in _by_measure(conn, zone):
        engine.bulk_insert(conn, rollup, (*KEYS, "value"), [(*cell, counted[cell]) for cell in sorted(counted)])
        count += len(counted)
    return count

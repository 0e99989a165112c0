"""Counts every rollup cell anew from the incidents, a column at a time: what `check` compares with and `rebuild` writes.

It shares the declared measures and groupings with `data.rollups`, but none of its arithmetic: the one checks the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete, select

from data import engine
from data.buckets import buckets_of
from data.rollups import ANSWERED, COUNTS, DURATIONS, ENDED, GROUPINGS, KEYS, STOCK, STOCK_LEVELS, Cell, Measure
from data.schema import incident, progress, rollup
from data.vocabulary import ENDED_STATES, SETTLED_STATES

VERSION: Final = 3  # of what the cells count: raise it with every change of measures or groupings
_WRITTEN_BY: Final = "rollups-version"
_PLACES: Final = ("county_code", "township_code", "village_code", "grid_code")
_NAMES: Final = sorted(
    {measure.at for measure in (*COUNTS, *DURATIONS)}
    | {measure.start for measure in DURATIONS}
    | {name for each in COUNTS for name in (each.where, each.by, each.weight) if name}
)
_KEYS: Final = ["start", "area", "category", "channel", "organisation", "bucket"]


def cells(conn: Connection, zone: ZoneInfo) -> Iterator[tuple[Cell, int]]:
    """Every cell with its value, counted from the rows."""
    incidents: Any = _read(conn)
    if incidents.empty:
        return
    starts = {measure.code: _starts(incidents, measure, zone) for measure in (*COUNTS, *DURATIONS)}
    for grouping in GROUPINGS:
        for measure in grouping.measures:
            times = incidents[measure.weight] if measure.weight else 1
            rows = pd.DataFrame(
                {"start": starts[measure.code][grouping.period], "bucket": _buckets(incidents, measure), "times": times}
            )
            rows = rows[starts[measure.code]["counts"]]
            for level in grouping.levels:
                for category, channel, handler in _dimensions(incidents, grouping.dimension):
                    counted = rows.assign(area=incidents[f"{level}_code"], category=category, channel=channel, organisation=handler)
                    yield from _sizes(counted, grouping.code, measure.code)
    has_ended = incidents["state_code"].isin(ENDED_STATES)
    standing = has_ended.map({True: ENDED, False: STOCK}).astype(str) + incidents["state_code"].astype(str)
    told = incidents[incidents["state_code"].isin(SETTLED_STATES) & incidents["feedback_at"].notna()]
    for level in STOCK_LEVELS:
        for state, of_state in incidents.groupby(standing):
            yield from _standing(of_state, level, str(state))
        yield from _standing(told, level, ANSWERED)


def _standing(incidents: Any, level: str, measure_code: str) -> Iterator[tuple[Cell, int]]:
    sizes = incidents.groupby(f"{level}_code", observed=True).size()
    yield from ((("stock", 0, str(area), "", "", "", measure_code, 0), int(count)) for area, count in sizes.items())


def _read(conn: Connection) -> Any:
    texts = (*_PLACES, "category_code", "channel_code", "handler_code", "state_code")
    statement = select(*(incident.c[name] for name in (*_NAMES, *texts))).compile(dialect=conn.dialect)
    found: Any = pd.DataFrame(conn.exec_driver_sql(str(statement)).fetchall(), columns=[*_NAMES, *texts])
    for name in _NAMES:
        found[name] = pd.array(found[name], dtype="Int64")
    for name in texts:
        found[name] = found[name].astype("category")
    return found


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
        return 0
    elapsed = (incidents[measure.at] - incidents[measure.start]).fillna(0).to_numpy(dtype=np.int64)
    return buckets_of(elapsed / 60_000_000)


def _dimensions(incidents: Any, dimension: str) -> Iterator[tuple[Any, Any]]:
    if dimension == "category":
        top = incidents["category_code"].astype(str).str.partition(".")[0]
        yield top.astype("category"), "", ""
        own = incidents["category_code"].astype(str)
        # A top category counts once, not also as its own.
        yield own.where(own != top).astype("category"), "", ""
    else:
        by = {"channel": ("", incidents["channel_code"], ""), "organisation": ("", "", incidents["handler_code"])}
        yield by.get(dimension, ("", "", ""))


def _sizes(rows: Any, grouping_code: str, measure_code: str) -> Iterator[tuple[Cell, int]]:
    sizes: Any = rows.groupby(_KEYS, observed=True, sort=False)["times"].sum()
    for (start, *codes, bucket), count in sizes.items():
        area, category, channel, organisation = map(str, codes)
        yield (grouping_code, int(start), area, category, channel, organisation, measure_code, int(bucket)), int(count)


def check(conn: Connection, zone: ZoneInfo) -> list[tuple[Cell, int, int]]:
    """Cells that differ from a recount: (cell, stored, recounted). Empty when the rollups are exact."""
    recounted = dict(cells(conn, zone))
    stored = {tuple(row[:-1]): row[-1] for row in conn.execute(select(*(rollup.c[name] for name in (*KEYS, "value"))))}
    differing = [cell for cell in recounted.keys() | stored.keys() if recounted.get(cell, 0) != stored.get(cell, 0)]
    return [(cell, stored.get(cell, 0), recounted.get(cell, 0)) for cell in sorted(differing)]


def ensure(conn: Connection, zone: ZoneInfo, at: datetime) -> bool:
    """Rebuild the cells if other code than this wrote them; gives whether it did.

    Killed in between, it is done at the next start.
    """
    if conn.execute(select(progress.c.done_count).where(progress.c.key == _WRITTEN_BY)).scalar() == VERSION:
        return False
    is_any = conn.execute(select(incident.c.id).limit(1)).first() is not None
    if is_any:
        rebuild(conn, zone)
    row = {"key": _WRITTEN_BY, "done_count": VERSION, "total_count": VERSION, "updated_at": at}
    engine.upsert(conn, progress, [row], keys=("key",))
    return is_any


def rebuild(conn: Connection, zone: ZoneInfo) -> int:
    """Throw the cells away and count them anew; gives how many there are."""
    counted = dict(cells(conn, zone))
    conn.execute(delete(rollup))
    engine.bulk_insert(conn, rollup, (*KEYS, "value"), [(*cell, counted[cell]) for cell in sorted(counted)])
    return len(counted)

"""Additive counts of the ways cases take, per month of the report and area, exact at every commit.

A raw look at ten million steps cannot be had in the time a wall has; these cells can. Like `data.rollups`: what one
case adds is `contributions`, from the two texts on its own row (`data.trails`), and a change adds
`contributions(new) - contributions(old)` in the transaction of the row itself. Kinds of cells:

    variant        letters of the whole path     how many cases took it
    variant_time   letters of the whole path     how long from its first step to its last (log-buckets)
    pair_time      two letters                   how long from the one step to the next
    hand_time      organisation                  how long it kept a case each time it had it
    hand_sum       organisation                  the sum of that, in microseconds

What follows what, rework and conformance follow from the variants alone (`data.flows`). A hand counts once the case
has left it: the present ones are counted at the reading, on the open incidents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from data import engine
from data.buckets import bucket_of
from data.rollups import hour_number, month_number
from data.schema import path_count
from data.trails import REST, gaps_of, letters_of, read_hands

Row = Mapping[str, Any]
Cell = tuple[str, str, str, int, int]
KEYS: Final = ("kind_code", "area_code", "key", "period_start", "bucket")
KINDS: Final = ("variant", "variant_time", "pair_time", "hand_time", "hand_sum")
LEVELS: Final = ("county", "township")
MINUTE: Final = 60_000_000  # microseconds
NOBODY: Final = "-"  # the key of work that was nobody's


def month_of(row: Row, zone: ZoneInfo) -> int:
    """The month in which a case counts: that of its report, whenever its steps come."""
    return month_number(hour_number(row["reported_at"], zone) // 24)


def contributions(row: Row, zone: ZoneInfo) -> Counter[Cell]:
    """The cells one case counts in. Pure; `row` has `reported_at`, the areas, `path_text` and `hands_text`."""
    cells: Counter[Cell] = Counter()
    if not row["path_text"]:
        return cells
    found = _of_path(row["path_text"]) + _of_hands(row["hands_text"])
    month = month_of(row, zone)
    for level in LEVELS:
        area = row[f"{level}_code"]
        if area:
            for kind, key, bucket, value in found:
                cells[kind, area, key, month, bucket] += value
    return cells


def _of_path(text: str) -> list[tuple[str, str, int, int]]:
    letters, gaps = letters_of(text), gaps_of(text)
    whole = sum(gap for _, gap in gaps)
    pairs = [("pair_time", a + b, bucket_of(gap / MINUTE), 1) for (a, _), (b, gap) in pairwise(gaps)]
    return [("variant", letters, 0, 1), ("variant_time", letters, bucket_of(whole / MINUTE), 1), *pairs]


def _of_hands(text: str) -> list[tuple[str, str, int, int]]:
    found = []
    for code, held in read_hands(text):
        if code != REST:
            key = NOBODY if code is None else code
            found += [("hand_time", key, bucket_of(held / MINUTE), 1), ("hand_sum", key, 0, held)]
    return found


def difference(changes: Iterable[tuple[Row | None, Row]], zone: ZoneInfo) -> Counter[Cell]:
    """What changes (old or `None`, new) of incidents add to the cells; cells that do not change are left out."""
    cells: Counter[Cell] = Counter()
    for old, new in changes:
        if old is not None and _is_same(old, new):
            continue
        cells.update(contributions(new, zone))
        if old is not None:
            cells.subtract(contributions(old, zone))
    return Counter({cell: value for cell, value in cells.items() if value})


def _is_same(old: Row, new: Row) -> bool:
    return all(old[name] == new[name] for name in ("path_text", "hands_text", "reported_at", "county_code", "township_code"))


def add(conn: Connection, cells: Mapping[Cell, int]) -> None:
    """Add to the cells, in sorted order so that concurrent writers cannot wait for each other in a circle."""
    rows = [dict(zip(KEYS, cell, strict=True), value=cells[cell]) for cell in sorted(cells)]
    engine.upsert(conn, path_count, rows, keys=KEYS, adding=("value",))

"""Additive counts of the ways cases take, per month of the report and area, exact at every commit.

A raw look at ten million steps cannot be had in the time a wall has; these cells can. Like `data.rollups`: what one
case adds is `contributions`, from the two texts on its own row (`data.trails`) and its present holder, and a change adds
`contributions(new) - contributions(old)` in the transaction of the row itself. Kinds of cells, and their keys:

    variant, variant_time    letters of the whole path    how many took it; how long from its first step to its last
    pair, pair_time          two letters                  how often the one came next after the other; after how long
    fit                      kind/activity, or fits       cases by where they first leave the prescribed path (`data.mining`)
    again, again_more        a letter                     cases that went through it more than once; how often beyond the first
    hand, hand_time          organisation, - for nobody   how often it had a case; how long each time
    hand_sum                 the same                     the sum of that, in microseconds
    held                     the same                     how many open cases it has now
    held_second, held_rest   the same                     since when, summed: whole seconds since 1970, and microseconds over

Times are counted in log-buckets, the rest stands in bucket 0, so that a count never has to be summed from its times. How
long the present hands have had their cases at an instant is `held` times the instant, less what `held_second` and
`held_rest` sum to: so the times of all hands sum to the time that has elapsed, without looking at one open case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from data import engine
from data.buckets import bucket_of
from data.instants import to_microseconds
from data.mining import first_deviation
from data.rollups import hour_number, month_number
from data.schema import incident, path_count, progress
from data.trails import REST, activities_of, gaps_of, letters_of, read_hands

Row = Mapping[str, Any]
Cell = tuple[str, str, str, int, int]
Part = tuple[str, str, int, int]  # kind, key, bucket, value
VERSION: Final = 1  # of what the cells count: raise it with every change, of the prescribed path too
KEYS: Final = ("kind_code", "area_code", "key", "period_start", "bucket")
LEVELS: Final = ("county", "township")
SECOND: Final = 1_000_000  # microseconds
MINUTE: Final = 60 * SECOND
NOBODY: Final = "-"
FITS: Final = "fits"
_WRITTEN_BY: Final = "paths-version"
_TEXTS: Final = ("path_text", "hands_text")
_PRESENT: Final = ("ended_at", "holder_code", "holder_since_at")
_READ: Final = ("reported_at", *_TEXTS, *_PRESENT, *(f"{level}_code" for level in LEVELS))


def contributions(row: Row, zone: ZoneInfo) -> Counter[Cell]:
    """The cells one case counts in. Pure; `row` has `reported_at`, the areas, `path_text` and `hands_text`."""
    cells: Counter[Cell] = Counter()
    if not row["path_text"]:
        return cells
    found = [*_of_path(row["path_text"]), *_of_hands(row["hands_text"]), *_of_present(row)]
    month = month_number(hour_number(row["reported_at"], zone) // 24)
    for level in LEVELS:
        area = row[f"{level}_code"]
        if area:
            for kind, key, bucket, value in found:
                cells[kind, area, key, month, bucket] += value
    return cells


def _of_path(text: str) -> list[Part]:
    gaps = gaps_of(text)
    letters = letters_of(text)
    whole = sum(gap for _, gap in gaps)
    found = [("variant_time", letters, bucket_of(whole / MINUTE), 1), *_of_letters(letters)]
    found += [("pair_time", a + b, bucket_of(gap / MINUTE), 1) for (a, _), (b, gap) in pairwise(gaps)]
    return found


@lru_cache(maxsize=16384)
def _of_letters(letters: str) -> tuple[Part, ...]:
    """What follows from the way alone, whatever its times."""
    activities = activities_of(letters)
    deviation = first_deviation(activities)
    fit = FITS if deviation is None else f"{deviation.kind}/{deviation.activity}"
    steps = letters[: len(activities)]
    times = Counter(steps)
    return (
        ("variant", letters, 0, 1),
        ("fit", fit, 0, 1),
        *(("pair", a + b, 0, 1) for a, b in pairwise(steps)),
        *(("again", letter, 0, 1) for letter, count in times.items() if count > 1),
        *(("again_more", letter, 0, count - 1) for letter, count in times.items() if count > 1),
    )


def _of_hands(text: str) -> list[Part]:
    found: list[Part] = []
    for code, held in read_hands(text):
        if code != REST:
            key = NOBODY if code is None else code
            found += [("hand", key, 0, 1), ("hand_time", key, bucket_of(held / MINUTE), 1), ("hand_sum", key, 0, held)]
    return found


def _of_present(row: Row) -> list[Part]:
    since = row["holder_since_at"]
    if row["ended_at"] is not None or since is None:
        return []
    key = NOBODY if row["holder_code"] is None else row["holder_code"]
    seconds, rest = divmod(to_microseconds(since), SECOND)
    return [("held", key, 0, 1), ("held_second", key, 0, seconds), ("held_rest", key, 0, rest)]


def difference(changes: Iterable[tuple[Row | None, Row]], zone: ZoneInfo) -> Counter[Cell]:
    """What changes (old or `None`, new) of incidents add to the cells; cells that do not change are left out."""
    cells: Counter[Cell] = Counter()
    for old, new in changes:
        if old is not None and all(old[name] == new[name] for name in _READ):
            continue
        cells.update(contributions(new, zone))
        if old is not None:
            cells.subtract(contributions(old, zone))
    return Counter({cell: value for cell, value in cells.items() if value})


def add(conn: Connection, cells: Mapping[Cell, int]) -> None:
    """Add to the cells, in sorted order so that concurrent writers cannot wait for each other in a circle."""
    rows = [dict(zip(KEYS, cell, strict=True), value=cells[cell]) for cell in sorted(cells)]
    engine.upsert(conn, path_count, rows, keys=KEYS, adding=("value",))


def rebuild(conn: Connection, zone: ZoneInfo) -> int:
    """Throw the cells away and count them anew from the rows' own texts; gives how many there are."""
    counted: Counter[Cell] = Counter()
    for row in conn.execute(select(*(incident.c[name] for name in _READ))).mappings():
        counted.update(contributions(dict(row), zone))
    conn.execute(delete(path_count))
    engine.bulk_insert(conn, path_count, (*KEYS, "value"), [(*cell, counted[cell]) for cell in sorted(counted)])
    return len(counted)


def ensure(conn: Connection, zone: ZoneInfo, at: datetime) -> bool:
    """Rebuild the cells if other code than this wrote them; gives whether it did. Killed in between, the next start does it."""
    if conn.execute(select(progress.c.done_count).where(progress.c.key == _WRITTEN_BY)).scalar() == VERSION:
        return False
    is_any = conn.execute(select(incident.c.id).limit(1)).first() is not None
    if is_any:
        rebuild(conn, zone)
    row = {"key": _WRITTEN_BY, "done_count": VERSION, "total_count": VERSION, "updated_at": at}
    engine.upsert(conn, progress, [row], keys=("key",))
    return is_any

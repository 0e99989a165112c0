"""Reads of the ways cases take, over months of their report: variants, what follows what, conformance, rework, time in hands.

All from `data.paths`' cells, none from an incident but `log`; durations are medians and ninetieth percentiles
of log-buckets, so they are off by less than a bucket's width (15 %). For one log, to the second, there is `data.mining`.
Months are their first county day since 1970-01-01, both ends included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, func, literal_column, select

from data import paths, rollups
from data.buckets import quantile
from data.instants import to_microseconds
from data.periods import EPOCH_ON, Period, midnight
from data.schema import incident, path_count, rollup, step
from data.trails import activities_of
from data.vocabulary import ACTION_RANK, BESIDE_THE_PATH

Months = tuple[int, int]
MOST_TIMED: Final = 40  # of pairs and of organisations: the commonest have their times, all have their counts
_AT_FIRST: Final = 5  # so many times what was asked for is looked at of each month before it is sure which are the commonest
_MICROSECOND: Final = timedelta(microseconds=1)
_MOST_NAMED: Final = 5000  # keys of one statement
_VARIANT: Final[Any] = literal_column("'variant'")  # said as a literal, for its index
_cell: Final = path_count.c


def variants(conn: Connection, code: str, months: Months, limit: int) -> dict[str, Any]:
    """The commonest paths of an area: `case_count` in all, and `rows` of `path` (actions), its `letters`, `case_count`, `share`,
    `median_minutes`, `p90_minutes` (first step to last), the most frequent first.
    """
    top = _commonest(conn, code, months, limit)
    times = _buckets(conn, "variant_time", code, months, list(top))
    total = sum(_counts(conn, "fit", code, months).values())
    rows = [
        {"path": activities_of(letters), "letters": letters, "case_count": count, "share": count / total,
         **_spread(times.get(letters, {}))}
        for letters, count in top.items()
    ]  # fmt: skip
    return {"case_count": total, "rows": rows}


def variant_count(conn: Connection, code: str, months: Months) -> int:
    """How many different paths there are."""
    return len(_counts(conn, "variant", code, months))


def _commonest(conn: Connection, code: str, months: Months, limit: int) -> dict[str, int]:
    """The commonest paths and how many took each, exact, without counting the thousands that hardly anybody takes.

    A path that is not among the first so many of any month took part in each month at most as often as the last one looked
    at; as long as these together do not reach the last of those found, it cannot be one of them (Fagin's threshold).
    """
    looked_at = limit * _AT_FIRST
    while True:
        known: set[str] = set()
        unseen = 0
        for month in _starts(months):
            asked = (_cell.kind_code == _VARIANT, _cell.area_code == code, _cell.period_start == month, _cell.value > 0)
            of_month = select(_cell.key, _cell.value).where(*asked).order_by(_cell.value.desc()).limit(looked_at)
            found = conn.execute(of_month).all()
            known |= {row.key for row in found}
            unseen += found[-1].value if len(found) == looked_at else 0
        totals = _counts(conn, "variant", code, months, sorted(known) if len(known) < _MOST_NAMED else None)
        counted = sorted(totals.items(), key=lambda each: (-each[1], each[0]))[:limit]
        if not unseen or (len(counted) == limit and counted[-1][1] > unseen):
            return dict(counted)
        looked_at *= 4


def directly_follows(conn: Connection, code: str, months: Months, most_timed: int = MOST_TIMED) -> list[dict[str, Any]]:
    """Each action and the one that came next: `activity`, `next_activity`, `count`, and of the commonest pairs `median_minutes`,
    `p90_minutes`; the most frequent first.
    """
    counted = sorted(_counts(conn, "pair", code, months).items(), key=lambda each: (-each[1], activities_of(each[0])))
    times = _buckets(conn, "pair_time", code, months, [letters for letters, _ in counted[:most_timed]])
    rows = []
    for letters, count in counted:
        activity, following = activities_of(letters)
        rows.append({"activity": activity, "next_activity": following, "count": count, **_spread(times.get(letters, {}))})
    return rows


def conformance(conn: Connection, code: str, months: Months) -> dict[tuple[str, str], int]:
    """Cases by where they first leave the prescribed path (`data.mining`): (kind, activity) -> cases; ("", "") follow it."""
    counts: dict[tuple[str, str], int] = {}
    for key, count in _counts(conn, "fit", code, months).items():
        kind, _, activity = key.partition("/")
        counts[("", "") if key == paths.FITS else (kind, activity)] = count
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def rework(conn: Connection, code: str, months: Months) -> list[dict[str, Any]]:
    """Each action that some case went through more than once: `activity`, `case_count`, `repeat_count`; most cases first."""
    repeats = _counts(conn, "again_more", code, months)
    rows = [
        {"activity": activities_of(letter)[0], "case_count": count, "repeat_count": repeats[letter]}
        for letter, count in _counts(conn, "again", code, months).items()
    ]
    return sorted(rows, key=lambda row: (-row["case_count"], row["activity"]))


def time_per_holder(conn: Connection, code: str, months: Months, now: datetime) -> list[dict[str, Any]]:
    """How long each organisation had the cases of an area, to the microsecond: `organisation_code` (`None` where it was
    nobody's), `time`, `hand_count`, of the longest `median_minutes` and `p90_minutes` of the hands that are over, and
    `open_count`, how many it has now; the longest first. The times of all sum to the time that these cases have been open.
    """
    held, counts = _counts(conn, "hand_sum", code, months), _counts(conn, "hand", code, months)
    present = _counts(conn, "held", code, months)
    seconds, rest = (_counts(conn, kind, code, months) for kind in ("held_second", "held_rest"))
    whole: dict[str, timedelta] = {}
    for key in held.keys() | present.keys():
        # Python's integers: the microseconds of ten million cases are more than a database's hold.
        since = seconds.get(key, 0) * paths.SECOND + rest.get(key, 0)
        whole[key] = (held.get(key, 0) + present.get(key, 0) * to_microseconds(now) - since) * _MICROSECOND
    longest = sorted(whole, key=lambda key: (-whole[key], key))
    times = _buckets(conn, "hand_time", code, months, longest[:MOST_TIMED])
    return [
        {"organisation_code": None if key == paths.NOBODY else key, "time": whole[key], "hand_count": counts.get(key, 0),
         "open_count": present.get(key, 0), **_spread(times.get(key, {}))}
        for key in longest
    ]  # fmt: skip


def stage_minutes(conn: Connection, code: str, months: Months) -> dict[str, dict[str, Any]]:
    """How long each of `data.rollups.DURATIONS` takes, by the month it ended in: `count`, `median_minutes`, `p90_minutes`."""
    cells = rollup.c
    statement = (
        select(cells.measure_code, cells.bucket, func.sum(cells.value))
        .where(cells.grouping_code == "month_time", cells.measure_code.in_([each.code for each in rollups.DURATIONS]))
        .where(cells.period_start.in_(_starts(months)), cells.area_code == code)
        .group_by(cells.measure_code, cells.bucket)
    )
    found: dict[str, dict[int, int]] = {each.code: {} for each in rollups.DURATIONS}
    for measure, bucket, value in conn.execute(statement):
        found[measure][bucket] = int(value)
    return {measure: {"count": sum(buckets.values()), **_spread(buckets)} for measure, buckets in found.items()}


def log(conn: Connection, level: str, code: str, months: Months, zone: ZoneInfo, *, in_own_words: bool = False) -> Any:
    """The log itself, for `data.mining`, exact to the microsecond: a frame of `case`, `activity`, `at`, in replay order, the
    report and what moves something; `in_own_words` every step by the source's own name for it, without the report.
    """
    begin, end = _bounds(months, zone)
    asked = (incident.c[f"{level}_code"] == code, incident.c.reported_at >= begin, incident.c.reported_at < end)
    told = select(step.c.incident_id, step.c.action_code, step.c.activity_name, step.c.at, step.c.source_ref)
    found = conn.execute(told.join(incident, incident.c.id == step.c.incident_id).where(*asked))
    rows = [(row[0], to_microseconds(row[3]), ACTION_RANK[row[1]], row[4], row[2] if in_own_words else row[1]) for row in found]
    if not in_own_words:
        reports = conn.execute(select(incident.c.id, incident.c.reported_at).where(*asked))
        rows = [row for row in rows if row[4] not in BESIDE_THE_PATH]
        rows += [(number, to_microseconds(at), ACTION_RANK["report"], "", "report") for number, at in reports]
    ordered = sorted(rows, key=lambda row: row[:4])
    return pd.DataFrame([(row[0], row[4], row[1]) for row in ordered], columns=["case", "activity", "at"])


def _within(kind: str, code: str, months: Months) -> tuple[Any, ...]:
    first, last = months
    return _cell.kind_code == kind, _cell.area_code == code, _cell.period_start >= first, _cell.period_start <= last


def _counts(conn: Connection, kind: str, code: str, months: Months, keys: Sequence[str] | None = None) -> dict[str, int]:
    asked = (*_within(kind, code, months), *_one_of(keys))
    if kind == "hand_sum":  # added up here: its cells are near the end of what a database can sum
        found: dict[str, int] = {}
        for key, value in conn.execute(select(_cell.key, _cell.value).where(*asked)):
            found[key] = found.get(key, 0) + value
        return found
    statement = select(_cell.key, func.sum(_cell.value)).where(*asked)
    return {key: int(value) for key, value in conn.execute(statement.group_by(_cell.key)) if value}


def _buckets(conn: Connection, kind: str, code: str, months: Months, keys: Sequence[str]) -> dict[str, dict[int, int]]:
    statement = select(_cell.key, _cell.bucket, func.sum(_cell.value)).where(*_within(kind, code, months), *_one_of(keys))
    found: dict[str, dict[int, int]] = {}
    for key, bucket, value in conn.execute(statement.group_by(_cell.key, _cell.bucket)):
        if value:
            found.setdefault(key, {})[bucket] = int(value)
    return found


def _one_of(keys: Sequence[str] | None) -> list[Any]:
    return [] if keys is None else [_cell.key.in_(keys)]


def _bounds(months: Months, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Half-open instants of the months."""
    first_on, last_on = (EPOCH_ON + timedelta(days=day) for day in months)
    return midnight(first_on, zone), midnight(Period.holding("month", last_on).next.first_on, zone)


def _spread(buckets: dict[int, int]) -> dict[str, float | None]:
    return {"median_minutes": quantile(buckets, 0.5), "p90_minutes": quantile(buckets, 0.9)}


def _starts(months: Months) -> Iterable[int]:
    return sorted({rollups.month_number(day) for day in range(months[0], months[1] + 1)})

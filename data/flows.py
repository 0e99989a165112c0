"""Reads of the ways cases take, over months of their report: variants, what follows what, conformance, rework, time in hands.

All from `data.paths`' cells, and the present hands from the open incidents; durations are medians and ninetieth percentiles
of log-buckets, so they are off by less than a bucket's width (15 %). For one log, to the second, there is `data.mining`.
Months are their first county day since 1970-01-01, both ends included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from data import paths, rollups
from data.buckets import quantile
from data.instants import to_microseconds
from data.mining import first_deviation
from data.periods import EPOCH_ON, Period, midnight
from data.queries import open_in
from data.schema import incident, path_count, rollup
from data.trails import activities_of

Months = tuple[int, int]
_cell: Final = path_count.c


def variants(conn: Connection, code: str, months: Months, limit: int) -> dict[str, Any]:
    """The commonest paths of an area: `case_count` and `variant_count` in all, and `rows` of `path` (actions), `case_count`,
    `share`, `median_minutes`, `p90_minutes` (first step to last), the most frequent first.
    """
    counted = _counts(conn, code, months)
    top = sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:limit]
    times = _buckets(conn, "variant_time", code, months, [letters for letters, _ in top])
    total = sum(counted.values())
    rows = [
        {"path": activities_of(letters), "case_count": count, "share": count / total, **_spread(times.get(letters, {}))}
        for letters, count in top
    ]
    return {"case_count": total, "variant_count": len(counted), "rows": rows}


def directly_follows(conn: Connection, code: str, months: Months) -> list[dict[str, Any]]:
    """Each action and the one that came next: `activity`, `next_activity`, `count`, `median_minutes`, `p90_minutes`; most first."""
    found = _buckets(conn, "pair_time", code, months)
    rows = []
    for letters, buckets in found.items():
        activity, following = activities_of(letters)
        rows.append({"activity": activity, "next_activity": following, "count": sum(buckets.values()), **_spread(buckets)})
    return sorted(rows, key=lambda row: (-row["count"], row["activity"], row["next_activity"]))


def conformance(conn: Connection, code: str, months: Months) -> dict[tuple[str, str], int]:
    """Cases by where they first leave the prescribed path (`data.mining`): (kind, activity) -> cases; ("", "") follow it."""
    counts: Counter[tuple[str, str]] = Counter()
    for letters, count in _counts(conn, code, months).items():
        deviation = first_deviation(activities_of(letters))
        counts["" if deviation is None else deviation.kind, "" if deviation is None else deviation.activity] += count
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def rework(conn: Connection, code: str, months: Months) -> list[dict[str, Any]]:
    """Each action that some case went through more than once: `activity`, `case_count`, `repeat_count`; most cases first."""
    cases: Counter[str] = Counter()
    repeats: Counter[str] = Counter()
    for letters, count in _counts(conn, code, months).items():
        for activity, times in Counter(activities_of(letters)).items():
            if times > 1:
                cases[activity] += count
                repeats[activity] += count * (times - 1)
    rows = [{"activity": activity, "case_count": cases[activity], "repeat_count": repeats[activity]} for activity in cases]
    return sorted(rows, key=lambda row: (-row["case_count"], row["activity"]))


def time_per_holder(conn: Connection, level: str, code: str, months: Months, now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """How long each organisation had the cases of an area, to the microsecond: `organisation_code` (`None` where it was
    nobody's), `time`, `hand_count`, `median_minutes`, `p90_minutes` of the hands that are over, and `open_count`, how many it
    has now; the longest first. The times of all sum to the time that these cases have been open.
    """
    sums = select(_cell.key, func.sum(_cell.value)).where(*_within("hand_sum", code, months)).group_by(_cell.key)
    held = {key: timedelta(microseconds=int(value)) for key, value in conn.execute(sums) if value}
    times = _buckets(conn, "hand_time", code, months)
    present = _present(conn, level, code, months, now, zone)
    rows = []
    for key in held.keys() | present.keys():
        count, time = present.get(key, (0, timedelta()))
        rows.append({
            "organisation_code": None if key == paths.NOBODY else key, "time": held.get(key, timedelta()) + time,
            "open_count": count, "hand_count": sum(times.get(key, {}).values()), **_spread(times.get(key, {})),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["time"], row["organisation_code"] or ""))


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


def _within(kind: str, code: str, months: Months) -> tuple[Any, ...]:
    first, last = months
    return _cell.kind_code == kind, _cell.area_code == code, _cell.period_start >= first, _cell.period_start <= last


def _counts(conn: Connection, code: str, months: Months) -> dict[str, int]:
    statement = select(_cell.key, func.sum(_cell.value)).where(*_within("variant", code, months)).group_by(_cell.key)
    return {letters: int(value) for letters, value in conn.execute(statement) if value}


def _buckets(
    conn: Connection, kind: str, code: str, months: Months, keys: Sequence[str] | None = None
) -> dict[str, dict[int, int]]:
    statement = select(_cell.key, _cell.bucket, func.sum(_cell.value)).where(*_within(kind, code, months))
    if keys is not None:
        statement = statement.where(_cell.key.in_(keys))
    found: dict[str, dict[int, int]] = {}
    for key, bucket, value in conn.execute(statement.group_by(_cell.key, _cell.bucket)):
        if value:
            found.setdefault(key, {})[bucket] = int(value)
    return found


def _present(
    conn: Connection, level: str, code: str, months: Months, now: datetime, zone: ZoneInfo
) -> dict[str, tuple[int, timedelta]]:
    """Who has how many of the open cases now, and for how long together."""
    since = type_coerce(incident.c.holder_since_at, BigInteger)
    first_on, last_on = (EPOCH_ON + timedelta(days=day) for day in months)
    begin, end = midnight(first_on, zone), midnight(Period("month", last_on).next.first_on, zone)
    asked = (incident.c.reported_at >= begin, incident.c.reported_at < end)
    statement = select(incident.c.holder_code, func.count(), func.sum(since)).where(open_in(level, code), *asked)
    found = {}
    for holder, count, total in conn.execute(statement.group_by(incident.c.holder_code)):
        elapsed = timedelta(microseconds=count * to_microseconds(now) - int(total))
        found[paths.NOBODY if holder is None else holder] = (int(count), elapsed)
    return found


def _spread(buckets: dict[int, int]) -> dict[str, float | None]:
    return {"median_minutes": quantile(buckets, 0.5), "p90_minutes": quantile(buckets, 0.9)}


def _starts(months: Months) -> Iterable[int]:
    return sorted({rollups.month_number(day) for day in range(months[0], months[1] + 1)})

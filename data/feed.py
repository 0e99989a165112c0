"""The change feed: what changed, in commit order, from a number on; and what the wall needs of one incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from data import engine
from data.alarms import raised
from data.instants import minute_of, to_microseconds
from data.schema import change, change_head

ROWS: Final = "rows"  # of an entry for those who keep copies of rows; to a wall it says only that figures may differ


@dataclass(frozen=True)
class Entry:
    """One change to tell: its kind (`incident`, `progress`, `city`, `director`, `ROWS`), its incident or none, its content."""

    kind_code: str
    content: Mapping[str, Any]
    incident_id: int | None = None


def append(conn: Connection, at: datetime, entries: Sequence[Entry]) -> int:
    """Add entries to the feed; gives the last number. Call it last in the transaction.

    The numbers come from one row that stays locked until the commit, so numbers and commits have one order and a
    reader that asks for what is above its last number never skips a writer that commits late.
    """
    if not entries:
        return head(conn)
    counter = update(change_head).where(change_head.c.id == 1).values(last_id=change_head.c.last_id + len(entries))
    last = int(conn.execute(counter.returning(change_head.c.last_id)).scalar_one())
    first = last - len(entries) + 1
    rows = [
        {
            "id": first + place,
            "at": at,
            "kind_code": entry.kind_code,
            "incident_id": entry.incident_id,
            "content": orjson.dumps(entry.content).decode(),
        }
        for place, entry in enumerate(entries)
    ]
    conn.execute(insert(change), rows)
    engine.notify(conn)
    return last


def after(conn: Connection, last_id: int, limit: int = 1000) -> list[tuple[int, datetime, str, str]]:
    """Up to `limit` changes above a number, in order: (number, committed at, kind, content as JSON)."""
    columns = (change.c.id, change.c.at, change.c.kind_code, change.c.content)
    rows = conn.execute(select(*columns).where(change.c.id > last_id).order_by(change.c.id).limit(limit))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def head(conn: Connection) -> int:
    """The number of the newest change: the data's version."""
    return int(conn.execute(select(change_head.c.last_id)).scalar_one())


def version(conn: Connection, now: datetime) -> tuple[int, int]:
    """What a picture is of that is read as of `now`: the number of the newest change, and the minute since 1970.

    The number is negative where a change is stamped later than `now`, as when it was committed between looking at the clock and
    reading: what asks for rows up to `now` may lack it, and is not the picture of that number. The latest stamp need not be
    the newest change's: writers look at the clock before they wait for one another.
    """
    latest = select(func.max(change.c.at)).scalar_subquery()
    number, at = conn.execute(select(change_head.c.last_id, latest)).one()
    return (-int(number) if at is not None and at > now else int(number)), minute_of(now)


def hold(conn: Connection) -> int:
    """The number of the newest change, with everybody else's changes kept out until the commit. In a write transaction only.

    Take it before anything else is locked, and write nothing but the feed after it.
    """
    return int(conn.execute(select(change_head.c.last_id).where(change_head.c.id == 1).with_for_update()).scalar_one())


def of_kind(conn: Connection, kind_code: str, since: datetime) -> list[tuple[int, datetime, str, str]]:
    """The changes of a kind that has no incident, committed at an instant or later, as `after` gives them."""
    columns = (change.c.id, change.c.at, change.c.kind_code, change.c.content)
    # Without an incident they stand together in its index, however many incidents have changed meanwhile.
    mine = (change.c.incident_id.is_(None), change.c.kind_code == kind_code, change.c.at >= since)
    return [(row[0], row[1], row[2], row[3]) for row in conn.execute(select(*columns).where(*mine).order_by(change.c.id))]


def changed_incidents(conn: Connection, last_id: int, head_id: int) -> tuple[int, set[int]]:
    """What changed above a number, up to another: how many changes are still kept, and the incidents whose rows they name."""
    between = (change.c.id > last_id, change.c.id <= head_id)
    by_incident = select(change.c.incident_id, func.count()).where(*between).group_by(change.c.incident_id)
    counts = {row[0]: int(row[1]) for row in conn.execute(by_incident)}
    found = {each for each in counts if each is not None}
    if None in counts:
        for content in conn.execute(select(change.c.content).where(*between, change.c.kind_code == ROWS)).scalars():
            found |= set(orjson.loads(content)["ids"])
    return sum(counts.values()), found


def name_rows(conn: Connection, at: datetime, ids: Sequence[int]) -> None:
    """Name incidents whose rows were written without telling of each: as the last of the transaction."""
    if ids:
        engine.at_last(conn, lambda: append(conn, at, [Entry(ROWS, {"ids": list(ids)})]))


def first(conn: Connection) -> int | None:
    """The oldest number still kept."""
    return conn.execute(select(func.min(change.c.id))).scalar()


def prune(conn: Connection, before: datetime) -> int:
    """Forget changes older than an instant; the wall never asks for them, and the rows themselves stay."""
    return conn.execute(delete(change).where(change.c.at < before)).rowcount


def incident_state(row: Mapping[str, Any], action_code: str) -> dict[str, Any]:
    """What the wall needs of one incident: the newest whole state, never a difference. Times are epoch milliseconds.

    A restricted incident shows its kind only: no words, no address; the caller has put its grid's centre into
    `lon`, `lat`.
    """
    is_restricted = row["is_restricted"]
    return {
        "id": row["id"],
        "version": row["version"],
        "number": number(row),
        "at": milliseconds(row["reported_at"]),
        "precision": row["reported_precision"],
        "received": milliseconds(row["received_at"]),
        "committed": milliseconds(row["committed_at"]),
        "text": "" if is_restricted else row["report_text"],
        "address": "" if is_restricted else row["address_text"],
        "category": row["category_code"],
        "channel": row["channel_code"],
        "reporter": row["reporter_kind_code"],
        "urgency": row["urgency_code"],
        "restricted": is_restricted,
        "state": row["state_code"],
        "since": milliseconds(row["state_since_at"]),
        "holder": row["holder_code"],
        "handler": row["handler_code"],
        "due": milliseconds(row["due_at"]),
        "risk": milliseconds(row["at_risk_at"]),
        "resolved": milliseconds(row["resolved_at"]),
        "holder_since": milliseconds(row["holder_since_at"]),
        "holder_due": milliseconds(row["holder_due_at"]),
        "supervised": row["supervise_level"],
        "signs": [{"kind": kind, "at": milliseconds(since)} for kind, since in raised(row, row["committed_at"])],
        "accept_due": milliseconds(row["accept_due_at"]),
        "basis": row["place_basis_code"],
        "lon": row["lon"],
        "lat": row["lat"],
        "county": row["county_code"],
        "township": row["township_code"],
        "village": row["village_code"],
        "grid": row["grid_code"],
        "returns": row["return_count"],
        "marks": row["impossible_count"],
        "media": row["media_count"],
        "ended": milliseconds(row["ended_at"]),
        "action": action_code,
    }


def number(row: Mapping[str, Any]) -> str:
    """The number people quote: the UTC date of receipt and the running number."""
    return f"{row['received_at']:%Y%m%d}-{row['id']:06d}"


def milliseconds(instant: datetime | None) -> int | None:
    """Epoch milliseconds, as browsers count."""
    return None if instant is None else to_microseconds(instant) // 1000

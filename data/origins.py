"""Where what we know of an incident came from: messages, files, posts of organisations, each with the raw bytes it was kept as.

Never the bytes themselves: they hold what was scrubbed. Never writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, select, tuple_

from data.schema import answer, batch, message, snapshot

Row = Mapping[str, Any]
BATCH_BEGINS: Final = timedelta(seconds=5)  # a file is opened at once after its reader was made, whose time its rows bear
MOST: Final = 200
ANSWER_COLUMNS: Final = ("kind_code", "round", "created_at", "state_code", "reason", "sent_at")


def messages_of(conn: Connection, incident_id: int) -> list[dict[str, Any]]:
    """The messages that an incident was made of, oldest first: `source`, `source_ref`, `kind_code`, `sent_at`, `received_at`,
    `checksum` and `size_bytes` of the raw bytes, and `content`, what was taken from them, scrubbed.
    """
    columns = ("source", "source_ref", "kind_code", "sent_at", "received_at", "checksum", "content")
    statement = select(*(message.c[name] for name in columns), snapshot.c.size_bytes).join(snapshot)
    statement = statement.where(message.c.incident_id == incident_id).order_by(message.c.sent_at, message.c.id).limit(MOST)
    return [dict(row) | {"content": orjson.loads(row["content"])} for row in conn.execute(statement).mappings()]


def batch_of(conn: Connection, source: str, received_at: datetime) -> dict[str, Any] | None:
    """The file in which a report of that source and instant came, `name`, `checksum`, `started_at`, `accepted_count`; `None` for a
    source without files. A file that was brought again after a stop bears the name and checksum it had at first.
    """
    columns = ("name", "checksum", "started_at", "accepted_count")
    mine = select(*(batch.c[name] for name in columns)).where(batch.c.source == source)
    begun = mine.where(batch.c.started_at >= received_at, batch.c.started_at <= received_at + BATCH_BEGINS)
    before = mine.where(batch.c.started_at < received_at)
    for statement in (begun.order_by(batch.c.started_at), before.order_by(batch.c.started_at.desc())):
        found = conn.execute(statement.limit(1)).mappings().first()
        if found is not None:
            return dict(found)
    return None


def posts_of(conn: Connection, steps: Sequence[Row]) -> dict[tuple[str, datetime], str]:
    """The checksum of the raw post in which each step came, by (source, received at), for those that came in one."""
    keys = sorted({(each["source"], each["received_at"]) for each in steps})
    found: dict[tuple[str, datetime], str] = {}
    for first in range(0, len(keys), MOST):
        names = (snapshot.c.source, snapshot.c.received_at)
        statement = select(*names, snapshot.c.checksum).where(tuple_(*names).in_(keys[first : first + MOST]))
        found |= {(source, at): checksum for source, at, checksum in conn.execute(statement)}
    return found


def answers_of(conn: Connection, incident_id: int) -> list[dict[str, Any]]:
    """What its reporters were told, oldest first: `ANSWER_COLUMNS`."""
    statement = select(*(answer.c[name] for name in ANSWER_COLUMNS)).where(answer.c.incident_id == incident_id)
    return [dict(row) for row in conn.execute(statement.order_by(answer.c.created_at, answer.c.id).limit(MOST)).mappings()]

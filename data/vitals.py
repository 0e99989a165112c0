"""Reads for whoever watches over the house: how far the feed is, what waits, which source spoke last. Never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from data import answers, engine, feed, photographs, queries
from data.schema import change, incident, ledger_check, message, progress


@dataclass(frozen=True)
class Vitals:
    """One look at the database; `oldest_kept_at` is when the message that waits longest for filing was received."""

    database: str
    size_bytes: int
    feed_head: int
    message_counts: dict[str, int]
    oldest_kept_at: datetime | None
    sources: list[dict[str, Any]]
    progress: dict[str, tuple[int, int]]
    ledger: dict[str, Any] | None  # of the last whole check: `at`, `counts`, `missing`, `named`; `None` before the first
    answers: dict[str, int]  # by state
    photographs: dict[str, int]  # by state


def read(conn: Connection) -> Vitals:
    """All of it, of one moment when the connection is one of `engine.reading`."""
    states = select(message.c.state_code, func.count()).group_by(message.c.state_code)
    oldest = select(message.c.received_at).where(message.c.state_code == "kept").order_by(message.c.id).limit(1)
    works = select(progress.c.key, progress.c.done_count, progress.c.total_count).order_by(progress.c.key)
    return Vitals(
        database=conn.dialect.name,
        size_bytes=engine.size_bytes(conn),
        feed_head=feed.head(conn),
        message_counts={row[0]: row[1] for row in conn.execute(states)},
        oldest_kept_at=conn.execute(oldest).scalar(),
        sources=queries.source_states(conn),
        progress={key: (done, total) for key, done, total in conn.execute(works)},
        ledger=_ledger(conn),
        answers=answers.counts(conn),
        photographs=photographs.counts(conn),
    )


def _ledger(conn: Connection) -> dict[str, Any] | None:
    row = conn.execute(select(ledger_check).order_by(ledger_check.c.id.desc()).limit(1)).mappings().first()
    if row is None:
        return None
    named = [each["name"] for each in orjson.loads(row["named"])]
    return {"at": row["last_at"], "since": row["first_at"], "missing": row["missing_count"], "named": named,
            "counts": orjson.loads(row["counts"])}  # fmt: skip


def open_counts(conn: Connection) -> dict[str, int]:
    """How many incidents are open in each state."""
    statement = select(incident.c.state_code, func.count()).where(incident.c.ended_at.is_(None)).group_by(incident.c.state_code)
    return {row[0]: row[1] for row in conn.execute(statement)}


def changed_at(conn: Connection, last_id: int) -> datetime | None:
    """When the first change above a number was committed; `None` when there is none."""
    return conn.execute(select(change.c.at).where(change.c.id > last_id).order_by(change.c.id).limit(1)).scalar()

"""Photographs of reports: which came with which message, and how far the fetching of each has come. Never fetches.

A photograph belongs to its message, and by it to an incident: when two reports are joined, it comes along.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, exists, func, or_, select, update

from data import engine
from data.schema import incident, message
from data.schema_intake import photograph

Row = Mapping[str, Any]
KIND: Final = "image"  # the kind of message that is one
AVAILABLE: Final = timedelta(days=3)  # so long WeChat keeps what was sent
MOST_SHOWN: Final = 200
SHOWN_COLUMNS: Final = ("state_code", "reason", "checksum", "width", "height", "kept_at")


def notice(conn: Connection, row: Row, at: datetime) -> None:
    """Take note of the photograph of a message that is filed; of any other kind there is none. Known once, it stays as it is."""
    if row["kind_code"] == KIND:
        blank = {"state_code": "waiting", "reason": "", "attempt_count": 0, "next_try_at": at}
        noticed = blank | {"message_id": row["id"], "expires_at": (row["sent_at"] or row["received_at"]) + AVAILABLE}
        engine.insert_ignore(conn, photograph, [noticed], returning=("id",))


def due(conn: Connection, at: datetime, lease: timedelta, limit: int) -> list[dict[str, Any]]:
    """Photographs to be fetched now, oldest first, each with its `media_id`: those whose time has come, and those whose fetcher
    was lost in the middle.
    """
    waits = (photograph.c.state_code == "waiting") & (photograph.c.next_try_at <= at)
    lost = (photograph.c.state_code == "fetching") & (photograph.c.tried_at <= at - lease)
    statement = select(photograph, message.c.content).join(message).where(or_(waits, lost)).order_by(photograph.c.id).limit(limit)
    return [_with_media_id(dict(row)) for row in conn.execute(statement).mappings()]


def _with_media_id(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"media_id": str(orjson.loads(row.pop("content")).get("media_id", ""))}


def change(conn: Connection, row: Row, **columns: Any) -> bool:
    """Change a photograph unless another fetcher did meanwhile; gives whether it was ours to change."""
    is_same = (photograph.c.state_code == row["state_code"], photograph.c.attempt_count == row["attempt_count"])
    return conn.execute(update(photograph).where(photograph.c.id == row["id"], *is_same).values(**columns)).rowcount == 1


def incident_of(conn: Connection, row: Row) -> int | None:
    """The incident that a photograph belongs to by now."""
    return conn.execute(select(message.c.incident_id).where(message.c.id == row["message_id"])).scalar()


def of(conn: Connection, incident_id: int, now: datetime) -> list[dict[str, Any]]:
    """The photographs of an incident in the order in which they were sent, as they stood at an instant: `SHOWN_COLUMNS`.

    After reports were joined, their photographs are the joined report's at every instant.
    """
    columns = (photograph.c[name] for name in (*SHOWN_COLUMNS, "tried_at"))
    statement = select(*columns).join(message).where(message.c.incident_id == incident_id, message.c.received_at <= now)
    found = conn.execute(statement.order_by(message.c.sent_at, message.c.id).limit(MOST_SHOWN)).mappings()
    return [_at(dict(row), now) for row in found]


def _at(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    last = max((each for each in (row.pop("tried_at"), row["kept_at"]) if each is not None), default=now)
    return row if last <= now else dict.fromkeys(SHOWN_COLUMNS) | {"state_code": "waiting", "reason": ""}


def is_public(conn: Connection, checksum: str) -> bool:
    """Whether a picture is kept for an incident that may be shown: neither it nor the one it was merged into is restricted."""
    master = incident.alias("master")
    hidden = exists().where(master.c.id == incident.c.master_id, master.c.is_restricted)
    kept = select(photograph.c.id).select_from(photograph).join(message).join(incident, incident.c.id == message.c.incident_id)
    kept = kept.where(photograph.c.checksum == checksum, photograph.c.state_code == "kept", incident.c.is_restricted.is_(False))
    return conn.execute(kept.where(~hidden).limit(1)).first() is not None


def counts(conn: Connection) -> dict[str, int]:
    """How many photographs are in each state."""
    statement = select(photograph.c.state_code, func.count()).group_by(photograph.c.state_code)
    return {row[0]: int(row[1]) for row in conn.execute(statement)}

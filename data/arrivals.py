"""Writes of what arrived: raw bytes, messages, batches, rows set aside, sources, tokens and the city's lists."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from data import engine, refusals
from data.city import City
from data.schema import (
    area,
    batch,
    category,
    message,
    organisation,
    organisation_token,
    progress,
    rejected_row,
    reporter,
    snapshot,
    source_state,
)


def save_city(conn: Connection, city: City) -> None:
    """Put the city's lists into the database, replacing what was there."""
    for table in (area, organisation, category):
        conn.execute(delete(table))
    conn.execute(
        insert(area),
        [
            {"area_code": each.area_code, "valid_from_on": each.valid_from_on, "valid_to_on": each.valid_to_on,
             "level_code": each.level_code, "kind_code": each.kind_code, "parent_code": each.parent_code,
             "name_zh": each.name.zh, "name_en": each.name.en, "lon": each.lon, "lat": each.lat}
            for each in city.areas
        ],
    )  # fmt: skip
    conn.execute(
        insert(organisation),
        [
            {"organisation_code": each.organisation_code, "kind_code": each.kind_code, "area_code": each.area_code,
             "name_zh": each.name.zh, "name_en": each.name.en}
            for each in city.organisations.values()
        ],
    )  # fmt: skip
    conn.execute(
        insert(category),
        [
            {"category_code": each.category_code, "parent_code": each.parent_code, "level": each.level,
             "name_zh": each.name.zh, "name_en": each.name.en}
            for each in city.categories.values()
        ],
    )  # fmt: skip


def keep_snapshot(conn: Connection, *, source: str, name: str, media_type: str, body: bytes, received_at: datetime) -> str:
    """Keep raw bytes untouched under their SHA-256; the same bytes twice are one snapshot."""
    checksum = hashlib.sha256(body).hexdigest()
    row = {"checksum": checksum, "source": source, "name": name, "media_type": media_type, "size_bytes": len(body)}
    engine.insert_ignore(conn, snapshot, [row | {"received_at": received_at, "body": body}], returning=("checksum",))
    return checksum


def snapshot_body(conn: Connection, checksum: str) -> bytes:
    """The raw bytes of a snapshot."""
    return bytes(conn.execute(select(snapshot.c.body).where(snapshot.c.checksum == checksum)).scalar_one())


def keep_message(conn: Connection, row: dict[str, Any]) -> bool:
    """Keep a message for filing; false when its (source, source_ref) is known already."""
    return bool(engine.insert_ignore(conn, message, [row], returning=("id",)))


def kept_messages(conn: Connection, limit: int = 200) -> list[dict[str, Any]]:
    """Messages still to be filed, in the order they came."""
    statement = select(message).where(message.c.state_code == "kept").order_by(message.c.id).limit(limit)
    return [dict(row) for row in conn.execute(statement).mappings()]


def set_message(conn: Connection, message_id: int, **columns: Any) -> None:
    """Change columns of a message."""
    conn.execute(update(message).where(message.c.id == message_id).values(**columns))


def reject(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep rows that may not come in, each with its reason, so that nothing is lost.

    A row with a `report_ref` is a report: it is counted as refused, once however often it comes.
    """
    if rows:
        conn.execute(insert(rejected_row), [{"report_ref": ""} | row for row in rows])
        reports = {(row["source"], row["report_ref"]): row["reason"] for row in rows if row.get("report_ref")}
        refusals.refuse(conn, reports, rows[0]["rejected_at"])


def start_batch(conn: Connection, *, source: str, name: str, checksum: str | None, at: datetime) -> dict[str, Any]:
    """The batch of this file, new or as an earlier run left it."""
    same = (batch.c.source == source, batch.c.name == name, batch.c.checksum == checksum)
    engine.insert_ignore(conn, batch, [{"source": source, "name": name, "checksum": checksum, "started_at": at}], returning=("id",))
    return dict(conn.execute(select(batch).where(*same)).mappings().one())


def set_batch(conn: Connection, batch_id: int, **columns: Any) -> None:
    """Change columns of a batch."""
    conn.execute(update(batch).where(batch.c.id == batch_id).values(**columns))


def touch_source(
    conn: Connection, source: str, *, event_at: datetime | None, received_at: datetime, accepted: int = 0, rejected: int = 0
) -> None:
    """Remember that a source spoke: its newest event, when we heard of it, and how much of it came in."""
    row = conn.execute(select(source_state).where(source_state.c.source == source)).mappings().one_or_none()
    newest = max((each for each in (event_at, row["last_event_at"] if row else None) if each is not None), default=None)
    latest = max(received_at, row["last_received_at"]) if row and row["last_received_at"] else received_at
    counted = {"accepted_count": accepted, "rejected_count": rejected}
    engine.upsert(
        conn,
        source_state,
        [{"source": source, "last_event_at": newest, "last_received_at": latest, **counted}],
        keys=("source",),
        adding=("accepted_count", "rejected_count"),
    )


def save_progress(conn: Connection, key: str, done: int, total: int, at: datetime) -> None:
    """Remember how far a long work has come."""
    row = {"key": key, "done_count": done, "total_count": total, "updated_at": at}
    engine.upsert(conn, progress, [row], keys=("key",))


def keep_reporter(conn: Connection, reporter_key: str, source: str, sealed: bytes) -> None:
    """Keep the encrypted address of a reporter under the hash that joins."""
    row = {"reporter_key": reporter_key, "source": source, "sealed": sealed}
    engine.insert_ignore(conn, reporter, [row], returning=("reporter_key",))


def keep_token(conn: Connection, token_hash: str, organisation_code: str, at: datetime) -> None:
    """Keep the hash of a new token of an organisation."""
    conn.execute(insert(organisation_token).values(token_hash=token_hash, organisation_code=organisation_code, created_at=at))


def organisation_of_token(conn: Connection, token_hash: str) -> str | None:
    """Whose token this is, or `None` for an unknown or revoked one."""
    token = organisation_token.c
    statement = select(token.organisation_code).where(token.token_hash == token_hash, token.revoked_at.is_(None))
    return conn.execute(statement).scalar()


def revoke_tokens(conn: Connection, organisation_code: str, at: datetime) -> int:
    """Revoke all tokens of an organisation; gives how many."""
    token = organisation_token.c
    mine = (token.organisation_code == organisation_code, token.revoked_at.is_(None))
    return conn.execute(update(organisation_token).where(*mine).values(revoked_at=at)).rowcount

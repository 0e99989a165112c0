"""Rows on their way from the house into a scratch database, and what stood refused there. Copies, never derives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, delete, select, type_coerce

from data import engine as engines
from data.instants import Instant
from data.schema import ledger_check, message, refusal
from data.schema_intake import photograph

COPIED_AT_ONCE: Final = 5_000


def copy(source: Connection, conn: Connection, table: Any, where: Any, key: str, left_out: Collection[int]) -> None:
    """Copy rows untouched, but for those whose number in a column is left out."""
    # Instants stay numbers on the way.
    columns = [type_coerce(each, BigInteger) if isinstance(each.type, Instant) else each for each in table.c]
    names = [each.name for each in table.c]
    place = names.index(key)
    found = source.execution_options(stream_results=True).execute(select(*columns).where(where))
    for part in found.partitions(COPIED_AT_ONCE):
        engines.bulk_insert(conn, table, names, [tuple(row) for row in part if row[place] not in left_out], are_ready=True)


def copy_photographs(source: Connection, conn: Connection, where: Any) -> None:
    """Copy which photographs came with which message, also those that came later: who shows them asks by the instant. Of the
    message itself neither the words nor the sender are copied."""
    blank = {"checksum": "", "sender_key": None, "content": "{}", "reason": ""}
    found = source.execute(select(message).where(where, message.c.id.in_(select(photograph.c.message_id)))).mappings()
    for part in found.partitions(COPIED_AT_ONCE):
        messages = [dict(row) | blank for row in part]
        here = [row["id"] for row in messages]
        photographs = source.execute(select(photograph).where(photograph.c.message_id.in_(here))).mappings()
        for table, column in ((photograph, photograph.c.message_id), (message, message.c.id)):
            conn.execute(delete(table).where(column.in_(here)))
        insert_rows(conn, message, messages)
        insert_rows(conn, photograph, [dict(row) for row in photographs])


def insert_rows(conn: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert whole rows."""
    names = [each.name for each in table.c]
    engines.bulk_insert(conn, table, names, [[row[name] for name in names] for row in rows])


def renew_echo(source: Connection, conn: Connection, at: datetime) -> None:
    """What stood refused at an instant, and what the checks of the ledger had found."""
    for table, begun in ((refusal, refusal.c.refused_at), (ledger_check, ledger_check.c.first_at)):
        conn.execute(delete(table))
        rows = [dict(row) for row in source.execute(select(table).where(begun <= at)).mappings()]
        for row in rows:
            if row.get("admitted_at") is not None and row["admitted_at"] > at:
                row["admitted_at"] = None
        insert_rows(conn, table, rows)

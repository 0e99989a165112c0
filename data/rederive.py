"""Derives every incident anew from its log when older code wrote it: what a new column says is known of old cases, too."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from data import engine, recount, store
from data.city import City
from data.lifecycle import Condition, replay
from data.schema import incident, progress

VERSION: Final = 3  # of what the replay derives: raise it with every new derived column or changed rule
AT_ONCE: Final = 1_000
_WRITTEN_BY: Final = "derived-version"


def ensure(conn: Connection, city: City, at: datetime) -> int:
    """Derive anew what older code derived; gives how many incidents changed. The rollup cells are then counted anew.

    The feed is not told: whoever opens the store reads it whole. Killed in between, it is done at the next start.
    """
    if conn.execute(select(progress.c.done_count).where(progress.c.key == _WRITTEN_BY)).scalar() == VERSION:
        return 0
    changed, last_id = 0, 0
    while rows := _after(conn, last_id):
        last_id = rows[-1]["id"]
        logs = store.steps_of(conn, [row["id"] for row in rows])
        conditions = [(row, replay(row, logs[row["id"]], city.rules, at)) for row in rows]
        changed += _write(conn, [(row, each) for row, each in conditions if any(row[k] != v for k, v in each.columns().items())])
    if changed:
        conn.execute(delete(progress).where(progress.c.key == recount.WRITTEN_BY))
    row = {"key": _WRITTEN_BY, "done_count": VERSION, "total_count": VERSION, "updated_at": at}
    engine.upsert(conn, progress, [row], keys=("key",))
    return changed


def _after(conn: Connection, last_id: int) -> list[dict[str, Any]]:
    statement = select(incident).where(incident.c.id > last_id).order_by(incident.c.id).limit(AT_ONCE)
    return [dict(row) for row in conn.execute(statement).mappings()]


def _write(conn: Connection, found: list[tuple[dict[str, Any], Condition]]) -> int:
    if found:
        names = list(found[0][1].columns())
        change = update(incident).where(incident.c.id == bindparam("b_id")).values({name: bindparam(f"b_{name}") for name in names})
        rows = [{"b_id": row["id"]} | {f"b_{name}": value for name, value in each.columns().items()} for row, each in found]
        conn.execute(change, rows)
    return len(found)

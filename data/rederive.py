"""Derives every incident anew from its steps, once after the code that derives has learned something new. Safe to kill."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, func, select

from data import engine as engines
from data import store
from data.city import City
from data.lifecycle import replay
from data.schema import incident, progress

VERSION: Final = 2  # of what a replay derives: raise it when a derived column is new or means something else
AT_ONCE: Final = 500
_KEY: Final = f"derived-version-{VERSION}"


def ensure(engine: Engine, city: City, at: datetime) -> int:
    """Bring every incident to what this code derives; gives how many were looked at. Where it was killed it goes on."""
    looked_at = 0
    while True:
        with engines.writing(engine) as conn:
            done, last = _reached(conn)
            if done is not None and done >= last:
                return looked_at
            looked_at += _some(conn, city, done or 0, at)
            reached = {"done_count": min((done or 0) + AT_ONCE, last), "total_count": last}
            engines.upsert(conn, progress, [{"key": _KEY, "updated_at": at, **reached}], keys=("key",))


def _reached(conn: Connection) -> tuple[int | None, int]:
    """Up to which number it is done (`None`: never begun), and up to which it has to be: later ones are derived as they come."""
    found = conn.execute(select(progress.c.done_count, progress.c.total_count).where(progress.c.key == _KEY)).one_or_none()
    if found is not None:
        return int(found[0]), int(found[1])
    return None, int(conn.execute(select(func.coalesce(func.max(incident.c.id), 0))).scalar_one())


def _some(conn: Connection, city: City, done: int, at: datetime) -> int:
    ids = conn.execute(select(incident.c.id).where(incident.c.id > done, incident.c.id <= done + AT_ONCE)).scalars().all()
    known = store.incidents_by_id(conn, ids)
    logs = store.steps_of(conn, ids)
    changes = [(row, row | replay(row, logs[number], city.rules, at).columns()) for number, row in known.items()]
    store.resave(conn, [(old, new) for old, new in changes if new != old], zone=city.zone)
    return len(changes)

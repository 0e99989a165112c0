"""Derives incidents anew from their steps: all of them once after the code that derives has learned something new, and those that
waited for a working calendar once more of it is published. Safe to kill.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Engine, func, or_, select

from data import engine as engines
from data import store
from data.alarms import next_stir
from data.city import City
from data.lifecycle import replay
from data.schema import incident, progress

VERSION: Final = 2  # of what a replay derives: raise it when a derived column is new or means something else
AT_ONCE: Final = 500
_KEY: Final = f"derived-version-{VERSION}"
_CALENDAR: Final = "calendar-days-known"
_PUBLISHED_SINCE: Final = date(2004, 1, 1)


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


def ensure_deadlines(engine: Engine, city: City, at: datetime) -> int:
    """Give deadlines to what had none because nobody had published the working days: the open cases, and those that ended
    meanwhile; gives how many were looked at. Does nothing while no more of the calendar is known than the last time.
    """
    known = city.calendar.known_day_count(_PUBLISHED_SINCE, date(at.year + 1, 12, 31))
    with engines.reading(engine) as conn:
        if conn.execute(select(progress.c.done_count).where(progress.c.key == _CALENDAR)).scalar() == known:
            return 0
    waits = or_(incident.c.ended_at.is_(None), incident.c.due_basis_code == "calendar_unpublished")
    looked_at = last = 0
    while True:
        with engines.writing(engine) as conn:
            some = select(incident.c.id).where(incident.c.id > last, waits).order_by(incident.c.id).limit(AT_ONCE)
            if not (ids := conn.execute(some).scalars().all()):
                row = {"key": _CALENDAR, "updated_at": at, "done_count": known, "total_count": known}
                engines.upsert(conn, progress, [row], keys=("key",))
                return looked_at
            looked_at, last = looked_at + _derive(conn, city, ids, at), ids[-1]


def _reached(conn: Connection) -> tuple[int | None, int]:
    """Up to which number it is done (`None`: never begun), and up to which it has to be: later ones are derived as they come."""
    found = conn.execute(select(progress.c.done_count, progress.c.total_count).where(progress.c.key == _KEY)).one_or_none()
    if found is not None:
        return int(found[0]), int(found[1])
    return None, int(conn.execute(select(func.coalesce(func.max(incident.c.id), 0))).scalar_one())


def _some(conn: Connection, city: City, done: int, at: datetime) -> int:
    return _derive(
        conn,
        city,
        conn.execute(select(incident.c.id).where(incident.c.id > done, incident.c.id <= done + AT_ONCE)).scalars().all(),
        at,
    )


def _derive(conn: Connection, city: City, ids: Sequence[int], at: datetime) -> int:
    known = store.incidents_by_id(conn, ids)
    logs = store.steps_of(conn, ids)
    conditions = {number: replay(row, logs[number], city.rules, at) for number, row in known.items()}
    changes = []
    for number, row in known.items():
        derived = conditions[number].columns() | {"alarm_at": next_stir(conditions[number].alarm_at, logs[number], at)}
        changes.append((row, row | derived))
    store.resave(conn, [(old, new) for old, new in changes if new != old], zone=city.zone, at=at)
    store.mark_steps(conn, list(conditions.values()))
    return len(changes)

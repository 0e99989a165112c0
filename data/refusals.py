"""Reports that reached us and did not come in: each once, until it comes in after all.

A refused report is named by its source and its own reference, or by the checksum of what was sent where it names none; so
a call that is repeated and a file that is brought twice refuse it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_, update

from data import engine
from data.schema import incident, refusal

Key = tuple[str, str]


def refuse(conn: Connection, reasons: Mapping[Key, str], at: datetime) -> None:
    """Count these reports, (source, reference) -> reason, as refused; one that is in already has its place."""
    keys = sorted(reasons)
    inside = _incidents(conn, keys)
    rows = [
        {"source": key[0], "report_ref": key[1], "reason": reasons[key], "refused_at": at, "admitted_at": None}
        for key in keys
        if key not in inside
    ]
    if not rows:
        return
    new = {(source, ref) for source, ref in engine.insert_ignore(conn, refusal, rows, returning=("source", "report_ref"))}
    _set_admitted(conn, [key for key in keys if key not in inside | new], None)


def admit(conn: Connection, keys: Iterable[Key], at: datetime) -> None:
    """These reports came in after all, if they were ever refused."""
    _set_admitted(conn, sorted(set(keys)), at)


def standing_count(conn: Connection) -> int:
    """How many reports stand refused."""
    return int(conn.execute(select(func.count()).select_from(refusal).where(refusal.c.admitted_at.is_(None))).scalar_one())


def _set_admitted(conn: Connection, keys: list[Key], at: datetime | None) -> None:
    if keys:
        named = tuple_(refusal.c.source, refusal.c.report_ref).in_(keys)
        changed: Any = refusal.c.admitted_at.is_(None) if at is not None else refusal.c.admitted_at.is_not(None)
        conn.execute(update(refusal).where(named, changed).values(admitted_at=at))


def _incidents(conn: Connection, keys: list[Key]) -> set[Key]:
    names = (incident.c.source, incident.c.source_ref)
    return {(source, ref) for source, ref in conn.execute(select(*names).where(tuple_(*names).in_(keys)))} if keys else set()

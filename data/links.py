"""Reads of 并案 both ways: into what an incident was merged, and what was merged into it. Never writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from data.schema import incident

Row = Mapping[str, Any]
COLUMNS: Final = ("id", "source", "source_ref", "received_at", "reported_at", "state_code", "master_id", "reporter_key",
                  "closed_at", "feedback_at")  # fmt: skip
FURTHEST: Final = 20  # a master that was merged itself: so many times it is followed


@dataclass(frozen=True)
class Family:
    """The links of one incident: `COLUMNS` of each.

    `master` is the one that goes on, where it was merged into another (and that one perhaps into a third); `merged` are all
    that were merged into it, directly or through another, by number. Whoever reported one of these gets the master's answer.
    """

    master: dict[str, Any] | None
    merged: list[dict[str, Any]]


def family(conn: Connection, incident_id: int) -> Family:
    """The links of an incident, both ways; neither of one that stands alone."""
    return Family(_master(conn, incident_id), _merged(conn, incident_id))


def _read(conn: Connection, condition: Any) -> list[dict[str, Any]]:
    statement = select(*(incident.c[name] for name in COLUMNS)).where(condition).order_by(incident.c.id)
    return [dict(row) for row in conn.execute(statement).mappings()]


def _master(conn: Connection, incident_id: int) -> dict[str, Any] | None:
    seen = {incident_id}
    found = _read(conn, incident.c.id == incident_id)
    master: dict[str, Any] | None = None
    while found and found[0]["master_id"] is not None and found[0]["master_id"] not in seen and len(seen) < FURTHEST:
        seen.add(found[0]["master_id"])
        found = _read(conn, incident.c.id == found[0]["master_id"])
        master = found[0] if found else master
    return master


def _merged(conn: Connection, incident_id: int) -> list[dict[str, Any]]:
    known: dict[int, dict[str, Any]] = {}
    asked = [incident_id]
    for _ in range(FURTHEST):
        found = _read(conn, incident.c.master_id.in_(asked))
        asked = [row["id"] for row in found if row["id"] not in known and row["id"] != incident_id]
        known |= {row["id"]: row for row in found if row["id"] != incident_id}
        if not asked:
            break
    return [known[each] for each in sorted(known)]

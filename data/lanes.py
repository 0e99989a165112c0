"""Reads of what is in motion: every open incident of an area in the lane of whoever has it, and since when. Never writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, select, type_coerce

from data.instants import from_microseconds, to_microseconds
from data.lateness import is_late
from data.queries import LATE_COLUMNS, open_in
from data.schema import incident
from data.vocabulary import LANES

MINUTE: Final = 60_000_000  # microseconds
_BY_STATE: Final = {"reported": "reporter", "town": "town", "city": "city", "checking": "check"}
_BY_KIND: Final = {"village": "reporter", "town_room": "town", "zone": "town", "center": "city", "department": "department"}


def lane_of(state_code: str, holder_kind_code: str) -> str:
    """The lane of an open incident: by its state until it is dispatched and after it is done, by its holder's kind between."""
    return _BY_STATE.get(state_code) or _BY_KIND.get(holder_kind_code, "department")


def in_motion(conn: Connection, level: str, code: str, now: datetime, kinds: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Open incidents by lane: `waits`, a (minutes in this lane, is late) each; `late_count`; `median_minutes`; and `longest`, the
    one that waits longest (`LATE_COLUMNS` and `since_at`). `kinds` are kinds of organisation by code.

    In the lane of the centre or a department a case is since it was handed over; elsewhere since its state began.
    """
    numbers = (type_coerce(incident.c[name], BigInteger) for name in ("state_since_at", "holder_since_at", "due_at", "resolved_at"))
    statement = select(incident.c.id, incident.c.state_code, incident.c.holder_code, *numbers).where(open_in(level, code))
    at = to_microseconds(now)
    lanes: dict[str, list[tuple[int, int, bool]]] = {lane: [] for lane in LANES}
    for incident_id, state, holder, state_since, holder_since, due, resolved in conn.execute(statement):
        since = holder_since if state not in ("reported", "town", "checking") and holder_since is not None else state_since
        lanes[lane_of(state, kinds.get(holder, ""))].append((since, incident_id, is_late(state, due, resolved, at)))
    oldest = {lane: min(rows) for lane, rows in lanes.items() if rows}
    named = _named(conn, [each[1] for each in oldest.values()])
    return {lane: _lane(rows, named.get(oldest[lane][1]) if rows else None, at) for lane, rows in lanes.items()}


def _lane(rows: list[tuple[int, int, bool]], longest: dict[str, Any] | None, at: int) -> dict[str, Any]:
    waits = [(max(at - since, 0) / MINUTE, late) for since, _, late in rows]
    since_at = from_microseconds(min(rows)[0]) if rows else None
    return {
        "waits": waits,
        "late_count": sum(late for _, late in waits),
        "median_minutes": median(minutes for minutes, _ in waits) if waits else None,
        "longest": None if longest is None else longest | {"since_at": since_at},
    }


def _named(conn: Connection, incident_ids: list[int]) -> dict[int, dict[str, Any]]:
    statement = select(*(incident.c[name] for name in LATE_COLUMNS)).where(incident.c.id.in_(incident_ids))
    return {row["id"]: dict(row) for row in conn.execute(statement).mappings()}

"""Writes of what happened: incidents and steps, with rollups, words and feed in the same transaction. Never computes a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from data import engine, feed, paths, rollups, search
from data.instants import to_microseconds
from data.lifecycle import Condition
from data.schema import area, incident, overwritten, step
from data.vocabulary import URGENCIES

Row = Mapping[str, Any]
ALARMING: Final = next(iter(URGENCIES))
INCIDENT_COLUMNS: Final = tuple(column.name for column in incident.columns)
# What a report says by itself: neither derived from its steps nor kept by the store.
TOLD_COLUMNS: Final = tuple(
    name
    for name in INCIDENT_COLUMNS
    if name not in (*Condition.__dataclass_fields__, "id", "version", "committed_at", "known_at", "master_id")
)
STEP_COLUMNS: Final = tuple(column.name for column in step.columns if column.name != "id")


def incident_defaults() -> dict[str, Any]:
    """Every column of an incident with the value it has when nothing is known."""
    return {name: _default_of(incident, name) for name in INCIDENT_COLUMNS if name != "id"}


def step_defaults() -> dict[str, Any]:
    """Every column of a step with the value it has when nothing is known."""
    return {name: _default_of(step, name) for name in STEP_COLUMNS}


def _default_of(table: Table, name: str) -> Any:
    default = table.c[name].default
    return default.arg if isinstance(default, ScalarElementColumnDefault) else None


def save_incidents(
    conn: Connection,
    changes: Sequence[tuple[Row | None, dict[str, Any], str]],
    *,
    zone: ZoneInfo,
    at: datetime,
) -> list[int]:
    """Write changed incidents; gives their ids in order.

    A change is (the row as it was or `None`, the row as it is to be, the last action). Rollups and feed move with it.
    `version` and `committed_at` are set here.
    """
    for old, new, _ in changes:
        new["committed_at"] = at
        new["version"] = 1 if old is None else old["version"] + 1
        new["known_at"] = at if old is None else old["known_at"]
    fresh = [new for old, new, _ in changes if old is None]
    if fresh:
        statement = insert(incident).returning(incident.c.id, sort_by_parameter_order=True)
        for new, new_id in zip(fresh, conn.execute(statement, fresh).scalars(), strict=True):
            new["id"] = new_id
    _update(conn, [new for old, new, _ in changes if old is not None])
    kept = [told for old, new, action in changes if old is not None and (told := _overwritten(old, new, action, at))]
    if kept:
        conn.execute(insert(overwritten), kept)
    pairs = [(old, new) for old, new, _ in changes]
    _count(conn, pairs, zone)
    search.keep(conn, pairs)
    shown = shown_places(conn, [new for _, new, _ in changes])
    entries = [
        feed.Entry("incident", feed.incident_state({**new, **place}, action) | {"alarm": is_alarm(old, new)}, new["id"])
        for (old, new, action), place in zip(changes, shown, strict=True)
    ]
    feed.append(conn, at, entries)
    return [new["id"] for _, new, _ in changes]


def _overwritten(old: Row, new: Row, action: str, at: datetime) -> dict[str, Any] | None:
    """What is gone for good with a change, because no step tells of it; `None` when nothing is."""
    gone = {name: old[name] for name in TOLD_COLUMNS if old[name] != new[name]}
    if not gone:
        return None
    content = {str(name): to_microseconds(value) if isinstance(value, datetime) else value for name, value in gone.items()}
    return {"incident_id": old["id"], "until_at": at, "action_code": action, "content": orjson.dumps(content).decode()}


def resave(conn: Connection, changes: Sequence[tuple[Row, dict[str, Any]]], *, zone: ZoneInfo, at: datetime) -> None:
    """Write incidents that were only derived anew, (as it was, as it is to be): nothing has happened: the feed only names them."""
    _update(conn, [new for _, new in changes])
    _count(conn, changes, zone)
    search.keep(conn, changes)
    feed.name_rows(conn, at, [new["id"] for _, new in changes])


def set_masters(conn: Connection, masters: Mapping[int, int]) -> None:
    """Link merged incidents to those that go on: id -> id of the master."""
    if masters:
        statement = update(incident).where(incident.c.id == bindparam("b_id")).values(master_id=bindparam("b_master"))
        conn.execute(statement, [{"b_id": merged, "b_master": master} for merged, master in sorted(masters.items())])


def _update(conn: Connection, rows: Sequence[Row]) -> None:
    if rows:
        names = [name for name in INCIDENT_COLUMNS if name != "id"]
        change = update(incident).where(incident.c.id == bindparam("b_id")).values({name: bindparam(f"b_{name}") for name in names})
        conn.execute(change, [{f"b_{name}": row[name] for name in INCIDENT_COLUMNS} for row in rows])


def _count(conn: Connection, changes: Sequence[tuple[Row | None, Row]], zone: ZoneInfo) -> None:
    rollups.add(conn, rollups.difference(changes, zone))
    paths.add(conn, paths.difference(changes, zone))


def is_alarm(old: Row | None, new: Row) -> bool:
    """Whether a change makes an incident one of the highest urgency: a new one, or one whose later words say so."""
    return bool(new["urgency_code"] == ALARMING) and (old is None or old["urgency_code"] != ALARMING)


def shown_places(conn: Connection, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Where each incident is shown: a restricted one at the centre of its grid, or nowhere."""
    codes = {row["grid_code"] for row in rows if row["is_restricted"] and row["grid_code"]}
    centres: dict[str, tuple[float, float]] = {}
    if codes:
        found = conn.execute(select(area.c.area_code, area.c.lon, area.c.lat).where(area.c.area_code.in_(codes)))
        centres = {code: (lon, lat) for code, lon, lat in found}
    places: list[dict[str, Any]] = []
    for row in rows:
        lon, lat = centres.get(row["grid_code"], (None, None)) if row["is_restricted"] else (row["lon"], row["lat"])
        places.append({"lon": lon, "lat": lat})
    return places


def add_steps(conn: Connection, rows: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Keep steps, leaving out those known by (source, source_ref); gives the keys of the new ones."""
    new = engine.insert_ignore(conn, step, rows, returning=("source", "source_ref"))
    return [(source, source_ref) for source, source_ref in new]


def incidents_by_ref(conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The incidents of these (source, source_ref), whole rows, locked against other writers until the commit."""
    if not keys:
        return {}
    statement = select(incident).where(tuple_(incident.c.source, incident.c.source_ref).in_(sorted(set(keys))))
    rows = conn.execute(statement.order_by(incident.c.id).with_for_update()).mappings()
    return {(row["source"], row["source_ref"]): dict(row) for row in rows}


def incidents_by_id(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The incidents of these ids, whole rows, locked against other writers until the commit."""
    statement = select(incident).where(incident.c.id.in_(sorted(set(ids)))).order_by(incident.c.id)
    return {row["id"]: dict(row) for row in conn.execute(statement.with_for_update()).mappings()}


def steps_of(conn: Connection, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """All steps of these incidents."""
    found: dict[int, list[dict[str, Any]]] = {each: [] for each in ids}
    if ids:
        for row in conn.execute(select(step).where(step.c.incident_id.in_(sorted(set(ids))))).mappings():
            found[row["incident_id"]].append(dict(row))
    return found


def steps_by_ref(conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The steps of these (source, source_ref)."""
    if not keys:
        return {}
    statement = select(step).where(tuple_(step.c.source, step.c.source_ref).in_(sorted(set(keys))))
    return {(row["source"], row["source_ref"]): dict(row) for row in conn.execute(statement).mappings()}


def ids_by_ref(conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The ids of the incidents of these (source, source_ref), without waiting for their writers."""
    if not keys:
        return {}
    names = (incident.c.source, incident.c.source_ref)
    statement = select(*names, incident.c.id).where(tuple_(*names).in_(sorted(set(keys))))
    return {(row[0], row[1]): row[2] for row in conn.execute(statement)}


def refs_of(conn: Connection, ids: Sequence[int]) -> list[tuple[str, str]]:
    """The (source, source_ref) of incidents."""
    statement = select(incident.c.source, incident.c.source_ref).where(incident.c.id.in_(ids))
    return [(source, source_ref) for source, source_ref in conn.execute(statement)] if ids else []


def adopt_waiting_steps(conn: Connection, keys: Mapping[tuple[str, str], int]) -> None:
    """Give steps that came before their incident to it, now that it is here: (source, source_ref) -> incident id."""
    for (source, source_ref), incident_id in keys.items():
        statement = update(step).where(step.c.incident_source == source, step.c.incident_ref == source_ref)
        conn.execute(statement.where(step.c.incident_id.is_(None)).values(incident_id=incident_id))


def mark_steps(conn: Connection, conditions: Sequence[Condition]) -> None:
    """Write into stored steps what the replay found for each, where it is something else than before."""
    changed = [
        {"b_id": each["id"], "b_possible": not problem_code, "b_problem": problem_code, "b_state": state}
        for condition in conditions
        for each, problem_code, state in condition.steps
        if (each["problem_code"], each["state_after_code"]) != (problem_code, state)
    ]
    if changed:
        marks = {"is_possible": "b_possible", "problem_code": "b_problem", "state_after_code": "b_state"}
        statement = update(step).where(step.c.id == bindparam("b_id"))
        conn.execute(statement.values({name: bindparam(given) for name, given in marks.items()}), changed)


def bulk_file(
    conn: Connection, filed: Sequence[tuple[dict[str, Any], Sequence[dict[str, Any]]]], *, zone: ZoneInfo, at: datetime
) -> list[int]:
    """File whole incidents with their steps, already replayed, fast; those known by (source, source_ref) are left alone.

    Gives the ids of the new ones. The feed names them all at once; what there is to tell the caller appends.
    """
    keys = [(row["source"], row["source_ref"]) for row, _ in filed]
    known = set(incidents_by_ref(conn, keys))
    new = [(row, steps) for (row, steps), key in zip(filed, keys, strict=True) if key not in known]
    if not new:
        return []
    ids = engine.reserve_ids(conn, incident, len(new))
    for fresh_id, (row, steps) in zip(ids, new, strict=True):
        row |= {"id": fresh_id, "committed_at": at, "version": 1}
        for each in steps:
            each["incident_id"] = row["id"]
    engine.bulk_insert(conn, incident, INCIDENT_COLUMNS, [[row[name] for name in INCIDENT_COLUMNS] for row, _ in new])
    engine.bulk_insert(conn, step, STEP_COLUMNS, [[each[name] for name in STEP_COLUMNS] for _, steps in new for each in steps])
    _count(conn, [(None, row) for row, _ in new], zone)
    search.keep(conn, [(None, row) for row, _ in new])
    feed.name_rows(conn, at, ids)
    return [row["id"] for row, _ in new]

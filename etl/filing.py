"""Files reports and steps: attaches them, replays each incident's log, and saves what follows in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, func, select, tuple_

from data import answers, engine, refusals, store
from data.alarms import next_stir
from data.city import City
from data.lifecycle import Condition, replay
from data.schema import incident, step
from etl.answers import Answering, Change

Key = tuple[str, str]
WOKEN_AT_ONCE: Final = 200  # incidents of one transaction


def file_reports(conn: Connection, city: City, reports: Sequence[dict[str, Any]], at: datetime) -> list[int]:
    """File reports (the columns of an incident that are not derived); gives their ids in order.

    A report whose (source, source_ref) is known changes that incident; one that is new takes the steps that came before it.
    """
    keys = [(report["source"], report["source_ref"]) for report in reports]
    hold(conn, keys)
    known = store.incidents_by_ref(conn, keys)
    steps = store.steps_of(conn, [row["id"] for row in known.values()])
    waiting = _waiting_steps(conn, [key for key in keys if key not in known])
    changes: list[Change] = []
    conditions = []
    for key, report in zip(keys, reports, strict=True):
        old = known.get(key)
        log = steps[old["id"]] if old else waiting.get(key, [])
        new = (dict(old) if old else store.incident_defaults()) | report
        condition = replay(new, log, city.rules, at)
        new |= _derived(conn, condition, log, new, at)
        changes.append((old, new, log[-1]["action_code"] if log else "report"))
        conditions.append(condition)
    refusals.admit(conn, [key for key in keys if key not in known], at)
    answering = Answering(conn, city)
    answering.prepare(changes, conditions, lambda each: each["incident_id"] is None)
    ids = store.save_incidents(conn, changes, zone=city.zone, at=at)[: len(keys)]
    answering.queue(at)
    store.adopt_waiting_steps(conn, {key: ids[place] for place, key in enumerate(keys) if key in waiting})
    store.mark_steps(conn, conditions)
    link_merged(conn, [key for key in keys if key not in known])
    return ids


def file_steps(conn: Connection, city: City, rows: Sequence[dict[str, Any]], at: datetime) -> dict[Key, str]:
    """File steps (rows of `schema.step` but the derived columns); gives for each (source, source_ref) what became of it:
    accepted, repeated, marked (the state does not allow it: kept and marked) or waiting (its incident is not here yet).
    """
    keys = [(row["incident_source"], row["incident_ref"]) for row in rows]
    # The one it is merged into may arrive at this very moment: the later of the two sees the other.
    masters = [(row["incident_source"], row["master_ref"]) for row in rows if row.get("master_ref")]
    hold(conn, [*keys, *masters, *_linked(conn, keys, masters)])
    known = store.incidents_by_ref(conn, keys)
    results: dict[Key, str] = {(row["source"], row["source_ref"]): "repeated" for row in rows}
    ready = []
    for row, key in zip(rows, keys, strict=True):
        ready.append(store.step_defaults() | row | {"incident_id": known[key]["id"] if key in known else None, "known_at": at})
    new = set(store.add_steps(conn, _once(ready)))
    touched = {row["incident_id"] for row in ready if (row["source"], row["source_ref"]) in new}
    for row in ready:
        if (row["source"], row["source_ref"]) in new:
            results[row["source"], row["source_ref"]] = "waiting" if row["incident_id"] is None else "accepted"
    impossible = _replay_known(conn, city, [row for row in known.values() if row["id"] in touched], at, new)
    return results | dict.fromkeys(impossible, "marked")


def _replay_known(conn: Connection, city: City, known: Sequence[dict[str, Any]], at: datetime, new: set[Key]) -> list[Key]:
    logs = store.steps_of(conn, [row["id"] for row in known])
    changes: list[Change] = []
    conditions, impossible = [], []
    for old in known:
        condition = replay(old, logs[old["id"]], city.rules, at)
        row = dict(old) | _derived(conn, condition, logs[old["id"]], old, at)
        last = max(logs[old["id"]], key=lambda each: each["id"], default={"action_code": "report"})
        changes.append((old, row, last["action_code"]))
        conditions.append(condition)
        keys = ((each["source"], each["source_ref"]) for each, problem_code, _ in condition.steps if problem_code)
        impossible += [key for key in keys if key in new]
    if changes:
        answering = Answering(conn, city)
        answering.prepare(changes, conditions, lambda each: (each["source"], each["source_ref"]) in new)
        store.save_incidents(conn, changes, zone=city.zone, at=at)
        answering.queue(at)
        store.mark_steps(conn, conditions)
    return impossible


_STIRRING: Final = ("wakes_at", "alarm_at")  # what comes without a step: a suspension ends, a sign becomes true


def next_wake(conn: Connection) -> datetime | None:
    """When the next incident stirs by itself: asked often, so without a lock."""
    found = [conn.execute(select(func.min(incident.c[name])).where(incident.c[name].is_not(None))).scalar() for name in _STIRRING]
    return min((each for each in found if each is not None), default=None)


def _linked(conn: Connection, keys: Sequence[Key], masters: Sequence[Key]) -> list[Key]:
    """The incidents that may change with these: those merged into them, and the masters that they are to be merged into."""
    ids = set(store.ids_by_ref(conn, [*keys, *masters]).values())
    ids |= {each for below in answers.followers(conn, sorted(ids)).values() for each in below}
    return store.refs_of(conn, sorted(ids))


def wake(conn: Connection, city: City, at: datetime) -> int:
    """Derive anew the incidents whose instant has come (a suspension that ends by itself, a sign that has become true), and
    tell of them; gives how many.
    """
    keys: list[Key] = []
    for name in _STIRRING:
        due = select(incident.c.source, incident.c.source_ref).where(incident.c[name] <= at).order_by(incident.c[name])
        keys += [(row.source, row.source_ref) for row in conn.execute(due.limit(WOKEN_AT_ONCE))]
    if not keys:
        return 0
    hold(conn, keys)
    rows = store.incidents_by_ref(conn, keys).values()
    known = [row for row in rows if any(row[name] is not None and row[name] <= at for name in _STIRRING)]
    _replay_known(conn, city, known, at, set())
    return len(known)


def link_merged(conn: Connection, masters: Sequence[Key]) -> None:
    """Link those that were merged into these before these were here."""
    if not masters:
        return
    names = (step.c.incident_source, step.c.master_ref)
    told = select(*names, step.c.incident_id).where(tuple_(*names).in_(sorted(set(masters))), step.c.master_ref != "")
    merging = (step.c.action_code == "merge", step.c.is_possible, incident.c.state_code == "merged")
    found = conn.execute(told.join(incident, incident.c.id == step.c.incident_id).where(*merging)).all()
    ids = store.ids_by_ref(conn, [(source, ref) for source, ref, _ in found])
    store.set_masters(conn, {merged: ids[source, ref] for source, ref, merged in found if (source, ref) in ids})


def _derived(
    conn: Connection, condition: Condition, log: Sequence[Mapping[str, Any]], row: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """The derived columns; a step whose clock is ahead of ours is taken up when its instant has come."""
    return _stirring(condition, log, at) | {"master_id": _master_of(conn, condition, row)}


def _stirring(condition: Condition, log: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    return condition.columns() | {"alarm_at": next_stir(condition.alarm_at, log, at)}


def _master_of(conn: Connection, condition: Condition, row: Mapping[str, Any]) -> int | None:
    if condition.state_code != "merged":
        return None
    refs = [each["master_ref"] for each, problem_code, _ in condition.steps if not problem_code and each["action_code"] == "merge"]
    found = store.ids_by_ref(conn, [(row["source"], ref) for ref in refs if ref])
    return next(iter(found.values()), None)


def set_marks(condition: Condition) -> None:
    """Write into the steps of a log that is not stored yet what the replay found for each."""
    for each, problem_code, state in condition.steps:
        cast(dict[str, Any], each).update(is_possible=not problem_code, problem_code=problem_code, state_after_code=state)


def _waiting_steps(conn: Connection, keys: Sequence[Key]) -> dict[Key, list[dict[str, Any]]]:
    if not keys:
        return {}
    names = tuple_(step.c.incident_source, step.c.incident_ref).in_(sorted(set(keys)))
    found: dict[Key, list[dict[str, Any]]] = {}
    for row in conn.execute(select(step).where(step.c.incident_id.is_(None), names)).mappings():
        found.setdefault((row["incident_source"], row["incident_ref"]), []).append(dict(row))
    return found


def hold(conn: Connection, keys: Sequence[Key]) -> None:
    """Hold incidents against other writers until the commit, here or still to come; before any of their rows is touched.

    A step and its incident that arrive at once on two connections see one another this way.
    """
    engine.lock(conn, [f"incident {source} {ref}" for source, ref in keys])


def _once(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(row["source"], row["source_ref"]): row for row in reversed(rows)}.values())[::-1]


def file_many(
    conn: Connection, city: City, filed: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]], at: datetime
) -> tuple[int, int]:
    """File reports with their whole logs, fast for the new ones; gives how many reports and how many steps were known before
    (or stand twice).

    The feed names the new ones all at once; what there is to tell the caller appends.
    """
    once: dict[Key, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
    for report, steps in filed:
        key = (report["source"], report["source_ref"])
        once[key] = (report, [*once[key][1], *steps] if key in once else steps)
    hold(conn, list(once))
    known = store.incidents_by_ref(conn, list(once))
    # One whose steps came before it is filed like a known one, so that it takes them.
    waiting = _waiting_steps(conn, [key for key in once if key not in known])
    fresh = []
    for report, steps in (each for key, each in once.items() if key not in known and key not in waiting):
        log = _once(steps)
        condition = replay(report, log, city.rules, at)
        set_marks(condition)
        fresh.append((report | _stirring(condition, log, at), log))
    refusals.admit(conn, [key for key in once if key not in known], at)
    store.bulk_file(conn, fresh, zone=city.zone, at=at)
    told = [(each["incident_source"], each["master_ref"]) for _, log in fresh for each in log if each["master_ref"]]
    link_merged(conn, [*told, *((report["source"], report["source_ref"]) for report, _ in fresh)])
    changed = [_underived(once[key][0]) for key in waiting]
    changed += [_underived(once[key][0], "received_at") for key, old in known.items() if not _is_same(old, once[key][0])]
    if changed:
        file_reports(conn, city, changed, at)
    untold = _untold(conn, _once([step for key in (*known, *waiting) for step in once[key][1]]))
    if untold:
        file_steps(conn, city, untold, at)
    new_steps = len(untold) + sum(len(log) for _, log in fresh)
    return len(filed) - len(fresh) - len(waiting), sum(len(steps) for _, steps in filed) - new_steps


def _underived(report: Mapping[str, Any], *without: str) -> dict[str, Any]:
    derived = {"version", "committed_at", *without, *Condition.__dataclass_fields__}
    return {name: value for name, value in report.items() if name not in derived}


def _untold(conn: Connection, steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if not steps:
        return []
    refs = [(each["source"], each["source_ref"]) for each in steps]
    statement = select(step.c.source, step.c.source_ref).where(tuple_(step.c.source, step.c.source_ref).in_(refs))
    told = {(source, source_ref) for source, source_ref in conn.execute(statement)}
    return [each for each, ref in zip(steps, refs, strict=True) if ref not in told]


def _is_same(old: Mapping[str, Any], report: Mapping[str, Any]) -> bool:
    told = ("reported_at", "category_code", "channel_code", "report_text", "address_text", "lon", "lat")
    return all(old[name] == report[name] for name in told)

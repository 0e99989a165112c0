"""What was known when: each case as it stood at an instant, and what became known between two. Reads only.

A row is known from the instant at which it was committed first; rows that never were on their own (a history filed at once) are
known from their receipt, as though they had been lived through. A case at an instant is its report without what was
overwritten since, replayed with the steps known by then: what `etl.filing` derived at that moment, to the last column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, and_, exists, func, literal, or_, select, text, tuple_

from data import store
from data.alarms import next_stir
from data.instants import Instant, from_microseconds
from data.lifecycle import Rules, replay
from data.schema import batch, incident, ledger_check, message, overwritten, refusal, step

Row = Mapping[str, Any]
AT_ONCE: Final = 500  # cases read together: fewer than any engine's limit
POSTED: Final = "steps"  # the source by which organisations tell their steps
_INSTANTS: Final = {column.name for column in incident.columns if isinstance(column.type, Instant)}
_UNMARKED: Final = {"is_possible": True, "problem_code": "", "state_after_code": ""}


def since(table: Any) -> Any:
    """From when on a row of `incident` or `step` is known."""
    return func.coalesce(table.c.known_at, table.c.received_at, type_=Instant)


def known_at(row: Row) -> datetime:
    """From when on a row of `incident` or `step` is known."""
    found: datetime = row["known_at"] or row["received_at"]
    return found


def first_at(conn: Connection) -> datetime | None:
    """From when on the first report is known; `None` before there is any."""
    return conn.execute(select(func.min(since(incident), type_=Instant))).scalar()


class Happening(NamedTuple):
    """Something that became known: the case it changes, if it changes one, and the source that spoke with when its event was."""

    at: datetime
    incident_id: int | None
    source: str
    event_at: datetime | None
    action_code: str


def between(conn: Connection, after: datetime, upto: datetime) -> list[Happening]:
    """What became known after one instant and up to another, in order. What stirs by itself is not told: see `data.alarms`."""
    found: list[Happening] = []
    action: Any
    event: Any
    for table, event, action in ((incident, incident.c.reported_at, None), (step, step.c.at, step.c.action_code)):
        number = table.c.id if action is None else step.c.incident_id
        asked = select(since(table), number, table.c.source, event, *(() if action is None else (action,)))
        for at, case, source, event_at, *told in conn.execute(asked.where(_within(table, after, upto))):
            found.append(Happening(at, case, source, event_at, told[0] if told else "report"))
    # A step whose clock is ahead of ours is taken up when its instant has come.
    ahead = and_(step.c.at > after, step.c.at <= upto, since(step) < step.c.at)
    found += [Happening(row[0], row[1], "", None, row[2])
              for row in conn.execute(select(step.c.at, step.c.incident_id, step.c.action_code).where(ahead))]  # fmt: skip
    gone = select(overwritten.c.until_at, overwritten.c.incident_id, overwritten.c.action_code)
    gone = gone.where(overwritten.c.until_at > after, overwritten.c.until_at <= upto)
    found += [Happening(row[0], row[1], "", None, row[2]) for row in conn.execute(gone)]
    # A case that was merged into one not here yet is linked to it when it comes.
    master = incident.alias("master")
    linked = select(since(master), incident.c.id).join(master, master.c.id == incident.c.master_id)
    linked = linked.where(since(master) > since(incident), _within(master, after, upto))
    found += [Happening(row[0], row[1], "", None, "merge") for row in conn.execute(linked)]
    for table, at, event in ((message, message.c.received_at, message.c.sent_at), (batch, batch.c.started_at, None)):
        asked = select(at, table.c.source, *(() if event is None else (event,))).where(at > after, at <= upto)
        found += [Happening(row[0], None, row[1], row[2] if event is not None else None, "") for row in conn.execute(asked)]
    for at in (refusal.c.refused_at, refusal.c.admitted_at, ledger_check.c.first_at):
        found += [Happening(row[0], None, "", None, "") for row in conn.execute(select(at).where(at > after, at <= upto))]
    return sorted(found, key=lambda each: (each.at, each.incident_id or 0))


def sources(conn: Connection, at: datetime, name_of: Callable[[str], str]) -> dict[str, tuple[datetime | None, datetime]]:
    """When the newest event was of which each source had told by an instant, and when it was last heard of.

    `name_of` gives the source that a row came by, empty for none.
    """
    asked = [
        select(table.c.source, func.max(event, type_=Instant), func.max(since(table), type_=Instant)).where(since(table) <= at)
        for table, event in ((incident, incident.c.reported_at), (step, step.c.at))
    ]
    heard = message.c.received_at
    asked.append(select(message.c.source, func.max(message.c.sent_at, type_=Instant), func.max(heard, type_=Instant))
                 .where(heard <= at, message.c.state_code.in_(("filed", "refused"))))  # fmt: skip
    begun = batch.c.started_at
    asked.append(select(batch.c.source, literal(None, Instant), func.max(begun, type_=Instant)).where(begun <= at))
    found: dict[str, tuple[datetime | None, datetime]] = {}
    for each in asked:
        for source, event_at, heard_at in conn.execute(each.group_by(text("1"))):
            name, before = name_of(source), found.get(name_of(source))
            if name:
                events = [one for one in (event_at, before and before[0]) if one is not None]
                found[name] = (max(events, default=None), max(heard_at, before[1]) if before else heard_at)
    return found


def _within(table: Any, after: datetime, upto: datetime) -> Any:
    # Said twice rather than by the coalesced value, so that what is received can be sought in an index where there is one.
    known, received = table.c.known_at, table.c.received_at
    unknown = and_(known.is_(None), received > after, received <= upto)
    return or_(and_(known > after, known <= upto), unknown)


def changed_after(conn: Connection, at: datetime) -> list[int]:
    """The cases known by an instant that do not look now as they did then, by number."""
    told = and_(step.c.incident_id == incident.c.id, or_(since(step) > at, step.c.at > at))
    gone = and_(overwritten.c.incident_id == incident.c.id, overwritten.c.until_at > at)
    is_other = and_(incident.c.committed_at > at, or_(incident.c.ended_at.is_(None), exists().where(told), exists().where(gone)))
    master = incident.alias("master")
    is_linked = exists().where(master.c.id == incident.c.master_id, since(master) > at)
    asked = select(incident.c.id).where(since(incident) <= at, or_(is_other, and_(incident.c.master_id.is_not(None), is_linked)))
    return sorted(conn.execute(asked).scalars())


@dataclass(frozen=True)
class Case:
    """One case with everything that is known of it by now; `masters` are incidents it may have been merged into, by reference."""

    row: Row
    steps: Sequence[Row]
    overwritten: Sequence[Row]  # the newest first
    masters: Mapping[str, tuple[int, datetime]]

    def at(self, at: datetime, rules: Rules) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        """Its row and its steps as they were at an instant; `None` while it was not known."""
        if known_at(self.row) > at:
            return None
        row = dict(self.row)
        for gone in self.overwritten:
            if gone["until_at"] > at:
                row |= _told(gone["content"])
        log = [dict(each) | _UNMARKED for each in self.steps if known_at(each) <= at]
        condition = replay(row, log, rules, at)
        for each, problem_code, state in condition.steps:
            each.update(is_possible=not problem_code, problem_code=problem_code, state_after_code=state)  # type: ignore[attr-defined]
        row |= condition.columns() | {"alarm_at": next_stir(condition.alarm_at, log, at)}
        refs = [each["master_ref"] for each, problem, _ in condition.steps if not problem and each["action_code"] == "merge"]
        known = [number for ref in refs for number, known_from in (self.masters.get(ref, (0, at)),) if number and known_from <= at]
        row["master_id"] = known[0] if known and row["state_code"] == "merged" else None
        changed = [known_at(each) for each in log] + [each["until_at"] for each in self.overwritten if each["until_at"] <= at]
        return row | {"version": 1 + len(set(changed)), "committed_at": max([known_at(row), *changed])}, log


def _told(content: str) -> dict[str, Any]:
    return {
        name: from_microseconds(value) if name in _INSTANTS and value is not None else value
        for name, value in orjson.loads(content).items()
    }


def cases(conn: Connection, ids: Iterable[int]) -> dict[int, Case]:
    """The cases of these ids, read together."""
    found: dict[int, Case] = {}
    wanted = sorted(set(ids))
    for first in range(0, len(wanted), AT_ONCE):
        part = wanted[first : first + AT_ONCE]
        rows = conn.execute(select(incident).where(incident.c.id.in_(part))).mappings().all()
        logs, gone = store.steps_of(conn, part), _overwritten(conn, part)
        masters = _masters(conn, [each for log in logs.values() for each in log if each["master_ref"]])
        for row in rows:
            log = logs[row["id"]]
            refs = {each["master_ref"]: masters[key] for each in log if (key := (row["source"], each["master_ref"])) in masters}
            found[row["id"]] = Case(dict(row), log, gone.get(row["id"], ()), refs)
    return found


def _overwritten(conn: Connection, ids: Sequence[int]) -> dict[int, list[Row]]:
    newest = (overwritten.c.until_at.desc(), overwritten.c.id.desc())
    found: dict[int, list[Row]] = defaultdict(list)
    for row in conn.execute(select(overwritten).where(overwritten.c.incident_id.in_(ids)).order_by(*newest)).mappings():
        found[row["incident_id"]].append(dict(row))
    return found


def _masters(conn: Connection, steps: Sequence[Row]) -> dict[tuple[str, str], tuple[int, datetime]]:
    keys = sorted({(each["incident_source"], each["master_ref"]) for each in steps})
    names = (incident.c.source, incident.c.source_ref)
    asked = select(*names, incident.c.id, since(incident)).where(tuple_(*names).in_(keys))
    return {(row[0], row[1]): (row[2], row[3]) for row in conn.execute(asked)} if keys else {}

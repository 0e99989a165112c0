"""What would have been with other limits: the cases of a filter judged anew by the product's own deadlines. Never writes.

A case whose clock was never moved has its deadline by column (`data.deadlines`); any other is replayed from its log
(`data.lifecycle`) under the moved limits, so extensions, suspensions and second dispatches count as they would have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, select

from data import queries, store
from data.city_records import City, LimitRule
from data.clocks import Limit
from data.deadlines import UNKNOWN, Deadlines
from data.instants import to_microseconds
from data.lateness import JUDGED, standing
from data.lifecycle import Rules, replay
from data.schema import incident
from data.way_reads import Scope, number_of

Key = tuple[str, str, str]  # kind, category, condition of a rule
Moves = Mapping[Key, float]
# Each kind of limit: until when, what is filled when it is done, and since when where it is on the row.
KINDS: Final = {
    "finish": ("due_at", "resolved_at", "reported_at"),
    "triage": ("triage_due_at", "filed_at", "reported_at"),
    "dispatch": ("dispatch_due_at", "dispatched_at", ""),
    "accept": ("first_accept_due_at", "accepted_at", "dispatched_at"),
    "check": ("check_due_at", "checked_at", ""),
}
STANDINGS: Final = (*JUDGED, "none")
_INSTANTS: Final = tuple(dict.fromkeys(name for names in KINDS.values() for name in names if name))
_MOVED: Final = ("extend_count", "suspend_count", "impossible_count")  # of a case whose clock may have been moved
_READ: Final = ("id", "category_code", "condition_code", "state_code", "path_text", *_MOVED)
_AT_ONCE: Final = 1_000
_DAY: Final = 86_400_000_000  # microseconds


@dataclass
class Judged:
    """The cases under one rule: ids by how they stood (`was`) and how they would (`would`), by `STANDINGS`."""

    rule: LimitRule
    was: dict[str, list[int]] = field(default_factory=lambda: {each: [] for each in STANDINGS})
    would: dict[str, list[int]] = field(default_factory=lambda: {each: [] for each in STANDINGS})

    @property
    def case_count(self) -> int:
        return sum(len(ids) for ids in self.was.values())


def key_of(rule: LimitRule) -> Key:
    """How a rule is called."""
    return rule.kind_code, rule.category_code, rule.condition_code


def moved(city: City, moves: Moves) -> Rules:
    """The city's rules with some limits moved; each keeps its type. Raises `ValueError` for a value that is no limit."""
    limits = {key_of(rule): rule.limit for rule in city.limits}
    limits |= {key: replace(limits[key], value=value) for key, value in moves.items() if key in limits}
    known: dict[Key, Limit | None] = {}

    def limit_for(kind: str, category: str, condition: str) -> Limit | None:
        asked = (kind, category, condition)
        if asked not in known:
            rule = city.limit_rule(kind, category, condition)
            known[asked] = None if rule is None else limits[key_of(rule)]
        return known[asked]

    return replace(city.rules, limit_for=limit_for)


def judged(conn: Connection, city: City, found: Scope, moves: Moves, now: datetime, *, anew: bool = False) -> list[Judged]:
    """The cases looked at by the rule that binds them, most cases first: as they stand in the store, and as they would.

    Where a rule is not moved its cases keep the deadline they have; `anew` works out that one too.
    """
    rules, at = moved(city, moves), to_microseconds(now)
    names = [number_of(name).label(name) for name in _INSTANTS]
    rows = [dict(row) for row in conn.execute(select(*(incident.c[name] for name in _READ), *names).where(found.read)).mappings()]
    known: dict[Key, LimitRule | None] = {}
    groups: dict[Key, Judged] = {}
    for kind, (due, done, _) in KINDS.items():
        bound: list[tuple[dict[str, Any], LimitRule]] = []
        for row in rows:
            asked = (kind, row["category_code"], row["condition_code"])
            if asked not in known:
                known[asked] = city.limit_rule(*asked)
            rule = known[asked]
            if rule is not None:
                bound.append((row, rule))
        changed = [row for row, rule in bound if anew or key_of(rule) in moves]
        deadlines = _deadlines(conn, rules, kind, changed, now)
        for row, rule in bound:
            group = groups.setdefault(key_of(rule), Judged(rule))
            group.was[standing(row["state_code"], row[due], row[done], at)].append(row["id"])
            until = deadlines.get(row["id"], row[due])
            group.would[standing(row["state_code"], until, row[done], at)].append(row["id"])
    return sorted(groups.values(), key=lambda each: (-each.case_count, key_of(each.rule)))


def _deadlines(conn: Connection, rules: Rules, kind: str, rows: Sequence[dict[str, Any]], now: datetime) -> dict[int, int | None]:
    """The deadlines of a kind under some rules, by case, in microseconds."""
    plain = [row for row in rows if _is_plain(row, kind)]
    others = {row["id"] for row in rows} - {row["id"] for row in plain}
    return {**_by_column(rules, kind, plain), **dict(_replayed(conn, rules, kind, sorted(others), now))}


def _is_plain(row: Mapping[str, Any], kind: str) -> bool:
    """Whether a case's deadline hangs on one start and the limit alone."""
    start = KINDS[kind][2]
    if not start or any(row[name] for name in _MOVED):
        return False
    # A second dispatch before the acceptance begins its limit anew.
    return kind != "accept" or (row["accepted_at"] is not None and row["path_text"].partition("a")[0].count("d") == 1)


def _by_column(rules: Rules, kind: str, rows: Sequence[dict[str, Any]]) -> dict[int, int | None]:
    if not rows:
        return {}
    start = KINDS[kind][2]
    limits = [rules.limit_for(kind, row["category_code"], row["condition_code"]) for row in rows]
    starts = np.array([row[start] for row in rows], np.int64)
    first, last = (int(each) // _DAY for each in (starts.min(), starts.max()))
    known = Deadlines(rules.calendar, first - 1, last + 1)
    found = known.of(starts, [each.value for each in limits if each], [each.type_code for each in limits if each])
    return {row["id"]: None if due == UNKNOWN else int(due) for row, due in zip(rows, found, strict=True)}


def _replayed(conn: Connection, rules: Rules, kind: str, ids: Sequence[int], now: datetime) -> Iterator[tuple[int, int | None]]:
    due = KINDS[kind][0]
    for first in range(0, len(ids), _AT_ONCE):
        some = list(ids[first : first + _AT_ONCE])
        logs, reports = store.steps_of(conn, some), {row["id"]: row for row in queries.incidents_of(conn, some)}
        for number in some:
            at = getattr(replay(reports[number], logs.get(number, []), rules, now), due)  # a suspended one has woken by now
            yield number, None if at is None else to_microseconds(at)


def totals(found: Sequence[Judged], kind: str) -> tuple[Counter[str], Counter[str]]:
    """How the cases of a kind of limit stand, and how they would."""
    was: Counter[str] = Counter()
    would: Counter[str] = Counter()
    for each in found:
        if each.rule.kind_code == kind:
            was.update({name: len(ids) for name, ids in each.was.items()})
            would.update({name: len(ids) for name, ids in each.would.items()})
    return was, would
